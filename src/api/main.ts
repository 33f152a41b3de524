/** The API as a process: configuration → log → database → Temporal → application → listening; stopped in mirrored order. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { ConfigurationError, readApiConfig, type ApiConfig } from '../platform/config';
import { createDatabase } from '../platform/database';
import { createDocumentStore } from '../platform/documents/create-store';
import { createScanner } from '../platform/documents/create-scanner';
import { openKeyFile } from '../platform/keys/key-ring';
import { createLog, type Log } from '../platform/log';
import { watchLedger } from '../platform/operations/ledger';
import { createTemporalClient } from '../platform/temporal';
import { startTracing } from '../platform/tracing';
import { createApp, type AppDeps } from './app';
import { createAuthenticate } from './auth';
import { createClaimProcess } from './claim/process';
import { sweepUploads } from './documents/sweep';
import { createChanges } from './live/changes';
import { createStarter } from './start';

export interface RunningApi { url: string; stop(): Promise<void> }

/** Whoever asks is told within five seconds that the database does not answer (503). */
const DATABASE_PATIENCE_MS = 3_000;
/** How long requests in flight may take to end when the process is told to stop. */
const GRACE_MS = 10_000;
/** 2 GiB over a slow line (SPEC §1.3, recordings); Node's five minutes would cut it. Headers must still come within its one minute. */
const LONGEST_UPLOAD_MS = 6 * 60 * 60 * 1000;
/** Longer than balancers keep a connection that nothing passes on (a minute): closed by us first, it could be the one they just send a click on. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the API in this process; listening when it settles. `limits` are smaller ones, for tests. Needs PostgreSQL to be useful, Temporal not even to start. */
export async function startApi(config: ApiConfig, log: Log, environment: NodeJS.ProcessEnv = process.env, limits: Pick<AppDeps, 'limits' | 'uploadLimits'> = {}): Promise<RunningApi> {
  const keys = openKeyFile(config.keyFile);
  const database = createDatabase(config.databaseUrl, { connections: 20, keys, patienceMs: DATABASE_PATIENCE_MS });
  const temporal = createTemporalClient(environment, keys);
  const starter = createStarter({ database, databaseUrl: config.databaseUrl, temporal, log });
  const changes = createChanges(config.databaseUrl, log);
  const store = createDocumentStore(config.store, keys);
  let leaving = false;
  const app = createApp({
    database, temporal, keys, temporalUiUrl: config.temporalUiUrl, log, now: () => new Date(), onReported: starter.poke, changes, bankSecret: config.bankSecret,
    process: createClaimProcess(temporal), authenticate: createAuthenticate({ ...config.oidc, patientSessionSecret: config.patientSessionSecret }), publicUrl: config.publicUrl, trustedProxies: config.trustedProxies,
    console: { folder: resolve(config.console.folder), clientId: config.console.clientId, issuer: config.oidc.issuer, temporalUiUrl: config.temporalUiUrl }, patientSessionSecret: config.patientSessionSecret,
    keeps: config.retention, store, scanner: createScanner(config.clamdAddress, log), leaving: () => leaving, ...limits,
  });
  const server = createServer({ requestTimeout: LONGEST_UPLOAD_MS, keepAliveTimeout: KEEP_ALIVE_MS }, app);
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(config.port, config.host, resolve); });
  const { port } = server.address() as AddressInfo;
  const stopSweeping = sweepUploads(store.staging, log);
  const stopWatching = watchLedger(database, () => new Date(), log);
  log.info({ host: config.host, port }, 'api: listening');
  return {
    url: `http://${config.host}:${port}`,
    async stop() {
      leaving = true;
      if (config.drainSeconds > 0) {
        log.info({ seconds: config.drainSeconds }, 'api: leaving');
        changes.leave(config.drainSeconds * 1_000);
        await new Promise((resolve) => setTimeout(resolve, config.drainSeconds * 1_000));
      }
      const closed = close(server);
      await changes.stop(); // ends the live streams, which would keep the server open
      await closed;
      stopSweeping();
      stopWatching();
      await starter.stop();
      await temporal.connection.close();
      await database.$disconnect();
      log.info('api: stopped');
    },
  };
}

async function close(server: Server): Promise<void> {
  const forced = setTimeout(() => { server.closeAllConnections(); }, GRACE_MS);
  await new Promise<void>((resolve) => { server.close(() => resolve()); server.closeIdleConnections(); });
  clearTimeout(forced);
}

async function main(): Promise<void> {
  const config = readApiConfig(process.env);
  const log = createLog('api', config.logLevel);
  const tracing = startTracing('api', process.env, log);
  const api = await startApi(config, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => { void api.stop().then(tracing.stop).then(() => process.exit(0)); });
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof ConfigurationError ? error.message : `The API cannot run: ${error instanceof Error ? error.message : 'unknown error'}`}\n`);
    process.exit(1);
  });
}
