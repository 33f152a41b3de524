import { sha256 } from '@noble/hashes/sha2.js';

const PIECE = 1024 ** 2;

/** SHA-256 of a file in hexadecimal, piece by piece: a film of an hour needs no more memory than a photograph. */
export async function sha256Of(file: Blob): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
