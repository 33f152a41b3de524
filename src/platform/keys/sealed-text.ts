/** A sealed value as a text that names its key: what columns of the database hold. */
import type { KeyRing, Purpose } from './key-ring';
import { seal, unseal } from './seal';

const FORM = /^v1\.([a-z0-9][a-z0-9-]{0,31})\.([A-Za-z0-9_-]+)$/;

/** The id of the key under which a text is sealed; null for one in clear. */
export const keyIdOf = (text: string): string | null => FORM.exec(text)?.[1] ?? null;

/** `v1.<key id>.<base64url>` under the key that seals now. */
export function toSealedText(keys: KeyRing, purpose: Purpose, clear: Uint8Array, place: string): string {
  const { id, key } = keys.current(purpose);
  return `v1.${id}.${seal(key, clear, place).toString('base64url')}`;
}

/** What `toSealedText` was given; null for a text that is not sealed. Throws KeyMissing, NotGenuine. */
export function fromSealedText(keys: KeyRing, purpose: Purpose, text: string, place: string): Buffer | null {
  const [, id, sealed] = FORM.exec(text) ?? [];
  return id === undefined || sealed === undefined ? null : unseal(keys.byId(purpose, id).key, Buffer.from(sealed, 'base64url'), place);
}
