import type { components } from '../api/schema';
import type { KeptFile } from '../queue/store';
import { useKeptFiles } from './context';
import { FOR_THE_FILE } from './files';

type Clinical = components['schemas']['Clinical'];

/** Is this file stored, but not in the claim's file yet? Between the two lies an act of its own. */
export const isFiling = (file: KeptFile, clinical: Clinical | null): boolean =>
  clinical !== null && file.purpose === FOR_THE_FILE && (file.state === 'stored' || file.state === 'attached') && file.receipt !== null && !clinical.documents.some(({ documentId }) => documentId === file.receipt?.documentId);

/** The kinds of document that are on their way into this claim's file from this device. */
export function useFiling(claimNo: string, clinical: Clinical): ReadonlySet<string> {
  return new Set(useKeptFiles().filter((file) => file.claimNo === claimNo && isFiling(file, clinical)).flatMap(({ kind }) => kind ?? []));
}
