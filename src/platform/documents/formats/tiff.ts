import type { ByteSource } from '../byte-source';
import { broken, endsAsZip, MOST_PIXELS, whole, type Structure } from './structure';

/** Numeric tags this walk needs; their offsets and counts tell whether the picture's data is all there. */
const WIDTH = 256, HEIGHT = 257, STRIP_OFFSETS = 273, STRIP_BYTES = 279, TILE_OFFSETS = 324, TILE_BYTES = 325;
const NEEDED: readonly number[] = [WIDTH, HEIGHT, STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES];

const MOST_PAGES = 2_000;
const MOST_ENTRIES = 4_096;
const MOST_PIECES = 250_000;
/** Of all pages together: pages may share one table, and each would read it again. */
const MOST_PIECES_IN_ALL = 1_000_000;
/** Bytes per value of the types SHORT and LONG, the only ones these tags may have. */
const VALUE_BYTES: Partial<Record<number, 2 | 4>> = { 3: 2, 4: 4 };

type Numbers = (bytes: Buffer, at: number) => number;

/** Walks a TIFF's pages; each page's strips or tiles must lie inside the file. */
export async function lookIntoTiff(source: ByteSource): Promise<Structure> {
  const header = await source.read(0, 8);
  if (header.length < 8) return broken('cut-short');
  const little = header[0] === 0x49;
  const short: Numbers = little ? (b, at) => b.readUInt16LE(at) : (b, at) => b.readUInt16BE(at);
  const long: Numbers = little ? (b, at) => b.readUInt32LE(at) : (b, at) => b.readUInt32BE(at);
  if (short(header, 2) !== 42) return broken('unreadable'); // 43 is BigTIFF, for files far over our limit

  let pages = 0;
  const left = { pieces: MOST_PIECES_IN_ALL };
  const seen = new Set<number>();
  for (let at = long(header, 4); at !== 0; pages += 1) {
    if (seen.has(at)) return broken('unreadable'); // a ring of pages never ends
    seen.add(at);
    if (pages === MOST_PAGES) return broken('too-many-pages');
    const count = await source.read(at, 2);
    if (count.length < 2) return broken('cut-short');
    const entries = short(count, 0);
    if (entries === 0 || entries > MOST_ENTRIES) return broken('unreadable');
    const table = await source.read(at + 2, entries * 12 + 4);
    // Some writers leave out the last four bytes, the pointer to a next page that does not exist.
    if (table.length < entries * 12) return broken('cut-short');
    const fault = await faultOfPage(source, table, entries, left, short, long);
    if (fault) return fault;
    at = table.length >= entries * 12 + 4 ? long(table, entries * 12) : 0;
  }
  if (pages === 0) return broken('unreadable');
  return (await endsAsZip(source)) ? broken('two-formats') : whole();
}

async function faultOfPage(source: ByteSource, table: Buffer, entries: number, left: { pieces: number }, short: Numbers, long: Numbers): Promise<Structure | null> {
  const values = new Map<number, number[]>();
  for (let entry = 0; entry < entries; entry += 1) {
    const at = entry * 12;
    const tag = short(table, at);
    if (!NEEDED.includes(tag)) continue;
    const width = VALUE_BYTES[short(table, at + 2)];
    const count = long(table, at + 4);
    if (width === undefined || count === 0 || count > MOST_PIECES || (left.pieces -= count) < 0) return broken('unreadable');
    const bytes = count * width <= 4 ? table.subarray(at + 8, at + 12) : await source.read(long(table, at + 8), count * width);
    if (bytes.length < count * width) return broken('cut-short');
    values.set(tag, Array.from({ length: count }, (_, n) => (width === 2 ? short(bytes, n * 2) : long(bytes, n * 4))));
  }
  const [width, height] = [values.get(WIDTH)?.[0] ?? 0, values.get(HEIGHT)?.[0] ?? 0];
  if (width === 0 || height === 0) return broken('unreadable');
  if (width * height > MOST_PIXELS) return broken('too-many-pixels');
  const offsets = values.get(STRIP_OFFSETS) ?? values.get(TILE_OFFSETS);
  const sizes = values.get(STRIP_BYTES) ?? values.get(TILE_BYTES);
  if (!offsets) return broken('unreadable');
  const inside = offsets.every((offset, n) => offset + (sizes?.[n] ?? 1) <= source.size);
  return inside ? null : broken('cut-short');
}
