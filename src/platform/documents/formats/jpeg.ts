import type { ByteSource } from '../byte-source';
import { afterEnd, broken, MOST_PIXELS, whole, type DocumentFlag, type Structure } from './structure';

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
/** Segments, fill bytes and scans; photographs have some dozens, and a walk step by step takes its time. */
const MOST_STEPS = 100_000;
/** Markers without a length of their own. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** Start-of-frame markers, which hold the picture's dimensions; C4, C8 and CC mean other things. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Walks a JPEG's segments and scans from start to end of image. */
export async function lookIntoJpeg(source: ByteSource): Promise<Structure> {
  const flags: DocumentFlag[] = [];
  let at = 2;
  let scans = 0;
  let frames = 0;
  for (let steps = 0; ; steps += 1) {
    if (steps === MOST_STEPS) return broken('unreadable');
    const head = await source.read(at, 12);
    if (head.length < 2) return broken('cut-short');
    const marker = head[1] as number;
    if (head[0] !== 0xff) return broken('unreadable');
    if (marker === 0xff) { at += 1; continue; } // fill byte
    if (marker === END_OF_IMAGE) {
      if (scans === 0 || frames === 0) return broken('unreadable');
      const after = await afterEnd(source, at + 2);
      if (after.kind === 'broken') return after;
      // Phones append gain maps and previews as further JPEGs: harmless and common, so not worth a flag.
      const another = (await source.read(at + 2, 3)).equals(Buffer.from([0xff, 0xd8, 0xff]));
      return whole(...flags, ...(another ? [] : after.flags));
    }
    if (standsAlone(marker)) { at += 2; continue; }
    if (head.length < 4) return broken('cut-short');
    const bytes = head.readUInt16BE(2);
    if (bytes < 2) return broken('unreadable');
    if (at + 2 + bytes > source.size) return broken('cut-short');
    if (isFrame(marker)) {
      if (bytes < 8 || head.length < 9) return broken('unreadable');
      frames += 1;
      if (head.readUInt16BE(5) * head.readUInt16BE(7) > MOST_PIXELS) return broken('too-many-pixels');
    }
    if (marker === APP1 && head.toString('latin1', 4, 8) === 'Exif' && !/^(?:II|MM)/.test((await source.read(at + 10, 2)).toString('latin1'))) {
      if (!flags.includes('damaged')) flags.push('damaged');
    }
    at += 2 + bytes;
    if (marker === START_OF_SCAN) {
      scans += 1;
      const next = await endOfScan(source, at);
      if (next === null) return broken('cut-short');
      at = next;
    }
  }
}

const WINDOW = 256 * 1024;

/** Where the next marker after entropy-coded data stands, or null when the data runs to the end of the file. */
async function endOfScan(source: ByteSource, start: number): Promise<number | null> {
  let at = start;
  while (at < source.size) {
    const window = await source.read(at, WINDOW);
    let found = window.indexOf(0xff);
    for (; found >= 0 && found + 1 < window.length; found = window.indexOf(0xff, found + 1)) {
      const next = window[found + 1] as number;
      // FF 00 is a stuffed byte, FF FF fill, and restart markers belong to the data.
      if (next !== 0x00 && next !== 0xff && !standsAlone(next)) return at + found;
    }
    // A lone FF at the window's end is looked at again with its successor.
    if (found >= 0 && window.length === 1) return null;
    at += found >= 0 ? found : window.length;
  }
  return null;
}
