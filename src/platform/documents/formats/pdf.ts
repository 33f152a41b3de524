import type { ByteSource } from '../byte-source';
import { pdfName } from './pdf-names';
import { MOST_STREAMS, unpackObjectStreams } from './pdf-object-streams';
import { afterEnd, broken, looksForeign, whole, type DocumentFlag, type Structure } from './structure';

const WINDOW = 1024 * 1024;
/** Longer than anything looked for, so that nothing hides on the edge of two windows. */
const OVERLAP = 4 * 1024;
/** Acrobat finds the header this far in, and so do we, to see what stands before it. */
export const HEADER_WITHIN = 1024;
const MOST_PAGES = 10_000;

const ENCRYPTED = new RegExp(`${pdfName('Encrypt')}\\s*(?:\\d+\\s+\\d+\\s+R|<<)`);
/** Names of actions and content that run, call out or open something (ISO 32000-2 §12.6, §13). */
const ACTIVE = new RegExp(['JavaScript', 'Rendition', 'Launch', 'RichMedia', 'SubmitForm', 'ImportData', 'GoToE', 'XFA', 'Movie'].map(pdfName).join('|'));
const EMBEDDED = new RegExp(pdfName('EmbeddedFile'));
const OBJECT_STREAM = new RegExp(pdfName('ObjStm'), 'g');
const COUNT = /\/Count\s+(\d{1,20})/g;
const END = '%%EOF';

/** What one pass over the file has seen. */
interface Seen { encrypted: boolean; active: boolean; embedded: boolean; pages: number; objectStreams: number[]; lastEnd: number }

/**
 * Looks through a PDF without building it: the whole file is passed over once in windows, and its object streams,
 * in which scripts hide, are unpacked within a budget. What cannot be looked into counts as active.
 */
export async function lookIntoPdf(source: ByteSource): Promise<Structure> {
  const start = await source.read(0, HEADER_WITHIN);
  const header = start.indexOf('%PDF-');
  const flags = new Set<DocumentFlag>();
  if (header > 0) {
    // Blank or printer lines are what bad software writes; markup or a program there is meant.
    const before = start.subarray(0, header);
    if (before.includes('<') || looksForeign(before)) return broken('two-formats');
    flags.add('damaged');
  }
  if (looksForeign(start.subarray(header + 5))) return broken('two-formats');

  const seen = await passOver(source);
  if (seen.lastEnd < 0 || (await promisedBytes(source, start)) > source.size) return broken('cut-short');
  if (seen.encrypted) {
    flags.add('encrypted');
  } else {
    const inside = await unpackObjectStreams(source, seen.objectStreams, (text) => { note(text, seen); });
    if (inside.kind === 'too-much') return broken('expands-without-end');
    if (!inside.wholly) flags.add('active-content');
  }
  if (seen.pages > MOST_PAGES) return broken('too-many-pages');
  if (seen.active) flags.add('active-content');
  if (seen.embedded) flags.add('embedded-file');
  if (!(await findsItsObjects(source, seen.lastEnd, header))) flags.add('damaged');
  const after = await afterEnd(source, seen.lastEnd + END.length);
  return after.kind === 'broken' ? after : whole(...flags, ...after.flags);
}

async function passOver(source: ByteSource): Promise<Seen> {
  const seen: Seen = { encrypted: false, active: false, embedded: false, pages: 0, objectStreams: [], lastEnd: -1 };
  for (let at = 0; at < source.size; at += WINDOW) {
    const text = (await source.read(at, WINDOW + OVERLAP)).toString('latin1');
    note(text, seen);
    seen.encrypted ||= ENCRYPTED.test(text);
    for (const found of text.matchAll(OBJECT_STREAM)) {
      if (seen.objectStreams.length > MOST_STREAMS) break;
      if (found.index < WINDOW) seen.objectStreams.push(at + found.index);
    }
    const end = text.lastIndexOf(END);
    if (end >= 0) seen.lastEnd = at + end;
  }
  return seen;
}

function note(text: string, seen: Seen): void {
  seen.active ||= ACTIVE.test(text);
  seen.embedded ||= EMBEDDED.test(text);
  for (const found of text.matchAll(COUNT)) seen.pages = Math.max(seen.pages, Number(found[1]));
}

/** The length that a PDF made for the web states in its first object; more than there is means it was cut. 0 when it states none. */
async function promisedBytes(source: ByteSource, start: Buffer): Promise<number> {
  const first = start.length < HEADER_WITHIN ? start : await source.read(0, 2 * HEADER_WITHIN);
  const linearized = /\/Linearized\b[^>]*?\/L\s+(\d{1,15})/.exec(first.toString('latin1'));
  return linearized ? Number(linearized[1]) : 0;
}

/** Does the last `startxref` lead to a cross-reference table or stream? If not, a viewer has to guess. */
async function findsItsObjects(source: ByteSource, lastEnd: number, header: number): Promise<boolean> {
  const before = (await source.read(Math.max(0, lastEnd - HEADER_WITHIN), Math.min(lastEnd, HEADER_WITHIN))).toString('latin1');
  const stated = /startxref\s+(\d{1,15})\s*$/.exec(before);
  if (!stated) return false;
  for (const origin of new Set([0, header])) {
    const there = (await source.read(Number(stated[1]) + origin, 64)).toString('latin1');
    if (/^\s*(?:xref|\d+\s+\d+\s+obj)/.test(there)) return true;
  }
  return false;
}
