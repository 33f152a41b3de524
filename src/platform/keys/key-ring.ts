/** The keys under which this platform keeps secrets: master keys by id from a file, and one derived key per purpose, so that no key does two jobs. */
import { hkdfSync } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

/** What is sealed: payloads on their way through Temporal, columns of the database, the indexes to find them by, stored files; and what is signed. */
export type Purpose = 'temporal' | 'columns' | 'blind-index' | 'objects' | 'signing';

export interface Key { id: string; key: Buffer }

/** The port behind which keys come from a file today, and may come from a key management service. */
export interface KeyRing {
  /** The key that seals now. */
  current(purpose: Purpose): Key;
  /** The key of that id. Throws KeyMissing: what it sealed cannot be read any more. */
  byId(purpose: Purpose, id: string): Key;
  /** Every id on the ring, the current one first. */
  ids(): string[];
}

/** A key that is not on the ring: destroyed, or not yet given to this process. */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
  constructor(readonly keyId: string) { super(`no key ${keyId} on the ring: it was destroyed, or this process was not given it`); }
}

const KEY_BYTES = 32;
/** A rotation reaches every process within this time: keys are added first, and made current when all have them. */
const LOOK_AGAIN_MS = 10_000;

const keyId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
/** `{ "current": "2026-11", "keys": { "2026-11": "<32 bytes in base64>" } }`; `turnedOut`: since when the others do not seal. */
export const keyFileSchema = z.strictObject({
  current: keyId, keys: z.record(keyId, z.base64().refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES)), turnedOut: z.record(keyId, z.iso.datetime()).optional(),
})
  .refine(({ current, keys }) => current in keys);
export type KeyFile = z.infer<typeof keyFileSchema>;

/** The ring of a file, read again when the file has changed. Throws when it is no key file: what it holds is never in the message. */
export function openKeyFile(path: string, now: () => number = Date.now): KeyRing {
  let file = readKeyFile(path);
  let stamp = stampOf(path);
  let lookedAt = now();
  const derived = new Map<string, Key>();

  function look(): void {
    lookedAt = now();
    try {
      const seen = stampOf(path);
      if (seen === stamp) return;
      file = readKeyFile(path);
      stamp = seen;
      derived.clear(); // a destroyed key opens nothing from now on
    } catch {
      // Half written, or away for a moment: what was read goes on, and the next look tries again.
    }
  }
  function derive(purpose: Purpose, id: string): Key | null {
    const name = `${purpose}/${id}`;
    const known = derived.get(name);
    if (known) return known;
    const master = Object.hasOwn(file.keys, id) ? file.keys[id] : undefined;
    if (master === undefined) return null;
    const key = { id, key: Buffer.from(hkdfSync('sha256', Buffer.from(master, 'base64'), '', `kuaipei/${purpose}`, KEY_BYTES)) };
    derived.set(name, key);
    return key;
  }
  const fresh = (): void => { if (now() - lookedAt > LOOK_AGAIN_MS) look(); };
  return {
    current(purpose) {
      fresh();
      return derive(purpose, file.current) as Key; // the schema has seen to it that the current key is there
    },
    byId(purpose, id) {
      fresh();
      const known = derive(purpose, id);
      if (known) return known;
      look(); // a process that was given the new key earlier may have sealed with it already
      const found = derive(purpose, id);
      if (!found) throw new KeyMissing(id);
      return found;
    },
    ids() {
      fresh();
      return [file.current, ...Object.keys(file.keys).filter((id) => id !== file.current).sort()];
    },
  };
}

function readKeyFile(path: string): KeyFile {
  let parsed;
  try {
    parsed = keyFileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(`the key file cannot be read (${error instanceof SyntaxError ? 'not JSON' : (error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  if (!parsed.success) throw new Error('the key file is not of the form {"current": id, "keys": {id: 32 bytes in base64}}');
  return parsed.data;
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}
