import { Readable } from 'node:stream';
import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Store } from '@tus/s3-store';
import type { Upload } from '@tus/server';
import type { StoreConfig } from '../config';
import type { KeyRing } from '../keys/key-ring';
import type { ByteSource } from './byte-source';
import { sealedStore } from './sealed-store';
import { RESUMABLE_MS, type DocumentStore, type RawStore, type UploadEnd } from './store';

type S3Config = Extract<StoreConfig, { kind: 's3' }>;

/** Documents in a bucket, sealed: contents under their keys, uploads under their bare ids until they are documents. Credentials are the AWS SDK's own variables. */
export function createS3Store({ endpoint, region, bucket }: S3Config, keys: KeyRing): DocumentStore {
  // Path style: storage on one's own premises rarely has a DNS name per bucket.
  const connection: S3ClientConfig = { endpoint, region, forcePathStyle: true };
  const bucketOf = new Bucket(new S3Client(connection), bucket);
  const dataStore = new Uploads(bucketOf, {
    s3ClientConfig: { ...connection, bucket },
    expirationPeriodInMilliseconds: RESUMABLE_MS,
    useTags: false, // not every S3 has tags
  });
  return sealedStore(rawIn(bucketOf, dataStore), keys);
}

/** One bucket's calls. */
class Bucket {
  constructor(private readonly client: S3Client, private readonly name: string) {}

  async bytesOf(key: string): Promise<number | null> {
    try {
      const head = await this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
      return head.ContentLength ?? 0;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null;
      throw error;
    }
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const part = range && `bytes=${String(range.start)}-${String(range.end)}`;
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key, Range: part }));
    if (!(Body instanceof Readable)) throw new Error('the S3 storage answered without a content');
    return Body;
  }

  async write(key: string, content: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: content }));
  }

  /** False: refused by the storage, because the key exists. */
  async writeOnce(key: string, content: Readable, bytes: number): Promise<boolean> {
    try {
      await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: content, ContentLength: bytes, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return false;
      throw error;
    }
  }

  async remove(...keys: string[]): Promise<void> {
    await this.client.send(new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  }
}

/** tus's own takes an upload of which it cannot ask to be gone, and its client would begin anew: here it is gone when the storage says so. */
class Uploads extends S3Store {
  constructor(private readonly asked: Bucket, options: ConstructorParameters<typeof S3Store>[0]) { super(options); }

  override async getUpload(id: string): Promise<Upload> {
    try {
      return await super.getUpload(id);
    } catch (error) {
      if (typeof error !== 'object' || error === null || !('status_code' in error)) throw error;
      if (await this.asked.bytesOf(`${id}.info`) === null) throw error;
      return super.getUpload(id);
    }
  }
}

function rawIn(bucket: Bucket, dataStore: S3Store): RawStore {
  return {
    async write(key, content, bytes) {
      try {
        // Asked first, so that two gigabytes are not sent to be refused.
        return (await bucket.bytesOf(key)) === null && (await bucket.writeOnce(key, content, bytes));
      } finally {
        content.destroy();
      }
    },
    size: (key) => bucket.bytesOf(key),
    read: (key, range) => bucket.read(key, range),
    remove: (key) => bucket.remove(key),
    uploads: uploadsIn(bucket, dataStore),
  };
}

function uploadsIn(bucket: Bucket, dataStore: S3Store): RawStore['uploads'] {
  const ended = (uploadId: string): string => `${uploadId}.end`;
  return {
    dataStore,
    async open(uploadId, bytes) {
      if ((await bucket.bytesOf(uploadId)) === null) {
        // All parts arrived, and the process died before it joined them: writing nothing more joins them.
        await dataStore.write(Readable.from([]), uploadId, bytes);
      }
      return sourceOf(bucket, uploadId, bytes);
    },
    async end(uploadId) {
      if ((await bucket.bytesOf(ended(uploadId))) === null) return null;
      return JSON.parse((await buffered(await bucket.read(ended(uploadId)))).toString()) as UploadEnd;
    },
    async finish(uploadId, end) {
      await bucket.write(ended(uploadId), JSON.stringify(end));
      await bucket.remove(uploadId, `${uploadId}.info`, `${uploadId}.part`);
    },
    freeBytes: () => Promise.resolve(null),
    sweep: () => dataStore.deleteExpired(),
  };
}

async function sourceOf(bucket: Bucket, key: string, bytes: number): Promise<ByteSource> {
  return {
    size: bytes,
    async read(offset, length) {
      const end = Math.min(offset + length, bytes) - 1;
      return end < offset ? Buffer.alloc(0) : buffered(await bucket.read(key, { start: offset, end }));
    },
    stream: () => Readable.from(chunksOf(bucket, key)),
  };
}

/** The stream is asked for when it is first read. */
async function* chunksOf(bucket: Bucket, key: string): AsyncGenerator<Buffer> {
  for await (const chunk of (await bucket.read(key)) as AsyncIterable<Buffer>) yield chunk;
}

const buffered = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray() as Buffer[]);
