/** What looking at one format's structure can find. */
import type { RefusalRule } from '../refusals';
import type { ByteSource } from '../byte-source';

/** What a reader of the document has to know about its file; none of these refuses it. */
export type DocumentFlag =
  | 'encrypted' // needs a password: nobody here can read it
  | 'active-content' // holds programs or actions, or parts that hide whether it does
  | 'embedded-file' // carries other files inside
  | 'damaged' // does not follow its format everywhere; viewers may repair it or show it wrong
  | 'trailing-data' // bytes follow its end
  | 'not-scanned'; // larger than the malware scanner takes

export type Structure = { kind: 'whole'; flags: DocumentFlag[] } | { kind: 'broken'; rule: RefusalRule };

export const whole = (...flags: DocumentFlag[]): Structure => ({ kind: 'whole', flags });
export const broken = (rule: RefusalRule): Structure => ({ kind: 'broken', rule });

/** More pixels than this are a bomb, not a scan: A3 at 1200 dpi has 278 million. */
export const MOST_PIXELS = 300_000_000;

const ZIP_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const ZIP_DIRECTORY_BYTES = 22;
const ZIP_LONGEST_COMMENT = 0xffff;

/** Does the file end as a zip archive does (its end-of-directory record reaches exactly to the end)? Then it is one, whatever it begins as. */
export async function endsAsZip(source: ByteSource): Promise<boolean> {
  const tail = await source.read(Math.max(0, source.size - ZIP_LONGEST_COMMENT - ZIP_DIRECTORY_BYTES), ZIP_LONGEST_COMMENT + ZIP_DIRECTORY_BYTES);
  for (let at = tail.lastIndexOf(ZIP_DIRECTORY); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(ZIP_DIRECTORY, at - 1)) {
    if (at + ZIP_DIRECTORY_BYTES <= tail.length && at + ZIP_DIRECTORY_BYTES + tail.readUInt16LE(at + 20) === tail.length) return true;
  }
  return false;
}

/** Signs that bytes outside a format's own are another format that something might run or render. */
const FOREIGN = /%PDF-|<(?:!doctype|html|script|svg|iframe|\?php)|PK\x03\x04|Rar!\x1a|7z\xbc\xaf\x27|^MZ|^\x7fELF|^#!/i;

/** Do these bytes, found where a format has none of its own, belong to another format? */
export const looksForeign = (bytes: Buffer): boolean => FOREIGN.test(bytes.toString('latin1'));

const TAIL_LOOKED_AT = 64 * 1024;

/** Judges what follows a format's own end at `end`. */
export async function afterEnd(source: ByteSource, end: number): Promise<Structure> {
  const extra = source.size - end;
  if (extra <= 0) return whole();
  const first = await source.read(end, Math.min(extra, TAIL_LOOKED_AT));
  const last = await source.read(Math.max(end, source.size - TAIL_LOOKED_AT), TAIL_LOOKED_AT);
  if (looksForeign(first) || looksForeign(last) || (await endsAsZip(source))) return broken('two-formats');
  return extra <= TAIL_LOOKED_AT && isPadding(first) ? whole() : whole('trailing-data');
}

const isPadding = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d || byte === 0x20);
