/** Are the stored contents what was recorded? Every one is read and hashed: what lies there may have been changed, cut, exchanged or removed. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database';
import { KeyMissing } from '../keys/key-ring';
import { NotGenuine } from '../keys/seal';
import { ContentChanged } from './frames';
import { eachDocument, type DocumentRow } from './index-rows';
import type { ObjectStore } from './store';

/** A document by its id, and what of it is not as recorded. */
export interface Wrong { id: string; why: 'missing' | 'changed' | 'its key is gone' }

/** Reads the contents of all documents that were not erased, and tells of each that is wrong. Answers how many are as recorded. `database` is the worker's. */
export async function checkContents(database: Database, objects: ObjectStore, tell: (wrong: Wrong) => void): Promise<number> {
  let genuine = 0;
  await eachDocument(database, { status: { in: ['stored', 'attached'] } }, async (row) => {
    const why = await whatIsWrong(objects, row);
    if (why === null) genuine += 1;
    else tell({ id: row.id, why });
  });
  return genuine;
}

async function whatIsWrong(objects: ObjectStore, row: DocumentRow): Promise<Wrong['why'] | null> {
  if (await objects.stat(row) === null) return 'missing';
  const hash = createHash('sha256');
  try {
    await pipeline(await objects.openRange(row), hash);
  } catch (error) {
    if (error instanceof KeyMissing) return 'its key is gone';
    if (error instanceof ContentChanged || error instanceof NotGenuine) return 'changed';
    throw error;
  }
  return hash.digest('hex') === row.sha256 ? null : 'changed';
}
