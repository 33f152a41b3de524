/**
 * The one ZIP that an evidence pack may be: entries in the order of their names, stored, without times, comments or gaps. Everything in it
 * but the contents follows from names, lengths and checksums, so that a verifier can say of every byte what it must be.
 */

/** A file of the pack. `crc`: CRC-32 of its content. */
export interface Entry { name: string; bytes: number; crc: number }

/** A run of bytes in the ZIP that is no content: whose it is, where it begins, what it must be. */
export interface Frame { of: string; at: number; bytes: Uint8Array }

export interface Layout { frames: Frame[]; contentAt: Map<string, number>; length: number }

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50;
const LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22;
const FULL = 0xffffffff, FULL_COUNT = 0xffff;
/** Names are UTF-8. */
const UTF_8 = 0x0800;
/** The first day that ZIP knows: 1 January 1980. */
const DAY = 0x0021;
/** Stored contents need version 2.0; lengths beyond 4 GiB 4.5. */
const PLAIN = 20, LARGE = 45;

/** Where everything of such a ZIP lies; entries in the order given. Of a content that does not fit into 4 GiB, or begins beyond, the lengths stand as ZIP64 has them. */
export function layoutOf(entries: readonly Entry[]): Layout {
  const frames: Frame[] = [];
  const contentAt = new Map<string, number>();
  const central: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const begins = at;
    const local = headerOf(entry, null);
    frames.push({ of: entry.name, at, bytes: local });
    contentAt.set(entry.name, at + local.length);
    at += local.length + entry.bytes;
    central.push(headerOf(entry, begins));
  }
  const directoryAt = at;
  for (const [n, bytes] of central.entries()) {
    frames.push({ of: entries[n]!.name, at, bytes });
    at += bytes.length;
  }
  const end = endOf(entries.length, directoryAt, at - directoryAt);
  frames.push({ of: '', at, bytes: end });
  return { frames, contentAt, length: at + end.length };
}

/** The header before a content (`begins` null), or its line in the directory. */
function headerOf({ name, bytes, crc }: Entry, begins: number | null): Uint8Array {
  const text = new TextEncoder().encode(name);
  // Before the content both lengths stand together or not at all; in the directory what does not fit.
  const far = begins !== null && begins >= FULL, large = bytes >= FULL;
  const wide = [...(large ? [bytes, bytes] : []), ...(far ? [begins] : [])];
  const extra = wide.length === 0 ? 0 : 4 + wide.length * 8;
  const fixed = begins === null ? LOCAL_BYTES : CENTRAL_BYTES;
  const out = new DataView(new ArrayBuffer(fixed + text.length + extra));
  const needs = wide.length === 0 ? PLAIN : LARGE;
  let at = 0;
  const two = (value: number): void => { out.setUint16(at, value, true); at += 2; };
  const four = (value: number): void => { out.setUint32(at, value, true); at += 4; };
  four(begins === null ? LOCAL : CENTRAL);
  if (begins !== null) two(needs);
  two(needs); two(UTF_8); two(0); two(0); two(DAY);
  four(crc); four(large ? FULL : bytes); four(large ? FULL : bytes);
  two(text.length); two(extra);
  if (begins !== null) { two(0); two(0); two(0); four(0); four(far ? FULL : begins); }
  new Uint8Array(out.buffer).set(text, at);
  at += text.length;
  if (extra > 0) { two(1); two(extra - 4); for (const value of wide) { out.setBigUint64(at, BigInt(value), true); at += 8; } }
  return new Uint8Array(out.buffer);
}

function endOf(count: number, directoryAt: number, directoryBytes: number): Uint8Array {
  const large = count >= FULL_COUNT || directoryAt >= FULL || directoryBytes >= FULL;
  const out = new DataView(new ArrayBuffer((large ? 56 + 20 : 0) + END_BYTES));
  let at = 0;
  const two = (value: number): void => { out.setUint16(at, value, true); at += 2; };
  const four = (value: number): void => { out.setUint32(at, value, true); at += 4; };
  const eight = (value: number): void => { out.setBigUint64(at, BigInt(value), true); at += 8; };
  if (large) {
    four(END_64); eight(44); two(LARGE); two(LARGE); four(0); four(0); eight(count); eight(count); eight(directoryBytes); eight(directoryAt);
    four(LOCATOR_64); four(0); eight(directoryAt + directoryBytes); four(1);
  }
  four(END); two(0); two(0); two(Math.min(count, FULL_COUNT)); two(Math.min(count, FULL_COUNT));
  four(large ? FULL : directoryBytes); four(large ? FULL : directoryAt); two(0);
  return new Uint8Array(out.buffer);
}

/** Something to read from, part by part; fewer bytes than asked for where it ends. */
export interface Source { size: number; read(from: number, bytes: number): Promise<Uint8Array> }

/** An entry as a ZIP tells it, and where its content begins. */
export interface Found extends Entry { contentAt: number }

/** The entries from their headers, one after the other from the first byte on; ends where something else stands. */
export async function walkHeaders(source: Source): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; ;) {
    const header = await parseHeader(source, at, LOCAL, LOCAL_BYTES, 26);
    if (!header || header.contentAt + header.bytes > source.size) return found;
    found.push(header);
    at = header.contentAt + header.bytes;
  }
}

/** Every entry whose header stands anywhere, for a ZIP that was cut or displaced. What is within a content may look like one: believe only names that must be there. */
export async function scanHeaders(source: Source): Promise<Found[]> {
  const found: Found[] = [];
  const PART = 2 ** 20;
  for (let from = 0; from < source.size; from += PART) {
    // Four bytes of a mark may lie across two parts.
    const part = await source.read(from, PART + 3);
    for (let at = part.indexOf(0x50); at >= 0 && at < PART; at = part.indexOf(0x50, at + 1)) {
      if (part[at + 1] !== 0x4b || part[at + 2] !== 3 || part[at + 3] !== 4) continue;
      const header = await parseHeader(source, from + at, LOCAL, LOCAL_BYTES, 26);
      if (header) found.push(header);
    }
  }
  return found;
}

/** The entries as the directory at the end tells them; none where there is no directory. `asOurs`: contents begin where they do in a ZIP of ours, whatever the headers before them say. */
export async function readDirectory(source: Source, asOurs = false): Promise<Found[]> {
  const tail = await source.read(Math.max(0, source.size - 65_557), Math.min(source.size, 65_557));
  const view = viewOf(tail);
  let end = tail.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0) return [];
  let count = view.getUint16(end + 10, true), at = view.getUint32(end + 16, true);
  if (at === FULL && end >= 76 && view.getUint32(end - 76, true) === END_64) { count = Number(view.getBigUint64(end - 76 + 32, true)); at = Number(view.getBigUint64(end - 76 + 48, true)); }
  const found: Found[] = [];
  for (let n = 0; n < count; n += 1) {
    const line = await parseHeader(source, at, CENTRAL, CENTRAL_BYTES, 28);
    if (!line) return found;
    const local = await parseHeader(source, line.begins, LOCAL, LOCAL_BYTES, 26);
    const ours = line.begins + LOCAL_BYTES + new TextEncoder().encode(line.name).length + (line.bytes >= FULL ? 20 : 0);
    found.push({ ...line, contentAt: asOurs ? ours : local?.contentAt ?? ours });
    at = line.contentAt;
  }
  return found;
}

/** One header; in the directory `contentAt` is where its next line begins. Null when none stands there. */
async function parseHeader(source: Source, at: number, mark: number, fixed: number, lengthsAt: number): Promise<(Found & { begins: number }) | null> {
  const head = await source.read(at, fixed);
  if (head.length < fixed || viewOf(head).getUint32(0, true) !== mark) return null;
  const view = viewOf(head);
  const shift = mark === CENTRAL ? 2 : 0;
  const nameBytes = view.getUint16(lengthsAt, true), extraBytes = view.getUint16(lengthsAt + 2, true), commentBytes = mark === CENTRAL ? view.getUint16(lengthsAt + 4, true) : 0;
  const rest = await source.read(at + fixed, nameBytes + extraBytes);
  let bytes = view.getUint32(18 + shift, true), begins = mark === CENTRAL ? view.getUint32(42, true) : at;
  const wide = viewOf(rest.subarray(nameBytes));
  if (extraBytes >= 12 && wide.byteLength >= extraBytes && wide.getUint16(0, true) === 1) {
    let from = 4;
    if (bytes === FULL && from + 16 <= extraBytes) { bytes = Number(wide.getBigUint64(from, true)); from += 16; }
    if (begins === FULL && from + 8 <= extraBytes) begins = Number(wide.getBigUint64(from, true));
  }
  return { name: new TextDecoder().decode(rest.subarray(0, nameBytes)), crc: view.getUint32(14 + shift, true), bytes, begins, contentAt: at + fixed + nameBytes + extraBytes + commentBytes };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
