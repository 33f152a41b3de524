/** A set: what belongs together of one backup, in a folder, with a signed list of every file in it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { canonicalJson } from '../audit/canonical';
import type { KeyRing } from '../keys/key-ring';
import { currentSigner, isSigned, signerOf } from '../keys/sign';

const MANIFEST = 'manifest.json';

const contents = z.strictObject({
  format: z.literal(1),
  postgres: z.strictObject({
    version: z.string(), systemIdentifier: z.string(), startedAt: z.iso.datetime(), endedAt: z.iso.datetime(), startLsn: z.string(), endLsn: z.string(),
  }).meta({ description: 'The set shows PostgreSQL as it stood at endLsn' }),
  /** When the one-file Temporal server was copied, by PostgreSQL's clock; null where Temporal lives in the same PostgreSQL, or is not in the set. */
  temporalCopiedAt: z.iso.datetime().nullable(),
  documents: z.strictObject({ files: z.int(), bytes: z.int() }),
  /** Keys that must be on the ring to read it; never the keys. */
  keyIds: z.array(z.string()).min(1),
  /** Every file but this one, by its path in the set. */
  files: z.record(z.string(), z.strictObject({ bytes: z.int(), sha256: z.string() })),
});
const manifestSchema = z.strictObject({ contents, signature: z.strictObject({ keyId: z.string(), value: z.string() }) });
/** What a set says of itself; times are UTC, bytes plain counts. */
export type SetContents = z.infer<typeof contents>;

/** A set that must not be restored; the message says what is wrong with which file. */
export class NotWhole extends Error { override readonly name = 'NotWhole'; }

/** Hashes every file of the folder and writes the signed list, last: a folder without it is a backup that did not end. */
export async function closeSet(folder: string, keys: KeyRing, about: Omit<SetContents, 'format' | 'files' | 'keyIds' | 'documents'>): Promise<SetContents> {
  const files: SetContents['files'] = {};
  for (const path of await filesIn(folder)) files[path] = await described(join(folder, path));
  const documents = Object.entries(files).filter(([path]) => path.startsWith('documents/'));
  const said: SetContents = {
    format: 1, ...about, keyIds: keys.ids(), files,
    documents: { files: documents.length, bytes: documents.reduce((sum, [, { bytes }]) => sum + bytes, 0) },
  };
  const signer = currentSigner(keys);
  const text = JSON.stringify({ contents: said, signature: { keyId: signer.keyId, value: signer.sign(canonicalJson(said)) } }, null, 1);
  const file = await open(join(folder, `${MANIFEST}.part`), 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(join(folder, `${MANIFEST}.part`), join(folder, MANIFEST));
  return said;
}

/**
 * Reads the list and compares every file with it. Throws NotWhole: the list is missing or was changed, a file is missing, changed, not of
 * the set, or no plain file; KeyMissing: the ring lacks a key the set needs.
 */
export async function openSet(folder: string, keys: KeyRing): Promise<SetContents> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => { throw new NotWhole(`${join(folder, MANIFEST)} is missing: this is no backup, or one that did not end`); });
  const said = readManifest(text, keys);
  for (const id of said.keyIds) keys.byId('columns', id);
  const present = new Set(await filesIn(folder));
  for (const [path, expected] of Object.entries(said.files)) {
    if (!present.delete(path)) throw new NotWhole(`${path} is missing`);
    const found = await described(join(folder, path));
    if (found.bytes !== expected.bytes) throw new NotWhole(`${path} is damaged: ${found.bytes} bytes, ${expected.bytes} were written`);
    if (found.sha256 !== expected.sha256) throw new NotWhole(`${path} is damaged: its bytes are not those that were written`);
  }
  for (const path of present) throw new NotWhole(`${path} is not of this set`);
  return said;
}

function readManifest(text: string, keys: KeyRing): SetContents {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new NotWhole(`${MANIFEST} is damaged: not JSON`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw new NotWhole(`${MANIFEST} is damaged, or of another version`);
  const { contents: said, signature } = parsed.data;
  const { publicKey } = signerOf(keys.byId('signing', signature.keyId));
  if (!isSigned(publicKey, canonicalJson(said), signature.value)) throw new NotWhole(`${MANIFEST} is damaged: it is not what was signed`);
  return said;
}

async function described(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

/** Paths of all files but the list, with /, sorted. Throws NotWhole for anything but plain files and folders: what a link leads to is not of the set. */
async function filesIn(folder: string): Promise<string[]> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => !one.isDirectory())
    .map((one) => ({ path: relative(folder, join(one.parentPath, one.name)).split(sep).join('/'), isPlain: one.isFile() }));
  const other = found.find(({ isPlain }) => !isPlain);
  if (other) throw new NotWhole(`${other.path} is no plain file`);
  return found.map(({ path }) => path).filter((path) => path !== MANIFEST).sort();
}

