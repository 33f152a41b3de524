/** Making and turning over the keys of a file: add everywhere, then use, then seal anew what must stay, then destroy. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { keyFileSchema, type KeyFile } from './key-ring';

const ONLY_OURS = 0o600;

/** Makes a file with one new key, named after the month unless `id` says otherwise. Throws when the file is there: a ring is never written over. */
export function createKeyFile(path: string, id = monthOf(new Date())): void {
  if (existsSync(path)) throw new Error(`${path} is there already: keys are added to it with add`);
  write(path, { current: id, keys: { [id]: newKey() } }, 'wx');
}

/** Adds a new key that does not seal yet. Throws when the id is taken. */
export function addKey(path: string, id: string): void {
  const file = readKeys(path);
  if (id in file.keys) throw new Error(`key ${id} is there already`);
  write(path, noted({ ...file, keys: { ...file.keys, [id]: newKey() } }));
}

/** Seals with this key from now on. Throws when it is not there. */
export function useKey(path: string, id: string): void {
  const file = readKeys(path);
  if (!(id in file.keys)) throw new Error(`there is no key ${id}: add it first, and let every process read it`);
  write(path, noted({ ...file, current: id }));
}

/** Destroys a key, whoever needs it (needs.ts says): what it sealed and nobody sealed anew is lost for good. Throws for the current one. */
export function destroyKey(path: string, id: string): void {
  const file = readKeys(path);
  if (id === file.current) throw new Error(`key ${id} seals now: use another first`);
  if (!(id in file.keys)) throw new Error(`there is no key ${id}`);
  write(path, noted({ ...file, keys: Object.fromEntries(Object.entries(file.keys).filter(([one]) => one !== id)) }));
}

export const readKeys = (path: string): KeyFile => keyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
const newKey = (): string => randomBytes(32).toString('base64');
const monthOf = (now: Date): string => now.toISOString().slice(0, 7);

/** The file with the time since when each key but the current one does not seal. */
function noted({ current, keys, turnedOut = {} }: KeyFile): KeyFile {
  const now = new Date().toISOString();
  return { current, keys, turnedOut: Object.fromEntries(Object.keys(keys).filter((id) => id !== current).map((id) => [id, turnedOut[id] ?? now])) };
}

/** In one step, so that nobody reads half a ring. */
function write(path: string, file: KeyFile, flag: 'wx' | 'w' = 'w'): void {
  const beside = flag === 'wx' ? path : `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(keyFileSchema.parse(file), null, 2)}\n`, { mode: ONLY_OURS, flag });
  if (beside !== path) renameSync(beside, path);
}
