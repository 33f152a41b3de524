/** Where documents are kept: their contents for good, and the uploads on their way there. Both lie there sealed (docs/decisions/0017-keys.md). */
import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import { SHORT_LIVED } from '../../domain/retention';
import type { ByteSource } from './byte-source';
import type { Refusal } from './refusals';

/** A content as the index of documents has it. */
export interface StoredContent {
  storageKey: string;
  /** In clear. */
  bytes: number;
  /** Its data key, sealed under the ring, which `put` or `keep` answered; null: it lies in clear, from before contents were sealed. */
  objectKey: string | null;
}

/** Contents by key. A key is written once and never changed or reused. */
export interface ObjectStore {
  /** Seals `bytes` bytes in clear under a new key. Answers the object key to keep in the index: without it the content is lost. Throws when the key exists. */
  put(storageKey: string, content: Readable | Buffer, bytes: number): Promise<string>;
  /** How many bytes in clear there are; null when there is none. */
  stat(content: StoredContent): Promise<{ bytes: number } | null>;
  /**
   * The content in clear, or the part of it from byte `start` to byte `end`, both included. Throws when there is none, KeyMissing, and
   * ContentChanged, at once or from the stream: nothing that was changed is given out.
   */
  openRange(content: StoredContent, range?: { start: number; end: number }): Promise<Readable>;
  /** Erases a content; the same again changes nothing. Forget its object key too: then no copy of the store can be read either. */
  remove(storageKey: string): Promise<void>;
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
  /** Puts the received file under a key of the object store, durably; the same again changes nothing. Answers its object key, as `put` does. */
  keep(uploadId: string, bytes: number, storageKey: string): Promise<string>;
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

/** What a folder or a bucket is to us: bytes as they lie there. `sealedStore` makes a DocumentStore of it. */
export interface RawStore {
  /** Writes `bytes` bytes under a new key, durably, whole or not at all. False when the key exists: nothing is changed. */
  write(key: string, content: Readable, bytes: number): Promise<boolean>;
  /** Null when there is none. */
  size(key: string): Promise<number | null>;
  /** Throws when there is none. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>;
  remove(key: string): Promise<void>;
  uploads: Omit<UploadStaging, 'keep'>;
}

/** An upload may be resumed for this long. */
export const RESUMABLE_MS = SHORT_LIVED.unfinishedUploadDays * 86_400_000;
