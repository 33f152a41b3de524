import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { fileSource } from './byte-source';
import { RESUMABLE_MS, type DocumentStore, type ObjectStore, type UploadEnd, type UploadStaging } from './store';

/** Documents in a folder: `objects/` for good, `uploads/` on their way. Both lie on one file system, which must have hard links. */
export function createFolderStore(folder: string): DocumentStore {
  const objects = join(folder, 'objects');
  const uploads = join(folder, 'uploads');
  return { objects: objectsIn(objects), staging: stagingIn(uploads, objects) };
}

function objectsIn(folder: string): ObjectStore {
  return {
    async put(key, content) {
      const temporary = join(folder, `.${randomUUID()}`);
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, content);
      try {
        await publish(temporary, pathOf(folder, key));
      } finally {
        await rm(temporary);
      }
    },
    async stat(key) {
      const found = await stat(pathOf(folder, key)).catch(nullWhenAbsent);
      return found && { bytes: found.size };
    },
    async openRange(key, range) {
      // Opened here, so that a missing file is an error of this call and not of the stream later.
      const file = await open(pathOf(folder, key));
      return file.createReadStream(range ?? {});
    },
  };
}

function stagingIn(folder: string, objects: string): UploadStaging {
  const dataStore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: RESUMABLE_MS });
  const received = (uploadId: string): string => join(folder, uploadId);
  const ended = (uploadId: string): string => join(folder, `${uploadId}.end`);
  return {
    dataStore,
    open: (uploadId) => fileSource(received(uploadId)),
    async keep(uploadId, key) {
      try {
        await publish(received(uploadId), pathOf(objects, key));
      } catch (error) {
        // Kept before a crash: the key belongs to this upload alone.
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    },
    async end(uploadId) {
      const text = await readFile(ended(uploadId), 'utf8').catch(nullWhenAbsent);
      return text === null ? null : (JSON.parse(text) as UploadEnd);
    },
    async finish(uploadId, end) {
      const temporary = `${ended(uploadId)}.${randomUUID()}`;
      await writeFile(temporary, JSON.stringify(end), { flush: true });
      await rename(temporary, ended(uploadId));
      await dataStore.remove(uploadId).catch(() => undefined); // another request has finished it too
    },
    async freeBytes() {
      await mkdir(folder, { recursive: true });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    async sweep() {
      await mkdir(folder, { recursive: true });
      return dataStore.deleteExpired();
    },
  };
}

/** Gives a written file its final name, which must be new, so that after a power cut it is there whole or not at all. */
async function publish(written: string, final: string): Promise<void> {
  const file = await open(written, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(written, 0o444);
  await mkdir(dirname(final), { recursive: true });
  await link(written, final);
  const directory = await open(dirname(final), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Keys are made by us; this holds the rule all the same. */
function pathOf(folder: string, key: string): string {
  if (!/^[\w-]+(?:\/[\w-]+)*$/.test(key)) throw new Error('a storage key has letters, digits, - and _ in parts divided by /');
  return join(folder, key);
}

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

function nullWhenAbsent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
