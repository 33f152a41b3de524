import { ConfigurationError } from '../src/platform/config';
import { MigrationError } from '../src/platform/database/migrate';
import { CannotStart } from './cannot-start';

/** The sentence for an error met while starting; null when the error is our own fault and deserves its stack. */
export function sentenceFor(error: unknown): string | null {
  if (error instanceof CannotStart || error instanceof ConfigurationError || error instanceof MigrationError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return 'The disk is full: free some space (the data folder and ~/.cache/kuaipei are on it) and start again.';
  if (code === 'EACCES' || code === 'EPERM') return `This user may not use a file that is needed: ${(error as Error).message}.`;
  return null;
}
