import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { KeptFile } from '../queue/store';
import type { Files } from './files';

const FilesContext = createContext<Files | null>(null);
export function FilesProvider({ files, children }: { files: Files; children: ReactNode }) {
  return <FilesContext value={files}>{children}</FilesContext>;
}

export function useFiles(): Files {
  const files = useContext(FilesContext);
  if (!files) throw new Error('there is no FilesProvider above');
  return files;
}

/** Everything this device keeps of files for the person, oldest first. */
export function useKeptFiles(): readonly KeptFile[] {
  const files = useFiles();
  return useSyncExternalStore(files.watch, files.list);
}
