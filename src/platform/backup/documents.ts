/** Stored documents as they lie in the store, sealed: copied into a set and back, by their keys. */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { StoreConfig } from '../config';

/** In a folder store, what is kept for good; the rest are uploads on their way, whose senders send them again. */
const OBJECTS = 'objects';
/** Written beside their place first: not whole. */
const isTemporary = (name: string): boolean => name.startsWith('.');

/** Copies every document of the store into `to`. A document is never changed once it is stored, so each is whole; ones that come meanwhile may be in it or not. */
export async function copyDocuments(store: StoreConfig, to: string): Promise<void> {
  if (store.kind === 'folder') return copyTree(join(store.folder, OBJECTS), to);
  const client = clientOf(store);
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: store.bucket, ContinuationToken: token }));
    // Uploads on their way stand under bare ids, documents under keys with parts.
    for (const { Key: key = '' } of (page.Contents ?? []).filter((one) => one.Key?.includes('/'))) {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key }));
      const file = join(to, key);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(body as Readable, createWriteStream(file, { flags: 'wx', flush: true }));
    }
    token = page.NextContinuationToken;
  }
}

/** Puts the documents of a set into an empty store. Throws where the bucket has one under the same key already. */
export async function putDocuments(from: string, store: StoreConfig): Promise<void> {
  if (store.kind === 'folder') return copyTree(from, join(store.folder, OBJECTS));
  const client = clientOf(store);
  for (const key of await pathsIn(from)) {
    const file = join(from, key);
    await client.send(new PutObjectCommand({ Bucket: store.bucket, Key: key, Body: createReadStream(file), ContentLength: (await stat(file)).size, IfNoneMatch: '*' }));
  }
}

// Path style: storage on one's own premises rarely has a DNS name per bucket.
// A checksum behind the content would need a storage that takes it in pieces; the content is signed as a whole.
const clientOf = ({ endpoint, region }: Extract<StoreConfig, { kind: 's3' }>): S3Client => new S3Client({ endpoint, region, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const path of await pathsIn(from)) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path)).catch(unlessAbsent); // erased meanwhile, by its rule
  }
}

async function pathsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(unlessAbsent); // no document yet
  return (found ?? []).filter((one) => one.isFile() && !isTemporary(one.name)).map((one) => relative(folder, join(one.parentPath, one.name)));
}

function unlessAbsent(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
