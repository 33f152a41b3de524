/** Signing: Ed25519 under a key derived from the ring. Signatures are for outsiders, so public keys are kept for good (`evidence_key`), whatever becomes of the ring. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Key, KeyRing } from './key-ring';

/** DER around the 32 bytes of a private key (RFC 8410, PKCS #8) and of a public one (SPKI). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** `publicKey`: its 32 bytes, base64. `sign` answers the 64 bytes in base64; the same text under the same key gives the same signature. */
export interface Signer { keyId: string; publicKey: string; sign(text: string | Uint8Array): string }

/** Signs with the key that is current. */
export const currentSigner = (keys: KeyRing): Signer => signerOf(keys.current('signing'));

/** The signer of one key of the ring: its 32 derived bytes are the seed. */
export function signerOf({ id, key }: Key): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, key]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length).toString('base64');
  return { keyId: id, publicKey, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64') };
}

/** Is this the signature of that text? `publicKey` and `signature` in base64; false for whatever is neither. */
export function isSigned(publicKey: string, text: string | Uint8Array, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
