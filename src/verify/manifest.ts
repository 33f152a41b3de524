/** What an evidence pack says of itself: every file with its hash, block by block, and the signature over all of it. Known to who makes packs and to who verifies them. */
import type { AnchorLine, Head } from '../platform/audit/anchor';

export const FORMAT = 'kuaipei-evidence/1';
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
export const EVENTS = 'events.ndjson';
export const ANCHORS = 'anchors.json';
export const DOCUMENTS = 'documents.json';
/** A change is found to a block of this size by its hash; to the byte, where one byte alone was changed, by its checksum. */
export const BLOCK_BYTES = 65_536;

/** A file of the pack. `crc32` in 8 hexadecimal digits; `blocks` and `blockCrcs` of each 64 KiB of it. */
export interface ManifestFile { path: string; bytes: number; sha256: string; crc32: string; blocks: string[]; blockCrcs: string[] }

/** `seenAs`: the role whose sight the pack shows. `readsUntil`: readings recorded up to then are in it. `head`: the hash of the last event. */
export interface Manifest { format: typeof FORMAT; claimNo: string; version: number; head: string; seenAs: string; readsUntil: string; blockBytes: number; files: ManifestFile[] }

/** Over the bytes of manifest.json; key and signature in base64. */
export interface ManifestSignature { algorithm: 'Ed25519'; keyId: string; publicKey: string; signature: string }

/** A line of the ledger that holds an event of the claim, with the way from that event to the line's root. */
export interface PackedAnchor { line: AnchorLine; hash: string; signature: string; head: Head; path: string[] }
export interface PackedAnchors { keys: PublicKey[]; anchors: PackedAnchor[] }
export interface PublicKey { keyId: string; publicKey: string }

/** A document of the claim. `path` null: its content was `missing` from the store, not what was recorded, or `erased` by rule when the pack was made. */
export interface PackedDocument { documentId: string; path: string | null; content: 'genuine' | 'missing' | 'changed' | 'erased'; sha256: string }

export const hex8 = (crc: number): string => crc.toString(16).padStart(8, '0');

/** The order of the files. */
export const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/** The manifest that these bytes are, or null. */
export function readManifest(bytes: Uint8Array): Manifest | null {
  const given = json(bytes) as Partial<Manifest> | null;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');
  const isFile = (file: Partial<ManifestFile> | null): boolean => typeof file === 'object' && file !== null && typeof file.path === 'string' && Number.isSafeInteger(file.bytes) && file.bytes! >= 0
    && typeof file.sha256 === 'string' && /^[0-9a-f]{8}$/.test(file.crc32 ?? '') && texts(file.blocks) && texts(file.blockCrcs);
  const whole = given?.format === FORMAT && typeof given.claimNo === 'string' && typeof given.version === 'number' && typeof given.head === 'string' && given.blockBytes === BLOCK_BYTES && Array.isArray(given.files) && given.files.every(isFile);
  return whole ? (given as Manifest) : null;
}

/** The signature that these bytes are, or null. */
export function readSignature(bytes: Uint8Array): ManifestSignature | null {
  const given = json(bytes) as Partial<ManifestSignature> | null;
  const whole = given?.algorithm === 'Ed25519' && [given.keyId, given.publicKey, given.signature].every((one) => typeof one === 'string');
  return whole ? (given as ManifestSignature) : null;
}

/** What this JSON says, or null where it is none. */
export function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
}
