/**
 * What may be uploaded, as one table: media types by content, their size limit, and which kinds of document take them.
 * Our decision (SPEC §1.3 names the kinds, no source names formats or sizes).
 */
import type { DocumentKind } from '../../domain/claim/documents';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

export type MediaClass = 'paper' | 'image' | 'imaging' | 'recording';

/** Largest upload in bytes by class, each with its reason. */
export const SIZE_LIMITS: Record<MediaClass, number> = {
  paper: 50 * MiB, // a 400-page colour scan at 200 dpi is about 40 MiB
  image: 50 * MiB, // the largest phone photograph or A3 scan is well below
  imaging: 512 * MiB, // one multi-frame DICOM run of an angiograph
  recording: 2 * GiB, // an hour of pre-operative witness video
};

export interface AcceptedType {
  mediaType: string;
  class: MediaClass;
  /** Extensions, lower case and without dot, under which this content may arrive. */
  extensions: readonly string[];
  /** May a browser show it in place? Only formats that carry no program and that browsers draw themselves. */
  inline: boolean;
}

// Phones name the members of the ISO media family as they like: an audio-only MP4 is a voice memo, a .mov may be an .mp4.
const ISO_MEDIA = ['mp4', 'm4v', 'm4a', 'mov', '3gp'] as const;
const HEIF = ['heic', 'heif'] as const;

const ACCEPTED: readonly AcceptedType[] = [
  { mediaType: 'application/pdf', class: 'paper', extensions: ['pdf'], inline: true },
  { mediaType: 'image/jpeg', class: 'image', extensions: ['jpg', 'jpeg', 'jpe', 'jfif'], inline: true },
  { mediaType: 'image/png', class: 'image', extensions: ['png'], inline: true },
  { mediaType: 'image/tiff', class: 'image', extensions: ['tif', 'tiff'], inline: false },
  // What iPhones take by default; few browsers draw it, so it is handed out as a download.
  { mediaType: 'image/heic', class: 'image', extensions: HEIF, inline: false },
  { mediaType: 'image/heif', class: 'image', extensions: HEIF, inline: false },
  { mediaType: 'application/dicom', class: 'imaging', extensions: ['dcm', 'dicom'], inline: false },
  { mediaType: 'video/mp4', class: 'recording', extensions: ISO_MEDIA, inline: true },
  { mediaType: 'audio/mp4', class: 'recording', extensions: ISO_MEDIA, inline: true },
  { mediaType: 'audio/x-m4a', class: 'recording', extensions: ISO_MEDIA, inline: true },
  { mediaType: 'video/x-m4v', class: 'recording', extensions: ISO_MEDIA, inline: true },
  { mediaType: 'video/quicktime', class: 'recording', extensions: ISO_MEDIA, inline: false },
  { mediaType: 'video/3gpp', class: 'recording', extensions: ISO_MEDIA, inline: false },
  { mediaType: 'video/webm', class: 'recording', extensions: ['webm'], inline: true },
  { mediaType: 'audio/mpeg', class: 'recording', extensions: ['mp3'], inline: true },
  { mediaType: 'audio/wav', class: 'recording', extensions: ['wav'], inline: true },
  { mediaType: 'audio/amr', class: 'recording', extensions: ['amr'], inline: false },
];

const EVERY_PAPER: readonly MediaClass[] = ['paper', 'image', 'imaging'];
const WITH_RECORDINGS: readonly MediaClass[] = [...EVERY_PAPER, 'recording'];

/** The classes a kind of document takes: recordings belong to the witness pack, and to evidence that has no kind of its own. */
export function classesOf(kind: DocumentKind): readonly MediaClass[] {
  return kind === 'witness-pack' || kind === 'other' ? WITH_RECORDINGS : EVERY_PAPER;
}

/** The types that a kind of document may be of. */
export const acceptedFor = (kind: DocumentKind): readonly AcceptedType[] => ACCEPTED.filter((type) => classesOf(kind).includes(type.class));

/** The accepted type with this media type, or undefined. */
export function acceptedType(mediaType: string): AcceptedType | undefined {
  return ACCEPTED.find((type) => type.mediaType === mediaType);
}

/** The accepted type that files with this extension (lower case, no dot) usually are, or undefined. */
export function typeOfExtension(extension: string): AcceptedType | undefined {
  return ACCEPTED.find((type) => type.extensions.includes(extension));
}

/** Largest upload in bytes for a kind, by what the file's extension promises; the content is measured again once it is here. */
export function sizeLimit(kind: DocumentKind, extension: string): number {
  const promised = typeOfExtension(extension);
  if (promised) return SIZE_LIMITS[promised.class];
  return Math.max(...classesOf(kind).map((one) => SIZE_LIMITS[one]));
}
