/** The contents of a pack against its manifest, block by block. */
import { singleChanges } from './crc32';
import { BLOCK_BYTES, EVENTS, type Manifest, type ManifestFile } from './manifest';
import { sha256Of, type Tools } from './pack';
import type { ChangedByte, Fault } from './report';
import type { Source } from './zip';

export type ContentFault = Extract<Fault, { kind: 'content' }>;

/** Every file whose bytes are not those that were signed, in the order of the manifest; of each the first place. `where`: where contents begin. */
export async function checkContents(source: Source, tools: Tools, { files }: Manifest, where: ReadonlyMap<string, number>): Promise<ContentFault[]> {
  const faults: ContentFault[] = [];
  for (const file of files) {
    const begins = where.get(file.path);
    if (begins === undefined) continue; // said already: it is missing
    const fault = await checkFile(source, tools, file, begins);
    if (fault) faults.push(fault);
  }
  return faults;
}

async function checkFile(source: Source, tools: Tools, file: ManifestFile, begins: number): Promise<ContentFault | null> {
  const whole = tools.hash();
  let first: ContentFault | null = null;
  let events = 0;
  for (let n = 0; n * BLOCK_BYTES < file.bytes; n += 1) {
    const from = n * BLOCK_BYTES, length = Math.min(BLOCK_BYTES, file.bytes - from);
    const block = await source.read(begins + from, length);
    whole.update(block);
    if (block.length !== length || sha256Of(tools, block) !== file.blocks[n]) {
      if (first) { first.moreBlocks += 1; continue; }
      const byte = block.length === length ? changedByte(tools, block, file, n, begins) : null;
      // A line of this file is an event.
      const event = file.path === EVENTS ? events + 1 + newlinesIn(block.subarray(0, byte ? byte.at - from : 0)) : null;
      first = { kind: 'content', path: file.path, from, to: from + length - 1, inPack: begins + from, byte, event: byte || n > 0 ? event : null, moreBlocks: 0, shifted: 0 };
    }
    if (file.path === EVENTS) events += newlinesIn(block);
  }
  // Blocks and whole were hashed from the same bytes by who signed; that they agree is looked at all the same.
  if (!first && whole.hex() !== file.sha256) return { kind: 'content', path: file.path, from: 0, to: Math.max(0, file.bytes - 1), inPack: begins, byte: null, event: null, moreBlocks: 0, shifted: 0 };
  return first;
}

/** The byte that was changed, if it was one alone: proved by the block's hash, which with that byte put right is as signed. */
function changedByte(tools: Tools, block: Uint8Array, file: ManifestFile, n: number, begins: number): ChangedByte | null {
  for (const { at, is, was } of singleChanges(block, parseInt(file.blockCrcs[n] ?? '', 16) || 0)) {
    const mended = Uint8Array.from(block);
    mended[at] = was;
    if (sha256Of(tools, mended) === file.blocks[n]) return { at: n * BLOCK_BYTES + at, inPack: begins + n * BLOCK_BYTES + at, was, is };
  }
  return null;
}

const newlinesIn = (bytes: Uint8Array): number => bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
