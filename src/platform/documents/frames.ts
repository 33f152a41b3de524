/**
 * How a content is sealed: in frames of 64 KiB, each AES-256-GCM under the content's own key. A frame's nonce is its number and whether it is
 * the last, its place the content's key in the store: none can be changed, cut off, put elsewhere or taken for another, and a range is read
 * by its frames alone. A data key seals one content, so no nonce comes twice.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';

const FRAME = 64 * 1024;
const TAG = 16;
const SEALED_FRAME = FRAME + TAG;
const CIPHER = 'aes-256-gcm';

/** A stored content is not what was sealed. Says where: keys of the store are ids. */
export class ContentChanged extends Error {
  override readonly name = 'ContentChanged';
  constructor(storageKey: string, where: string) { super(`content ${storageKey} is not what was stored: ${where}`); }
}

const changed = (storageKey: string, frame: number): ContentChanged => new ContentChanged(storageKey, `bytes ${frame * FRAME} to ${(frame + 1) * FRAME - 1} were changed, cut or exchanged`);

/** What is to be sealed or opened: `bytes` in clear, under the content's data key, at its place in the store. */
export interface Framed { storageKey: string; bytes: number; dataKey: Buffer }

const framesOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / FRAME));

/** How much a content of so many bytes takes when sealed. */
export const sealedBytes = (bytes: number): number => bytes + framesOf(bytes) * TAG;

/** How many bytes in clear so many sealed ones hold. */
export const clearBytes = (sealed: number): number => sealed - Math.max(1, Math.ceil(sealed / SEALED_FRAME)) * TAG;

/** Which sealed bytes hold the bytes `start` to `end`, both included. */
export const sealedRange = (bytes: number, { start, end }: { start: number; end: number }): { start: number; end: number } =>
  ({ start: Math.floor(start / FRAME) * SEALED_FRAME, end: Math.min((Math.floor(end / FRAME) + 1) * SEALED_FRAME, sealedBytes(bytes)) - 1 });

/** Seals what is written to it. Fails when that is not `bytes` bytes. */
export function sealFrames({ storageKey, bytes, dataKey }: Framed): Transform {
  const key = keyOf(dataKey);
  return inBlocks(FRAME, 0, framesOf(bytes), (clear, frame) => {
    if (clear.length !== clearLength(bytes, frame)) throw new Error(`content ${storageKey} has another length than was said`);
    const cipher = createCipheriv(CIPHER, key, nonceOf(bytes, frame)).setAAD(Buffer.from(storageKey));
    return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
  });
}

/** Opens the sealed bytes that `sealedRange` named, and gives out those that were asked for. Fails with ContentChanged before it gives out anything of a frame that is not genuine. */
export function openFrames({ storageKey, bytes, dataKey }: Framed, { start, end }: { start: number; end: number }): Transform {
  const key = keyOf(dataKey);
  return inBlocks(SEALED_FRAME, Math.floor(start / FRAME), Math.floor(end / FRAME) + 1, (sealed, frame) => {
    if (sealed.length !== clearLength(bytes, frame) + TAG) throw changed(storageKey, frame);
    const decipher = createDecipheriv(CIPHER, key, nonceOf(bytes, frame), { authTagLength: TAG }).setAAD(Buffer.from(storageKey)).setAuthTag(sealed.subarray(-TAG));
    try {
      const clear = decipher.update(sealed.subarray(0, -TAG));
      decipher.final(); // throws unless the tag fits: nothing is given out before
      return clear.subarray(Math.max(0, start - frame * FRAME), end + 1 - frame * FRAME);
    } catch {
      throw changed(storageKey, frame);
    }
  });
}

/**
 * Cuts what is written to it into blocks of `size`, numbered from `first`, the last as long as it is. One that is missing is worked on as an
 * empty one, and there may be one too many: `work` refuses both by their length. Holds one block at a time.
 */
function inBlocks(size: number, first: number, past: number, work: (block: Buffer, n: number) => Buffer): Transform {
  let parts: Buffer[] = [], held = 0, n = first;
  const next = (): Buffer => {
    const done = work(parts.length === 1 ? parts[0]! : Buffer.concat(parts), n);
    parts = []; held = 0; n += 1;
    return done;
  };
  const orFail = (callback: TransformCallback, step: () => void): void => {
    try {
      step();
      callback();
    } catch (error) {
      callback(error as Error);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      orFail(callback, () => {
        for (let from = 0; from < chunk.length;) {
          const part = chunk.subarray(from, from + size - held);
          parts.push(part);
          held += part.length;
          from += part.length;
          if (held === size) this.push(next());
        }
      });
    },
    flush(callback) { orFail(callback, () => { if (held > 0 || n < past) this.push(next()); }); },
  });
}

/** `through` fed by `source`: an error of either ends both, and so does a reader who goes away. */
export function flowing(source: Readable, through: Transform): Transform {
  pipeline(source, through, () => undefined); // what went wrong is the error of `through` too
  return through;
}

/** Negative beyond the last frame: nothing is that long. */
const clearLength = (bytes: number, frame: number): number => (frame < framesOf(bytes) ? Math.min(FRAME, bytes - frame * FRAME) : -TAG - 1);

/** Seven bytes nought, four for the number, one for the last. */
function nonceOf(bytes: number, frame: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(frame, 7);
  nonce[11] = frame === framesOf(bytes) - 1 ? 1 : 0;
  return nonce;
}

/** Of a data key one job's key: the upload on its way is enciphered in another manner. */
const keyOf = (dataKey: Buffer): Buffer => Buffer.from(hkdfSync('sha256', dataKey, '', 'kuaipei/content', 32));
