/** Documents over any raw store: what lies there is sealed, each content under a data key of its own, and that under the ring. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { KeyRing } from '../keys/key-ring';
import { newDataKey, unwrapped, wrapped } from './data-key';
import { clearBytes, flowing, openFrames, sealedBytes, sealedRange, sealFrames } from './frames';
import { SealedUploads } from './sealed-uploads';
import type { DocumentStore, ObjectStore, RawStore } from './store';

/** The documents in `raw`, sealed under `keys`. */
export function sealedStore(raw: RawStore, keys: KeyRing): DocumentStore {
  const dataStore = new SealedUploads(raw.uploads.dataStore, keys);
  return {
    objects: sealedObjects(raw, keys),
    staging: {
      ...raw.uploads,
      dataStore,
      open: async (uploadId, bytes) => dataStore.opened(uploadId, await raw.uploads.open(uploadId, bytes)),
      async keep(uploadId, bytes, storageKey) {
        // The upload's own key: kept again after a crash, it is the same content.
        const dataKey = await dataStore.dataKey(uploadId);
        const source = await dataStore.opened(uploadId, await raw.uploads.open(uploadId, bytes));
        await raw.write(storageKey, flowing(source.stream(), sealFrames({ storageKey, bytes, dataKey })), sealedBytes(bytes));
        return wrapped(keys, dataKey, storageKey);
      },
    },
  };
}

function sealedObjects(raw: RawStore, keys: KeyRing): ObjectStore {
  return {
    async put(storageKey, content, bytes) {
      const dataKey = newDataKey();
      const clear = content instanceof Readable ? content : Readable.from([content], { objectMode: false });
      if (!await raw.write(storageKey, flowing(clear, sealFrames({ storageKey, bytes, dataKey })), sealedBytes(bytes))) throw new Error(`content ${storageKey} exists: none is written over`);
      return wrapped(keys, dataKey, storageKey);
    },
    async stat({ storageKey, objectKey }) {
      const size = await raw.size(storageKey);
      return size === null ? null : { bytes: objectKey === null ? size : clearBytes(size) };
    },
    async openRange({ storageKey, bytes, objectKey }, range) {
      if (objectKey === null) return raw.read(storageKey, range);
      const dataKey = unwrapped(keys, objectKey, storageKey);
      const sealed = await raw.read(storageKey, range && sealedRange(bytes, range));
      const clear = flowing(sealed, openFrames({ storageKey, bytes, dataKey }, range ?? { start: 0, end: bytes - 1 }));
      // The first frame is looked at here, so that a changed one is an error of this call where it can still be told.
      await once(clear, 'readable');
      return clear;
    },
    remove: (storageKey) => raw.remove(storageKey),
  };
}
