/** Sealing stored contents anew, while everything runs: of those that are sealed the keys alone, and whole those that lie in clear from before (docs/decisions/0017-keys.md, "Rotation"). */
import { createHash, randomBytes } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database';
import { KeyMissing, type KeyRing } from '../keys/key-ring';
import { NotGenuine } from '../keys/seal';
import { unwrapped, wrapped } from './data-key';
import { flowing } from './frames';
import { eachDocument, type DocumentRow } from './index-rows';
import type { ObjectStore, StoredContent } from './store';

/** How many object keys were sealed anew, how many contents sealed that lay in clear, and how many documents could not be: their key is gone, or their content is not what was recorded. */
export interface ResealedContents { keys: number; contents: number; unreadable: number }

interface Sealing { database: Database; objects: ObjectStore; keys: KeyRing; say: (line: string) => void }

/** Where a content that lay in clear lies when it is sealed. */
const SEALED = 'sealed/';

/**
 * Walks the index of documents once. What lay in clear is removed by the next walk, when nobody reads it any more and the sealed one was read
 * back. Stopped half-way it has done half; run again it does the rest. `database` is the worker's; `say` is told ids and counts.
 */
export async function resealContents(sealing: Sealing): Promise<ResealedContents> {
  const total: ResealedContents = { keys: 0, contents: 0, unreadable: 0 };
  const { database, keys, say } = sealing;
  const current = `v1.${keys.current('objects').id}.`;
  await eachDocument(database, { storageKey: { startsWith: SEALED } }, (row) => removeClear(sealing, row));
  await eachDocument(database, { objectKey: { not: null }, NOT: { objectKey: { startsWith: current } } }, async (row) => { total[await sealKey(sealing, row)] += 1; });
  await eachDocument(database, { objectKey: null }, async (row) => {
    const done = await sealContent(sealing, row);
    if (done) total[done] += 1;
  });
  if (total.keys + total.contents > 0) say(`document: ${total.keys} keys and ${total.contents} contents sealed anew`);
  return total;
}

/** Only while the row holds what was read: whoever wrote in between has sealed it, or erased it. */
const exchange = (database: Database, { id, storageKey, objectKey }: DocumentRow, anew: { storageKey?: string; objectKey: string }): Promise<{ count: number }> =>
  database.document.updateMany({ where: { id, storageKey, objectKey }, data: anew });

async function sealKey({ database, keys, say }: Sealing, row: DocumentRow): Promise<keyof ResealedContents> {
  try {
    await exchange(database, row, { objectKey: wrapped(keys, unwrapped(keys, row.objectKey ?? '', row.storageKey), row.storageKey) });
    return 'keys';
  } catch (error) {
    if (!(error instanceof KeyMissing || error instanceof NotGenuine)) throw error;
    say(`document ${row.id}: ${error.message}`);
    return 'unreadable';
  }
}

/** Null: there is no content, for instance because it was erased. */
async function sealContent({ database, objects, say }: Sealing, row: DocumentRow): Promise<keyof ResealedContents | null> {
  if (await objects.stat(row) === null) return null;
  // A name of its own: what another run left half-way is never taken for ours.
  const storageKey = `${SEALED}${row.id}-${randomBytes(4).toString('hex')}`;
  const hash = createHash('sha256');
  const hashing = new Transform({ transform(chunk: Buffer, _encoding, callback) { hash.update(chunk); callback(null, chunk); } });
  const objectKey = await objects.put(storageKey, flowing(await objects.openRange(row), hashing), row.bytes).catch((error: unknown) => { say(`document ${row.id}: ${error instanceof Error ? error.message : 'unreadable'}`); return null; });
  if (objectKey === null) return 'unreadable';
  const genuine = hash.digest('hex') === row.sha256;
  if (!genuine) say(`document ${row.id}: its content is not what was recorded, and stays in clear`);
  if (genuine && (await exchange(database, row, { storageKey, objectKey })).count === 1) return 'contents';
  await objects.remove(storageKey);
  return genuine ? null : 'unreadable';
}

/** Where the content lay before it was sealed. */
async function removeClear({ objects, say }: Sealing, row: DocumentRow): Promise<void> {
  const before: StoredContent = { storageKey: `documents/${row.id}`, bytes: row.bytes, objectKey: null };
  if (await objects.stat(before) === null) return;
  const hash = createHash('sha256');
  // Erased meanwhile: then this goes too.
  if (row.objectKey === null) { await objects.remove(before.storageKey); return; }
  const readBack = await objects.openRange(row).then((content) => pipeline(content, hash)).then(() => true, () => false);
  if (readBack && hash.digest('hex') === row.sha256) await objects.remove(before.storageKey);
  else say(`document ${row.id}: what was sealed is not read back as it was recorded; the one in clear stays at ${before.storageKey}`);
}
