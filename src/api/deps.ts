import type { Client } from '@temporalio/client';
import type { Keeps } from '../domain/retention';
import type { Database } from '../platform/database';
import type { KeyRing } from '../platform/keys/key-ring';
import type { Log } from '../platform/log';
import type { ClaimProcess } from './claim/process';
import type { Changes } from './live/changes';
import type { DocumentStore } from '../platform/documents/store';

/** What the routes of claims work with. */
export interface Deps {
  database: Database;
  process: ClaimProcess;
  temporal: Client;
  /** Address of the Temporal UI, for links. */
  temporalUiUrl: string;
  /** Address of the console and the API, as people's browsers see it. */
  publicUrl: string;
  /** Makes patients' links and signs their sessions. */
  patientSessionSecret: string;
  /** Under which secrets are kept, and evidence is signed. */
  keys: KeyRing;
  store: DocumentStore;
  /** Months for which closed claims are kept, by rule. */
  keeps: Keeps;
  now: () => Date;
  log: Log;
  /** Called after a report was committed: its workflow should start at once. */
  onReported: () => void;
  changes: Changes;
  /** Told how many seconds after an act a live screen showed it. */
  onShown?: (seconds: number) => void;
}
