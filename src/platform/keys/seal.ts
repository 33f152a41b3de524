/** Sealing: AES-256-GCM, so that what was changed is not opened; bound to where it belongs, so that it is not opened elsewhere. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed cannot be opened: changed, cut, moved to another place, or sealed under another key. */
export class NotGenuine extends Error {
  override readonly name = 'NotGenuine';
  constructor() { super('what was sealed has been changed, or belongs elsewhere'); }
}

/** `plain` under `key` (32 bytes), bound to `place`: initialisation vector, tag and ciphertext in one. */
export function seal(key: Buffer, plain: Uint8Array, place: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** What `seal` was given. Throws NotGenuine. */
export function unseal(key: Buffer, sealed: Uint8Array, place: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new NotGenuine();
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)).setAAD(Buffer.from(place));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new NotGenuine();
  }
}
