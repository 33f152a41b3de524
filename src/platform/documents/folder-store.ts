import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, link, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { KeyRing } from '../keys/key-ring';
import { fileSource } from './byte-source';
import { sealedStore } from './sealed-store';
import { RESUMABLE_MS, type DocumentStore, type RawStore, type UploadEnd } from './store';

/** Documents in a folder, sealed: `objects/` for good, `uploads/` on their way. Both lie on one file system, which must have hard links. */
export const createFolderStore = (folder: string, keys: KeyRing): DocumentStore => sealedStore(rawIn(join(folder, 'objects'), join(folder, 'uploads')), keys);

function rawIn(folder: string, uploads: string): RawStore {
  const beingWritten = join(uploads, 'being-kept');
  return {
    async write(key, content, bytes) {
      const temporary = join(beingWritten, randomUUID());
      await mkdir(beingWritten, { recursive: true });
      try {
        await pipeline(content, createWriteStream(temporary));
        if ((await stat(temporary)).size !== bytes) throw new Error(`content ${key} has another length than was said`);
        await publish(temporary, pathOf(folder, key));
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      } finally {
        content.destroy();
        await rm(temporary, { force: true });
      }
    },
    size: async (key) => (await stat(pathOf(folder, key)).catch(nullWhenAbsent))?.size ?? null,
    async read(key, range) {
      // Opened here, so that a missing file is an error of this call and not of the stream later.
      const file = await open(pathOf(folder, key));
      return file.createReadStream(range ?? {});
    },
    remove: (key) => rm(pathOf(folder, key), { force: true }),
    uploads: uploadsIn(uploads, beingWritten),
  };
}

function uploadsIn(folder: string, beingWritten: string): RawStore['uploads'] {
  const dataStore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: RESUMABLE_MS });
  const ended = (uploadId: string): string => join(folder, `${uploadId}.end`);
  return {
    dataStore,
    open: (uploadId) => fileSource(join(folder, uploadId)),
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
      await mkdir(beingWritten, { recursive: true });
      // Left by a process that died in the middle of writing.
      for (const name of await readdir(beingWritten)) {
        const path = join(beingWritten, name);
        const { mtimeMs } = (await stat(path).catch(nullWhenAbsent)) ?? { mtimeMs: Date.now() };
        if (Date.now() - mtimeMs > RESUMABLE_MS) await rm(path, { force: true });
      }
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
