/** The ZIP of an evidence pack: hashed first, then sent, each content read twice and never held whole. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { canonicalJson } from '../../platform/audit/canonical';
import { ContentChanged } from '../../platform/documents/frames';
import type { ObjectStore } from '../../platform/documents/store';
import { NotGenuine } from '../../platform/keys/seal';
import type { Signer } from '../../platform/keys/sign';
import { BLOCK_BYTES, byName, DOCUMENTS, FORMAT, hex8, MANIFEST, SIGNATURE, type Manifest, type ManifestFile, type ManifestSignature } from '../../verify/manifest';
import { layoutOf } from '../../verify/zip';
import { json, type DocumentOf, type Gathered } from './files';

interface PackFile { name: string; bytes: number; open: () => Promise<Readable> | Readable }

export interface Pack { length: number; stream: () => Readable }

/**
 * The pack of what was gathered, signed. The same gathered and the same key give the same bytes. A document that is missing from the store, or is not
 * what was recorded, is left out and named in the index: the rest is evidence all the same.
 */
export async function packOf({ head, texts, documents }: Gathered, about: Pick<Manifest, 'claimNo' | 'version' | 'seenAs' | 'readsUntil'>, store: ObjectStore, signer: Signer): Promise<Pack> {
  const files: PackFile[] = [];
  const digests: ManifestFile[] = [];
  const index: unknown[] = [];
  for (const document of documents) {
    const file = await contentOf(document, store);
    const digest = file && await digestOf(file).catch(nullWhenChanged);
    const genuine = file && digest?.sha256 === document.index.sha256;
    index.push({ ...document.index, path: genuine ? document.path : null, content: genuine ? 'genuine' : document.erased ? 'erased' : file ? 'changed' : 'missing', ...(document.erased ? { erased: document.erased } : {}) });
    if (genuine) { files.push(file); digests.push(digest); }
  }
  for (const { name, content } of [...texts, { name: DOCUMENTS, content: json(index) }]) {
    const file = fileOf(name, content);
    files.push(file);
    digests.push(await digestOf(file));
  }
  digests.sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: Manifest = { format: FORMAT, ...about, head, blockBytes: BLOCK_BYTES, files: digests };
  const text = canonicalJson(manifest);
  const signature: ManifestSignature = { algorithm: 'Ed25519', keyId: signer.keyId, publicKey: signer.publicKey, signature: signer.sign(text) };
  const sealed = [fileOf(MANIFEST, text), fileOf(SIGNATURE, `${canonicalJson(signature)}\n`)];
  const crcs = new Map([...digests, ...(await Promise.all(sealed.map(digestOf)))].map((one) => [one.path, parseInt(one.crc32, 16)]));
  const all = [...files, ...sealed].sort(byName);
  const { frames, length } = layoutOf(all.map(({ name, bytes }) => ({ name, bytes, crc: crcs.get(name)! })));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const [n, file] of all.entries()) {
      yield frames[n]!.bytes;
      for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) yield chunk;
    }
    for (const { bytes } of frames.slice(all.length)) yield bytes;
  }
  return { length, stream: () => Readable.from(chunks(), { objectMode: false }) };
}

function fileOf(name: string, content: string): PackFile {
  const bytes = Buffer.from(content);
  return { name, bytes: bytes.length, open: () => Readable.from([bytes]) };
}

async function contentOf({ path, stored }: DocumentOf, store: ObjectStore): Promise<PackFile | null> {
  const found = stored && await store.stat(stored);
  return found ? { name: path, bytes: found.bytes, open: () => store.openRange(stored) } : null;
}

/** A content that its key does not open is a changed one; a missing key throws KeyMissing. */
function nullWhenChanged(error: unknown): null {
  if (error instanceof ContentChanged || error instanceof NotGenuine) return null;
  throw error;
}

/** Length, hash and checksum of a content, whole and block by block. */
async function digestOf({ name, open }: PackFile): Promise<ManifestFile> {
  const whole = createHash('sha256');
  const blocks: string[] = [], blockCrcs: string[] = [];
  let block = createHash('sha256'), inBlock = 0, blockCrc = 0, crc = 0, bytes = 0;
  const endBlock = (): void => {
    blocks.push(block.digest('hex'));
    blockCrcs.push(hex8(blockCrc));
    block = createHash('sha256'); inBlock = 0; blockCrc = 0;
  };
  for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
    whole.update(chunk);
    crc = crc32(chunk, crc);
    bytes += chunk.length;
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + BLOCK_BYTES - inBlock);
      block.update(part);
      blockCrc = crc32(part, blockCrc);
      inBlock += part.length;
      from += part.length;
      if (inBlock === BLOCK_BYTES) endBlock();
    }
  }
  if (inBlock > 0) endBlock();
  return { path: name, bytes, sha256: whole.digest('hex'), crc32: hex8(crc), blocks, blockCrcs };
}
