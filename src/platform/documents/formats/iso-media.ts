import type { ByteSource } from '../byte-source';
import { broken, endsAsZip, whole, type Structure } from './structure';

const MOST_BOXES = 200_000; // a fragmented recording of hours has two boxes a second

/**
 * Walks the outermost boxes of the ISO media family (MP4, M4A, MOV, 3GP, HEIC): each must end inside the file,
 * and one of `needed` must be there, without which no player can show anything (a phone writes `moov` last, so a cut recording lacks it).
 */
export async function lookIntoIsoMedia(source: ByteSource, needed: readonly string[]): Promise<Structure> {
  let found = false;
  let at = 0;
  for (let boxes = 0; at < source.size; boxes += 1) {
    if (boxes === MOST_BOXES) return broken('unreadable');
    const head = await source.read(at, 16);
    if (head.length < 8) return found ? whole('trailing-data') : broken('cut-short');
    const type = head.toString('latin1', 4, 8);
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) {
      if (!found) return broken('unreadable');
      return (await endsAsZip(source)) ? broken('two-formats') : whole('trailing-data');
    }
    found ||= needed.includes(type);
    const bytes = sizeOf(head, source.size - at);
    if (bytes === null) return broken('unreadable');
    if (at + bytes > source.size) return broken('cut-short');
    at += bytes;
  }
  if (!found) return broken('cut-short');
  return (await endsAsZip(source)) ? broken('two-formats') : whole();
}

/** A box's bytes in all: 0 means "to the end of the file", 1 means "in the following eight bytes". Null: no box can be so short. */
function sizeOf(head: Buffer, rest: number): number | null {
  const short = head.readUInt32BE(0);
  if (short === 0) return rest;
  if (short !== 1) return short < 8 ? null : short;
  if (head.length < 16) return null;
  const long = Number(head.readBigUInt64BE(8));
  return long < 16 ? null : long;
}
