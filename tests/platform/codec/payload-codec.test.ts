import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure, DefaultPayloadConverter, type Payload } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError, encodeErrorToFailure } from '@temporalio/common/lib/internal-non-workflow';
import fc from 'fast-check';
import { createPayloadCodec, UnreadablePayload } from '../../../src/platform/codec/payload-codec';
import { failureConverter } from '../../../src/platform/codec/failure-converter';
import { addKey, destroyKey, useKey } from '../../../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../../../src/platform/keys/key-ring';
import { freshKeys } from '../../support/keys';

let folder: string;
let file: string;
let keys: KeyRing;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-codec-'));
  ({ file, keys } = freshKeys(folder));
});
afterAll(() => { rmSync(folder, { recursive: true }); });

const converter = new DefaultPayloadConverter();
const NAME = '张小红 110101199003070011';
const textOf = (payload: unknown): string => JSON.stringify(payload, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)) + Buffer.from(JSON.stringify(payload)).toString('utf8');

describe('issue 5: Temporal sees ciphertext', () => {
  test('property: every payload comes back as it was, whatever it holds; none looks like another', async () => {
    const codec = createPayloadCodec(keys);
    await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 8 }).map((values) => JSON.parse(JSON.stringify(values)) as unknown[]), async (values) => {
      const payloads = values.map((value) => converter.toPayload(value));
      const sealed = await codec.encode(payloads);
      expect((await codec.decode(sealed)).map((payload) => converter.fromPayload(payload))).toEqual(values);
      expect(new Set([...sealed, ...(await codec.encode(payloads))].map(({ data }) => Buffer.from(data!).toString('hex'))).size).toBe(2 * values.length);
    }), { numRuns: 300 });
  });

  test('nothing of the content and nothing of its form is outside; the id of the key is', async () => {
    const [sealed] = await createPayloadCodec(keys).encode([converter.toPayload({ name: NAME })]);
    expect(textOf(sealed)).not.toMatch(/张小红|110101|json\/plain/);
    expect(Object.fromEntries(Object.entries(sealed!.metadata!).map(([name, value]) => [name, Buffer.from(value).toString()]))).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'first' });
  });

  test('what was in clear before stays readable', async () => {
    const clear = [converter.toPayload('written before there was a codec')];
    expect(await createPayloadCodec(keys).decode(clear)).toEqual(clear);
  });

  test('property: a payload of which any byte was changed is refused, never misread', async () => {
    const codec = createPayloadCodec(keys);
    const [{ metadata, data }] = await codec.encode([converter.toPayload({ name: NAME })]) as [Required<Payload>];
    await fc.assert(fc.asyncProperty(fc.nat(data!.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Uint8Array.from(data!);
      changed[at]! ^= by;
      await expect(codec.decode([{ metadata, data: changed }])).rejects.toThrow(UnreadablePayload);
    }));
    for (const cut of [0, 1, 27, 28, data!.length - 1]) await expect(codec.decode([{ metadata, data: data!.subarray(0, cut) }])).rejects.toThrow(UnreadablePayload);
    for (const id of ['', 'second', '../first', '__proto__']) await expect(codec.decode([{ metadata: { ...metadata, 'encryption-key-id': Buffer.from(id) }, data }])).rejects.toThrow(UnreadablePayload);
  });

  test('property: whatever comes as a payload is read, left as it is, or refused by name: never another error', async () => {
    const codec = createPayloadCodec(keys);
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constantFrom('binary/encrypted', 'json/plain', 'first', 'v1').map((text) => Buffer.from(text)));
    const payload = fc.record({ metadata: fc.dictionary(fc.constantFrom('encoding', 'encryption-key-id', '__proto__', 'x'), bytes), data: bytes }, { requiredKeys: [] });
    await fc.assert(fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
      const outcome = await codec.decode(payloads).then((read) => read.length, (error: unknown) => error);
      expect(outcome === payloads.length || outcome instanceof UnreadablePayload).toBe(true);
    }), { numRuns: 500 });
  });

  test('message and stack of a failure are sealed too, and whoever has the keys reads them', async () => {
    const data = { payloadConverter: converter, failureConverter, payloadCodecs: [createPayloadCodec(keys)] };
    const failure = await encodeErrorToFailure(data, ApplicationFailure.create({ message: `no account for ${NAME}`, type: 'payee-unreadable', details: [NAME] }));
    expect(failure.message).toBe('Encoded failure');
    expect(textOf(failure)).not.toMatch(/张小红|110101/);
    expect(failure.applicationFailureInfo?.type).toBe('payee-unreadable');
    expect((await decodeOptionalFailureToOptionalError(data, failure))?.message).toContain(NAME);
  });

  test('rotated: the old key opens what it sealed; destroyed, provably nothing does', async () => {
    let now = 0;
    const ring = openKeyFile(file, () => now);
    const codec = createPayloadCodec(ring);
    const old = await codec.encode([converter.toPayload(NAME)]);
    addKey(file, 'second');
    useKey(file, 'second');
    now += 60_000;
    const young = await codec.encode([converter.toPayload(NAME)]);
    expect((await codec.decode([...old, ...young])).map((payload) => converter.fromPayload(payload))).toEqual([NAME, NAME]);
    destroyKey(file, 'first');
    now += 60_000;
    await expect(codec.decode(old)).rejects.toThrow('no key first on the ring');
    expect(converter.fromPayload((await codec.decode(young))[0]!)).toBe(NAME);
  });
});
