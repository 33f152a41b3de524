/** Where documents are kept: their contents for good, and the uploads on their way there. */
import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import type { ByteSource } from './byte-source';
import type { Refusal } from './refusals';

/** Contents by key. A key is written once and never changed or reused. */
export interface ObjectStore {
  /** Writes a small content under a new key. Throws when the key exists. */
  put(key: string, content: Buffer): Promise<void>;
  /** Null when there is none. */
  stat(key: string): Promise<{ bytes: number } | null>;
  /** The content, or the part of it from byte `start` to byte `end`, both included. Throws when there is none. */
  openRange(key: string, range?: { start: number; end: number }): Promise<Readable>;
}

/** How an upload ended, kept so that an answer lost on the way can be given again. */
export interface UploadEnd {
  /** Person who uploaded. */
  uploadedBy: string;
  bytes: number;
  /** The document it became, or why it did not. */
  outcome: { kind: 'stored'; documentId: string; mediaType: string; sha256: string; flags: readonly string[] } | Refusal;
}

/** Uploads that are not documents yet: what tus writes to, and the way from there into the object store. */
export interface UploadStaging {
  readonly dataStore: DataStore;
  /** The received file. Throws when it is not all there. */
  open(uploadId: string, bytes: number): Promise<ByteSource>;
  /** Puts the received file under a key of the object store, durably; the same again changes nothing. */
  keep(uploadId: string, key: string): Promise<void>;
  /** How the upload ended, or null. */
  end(uploadId: string): Promise<UploadEnd | null>;
  /** Records how the upload ended, then removes its received bytes. */
  finish(uploadId: string, end: UploadEnd): Promise<void>;
  /** Bytes free, or null where the store has no such bound. */
  freeBytes(): Promise<number | null>;
  /** Removes uploads that nobody has gone on with for a week. Returns how many. */
  sweep(): Promise<number>;
}

export interface DocumentStore { objects: ObjectStore; staging: UploadStaging }

/** An upload may be resumed for this long: a phone that was off over a long holiday. */
export const RESUMABLE_MS = 7 * 24 * 60 * 60 * 1000;
