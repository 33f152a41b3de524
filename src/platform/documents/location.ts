/**
 * Where a photograph or recording was taken: found, so that it can be left out of what is shown. Nothing is written to what is stored (SPEC §1.3:
 * the original stays), and no length changes, so that ranges stay what they are. A patient's home is in the phone that took the picture.
 */
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { cached, type ByteSource } from './byte-source';
import type { ObjectStore, StoredContent } from './store';

/** Bytes to be put in the place of others, of the same length. */
export interface Patch { at: number; bytes: Buffer }

const WINDOW = 1024 * 1024;
/** Longer than every marker looked for. */
const OVERLAP = 32;
const MOST_PACKET = 1024 * 1024;
const MOST_MOVIE_HEADER = 64 * 1024 * 1024;
/** Per file: who makes one of which everything would be blanked gets it as it is up to there. */
const MOST_PATCHES = 1_000;
/** Contents of which the places are remembered. */
const MOST_KNOWN = 200;

/** What of this file says where it was taken, in order of place; empty for types that do not say it. Reads images whole, in windows, and of recordings the header alone. */
export async function locationsIn(source: ByteSource, mediaType: string): Promise<Patch[]> {
  const found = mediaType === 'image/png' ? await inPng(source)
    : mediaType.startsWith('image/') ? await inImage(source, mediaType)
      : /^(video|audio)\/(mp4|x-m4a|x-m4v|quicktime|3gpp)$/.test(mediaType) ? await inMovie(source) : [];
  return found.slice(0, MOST_PATCHES).toSorted((a, b) => a.at - b.at);
}

/** The places in stored contents, found once for each: a content never changes. */
export function locationsOf(store: ObjectStore): (content: StoredContent & { mediaType: string }) => Promise<Patch[]> {
  const known = new Map<string, Promise<Patch[]>>();
  return (content) => {
    const { storageKey, mediaType } = content;
    let found = known.get(storageKey);
    if (!found) {
      found = locationsIn(cached(contentSource(store, content)), mediaType);
      known.set(storageKey, found);
      found.catch(() => { known.delete(storageKey); });
      const oldest = known.keys().next().value;
      if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    }
    return found;
  };
}

const contentSource = (store: ObjectStore, content: StoredContent): ByteSource => ({
  size: content.bytes,
  async read(offset, length) {
    const end = Math.min(offset + length, content.bytes) - 1;
    return end < offset ? Buffer.alloc(0) : buffer(await store.openRange(content, { start: offset, end }));
  },
  stream: () => { throw new Error('looked into by parts'); },
});

/** Lays patches over a content of which the first byte that comes is byte `from`. */
export function without(patches: readonly Patch[], from: number): Transform {
  let at = from;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      let shown = chunk;
      for (const patch of patches) {
        const first = Math.max(patch.at, at), last = Math.min(patch.at + patch.bytes.length, at + chunk.length);
        if (first >= last) continue;
        if (shown === chunk) shown = Buffer.from(chunk);
        patch.bytes.copy(shown, first - at, first - patch.at, last - patch.at);
      }
      at += chunk.length;
      callback(null, shown);
    },
  });
}

const blank = (at: number, length: number, fill = 0): Patch => ({ at, bytes: Buffer.alloc(Math.max(0, length), fill) });

/** JPEG, HEIC, TIFF: wherever in the file the EXIF, XMP or IPTC stands, a second picture's too. */
async function inImage(source: ByteSource, mediaType: string): Promise<Patch[]> {
  const patches = mediaType === 'image/tiff' ? await inExif(source, 0, source.size) : [];
  for (let at = 0; at < source.size; at += WINDOW) {
    const bytes = await source.read(at, WINDOW + OVERLAP);
    const places = (marker: string | Buffer): number[] => placesOf(bytes, marker).filter((place) => place < WINDOW).map((place) => at + place);
    for (const place of places('Exif\0\0')) patches.push(...await inExif(source, place + 6, source.size));
    for (const place of places('<x:xmpmeta')) patches.push(await packetAt(source, place));
    // IPTC, in a block of Photoshop's: names of town and country.
    for (const place of places(Buffer.from('8BIM\x04\x04', 'latin1'))) patches.push(await blockAt(source, place));
    if (patches.length > MOST_PATCHES) break;
  }
  return patches;
}

function placesOf(bytes: Buffer, marker: string | Buffer): number[] {
  const places: number[] = [];
  for (let place = bytes.indexOf(marker); place !== -1; place = bytes.indexOf(marker, place + 1)) places.push(place);
  return places;
}

const XMP_END = '</x:xmpmeta>';

async function packetAt(source: ByteSource, at: number): Promise<Patch> {
  const bytes = await source.read(at, MOST_PACKET);
  const end = bytes.indexOf(XMP_END);
  return blank(at, end === -1 ? bytes.length : end + XMP_END.length, 0x20);
}

async function blockAt(source: ByteSource, at: number): Promise<Patch> {
  const head = await source.read(at + 6, 260);
  // A name of even length with its count, then four bytes of length.
  const name = head.length > 0 ? (head[0]! + 2) & ~1 : 0;
  const length = head.length >= name + 4 ? head.readUInt32BE(name) : 0;
  return blank(at + 6 + name + 4, Math.min(length, MOST_PACKET, source.size - at - 6 - name - 4));
}

const GPS_IFD = 0x8825;
/** Bytes of a value by its type (TIFF 6.0 §2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const ENTRY = 12;
const MOST_ENTRIES = 200;
/** Far above what a position takes. */
const MOST_VALUE = 4_096;

/** The directory of the position, and the values it points at, in the TIFF structure that begins at `base` and ends before `end`. */
async function inExif(source: ByteSource, base: number, end: number): Promise<Patch[]> {
  const head = await source.read(base, 8);
  const order = head.toString('latin1', 0, 2);
  if (head.length < 8 || (order !== 'II' && order !== 'MM')) return [];
  const short = (bytes: Buffer, at: number): number => (order === 'II' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (bytes: Buffer, at: number): number => (order === 'II' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const entriesAt = async (at: number): Promise<Buffer[]> => {
    const count = await source.read(base + at, 2);
    if (at < 8 || count.length < 2) return [];
    const bytes = await source.read(base + at + 2, Math.min(short(count, 0), MOST_ENTRIES) * ENTRY);
    return Array.from({ length: Math.floor(bytes.length / ENTRY) }, (_, n) => bytes.subarray(n * ENTRY, (n + 1) * ENTRY));
  };
  const patches: Patch[] = [];
  for (const pointer of (await entriesAt(long(head, 4))).filter((entry) => short(entry, 0) === GPS_IFD)) {
    const at = long(pointer, 8);
    const entries = await entriesAt(at);
    for (const entry of entries) {
      const bytes = (TYPE_BYTES[short(entry, 2)] ?? 0) * long(entry, 4);
      if (bytes > 4 && bytes <= MOST_VALUE) patches.push(blank(base + long(entry, 8), bytes));
    }
    if (entries.length > 0) patches.push(blank(base + at, 2 + entries.length * ENTRY));
  }
  return patches.filter((patch) => patch.at + patch.bytes.length <= end);
}

const PNG_HEAD = 8;
const TEXTS = ['tEXt', 'zTXt', 'iTXt'];
const MOST_CHUNKS = 100_000;

/** A PNG's chunk with the position is blanked whole, and its check sum made to fit. */
async function inPng(source: ByteSource): Promise<Patch[]> {
  const patches: Patch[] = [];
  for (let at = PNG_HEAD, n = 0; at + 12 <= source.size && n < MOST_CHUNKS; n += 1) {
    const head = await source.read(at, 8 + 40);
    const length = head.readUInt32BE(0), type = head.toString('latin1', 4, 8);
    const keyword = TEXTS.includes(type) ? head.toString('latin1', 8).split('\0')[0]! : '';
    const kept = type === 'eXIf' ? 0 : /^(XML:com\.adobe\.xmp|Raw profile type )/.test(keyword) ? keyword.length + 1 : null;
    if (kept !== null && length <= MOST_PACKET && kept <= length && at + 12 + length <= source.size) {
      const bytes = await source.read(at + 4, 4 + length + 4);
      bytes.fill(0, 4 + kept, 4 + length);
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 4 + length)), 4 + length);
      patches.push({ at: at + 4, bytes });
    }
    at += 12 + length;
  }
  return patches;
}

/** As phones write it into the header of a recording: `+31.2304+121.4737+004.000/` (ISO 6709). */
const ISO_6709 = /[+-]\d{2}(?:\d{2}){0,2}(?:\.\d+)?[+-]\d{3}(?:\d{2}){0,2}(?:\.\d+)?(?:[+-]\d+(?:\.\d+)?)?\//g;
/** The box of 3GPP (TS 26.244 §8.10): version and flags nought, never longer than a name and a few numbers. */
const LOCI = 'loci';
const MOST_LOCI = 1_024;

/** MP4, MOV, 3GP: the position as text becomes noughts, and 3GP's own box is emptied. */
async function inMovie(source: ByteSource): Promise<Patch[]> {
  for (let at = 0, boxes = 0; at + 8 <= source.size && boxes < MOST_CHUNKS; boxes += 1) {
    const head = await source.read(at, 16);
    const short = head.readUInt32BE(0);
    const bytes = short === 0 ? source.size - at : short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (bytes < 8) return [];
    if (head.toString('latin1', 4, 8) === 'moov') return inMovieHeader(await source.read(at, Math.min(bytes, MOST_MOVIE_HEADER)), at);
    at += bytes;
  }
  return [];
}

function inMovieHeader(moov: Buffer, from: number): Patch[] {
  const texts = [...moov.toString('latin1').matchAll(ISO_6709)].map(({ 0: text, index }) => ({ at: from + index, bytes: Buffer.from(text.replace(/\d/g, '0')) }));
  const boxes = placesOf(moov, LOCI).flatMap((place) => {
    const bytes = place < 4 || place + 8 > moov.length ? 0 : moov.readUInt32BE(place - 4);
    return bytes > 12 && bytes <= MOST_LOCI && place - 4 + bytes <= moov.length && moov.readUInt32BE(place + 4) === 0 ? [blank(from + place + 8, bytes - 12)] : [];
  });
  return [...texts, ...boxes];
}
