import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '..');

/**
 * Makes `target` (a file or folder) from the sources in `folders` when they, or the lock file, have changed since it was last made; their
 * fingerprint stands beside it. `make` writes beside, and what it made takes the place in the end: a process that starts meanwhile never finds half of it.
 */
export async function builtFrom(folders: readonly string[], target: string, make: (beside: string) => Promise<void>): Promise<string> {
  const fingerprint = await fingerprintOf(folders);
  const known = await readFile(`${target}.sources`, 'utf8').catch(() => '');
  if (known === fingerprint && existsSync(target)) return target;
  const beside = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  await make(beside);
  await rename(beside, target).catch(async () => {
    // A folder is not replaced by renaming.
    await rm(target, { recursive: true, force: true });
    await rename(beside, target);
  });
  await writeFile(`${target}.sources`, fingerprint);
  return target;
}

/** SHA-256 (hex) of every source in these folders, and of the lock file; types that were generated build nothing. */
async function fingerprintOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile() && !file.name.endsWith('.d.ts')).map((file) => join(file.parentPath, file.name)).sort();
    for (const path of paths) hash.update(path.slice(root.length)).update(await readFile(path));
  }
  return hash.update(await readFile(join(root, 'package-lock.json'))).digest('hex');
}
