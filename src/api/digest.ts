import { createHash, createHmac } from 'node:crypto';
import { KeyMissing, type KeyRing } from '../platform/keys/key-ring';

/** SHA-256 (hex) of a value as JSON with its keys in order: equal for equal values, however they were written. */
export const digest = (value: unknown): string => createHash('sha256').update(inOrder(value)).digest('hex');

/**
 * Under what an act's body is kept, to know it again: `<key id>.<HMAC>`, for a plain hash would let accounts and identity numbers be
 * guessed by whoever reads it. `like` is what was kept earlier, and says under which key: the same body has the same hash for as long
 * as that key is on the ring, and another one afterwards.
 */
export function bodyHash(keys: KeyRing, value: unknown, like?: string): string {
  const id = like === undefined ? keys.current('blind-index').id : keyIdIn(like);
  if (id === null) return digest(value); // kept before there were keys
  try {
    return `${id}.${createHmac('sha256', keys.byId('blind-index', id).key).update(`act:${inOrder(value)}`).digest('hex')}`;
  } catch (error) {
    if (error instanceof KeyMissing) return bodyHash(keys, value);
    throw error;
  }
}

const keyIdIn = (hash: string): string | null => (hash.includes('.') ? hash.slice(0, hash.indexOf('.')) : null);
const inOrder = (value: unknown): string => JSON.stringify(value, ordered);

function ordered(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
