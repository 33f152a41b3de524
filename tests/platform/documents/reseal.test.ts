import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import { checkContents, type Wrong } from '../../../src/platform/documents/check';
import { resealContents, type ResealedContents } from '../../../src/platform/documents/reseal';
import type { ObjectStore, StoredContent } from '../../../src/platform/documents/store';
import { addKey, destroyKey, useKey } from '../../../src/platform/keys/key-file';
import { KeyMissing, openKeyFile } from '../../../src/platform/keys/key-ring';
import { countByKey } from '../../../src/platform/keys/reseal';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { HEART_H1, plantClaim, plantHouses } from '../database/rows';

const CLAIM = 'KP-2026-000001';
let database: TestDatabase, worker: Database, superuser: Client, folder: string, file: string, planted: string;
beforeAll(async () => {
  database = await createDatabase();
  worker = open(database.workerUrl, { connections: 1 });
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await plantHouses(worker);
  await plantClaim(worker, CLAIM, HEART_H1); // with a document that has no content
  planted = (await worker.document.findFirstOrThrow({ select: { id: true } })).id;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-reseal-contents-'));
  file = freshKeys(folder).file;
  mkdirSync(join(folder, 'objects', 'documents'), { recursive: true });
});
afterEach(async () => {
  await superuser.query("DELETE FROM document WHERE storage_key LIKE '%/%'");
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await Promise.all([worker.$disconnect(), superuser.end()]);
  await database.drop();
});

interface Kept extends StoredContent { id: string; clear: Buffer }
const objectsNow = (): ObjectStore => createFolderStore(folder, openKeyFile(file)).objects;
async function keep(clear: Buffer, sealed: boolean, recorded = clear): Promise<Kept> {
  const id = randomUUID(), storageKey = `documents/${id}`;
  if (!sealed) writeFileSync(join(folder, 'objects', storageKey), clear);
  const objectKey = sealed ? await objectsNow().put(storageKey, clear, clear.length) : null;
  await worker.document.create({ data: { id, claimNo: CLAIM, ...HEART_H1, fileName: 'a.pdf', bytes: clear.length, mediaType: 'application/pdf', sha256: createHash('sha256').update(recorded).digest('hex'), storageKey, objectKey, status: 'stored', flags: [], uploadedBy: 'P-1', uploadedAt: new Date() } });
  return { id, storageKey, objectKey, bytes: clear.length, clear };
}
async function readNow(id: string): Promise<Buffer> {
  const row = await worker.document.findUniqueOrThrow({ where: { id } });
  return Buffer.concat(await (await objectsNow().openRange({ ...row, bytes: Number(row.bytes) })).toArray() as Buffer[]);
}
const said: string[] = [];
const walk = (objects = objectsNow()): Promise<ResealedContents> => resealContents({ database: worker, objects, keys: openKeyFile(file), say: (line) => { said.push(line); } });
const lying = (): string[] => readdirSync(join(folder, 'objects'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => readFileSync(join(one.parentPath, one.name)).toString('latin1'));

test('issue 5: old keys rotated out: all files still readable, their contents untouched, then provably not with the key destroyed; files from before are sealed', async () => {
  const sealed = [await keep(randomBytes(100_000), true), await keep(randomBytes(5), true)];
  const before = await keep(Buffer.concat([Buffer.from('%PDF-1.7 in clear'), randomBytes(70_000)]), false);
  const contents = sealed.map(({ storageKey }) => readFileSync(join(folder, 'objects', storageKey)));
  addKey(file, 'second');
  useKey(file, 'second');
  expect(await walk()).toEqual({ keys: 2, contents: 1, unreadable: 0 });
  expect((await readNow(before.id)).equals(before.clear)).toBe(true);
  expect(lying().some((text) => text.includes('%PDF-1.7'))).toBe(true); // who read it a moment ago may still be reading
  expect(await walk()).toEqual({ keys: 0, contents: 0, unreadable: 0 });
  expect(lying().some((text) => text.includes('%PDF-1.7'))).toBe(false);
  const { 'in clear': _rows, ...byKey } = await countByKey(worker); // the planted claim's own columns are in clear
  expect(byKey).toEqual({ second: 3 });
  expect(sealed.map(({ storageKey }, n) => readFileSync(join(folder, 'objects', storageKey)).equals(contents[n]!))).toEqual([true, true]);

  destroyKey(file, 'first');
  for (const { id, clear } of [...sealed, before]) expect((await readNow(id)).equals(clear)).toBe(true);
  // What a thief of an old dump holds.
  await expect(objectsNow().openRange(sealed[0]!)).rejects.toThrow(KeyMissing);
  await worker.document.update({ where: { id: sealed[0]!.id }, data: { objectKey: sealed[0]!.objectKey } });
  expect(await walk()).toEqual({ keys: 0, contents: 0, unreadable: 1 });
  expect(said.at(-1)).toBe(`document ${sealed[0]!.id}: no key first on the ring: it was destroyed, or this process was not given it`);
});

test('a content in clear that is not what was recorded is named, and not sealed as if it were', async () => {
  const { id } = await keep(randomBytes(1_000), false, randomBytes(1_000));
  expect(await walk()).toEqual({ keys: 0, contents: 0, unreadable: 1 });
  expect(said.at(-1)).toBe(`document ${id}: its content is not what was recorded, and stays in clear`);
  expect(readdirSync(join(folder, 'objects', 'sealed'))).toEqual([]);
});

test('killed before the index is written, or before the clear one is removed: nothing is lost, the next run does the rest', async () => {
  const { id, clear } = await keep(randomBytes(200_000), false);
  const objects = objectsNow();
  const dying: ObjectStore = { ...objects, put: async (...args) => { await objects.put(...args); throw new TypeError('killed'); } };
  expect((await walk(dying)).unreadable).toBe(1);
  expect((await readNow(id)).equals(clear)).toBe(true);
  expect((await walk()).contents).toBe(1);
  // The sealed one is broken before the clear one goes: then it does not go.
  const { storageKey } = await worker.document.findUniqueOrThrow({ where: { id } });
  const path = join(folder, 'objects', storageKey);
  const genuine = readFileSync(path);
  rmSync(path);
  writeFileSync(path, Buffer.concat([genuine.subarray(0, -1), Buffer.from([genuine.at(-1)! ^ 1])]));
  await walk();
  expect(readFileSync(join(folder, 'objects', 'documents', id)).equals(clear)).toBe(true);
  writeFileSync(path, genuine);
  await walk();
  expect(readdirSync(join(folder, 'objects', 'documents'))).toEqual([]);
  expect((await readNow(id)).equals(clear)).toBe(true);
});

test('only a sealed text may be an object key, and none is taken away but by erasing', async () => {
  const { id } = await keep(randomBytes(5), true);
  await expect(worker.document.update({ where: { id }, data: { objectKey: null } })).rejects.toThrow(/not replaced by one in clear/);
  await expect(worker.document.update({ where: { id }, data: { objectKey: randomBytes(32).toString('base64') } })).rejects.toThrow(/document_object_key_check/);
});

test('issue 5: tampering with any document is found, and named, in the whole store at once', async () => {
  const genuine = [await keep(randomBytes(70_000), true), await keep(randomBytes(10), false)];
  const [changed, cut, gone, keyless, inClear] = [await keep(randomBytes(70_000), true), await keep(randomBytes(70_000), true), await keep(randomBytes(9), true), await keep(randomBytes(9), true), await keep(randomBytes(9), false)] as [Kept, Kept, Kept, Kept, Kept];
  const lay = ({ storageKey }: Kept, change: (bytes: Buffer) => Buffer): void => {
    const path = join(folder, 'objects', storageKey), bytes = readFileSync(path);
    rmSync(path);
    writeFileSync(path, change(bytes));
  };
  lay(changed, (bytes) => { bytes[65_600]! ^= 1; return bytes; });
  lay(cut, (bytes) => bytes.subarray(0, 65_552));
  lay(inClear, (bytes) => { bytes[0]! ^= 1; return bytes; });
  await objectsNow().remove(gone.storageKey);
  await worker.document.update({ where: { id: keyless.id }, data: { objectKey: keyless.objectKey!.replace('.first.', '.destroyed.') } });
  const told: Wrong[] = [];
  expect(await checkContents(worker, objectsNow(), (wrong) => { told.push(wrong); })).toBe(genuine.length);
  const expected = [[changed, 'changed'], [cut, 'changed'], [gone, 'missing'], [keyless, 'its key is gone'], [inClear, 'changed'], [{ id: planted }, 'missing']] as const;
  expect(new Map(told.map(({ id, why }) => [id, why]))).toEqual(new Map(expected.map(([{ id }, why]) => [id, why])));
});
