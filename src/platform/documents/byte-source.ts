/** A file to be looked into without ever holding it whole: the inspection's only view of an upload. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';

export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  /** The whole content from the start, for hashing and scanning. */
  stream(): Readable;
}

/** A file of this machine. Throws when it is not there. */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return {
    size,
    async read(offset, length) {
      const file = await open(path);
      try {
        const wanted = Math.max(0, Math.min(length, size - offset));
        const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    stream: () => createReadStream(path),
  };
}

const BLOCK = 256 * 1024;
const BLOCKS_KEPT = 4;

/**
 * The same source behind a small cache, so that walking a format's many short headers costs few reads of the disk or the network.
 * Holds at most 1 MiB besides what a single `read` asks for.
 */
export function cached(source: ByteSource): ByteSource {
  const blocks = new Map<number, Buffer>();
  async function block(index: number): Promise<Buffer> {
    const known = blocks.get(index);
    if (known) return known;
    const bytes = await source.read(index * BLOCK, BLOCK);
    for (const oldest of blocks.keys()) {
      if (blocks.size < BLOCKS_KEPT) break;
      blocks.delete(oldest);
    }
    blocks.set(index, bytes);
    return bytes;
  }
  return {
    size: source.size,
    async read(offset, length) {
      const end = Math.min(offset + length, source.size);
      if (offset >= end) return Buffer.alloc(0);
      if (end - offset > BLOCK) return source.read(offset, end - offset);
      const parts: Buffer[] = [];
      for (let index = Math.floor(offset / BLOCK); index * BLOCK < end; index += 1) {
        const bytes = await block(index);
        parts.push(bytes.subarray(Math.max(0, offset - index * BLOCK), end - index * BLOCK));
      }
      return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    },
    stream: () => source.stream(),
  };
}
