import type { ByteSource } from '../byte-source';
import { afterEnd, broken, MOST_PIXELS, type Structure } from './structure';

const SIGNATURE_BYTES = 8;
/** Writers cut pixels into chunks of 8 KiB and more: of 50 MiB some thousands. */
const MOST_CHUNKS = 100_000;

/** Walks a PNG's chunks from IHDR to IEND. */
export async function lookIntoPng(source: ByteSource): Promise<Structure> {
  let at = SIGNATURE_BYTES;
  let hasPixels = false;
  for (let chunks = 0; at < source.size; chunks += 1) {
    if (chunks === MOST_CHUNKS) return broken('unreadable');
    const head = await source.read(at, 8);
    if (head.length < 8) return broken('cut-short');
    const bytes = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    const first = at === SIGNATURE_BYTES;
    if (!/^[A-Za-z]{4}$/.test(type) || first !== (type === 'IHDR')) return broken('unreadable');
    if (at + 12 + bytes > source.size) return broken('cut-short');
    if (first) {
      const size = await source.read(at + 8, 8);
      const width = size.readUInt32BE(0);
      const height = size.readUInt32BE(4);
      if (bytes !== 13 || width === 0 || height === 0) return broken('unreadable');
      if (width * height > MOST_PIXELS) return broken('too-many-pixels');
    }
    hasPixels ||= type === 'IDAT';
    at += 12 + bytes;
    if (type === 'IEND') return hasPixels ? afterEnd(source, at) : broken('unreadable');
  }
  return broken('cut-short');
}
