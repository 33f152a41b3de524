/**
 * The worker: runs the claims' processes and their activities, and tells what the outbox holds. Any number may run.
 * Configuration: environment only (src/platform/config.ts); Temporal's address and TLS by the SDK's own variables.
 */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './src/activities';
import { createAnchorActivities } from './src/activities/anchor';
import { createNoticeDelivery } from './src/activities/notices';
import { HISTOGRAM_BUCKETS, observeActivities } from './src/activities/observed';
import { createOutboxHandler, WORKER_KINDS } from './src/activities/outbox';
import { createReconciliationActivities } from './src/activities/reconciliation';
import { createRetentionActivities } from './src/activities/retention';
import { CLAIMS_QUEUE } from './src/domain/claim';
import { ConfigurationError, readWorkerConfig, type Party, type WorkerConfig } from './src/platform/config';
import { dataConverter } from './src/platform/codec';
import { createDatabase } from './src/platform/database';
import { openKeyFile } from './src/platform/keys/key-ring';
import { createLog, type Log } from './src/platform/log';
import { versionOf } from './src/platform/operations/deployment';
import { ensureAnchoring, ensureReconciliation, ensureRetention } from './src/platform/operations/schedule';
import { drainOutbox } from './src/platform/outbox';
import { startTracing } from './src/platform/tracing';
import { ERASE_KIND } from './src/platform/claims/record';
import { createDocumentStore } from './src/platform/documents/create-store';
import { createEraser } from './src/platform/retention/erase';
import { createBankClient } from './src/platform/outside/bank';
import { createInsurerClient } from './src/platform/outside/insurer';
import { createNoticeClient } from './src/platform/outside/notices';

/** How long one call to an outside party may take before it counts as unanswered. */
const PARTY_TIMEOUT_MS = 10_000;
/** As long as one attempt at recording may take: then it is tried again over another connection. */
const DATABASE_PATIENCE_MS = 10_000;

/** Starts a worker in this process. `run` settles when it has stopped; `stop` drains what is in hand and closes in mirrored order. */
export async function startWorker(config: WorkerConfig, log: Log, environment = process.env): Promise<{ run: Promise<void>; stop(): Promise<void> }> {
  const { connectionOptions, namespace = 'kuaipei' } = loadClientConnectConfig({ overrideEnvVars: environment as Record<string, string> });
  const keys = openKeyFile(config.keyFile);
  const database = createDatabase(config.databaseUrl, { keys, patienceMs: DATABASE_PATIENCE_MS });
  const reach = (party: Party) => ({ ...party, timeoutMs: PARTY_TIMEOUT_MS });
  const connection = await NativeConnection.connect(connectionOptions);
  const converter = dataConverter(keys);
  const temporal = new Client({ connection: await Connection.connect(connectionOptions), namespace, dataConverter: converter });

  const worker = await Worker.create({
    connection, namespace, taskQueue: CLAIMS_QUEUE, dataConverter: converter,
    ...(config.workflowBundle ? { workflowBundle: { codePath: config.workflowBundle } } : { workflowsPath: require.resolve('./src/workflows') }),
    activities: {
      ...createActivities({ database, bank: createBankClient(reach(config.bank)), insurer: createInsurerClient(reach(config.insurer)) }),
      ...createReconciliationActivities({ database, temporal }),
      ...createAnchorActivities({ database, keys }),
      ...createRetentionActivities({ database, temporal, keeps: config.retention }),
    },
    interceptors: { activity: [observeActivities(Runtime.instance().metricMeter)] },
    shutdownGraceTime: '10s',
    ...(config.deployment !== null && config.workflowBundle !== null ? { workerDeploymentOptions: versionOf(config.deployment, config.workflowBundle) } : {}),
  });
  const deliverNotice = createNoticeDelivery({ notices: createNoticeClient(reach(config.notices)) });
  const handle = createOutboxHandler({ database, temporal, deliverNotice });
  const outbox = drainOutbox({ kinds: WORKER_KINDS, transaction: (work) => work(database), databaseUrl: config.databaseUrl, handle, log });
  // What is ruled to be erased waits in the outbox for a worker that has the eraser's role.
  const eraser = config.eraser && createEraser({ database: createDatabase(config.eraser.databaseUrl, { connections: 2, patienceMs: DATABASE_PATIENCE_MS }), store: createDocumentStore(config.eraser.store, keys).objects, keys });
  const erasing = eraser && drainOutbox({ kinds: [ERASE_KIND], transaction: (work) => work(database), databaseUrl: config.databaseUrl, handle: eraser.erase, log });
  const run = worker.run().finally(async () => {
    await Promise.all([outbox.stop(), erasing?.stop()]);
    await eraser?.close();
    await temporal.connection.close();
    await connection.close();
    await database.$disconnect();
  });
  // Claims go on without them; the next worker that starts tries again.
  await ensureReconciliation(temporal).catch((error: unknown) => { log.error({ err: error }, 'the reconciliation schedule could not be created'); });
  await ensureAnchoring(temporal).catch((error: unknown) => { log.error({ err: error }, 'the schedule of the ledger could not be created'); });
  await ensureRetention(temporal).catch((error: unknown) => { log.error({ err: error }, 'the schedule of erasure could not be created'); });
  log.info({ taskQueue: CLAIMS_QUEUE, namespace }, 'worker: running');
  return { run, stop: async () => { if (worker.getState() === 'RUNNING') worker.shutdown(); await run; } };
}

async function main(): Promise<void> {
  const config = readWorkerConfig(process.env);
  const log = createLog('worker', config.logLevel);
  // The SDK logs ids and types only, never inputs; its metrics are served for Prometheus.
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => { log[level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'info']({ workflowId: meta?.['workflowId'], activityType: meta?.['activityType'], taskQueue: meta?.['taskQueue'] }, message); }),
    shutdownSignals: [],
    ...(config.metricsPort ? { telemetryOptions: { metrics: { prometheus: { bindAddress: `0.0.0.0:${config.metricsPort}`, histogramBucketOverrides: HISTOGRAM_BUCKETS } } } } : {}),
  });
  const tracing = startTracing('worker', process.env, log);
  const { run, stop } = await startWorker(config, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => { void stop(); });
  await run.finally(tracing.stop);
}

if (require.main === module) {
  main().then(() => process.exit(0), (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigurationError ? error.message : `The worker cannot run: ${error instanceof Error ? error.message : 'unknown error'}`}\n`);
    process.exit(1);
  });
}
