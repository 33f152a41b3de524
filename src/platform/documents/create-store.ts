import type { StoreConfig } from '../config';
import { createFolderStore } from './folder-store';
import { createS3Store } from './s3-store';
import type { DocumentStore } from './store';

/** The store that the configuration names. */
export function createDocumentStore(config: StoreConfig): DocumentStore {
  return config.kind === 'folder' ? createFolderStore(config.folder) : createS3Store(config);
}
