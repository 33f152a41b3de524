/** Building a set into an empty place: the files of each part, for whoever starts PostgreSQL and Temporal on them. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { StoreConfig } from '../config';
import type { KeyRing } from '../keys/key-ring';
import { PARTS } from './backup';
import { BASE_TAR } from './base-backup';
import { putDocuments } from './documents';
import { openSet, type SetContents } from './set';

const run = promisify(execFile);

/**
 * Builds the set in `from` into `to`, which must be empty or new: `postgres` is a data folder for the same major version, `documents` a
 * folder store unless the documents go into another, empty `store`; `temporal/temporal.db` the file of a one-file server if there was one. `prepare` works on it before it gets its name, so that
 * what stands under `to` is whole. Throws NotWhole or KeyMissing and leaves nothing behind.
 */
export async function restoreSet(from: string, to: string, store: StoreConfig | null, keys: KeyRing, prepare: (folder: string, said: SetContents) => Promise<void>): Promise<SetContents> {
  const there = await readdir(to).catch((error: unknown) => { if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; throw error; });
  if (there !== null && there.length > 0) throw new Error(`${to} is not empty: a set is restored into an empty place, never over anything`);
  const said = await openSet(from, keys);
  const folder = `${to}.restoring`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder); // another restore of the same place is under way, or was cut short: throws
  try {
    await chmod(folder, 0o755); // PostgreSQL may run as somebody else, who has to get through
    await unpack(join(from, PARTS.postgres, BASE_TAR), join(folder, 'postgres'));
    if (said.temporalCopiedAt !== null) {
      await mkdir(join(folder, 'temporal'));
      for (const part of Object.keys(said.files).filter((path) => path.startsWith('temporal/'))) await copyFile(join(from, part), join(folder, part));
    }
    await putDocuments(join(from, PARTS.documents), store ?? { kind: 'folder', folder: join(folder, 'documents') });
    await prepare(folder, said);
    if (there !== null) await rm(to, { recursive: true });
    await rename(folder, to);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return said;
}

async function unpack(tar: string, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await run('tar', ['--extract', '--file', tar, '--directory', folder, '--no-same-owner']);
  await chmod(folder, 0o700);
}
