/**
 * Where a photograph or recording was taken: found, so that it can be left out of what is shown. Nothing is written to what is stored (SPEC §1.3:
 * the original stays), and no length changes, so that ranges stay what they are. Only what describes is looked into, never what is drawn or played:
 * whoever makes the file must not be able to have a reader shown another picture than the evidence pack holds.
 */
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { cached, type ByteSource } from './byte-source';
import type { ObjectStore, StoredContent } from './store';

/** `length` bytes from byte `at` on, shown as `fill` throughout; or as `bytes`. */
export interface Patch { at: number; length: number; fill: number | Buffer }

/** Per file; a phone writes three or four. Who made one with more shows their own place. */
const MOST_PATCHES = 64;
const MOST_PARTS = 1_000;
/** Contents of which the places are remembered. */
const MOST_KNOWN = 1_000;

/** What of this file says where it was taken, in order of place. Types that a browser does not show in place have none: they are handed out as they came. */
export async function locationsIn(source: ByteSource, mediaType: string): Promise<Patch[]> {
  const found = mediaType === 'image/jpeg' ? await inJpeg(source) : mediaType === 'image/png' ? await inPng(source) : /^(video|audio)\/(mp4|x-m4a|x-m4v)$/.test(mediaType) ? await inMovie(source) : [];
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
      for (const { at: start, length, fill } of patches) {
        const first = Math.max(start, at), last = Math.min(start + length, at + chunk.length);
        if (first >= last) continue;
        if (shown === chunk) shown = Buffer.from(chunk);
        if (typeof fill === 'number') shown.fill(fill, first - at, last - at);
        else fill.copy(shown, first - at, first - start, last - start);
      }
      at += chunk.length;
      callback(null, shown);
    },
  });
}

const [SOI_BYTES, APP1, APP13, SOS] = [2, 0xe1, 0xed, 0xda];
const EXIF = 'Exif\0\0';

/** The segments before the picture: EXIF's position, and all of XMP and of Photoshop's block, in which IPTC names town and country. */
async function inJpeg(source: ByteSource): Promise<Patch[]> {
  const patches: Patch[] = [];
  for (let at = SOI_BYTES, n = 0; n < MOST_PARTS && patches.length < MOST_PATCHES; n += 1) {
    const head = await source.read(at, 4 + 40);
    const marker = head[1];
    if (head.length < 4 || head[0] !== 0xff || marker === SOS) break;
    // A fill byte before a marker.
    if (marker === 0xff) { at += 1; continue; }
    const end = at + 2 + head.readUInt16BE(2);
    if (end > source.size || end < at + 4) break;
    const name = head.toString('latin1', 4, end - at);
    const kept = /^(http:\/\/ns\.adobe\.com\/xap\/1\.0\/|http:\/\/ns\.adobe\.com\/xmp\/extension\/|Photoshop 3\.0)\0/.exec(name)?.[0];
    if (marker === APP1 && name.startsWith(EXIF)) patches.push(...await inExif(source, at + 4 + EXIF.length, end));
    else if ((marker === APP1 || marker === APP13) && kept !== undefined) patches.push({ at: at + 4 + kept.length, length: end - at - 4 - kept.length, fill: 0x20 });
    at = end;
  }
  return patches;
}

const GPS_IFD = 0x8825;
/** Bytes of a value by its type (TIFF 6.0 §2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const ENTRY = 12;
const MOST_EXIF = 64 * 1024;

/** The directory of the position, and the values it points at, in the TIFF structure from `base` to before `end`; nothing outside, and nothing of the first directory, which says how the picture stands. */
async function inExif(source: ByteSource, base: number, end: number): Promise<Patch[]> {
  const tiff = await source.read(base, Math.min(end - base, MOST_EXIF));
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 10 || (order !== 'II' && order !== 'MM')) return [];
  const short = (at: number): number => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number): number => (order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = (at: number): { entries: number[]; end: number } => {
    const count = at + 2 <= tiff.length ? short(at) : 0;
    const last = at + 2 + count * ENTRY;
    return last > tiff.length ? { entries: [], end: at } : { entries: Array.from({ length: count }, (_, n) => at + 2 + n * ENTRY), end: last };
  };
  const first = directory(long(4));
  const pointer = first.entries.find((entry) => short(entry) === GPS_IFD);
  if (pointer === undefined) return [];
  const at = long(pointer + 8);
  const position = directory(at);
  const values = position.entries.map((entry) => ({ at: long(entry + 8), length: (TYPE_BYTES[short(entry + 2)] ?? 0) * long(entry + 4) })).filter(({ length }) => length > 4);
  return [...values, { at, length: position.end - at }].filter((part) => part.length > 0 && part.at >= first.end && part.at + part.length <= tiff.length).map((part) => ({ at: base + part.at, length: part.length, fill: 0 }));
}

const PNG_HEAD = 8;
const TEXTS = ['tEXt', 'zTXt', 'iTXt'];
const MOST_CHUNK = 1024 * 1024;

/** A chunk with the position is blanked whole, and its check sum made to fit. */
async function inPng(source: ByteSource): Promise<Patch[]> {
  const patches: Patch[] = [];
  for (let at = PNG_HEAD, n = 0; at + 12 <= source.size && n < MOST_PARTS * 100 && patches.length < MOST_PATCHES; n += 1) {
    const head = await source.read(at, 8 + 40);
    const length = head.readUInt32BE(0), type = head.toString('latin1', 4, 8);
    const keyword = TEXTS.includes(type) ? head.toString('latin1', 8).split('\0')[0]! : '';
    const kept = type === 'eXIf' ? 0 : /^(XML:com\.adobe\.xmp|Raw profile type )/.test(keyword) ? keyword.length + 1 : null;
    if (kept !== null && length <= MOST_CHUNK && kept <= length && at + 12 + length <= source.size) {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(Buffer.alloc(length - kept), crc32(head.subarray(4, 8 + kept))));
      patches.push({ at: at + 8 + kept, length: length - kept, fill: 0 }, { at: at + 8 + length, length: 4, fill: sum });
    }
    at += 12 + length;
  }
  return patches;
}

/** As phones write it: `+31.2304+121.4737+004.000/` (ISO 6709). */
const ISO_6709 = /[+-]\d{2}(?:\d{2}){0,2}(?:\.\d+)?[+-]\d{3}(?:\d{2}){0,2}(?:\.\d+)?(?:[+-]\d+(?:\.\d+)?)?\//g;
const MOST_META = 256 * 1024;

/** What describes a recording (`moov/udta`, `moov/meta`): the position as text becomes noughts, and 3GPP's box of it (TS 26.244 §8.10) is emptied. */
async function inMovie(source: ByteSource): Promise<Patch[]> {
  const patches: Patch[] = [];
  const moov = (await boxesIn(source, 0, source.size)).find(({ type }) => type === 'moov');
  for (const { type, from, to } of moov ? await boxesIn(source, moov.from, moov.to) : []) {
    if (type === 'meta') patches.push(...await inWords(source, from, to));
    if (type !== 'udta') continue;
    for (const inner of await boxesIn(source, from, to)) {
      if (inner.type === 'loci') patches.push({ at: inner.from + 4, length: inner.to - inner.from - 4, fill: 0 });
      else patches.push(...await inWords(source, inner.from, inner.to));
      if (patches.length > MOST_PATCHES) return patches;
    }
  }
  return patches.filter(({ length }) => length > 0);
}

interface Box { type: string; from: number; to: number }

/** The boxes between two places, each with where its content begins and ends; as many as make sense. */
async function boxesIn(source: ByteSource, start: number, end: number): Promise<Box[]> {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end && boxes.length < MOST_PARTS; ) {
    const head = await source.read(at, 16);
    const short = head.readUInt32BE(0);
    const bytes = short === 0 ? end - at : short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    const from = at + (short === 1 ? 16 : 8);
    if (at + bytes > end || at + bytes < from) break;
    boxes.push({ type: head.toString('latin1', 4, 8), from, to: at + bytes });
    at += bytes;
  }
  return boxes;
}

async function inWords(source: ByteSource, from: number, to: number): Promise<Patch[]> {
  if (to - from > MOST_META) return [];
  const patches: Patch[] = [];
  for (const { 0: text, index } of (await source.read(from, to - from)).toString('latin1').matchAll(ISO_6709)) {
    if (patches.push({ at: from + index, length: text.length, fill: Buffer.from(text.replace(/\d/g, '0')) }) > MOST_PATCHES) break;
  }
  return patches;
}
