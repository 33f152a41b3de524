/** Data keys: each seals one content, and stands in the index of documents sealed under the ring, as the object key. */
import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../keys/key-ring';
import { NotGenuine } from '../keys/seal';
import { fromSealedText, toSealedText } from '../keys/sealed-text';

export const newDataKey = (): Buffer => randomBytes(32);

/** The object key of a content: its data key sealed, bound to where the content lies. */
export const wrapped = (keys: KeyRing, dataKey: Buffer, storageKey: string): string => toSealedText(keys, 'objects', dataKey, placeOf(storageKey));

/** The data key of a content. Throws KeyMissing, NotGenuine. */
export function unwrapped(keys: KeyRing, objectKey: string, storageKey: string): Buffer {
  const dataKey = fromSealedText(keys, 'objects', objectKey, placeOf(storageKey));
  if (dataKey === null) throw new NotGenuine();
  return dataKey;
}

const placeOf = (storageKey: string): string => `object key/${storageKey}`;
