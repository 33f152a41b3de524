import { promisify } from 'node:util';
import { constants, inflate } from 'node:zlib';
import type { ByteSource } from '../byte-source';
import { pdfName } from './pdf-names';

const inflated = promisify<Buffer, { maxOutputLength: number; finishFlush: number }, Buffer>(inflate);

const DICTIONARY_REACH = 2 * 1024;
/** Budgets: a 50 MiB document of thousands of pages has a few MiB of object streams. */
export const MOST_STREAMS = 4_000;
const MOST_PACKED = 2 * 1024 * 1024;
const MOST_UNPACKED = 8 * 1024 * 1024;
const MOST_UNPACKED_IN_ALL = 48 * 1024 * 1024;

export type Unpacked =
  | { kind: 'unpacked'; /** False when some stream could not be looked into. */ wholly: boolean }
  | { kind: 'too-much' };

/** Unpacks the object streams of a PDF whose `/ObjStm` names stand at these offsets, and shows each to `look`: none is kept. */
export async function unpackObjectStreams(source: ByteSource, names: readonly number[], look: (text: string) => void): Promise<Unpacked> {
  let wholly = names.length <= MOST_STREAMS;
  let bytes = 0;
  for (const name of names.slice(0, MOST_STREAMS)) {
    const packed = await packedBytes(source, name);
    if (packed === null) { wholly = false; continue; }
    try {
      // SYNC_FLUSH: what a damaged stream still yields is looked at too.
      const text = (await inflated(packed, { maxOutputLength: MOST_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH })).toString('latin1');
      bytes += text.length;
      look(text);
    } catch (error) {
      if (isTooLarge(error)) return { kind: 'too-much' };
      wholly = false;
    }
    if (bytes > MOST_UNPACKED_IN_ALL) return { kind: 'too-much' };
  }
  return { kind: 'unpacked', wholly };
}

const ONLY_FLATE = new RegExp(`${pdfName('Filter')}\\s*(?:\\[\\s*)?${pdfName('FlateDecode')}\\s*(?:\\]|/|>>|\\r|\\n)`);

/** The packed bytes of the stream in whose dictionary this name stands; null when it is not packed the one way we unpack. */
async function packedBytes(source: ByteSource, name: number): Promise<Buffer | null> {
  const from = Math.max(0, name - DICTIONARY_REACH);
  const around = (await source.read(from, 2 * DICTIONARY_REACH)).toString('latin1');
  const begin = /stream\r?\n/.exec(around.slice(name - from));
  if (!begin) return null;
  const start = name + begin.index + begin[0].length;
  const before = around.slice(0, name - from);
  const dictionary = around.slice(Math.max(before.lastIndexOf(' obj'), before.lastIndexOf('endobj'), 0), name - from + begin.index);
  if (!ONLY_FLATE.test(dictionary)) return null;
  const stated = /\/Length\s+(\d{1,12})(?!\s+\d+\s+R)/.exec(dictionary);
  return source.read(start, Math.min(stated ? Number(stated[1]) : MOST_PACKED, MOST_PACKED));
}

const isTooLarge = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
