import type { PublicKey } from './manifest';
import type { Trusted } from './pack';

/** The keys of an answer of `GET /v1/evidence-keys`. Throws when it is none. */
export function readKeys(text: string): NonNullable<Trusted> {
  const { items } = JSON.parse(text) as { items?: Partial<PublicKey>[] };
  if (!Array.isArray(items) || items.some((one) => typeof one.keyId !== 'string' || typeof one.publicKey !== 'string')) throw new Error('no answer of /v1/evidence-keys: {"items": [{"keyId", "publicKey"}]}');
  return new Map(items.map((one) => [one.keyId!, one.publicKey!]));
}
