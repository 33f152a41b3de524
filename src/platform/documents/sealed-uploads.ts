/**
 * Uploads on their way, sealed: what tus writes is enciphered as it arrives (AES-256-CTR, which can be gone on with at any byte), under the
 * data key that the content will have; that key and what the client said of the file stand sealed in the upload's metadata. That the bytes
 * are genuine is seen at the end, by the SHA-256 that was declared.
 */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { z } from 'zod';
import { KeyMissing, type KeyRing } from '../keys/key-ring';
import { NotGenuine } from '../keys/seal';
import { fromSealedText, toSealedText } from '../keys/sealed-text';
import type { ByteSource } from './byte-source';
import { newDataKey } from './data-key';
import { flowing } from './frames';

const kept = z.strictObject({ dataKey: z.base64().transform((text) => Buffer.from(text, 'base64')), metadata: z.record(z.string(), z.string().nullable()) });
type Kept = z.infer<typeof kept>;

/** A store of tus that holds nothing in clear. */
export class SealedUploads extends DataStore {
  constructor(private readonly store: DataStore, private readonly keys: KeyRing) {
    super();
    this.extensions = store.extensions;
  }

  override async create(upload: Upload): Promise<Upload> {
    const content = Buffer.from(JSON.stringify({ dataKey: newDataKey().toString('base64'), metadata: upload.metadata ?? {} }));
    const { creation_date, storage } = await this.store.create(new Upload({ ...upload, metadata: { sealed: toSealedText(this.keys, 'objects', content, placeOf(upload.id)) } }));
    return Object.assign(upload, { creation_date, storage });
  }

  override async write(content: Readable, id: string, offset: number): Promise<number> {
    return this.store.write(flowing(content, cipherAt(await this.dataKey(id), offset)), id, offset);
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await this.store.getUpload(id);
    return new Upload({ ...upload, metadata: this.kept(upload).metadata });
  }

  /** The key that the upload's content will have. */
  async dataKey(id: string): Promise<Buffer> {
    return this.kept(await this.store.getUpload(id)).dataKey;
  }

  /** What was received, in clear. */
  async opened(id: string, received: ByteSource): Promise<ByteSource> {
    const dataKey = await this.dataKey(id);
    return {
      size: received.size,
      read: async (offset, length) => cipherAt(dataKey, offset).update(await received.read(offset, length)),
      stream: () => flowing(received.stream(), cipherAt(dataKey, 0)),
    };
  }

  override remove(id: string): Promise<void> { return this.store.remove(id); }
  override deleteExpired(): Promise<number> { return this.store.deleteExpired(); }
  override getExpiration(): number { return this.store.getExpiration(); }

  /** An upload that cannot be gone on with is gone, and the client begins anew: from before uploads were sealed, or its key was destroyed. */
  private kept({ id, metadata }: Upload): Kept {
    try {
      const content = fromSealedText(this.keys, 'objects', metadata?.['sealed'] ?? '', placeOf(id));
      if (content !== null) return kept.parse(JSON.parse(content.toString()));
    } catch (error) {
      if (!(error instanceof KeyMissing || error instanceof NotGenuine)) throw error;
    }
    throw Object.assign(new Error('an upload that cannot be gone on with'), ERRORS.FILE_NO_LONGER_EXISTS);
  }
}

const placeOf = (id: string): string => `upload/${id}`;
const BLOCK = 16;

/** Enciphers and deciphers alike, from byte `offset` on. */
function cipherAt(dataKey: Buffer, offset: number) {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(Math.floor(offset / BLOCK)), BLOCK - 8);
  const cipher = createDecipheriv('aes-256-ctr', Buffer.from(hkdfSync('sha256', dataKey, '', 'kuaipei/upload', 32)), counter);
  cipher.update(Buffer.alloc(offset % BLOCK));
  return cipher;
}
