import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile } from '../../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../../src/platform/keys/key-ring';

/** Makes keys of a test's own in its folder: the file for the processes, the ring for the test itself. */
export function freshKeys(folder: string): { file: string; keys: KeyRing } {
  const file = join(folder, 'keys.json');
  createKeyFile(file, 'first');
  return { file, keys: openKeyFile(file) };
}

/** The keys that lie in a folder, made when it is first asked: for what is killed and comes back. */
export function keysIn(folder: string): KeyRing {
  return existsSync(join(folder, 'keys.json')) ? openKeyFile(join(folder, 'keys.json')) : freshKeys(folder).keys;
}
