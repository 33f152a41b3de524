import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ContentChanged } from '../../../src/platform/documents/frames';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import type { DocumentStore, StoredContent } from '../../../src/platform/documents/store';
import { KeyMissing } from '../../../src/platform/keys/key-ring';
import { freshKeys } from '../../support/keys';

const FRAME = 64 * 1024;
/** More of them: `SEALED_RUNS=500 npx jest tests/platform/documents`. */
const RUNS = Number(process.env['SEALED_RUNS'] ?? 60);

let folder: string;
let store: DocumentStore;
let n = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-sealed-store-'));
  store = createFolderStore(folder, freshKeys(folder).keys);
});
afterAll(() => { rmSync(folder, { recursive: true }); });

async function stored(clear: Buffer): Promise<StoredContent> {
  const storageKey = `documents/c${n += 1}`;
  return { storageKey, bytes: clear.length, objectKey: await store.objects.put(storageKey, clear, clear.length) };
}
async function read(content: StoredContent, range?: { start: number; end: number }): Promise<Buffer> {
  return Buffer.concat(await (await store.objects.openRange(content, range)).toArray() as Buffer[]);
}
const pathOf = ({ storageKey }: StoredContent): string => join(folder, 'objects', storageKey);
const lying = (content: StoredContent): Buffer => readFileSync(pathOf(content));
function lay(content: StoredContent, bytes: Buffer): void {
  chmodSync(pathOf(content), 0o644);
  writeFileSync(pathOf(content), bytes);
}

test.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 17])('a content of %d bytes is read as it was, and lies there sealed', async (bytes) => {
  const clear = randomBytes(bytes);
  const content = await stored(clear);
  expect((await read(content)).equals(clear)).toBe(true);
  expect(await store.objects.stat(content)).toEqual({ bytes });
  if (bytes > 16) expect(lying(content).includes(clear.subarray(0, 16))).toBe(false);
  expect(lying(content).length).toBe(bytes + 16 * Math.max(1, Math.ceil(bytes / FRAME)));
});

test('issue 5: any range is that part of the content', async () => {
  const clear = randomBytes(3 * FRAME + 1_000);
  const content = await stored(clear);
  await fc.assert(fc.asyncProperty(fc.nat(clear.length - 1), fc.nat(clear.length - 1), async (a, b) => {
    const range = { start: Math.min(a, b), end: Math.max(a, b) };
    expect((await read(content, range)).equals(clear.subarray(range.start, range.end + 1))).toBe(true);
  }), { numRuns: RUNS });
});

test('issue 5: tampering with any document is found, and named: a byte, a cut, an addition, frames in another order, another content', async () => {
  const clear = randomBytes(4 * FRAME + 500);
  const content = await stored(clear);
  const genuine = lying(content);
  const other = lying(await stored(clear));
  const frame = (bytes: Buffer, at: number): Buffer => bytes.subarray(at * (FRAME + 16), (at + 1) * (FRAME + 16));
  const tampered = fc.oneof(
    fc.record({ at: fc.nat(genuine.length - 1), flip: fc.integer({ min: 1, max: 255 }) }).map(({ at, flip }) => { const bytes = Buffer.from(genuine); bytes[at]! ^= flip; return bytes; }),
    fc.integer({ min: 0, max: genuine.length - 1 }).map((at) => genuine.subarray(0, at)),
    fc.integer({ min: 1, max: 4 }).map((at) => genuine.subarray(0, at * (FRAME + 16))), // at the end of a frame
    fc.uint8Array({ minLength: 1, maxLength: FRAME + 50 }).map((more) => Buffer.concat([genuine, more])),
    fc.tuple(fc.nat(4), fc.nat(4)).filter(([a, b]) => a !== b).map(([a, b]) => Buffer.concat([0, 1, 2, 3, 4].map((at) => frame(genuine, at === a ? b : at === b ? a : at)))),
    fc.nat(4).map((at) => Buffer.concat([0, 1, 2, 3, 4].map((one) => frame(one === at ? other : genuine, one)))),
    fc.constant(other),
  );
  await fc.assert(fc.asyncProperty(tampered, async (bytes) => {
    lay(content, bytes);
    const told = await read(content).then(() => null, (error: unknown) => error);
    expect(told).toBeInstanceOf(ContentChanged);
    expect((told as Error).message).toContain(content.storageKey);
  }), { numRuns: RUNS });
  lay(content, genuine);
  expect((await read(content)).equals(clear)).toBe(true);
});

test('a range beside the changed bytes is read, one that holds them is refused before anything of it is given out', async () => {
  const clear = randomBytes(3 * FRAME);
  const content = await stored(clear);
  const bytes = lying(content);
  bytes[FRAME + 16 + randomInt(FRAME + 16)]! ^= 1;
  lay(content, bytes);
  expect((await read(content, { start: 2 * FRAME, end: 2 * FRAME + 9 })).equals(clear.subarray(2 * FRAME, 2 * FRAME + 10))).toBe(true);
  await expect(store.objects.openRange(content, { start: FRAME + 5, end: FRAME + 5 })).rejects.toThrow(`content ${content.storageKey} is not what was stored: bytes 65536 to 131071`);
});

test('destroying the object key is erasing: neither another one nor a ring without its key opens the content, and it is not opened elsewhere', async () => {
  const content = await stored(randomBytes(100)), another = await stored(randomBytes(100));
  await expect(read({ ...content, objectKey: another.objectKey })).rejects.toThrow('belongs elsewhere');
  writeFileSync(join(folder, 'objects', 'documents', 'moved'), lying(content));
  await expect(read({ ...content, storageKey: 'documents/moved' })).rejects.toThrow('belongs elsewhere');
  const others = createFolderStore(folder, freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-other-keys-'))).keys);
  await expect(others.objects.openRange(content)).rejects.toThrow(/changed/);
  await expect(others.objects.openRange({ ...content, objectKey: content.objectKey!.replace('.first.', '.gone.') })).rejects.toThrow(KeyMissing);
});

test('a content from before lies in clear and stays readable; one that is removed is gone, and removed again is no error', async () => {
  const clear = randomBytes(FRAME + 5);
  writeFileSync(join(folder, 'objects', 'documents', 'before'), clear);
  const content = { storageKey: 'documents/before', bytes: clear.length, objectKey: null };
  expect((await read(content, { start: 10, end: 20 })).equals(clear.subarray(10, 21))).toBe(true);
  await store.objects.remove(content.storageKey);
  await store.objects.remove(content.storageKey);
  expect(await store.objects.stat(content)).toBeNull();
});

test('a content of another length than was said is not kept', async () => {
  for (const said of [9, 11, FRAME + 10]) await expect(store.objects.put(`documents/said-${said}`, Buffer.alloc(10), said)).rejects.toThrow('another length');
  expect(readdirSync(join(folder, 'objects', 'documents')).filter((name) => name.startsWith('said'))).toEqual([]);
  expect(readdirSync(join(folder, 'uploads', 'being-kept'))).toEqual([]);
});

test('a reader who goes away leaves no file open', async () => {
  const content = await stored(randomBytes(8 * FRAME));
  const open = (): number => readdirSync('/proc/self/fd').filter((fd) => { try { return statSync(`/proc/self/fd/${fd}`).ino === statSync(pathOf(content)).ino; } catch { return false; } }).length;
  (await store.objects.openRange(content)).destroy();
  for await (const chunk of await store.objects.openRange(content)) { void chunk; break; }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(open()).toBe(0);
});
