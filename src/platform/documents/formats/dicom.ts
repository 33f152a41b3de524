import type { ByteSource } from '../byte-source';
import { broken, endsAsZip, looksForeign, whole, type Structure } from './structure';

const PREAMBLE_BYTES = 128;
const MOST_ELEMENTS = 100_000;
const UNDEFINED = 0xffffffff;
const ITEM_GROUP = 0xfffe;
const ITEM = 0xe000;
const DELIMITERS: readonly number[] = [0xe00d, 0xe0dd];

const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';

/** Value representations whose length takes four bytes (DICOM PS3.5 §7.1.2); the other ones take two. */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const SHORT = new Set(['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FL', 'FD', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM', 'UI', 'UL', 'US']);

/** Is this a DICOM file? Some begin with a TIFF header, for readers of both; `DICM` at byte 128 decides. */
export const isDicom = (head: Buffer): boolean => head.toString('latin1', PREAMBLE_BYTES, PREAMBLE_BYTES + 4) === 'DICM';

interface Element { group: number; number: number; vr: string | null; valueAt: number; bytes: number }

/**
 * Walks a DICOM file's elements in order, into sequences of undefined length: a value that reaches past the end of the file means it was cut,
 * an unknown value representation that the rest cannot be trusted. Values themselves (they name the patient) are not read, but for the transfer syntax.
 */
export async function lookIntoDicom(source: ByteSource): Promise<Structure> {
  const preamble = await source.read(0, PREAMBLE_BYTES);
  if (looksForeign(preamble) || (await endsAsZip(source))) return broken('two-formats');
  let at = PREAMBLE_BYTES + 4;
  let syntax = '';
  let implicit = false;
  let big = false;
  for (let elements = 0; at < source.size; elements += 1) {
    if (elements === MOST_ELEMENTS) return whole();
    const head = await source.read(at, 12);
    if (head.length < 8) return whole('trailing-data');
    // The meta group (0002) is always explicit and little-endian; what follows it is as its transfer syntax says.
    const inMeta = head.readUInt16LE(0) === 0x0002;
    if (!inMeta) {
      if (syntax === DEFLATED) return whole();
      implicit = syntax === IMPLICIT_LITTLE;
      big = syntax === EXPLICIT_BIG;
    }
    const element = elementAt(head, at, implicit && !inMeta, big && !inMeta);
    if (element === null) return whole('damaged');
    if (element.group === 0x0002 && element.number === 0x0010) {
      syntax = (await source.read(element.valueAt, Math.min(element.bytes, 64))).toString('latin1').replace(/[\0 ]+$/, '');
    }
    at = entersValue(element) ? element.valueAt : element.valueAt + element.bytes;
    if (at > source.size) return broken('cut-short');
  }
  return whole();
}

/** Items, and whatever has no length of its own, are walked through; all else is stepped over. */
const entersValue = (element: Element): boolean => element.bytes === UNDEFINED || (element.group === ITEM_GROUP && DELIMITERS.includes(element.number));

function elementAt(head: Buffer, at: number, implicit: boolean, big: boolean): Element | null {
  const short = (from: number): number => (big ? head.readUInt16BE(from) : head.readUInt16LE(from));
  const long = (from: number): number => (big ? head.readUInt32BE(from) : head.readUInt32LE(from));
  const group = short(0);
  const number = short(2);
  if (group === ITEM_GROUP) {
    return number === ITEM || DELIMITERS.includes(number) ? { group, number, vr: null, valueAt: at + 8, bytes: long(4) } : null;
  }
  if (implicit) return { group, number, vr: null, valueAt: at + 8, bytes: long(4) };
  const vr = head.toString('latin1', 4, 6);
  if (SHORT.has(vr)) return { group, number, vr, valueAt: at + 8, bytes: short(6) };
  if (!LONG.has(vr) || head.length < 12) return null;
  return { group, number, vr, valueAt: at + 12, bytes: long(8) };
}
