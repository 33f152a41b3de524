import type { StoreConfig } from '../config';
import type { KeyRing } from '../keys/key-ring';
import { createFolderStore } from './folder-store';
import { createS3Store } from './s3-store';
import type { DocumentStore } from './store';

/** The store that the configuration names; what lies in it is sealed under `keys`. */
export function createDocumentStore(config: StoreConfig, keys: KeyRing): DocumentStore {
  return config.kind === 'folder' ? createFolderStore(config.folder, keys) : createS3Store(config, keys);
}
