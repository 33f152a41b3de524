import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Connection, type TLSConfig } from '@temporalio/client';
import { startChild, untilReady, type Child } from './children';
import { findTemporal, type Say } from './programs';

export const NAMESPACE = 'kuaipei';

/** What operations can filter by; never personal or clinical (DESIGN, Interfaces). */
export const SEARCH_ATTRIBUTES = {
  ClaimStage: 'Keyword', ClaimTier: 'Keyword', HospitalCode: 'Keyword', DepartmentCode: 'Keyword',
  WaitingFor: 'Keyword', NextDeadline: 'Datetime', Breached: 'Bool', Stuck: 'Bool',
} as const;

export interface TemporalOptions {
  port: number;
  /** Null: without the UI. */
  uiPort: number | null;
  /** Where the UI has payloads decoded. */
  codecUrl?: string;
  /** Null: in memory, for tests. */
  databaseFile: string | null;
  logFile: string;
  say: Say;
}

/** Starts the Temporal server with namespace and search attributes; ready when this settles. Throws CannotStart. */
export async function startTemporal({ port, uiPort, codecUrl, databaseFile, logFile, say }: TemporalOptions): Promise<Child> {
  const temporal = await findTemporal(say);
  say(`server ${temporal.from}`);
  if (databaseFile !== null) await mkdir(dirname(databaseFile), { recursive: true });
  const child = startChild({
    name: 'Temporal',
    command: temporal.path,
    args: [
      'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', NAMESPACE, '--log-level', 'error',
      ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...(codecUrl === undefined ? [] : ['--ui-codec-endpoint', codecUrl]),
      // Without the write-ahead log SQLite forces four times as much to disk; with FULL an acknowledged write survives a power cut.
      ...(databaseFile === null ? [] : ['--db-filename', databaseFile, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL']),
      ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ],
    logFile,
  });
  await untilReady(child, () => reachTemporal(`127.0.0.1:${port}`));
  return child;
}

/** Settles when the server answers and knows our namespace and search attributes; throws until then. */
export async function reachTemporal(address: string, tls?: TLSConfig | boolean | null): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000, ...(tls ? { tls } : {}) });
  try {
    await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: NAMESPACE });
    const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
    if (missing.length > 0) throw new Error(`Temporal does not know the search attributes ${missing.join(', ')}`);
  } finally {
    await connection.close();
  }
}

/** Settles when a worker polls the task queue; throws until then. */
export async function reachWorker(address: string, taskQueue: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({ namespace: NAMESPACE, taskQueue: { name: taskQueue }, taskQueueType: 1 });
    if (pollers.length === 0) throw new Error(`no worker polls ${taskQueue}`);
  } finally {
    await connection.close();
  }
}
