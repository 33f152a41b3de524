/**
 * Looks into an uploaded file before anybody relies on it: what it really is, whether it is whole, what its readers must know.
 * The content decides; name and declared type are only compared with it.
 */
import { fileTypeFromBuffer } from 'file-type/core';
import type { DocumentKind } from '../../domain/claim/documents';
import { acceptedType, classesOf, SIZE_LIMITS, type AcceptedType } from './accepted';
import { cached, type ByteSource } from './byte-source';
import { extensionOf } from './file-name';
import { isDicom, lookIntoDicom } from './formats/dicom';
import { lookIntoIsoMedia } from './formats/iso-media';
import { lookIntoJpeg } from './formats/jpeg';
import { HEADER_WITHIN, lookIntoPdf } from './formats/pdf';
import { lookIntoPng } from './formats/png';
import { broken, endsAsZip, whole, type DocumentFlag, type Structure } from './formats/structure';
import { lookIntoTiff } from './formats/tiff';
import { refuse, type Refusal } from './refusals';

export type { DocumentFlag } from './formats/structure';
export type { Refusal, RefusalRule } from './refusals';

export type Inspection = { kind: 'taken'; mediaType: string; flags: DocumentFlag[] } | Refusal;

/** What the sender says of the file: the kind of document, and its name (already made safe). */
export interface Declared { kind: DocumentKind; fileName: string }

/**
 * Takes or refuses a file by its content. Reads bounded parts (a PDF once, in windows), never holds the file whole,
 * and never throws because of what the file holds; it throws only when the file cannot be read from the store.
 */
export async function inspect(file: ByteSource, declared: Declared): Promise<Inspection> {
  if (file.size === 0) return refuse('empty');
  const source = cached(file);
  const sniffed = await sniff(source);
  if (sniffed.kind === 'broken') return refuse(sniffed.rule);
  const { mediaType } = sniffed;
  if (mediaType === null) return refuse('unrecognised');

  const extension = extensionOf(declared.fileName);
  const type = acceptedType(mediaType);
  // What would be refused under its right name too is told what to send instead, not to rename it.
  if (extension !== '' && type && !type.extensions.includes(extension)) return refuse('mislabelled', { found: mediaType });
  if (!type) return refuse('type-not-accepted', { found: mediaType });
  if (!classesOf(declared.kind).includes(type.class)) return refuse('not-for-this-kind');
  if (file.size > SIZE_LIMITS[type.class]) return refuse('too-large', { limitBytes: SIZE_LIMITS[type.class] });

  const structure = await lookInto(source, type);
  return structure.kind === 'broken' ? refuse(structure.rule) : { kind: 'taken', mediaType, flags: [...new Set(structure.flags)] };
}

/** Enough for the tags and cover pictures that stand before a recording's first frame. */
const HEAD = 1024 * 1024;

type Sniffed = { kind: 'sniffed'; mediaType: string | null } | { kind: 'broken'; rule: 'unreadable' };

async function sniff(source: ByteSource): Promise<Sniffed> {
  const head = await source.read(0, HEAD);
  if (isDicom(head)) return { kind: 'sniffed', mediaType: 'application/dicom' };
  // Before the library is asked: it wants a PDF's header at the very start, viewers do not.
  if (head.subarray(0, HEADER_WITHIN).includes('%PDF-') && !startsAsAnother(head)) return { kind: 'sniffed', mediaType: 'application/pdf' };
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found) return { kind: 'sniffed', mediaType: found.mime };
  // The right signature and nothing sensible behind it.
  return startsAsAnother(head) ? { kind: 'broken', rule: 'unreadable' } : { kind: 'sniffed', mediaType: null };
}

const SIGNATURES: readonly Buffer[] = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'II*\0', 'MM\0*', 'ID3', 'PK\x03\x04', 'GIF8'].map((text) => Buffer.from(text, 'latin1'));
const startsAsAnother = (head: Buffer): boolean => SIGNATURES.some((signature) => head.subarray(0, signature.length).equals(signature));

async function lookInto(source: ByteSource, type: AcceptedType): Promise<Structure> {
  switch (type.mediaType) {
    case 'application/pdf': return lookIntoPdf(source);
    case 'application/dicom': return lookIntoDicom(source);
    case 'image/jpeg': return lookIntoJpeg(source);
    case 'image/png': return lookIntoPng(source);
    case 'image/tiff': return lookIntoTiff(source);
    case 'image/heic':
    case 'image/heif': return lookIntoIsoMedia(source, ['meta']);
    case 'video/webm':
    case 'audio/mpeg':
    case 'audio/wav':
    case 'audio/amr':
      // Streams of frames: a player plays what is there, and recorders do not always know the length when they write the head.
      return (await endsAsZip(source)) ? broken('two-formats') : whole();
    default: return lookIntoIsoMedia(source, ['moov', 'moof']);
  }
}
