import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** What the verifier asks of where it runs: hashes piece by piece, which a browser has none of, and the browser's own Ed25519. */
export const browserTools = {
  hash() {
    const hash = sha256.create();
    return { update: (bytes: Uint8Array) => hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
  },
  hmac: (key: Uint8Array, bytes: Uint8Array): string => bytesToHex(hmac(sha256, key, bytes)),
  async ed25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    // Copies: WebCrypto takes no views of memory that might be shared.
    const key = await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', key, Uint8Array.from(signature), Uint8Array.from(message));
  },
};
