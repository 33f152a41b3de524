/**
 * Verifies an evidence pack wherever it is: in Node and in a browser without a network. Nothing is believed but the signature; from the
 * manifest that it covers follows what every byte of the ZIP must be. Needs little memory: contents are read block by block.
 */
import { checkContents } from './contents';
import { checkMeaning } from './meaning';
import { singleChanges, crc32 } from './crc32';
import { byName, MANIFEST, readManifest, readSignature, SIGNATURE, type Manifest, type ManifestSignature } from './manifest';
import type { Fault, Report } from './report';
import { layoutOf, readDirectory, scanHeaders, walkHeaders, type Entry, type Found, type Source } from './zip';

export interface Tools {
  /** SHA-256 piece by piece; `hex` ends it. */
  hash(): { update(bytes: Uint8Array): unknown; hex(): string };
  /** HMAC-SHA-256, hex. */
  hmac(key: Uint8Array, bytes: Uint8Array): string;
  ed25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
/** The public keys (base64) to believe, by their ids; null: whichever signed. */
export type Trusted = ReadonlyMap<string, string> | null;

const MOST_MANIFEST_BYTES = 64 * 2 ** 20;
const MOST_FAULTS = 50;

/** Judges the pack. Throws what the source throws, never because of what the pack holds. */
export async function verifyPack(source: Source, tools: Tools, trusted: Trusted): Promise<Report> {
  const report: Report = { isPack: false, claimNo: null, version: null, seenAs: null, readsUntil: null, files: 0, events: 0, anchored: null, signedBy: null, erased: [], faults: [] };
  const lists = [await readDirectory(source, true), await readDirectory(source), await walkHeaders(source)];
  const signed = (await findSigned(source, tools, lists)) ?? (await findSigned(source, tools, [await scanHeaders(source)]));
  if (signed === null) {
    // Of a pack that was cut off its beginning is still there.
    if (lists.some((list) => list.length > 0)) report.faults.push({ kind: 'unreadable', path: MANIFEST });
    return report;
  }
  const { manifest, manifestBytes, signature, signatureBytes } = signed;
  report.faults.push(...signed.faults);
  Object.assign(report, { isPack: true, claimNo: manifest.claimNo, version: manifest.version, seenAs: manifest.seenAs, readsUntil: manifest.readsUntil, files: manifest.files.length });
  if (signature) {
    const known = trusted?.get(signature.keyId);
    const isTrusted = trusted === null ? null : known !== undefined && sameKey(known, signature.publicKey);
    report.signedBy = { keyId: signature.keyId, fingerprint: fingerprintOf(tools, signature.publicKey), trusted: isTrusted };
    if (isTrusted === false) report.faults.push({ kind: 'key', keyId: signature.keyId, path: MANIFEST });
  }

  const expected: Entry[] = [
    ...manifest.files.map((file) => ({ name: file.path, bytes: file.bytes, crc: parseInt(file.crc32, 16) })),
    { name: MANIFEST, bytes: manifestBytes.length, crc: crc32(manifestBytes) }, { name: SIGNATURE, bytes: signatureBytes.length, crc: crc32(signatureBytes) },
  ].sort(byName);
  const layout = layoutOf(expected);
  const inPlace = source.size === layout.length;
  const found = inPlace ? [] : await findAll(source, expected, longest(lists));
  const where = inPlace ? layout.contentAt : new Map(found.map((one) => [one.name, one.contentAt]));
  if (inPlace) report.faults.push(...(await checkFrames(source, layout.frames)));
  else report.faults.push({ kind: 'length', was: layout.length, is: source.size }, ...namesOf(expected, found));

  const contents = await checkContents(source, tools, manifest, where);
  // What was put in or taken out displaces all that stands behind it: the first place says where.
  const [first] = contents;
  report.faults.push(...(inPlace || !first ? contents : [{ ...first, shifted: contents.length - 1 }]));
  await checkMeaning({ source, tools, trusted, manifest, where, report });
  report.faults = report.faults.slice(0, MOST_FAULTS);
  return report;
}

interface Signed { manifest: Manifest; manifestBytes: Uint8Array; signature: ManifestSignature | null; signatureBytes: Uint8Array; faults: Fault[] }

/** The manifest as it was signed: as it stands, or with the one byte put right that was changed in it or in its signature; else as it stands, with a fault. Null: there is none. */
async function findSigned(source: Source, tools: Tools, lists: readonly (readonly Found[])[]): Promise<Signed | null> {
  let asItStands: Signed | null = null;
  const changed: Array<{ manifest: Found; signature: Found; manifestBytes: Uint8Array; signatureBytes: Uint8Array }> = [];
  for (const list of lists) {
    const manifest = list.find((one) => one.name === MANIFEST), signature = list.find((one) => one.name === SIGNATURE);
    if (!manifest || manifest.bytes > MOST_MANIFEST_BYTES) continue;
    const manifestBytes = await source.read(manifest.contentAt, manifest.bytes);
    const signatureBytes = signature && signature.bytes < 4096 ? await source.read(signature.contentAt, signature.bytes) : new Uint8Array();
    const judged = await judge(tools, manifestBytes, signatureBytes);
    if (judged) return judged;
    const parsed = readManifest(manifestBytes);
    if (parsed) asItStands ??= { manifest: parsed, manifestBytes, signature: readSignature(signatureBytes), signatureBytes, faults: [{ kind: 'signature' }] };
    if (signature) changed.push({ manifest, signature, manifestBytes, signatureBytes });
  }
  for (const { manifest, signature, manifestBytes, signatureBytes } of changed) {
    for (const [path, bytes, found] of [[MANIFEST, manifestBytes, manifest], [SIGNATURE, signatureBytes, signature]] as const) {
      for (const { at, is, was } of singleChanges(bytes, found.crc)) {
        const mended = Uint8Array.from(bytes);
        mended[at] = was;
        const judged = await (path === MANIFEST ? judge(tools, mended, signatureBytes) : judge(tools, manifestBytes, mended));
        if (judged) return { ...judged, faults: [{ kind: 'content', path, from: at, to: at, inPack: found.contentAt + at, byte: { at, inPack: found.contentAt + at, was, is }, event: null, moreBlocks: 0, shifted: 0 }] };
      }
    }
  }
  return asItStands;
}

/** The manifest and its signature, where one fits the other. */
async function judge({ ed25519 }: Tools, manifestBytes: Uint8Array, signatureBytes: Uint8Array): Promise<Signed | null> {
  const signature = readSignature(signatureBytes), manifest = readManifest(manifestBytes);
  if (!signature || !manifest) return null;
  const fits = await ed25519(fromBase64(signature.publicKey), manifestBytes, fromBase64(signature.signature)).catch(() => false);
  return fits ? { manifest, manifestBytes, signature, signatureBytes, faults: [] } : null;
}

/** Bytes of the ZIP that are no content, each against what it must be. */
async function checkFrames(source: Source, frames: ReturnType<typeof layoutOf>['frames']): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const { of, at, bytes } of frames) {
    const is = await source.read(at, bytes.length);
    const wrong = [...bytes.keys()].filter((n) => is[n] !== bytes[n]);
    const [first] = wrong;
    if (first !== undefined) faults.push({ kind: 'frame', of, byte: { at: first, inPack: at + first, was: bytes[first]!, is: is[first] ?? 0 }, more: wrong.length - 1 });
  }
  return faults;
}

/** The entries that a list tells, and those beyond that must be there and are found by their headers. */
async function findAll(source: Source, expected: readonly Entry[], told: readonly Found[]): Promise<readonly Found[]> {
  const lacking = expected.filter((one) => !told.some((other) => other.name === one.name));
  if (lacking.length === 0) return told;
  const scanned = await scanHeaders(source);
  return [...told, ...lacking.flatMap(({ name }) => scanned.find((one) => one.name === name) ?? [])];
}

function namesOf(expected: readonly Entry[], found: readonly Found[]): Fault[] {
  return [
    ...expected.filter((one) => !found.some((other) => other.name === one.name)).map((one) => ({ kind: 'missing' as const, path: one.name })),
    ...found.filter((one) => !expected.some((other) => other.name === one.name)).map((one) => ({ kind: 'extra' as const, path: one.name })),
  ];
}

const longest = (lists: readonly (readonly Found[])[]): readonly Found[] => lists.reduce((a, b) => (b.length > a.length ? b : a), []);

/** SHA-256 of a public key (base64), hex: what people compare. */
export const fingerprintOf = (tools: Tools, publicKey: string): string => sha256Of(tools, fromBase64(publicKey));
/** Base64 may be spelt in more than one way. */
export const sameKey = (a: string, b: string): boolean => fromBase64(a).join() === fromBase64(b).join();
export function sha256Of(tools: Tools, bytes: Uint8Array): string {
  const hash = tools.hash();
  hash.update(bytes);
  return hash.hex();
}

/** The bytes; none where it is no base64. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
