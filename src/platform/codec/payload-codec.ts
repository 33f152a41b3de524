/** What Temporal keeps of us is ciphertext: arguments, results, memos, summaries and failures are sealed before they leave the process. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { KeyMissing, type KeyRing } from '../keys/key-ring';
import { NotGenuine, seal, unseal } from '../keys/seal';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
/** What payloads are bound to: the whole payload is sealed, and nothing else may be taken for one. */
const PLACE = 'temporal payload';
const { Payload: PayloadMessage } = temporal.api.common.v1;

/** A payload that its key does not open. */
export class UnreadablePayload extends Error {
  override readonly name = 'UnreadablePayload';
}

/** Seals every payload under the ring's current key, its id in the metadata; opens those of any key on the ring, and leaves what is not sealed. */
export function createPayloadCodec(keys: KeyRing): PayloadCodec {
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => {
      const { id, key } = keys.current('temporal');
      return { metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) }, data: seal(key, PayloadMessage.encode(payload).finish(), PLACE) };
    })),
    decode: async (payloads) => payloads.map((payload) => (isSealed(payload) ? open(keys, payload) : payload)),
  };
}

/** Under which key a payload is sealed; null for one that is not. */
export const keyIdOfPayload = (payload: Payload): string | null => (isSealed(payload) ? textOf(payload.metadata?.[KEY_ID]) : null);

const isSealed = ({ metadata }: Payload): boolean => textOf(metadata?.['encoding']) === ENCODING;

/** Throws UnreadablePayload. */
function open(keys: KeyRing, { metadata, data }: Payload): Payload {
  const id = textOf(metadata?.[KEY_ID]);
  try {
    const { metadata: inner, data: plain } = PayloadMessage.decode(unseal(keys.byId('temporal', id).key, data ?? new Uint8Array(), PLACE));
    return { metadata: inner, data: plain };
  } catch (error) {
    if (error instanceof KeyMissing || error instanceof NotGenuine) throw new UnreadablePayload(error.message);
    throw error;
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();
