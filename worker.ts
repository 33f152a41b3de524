/**
 * The worker: runs the claims' processes and their activities, and tells what the outbox holds. Any number may run; each does every kind of work,
 * or the kinds of WORKER_KINDS only (docs/decisions/0023-more-machines.md).
 * Configuration: environment only (src/platform/config.ts); Temporal's address and TLS by the SDK's own variables.
 */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './src/activities';
import { createAnchorActivities } from './src/activities/anchor';
import { createNoticeDelivery } from './src/activities/notices';
import { HISTOGRAM_BUCKETS, observeActivities } from './src/activities/observed';
import { createOutboxHandler, TOLD_BY } from './src/activities/outbox';
import { createReconciliationActivities } from './src/activities/reconciliation';
import { createRetentionActivities } from './src/activities/retention';
import { CLAIMS_QUEUE, OUTSIDE_QUEUE, UPKEEP_QUEUE, type WorkKind } from './src/domain/claim';
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
/** A round of reconciliation over all claims has connections of its own, and none of the claims'. */
const UPKEEP_CONNECTIONS = 4;

/** Starts a worker in this process. `run` settles when it has stopped; `stop` drains what is in hand and closes in mirrored order. */
export async function startWorker(config: WorkerConfig, log: Log, environment = process.env): Promise<{ run: Promise<void>; stop(): Promise<void> }> {
  const { connectionOptions, namespace = 'kuaipei' } = loadClientConnectConfig({ overrideEnvVars: environment as Record<string, string> });
  const keys = openKeyFile(config.keyFile);
  const database = createDatabase(config.databaseUrl, { keys, patienceMs: DATABASE_PATIENCE_MS });
  const upkeep = createDatabase(config.databaseUrl, { keys, connections: UPKEEP_CONNECTIONS, patienceMs: DATABASE_PATIENCE_MS });
  const does = (kind: WorkKind): boolean => config.kinds.includes(kind);
  const reach = (party: Party) => ({ ...party, timeoutMs: PARTY_TIMEOUT_MS });
  const connection = await NativeConnection.connect(connectionOptions);
  const converter = dataConverter(keys);
  const temporal = new Client({ connection: await Connection.connect(connectionOptions), namespace, dataConverter: converter });

  const workflows = config.workflowBundle ? { workflowBundle: { codePath: config.workflowBundle } } : { workflowsPath: require.resolve('./src/workflows') };
  // Each queue gets all of them: what an earlier release began lies on the claims' queue still.
  const activities = {
    ...createActivities({ database, bank: createBankClient(reach(config.bank)), insurer: createInsurerClient(reach(config.insurer)) }),
    ...createReconciliationActivities({ database: upkeep, temporal }),
    ...createAnchorActivities({ database: upkeep, keys }),
    ...createRetentionActivities({ database: upkeep, temporal, keeps: config.retention }),
  };
  // One for all queues: the payment on one of them belongs to the act that was recorded on another.
  const observe = observeActivities(Runtime.instance().metricMeter);
  const workers = await Promise.all(config.kinds.map((taskQueue) =>
    Worker.create({
      connection, namespace, taskQueue, dataConverter: converter, activities, ...(taskQueue === CLAIMS_QUEUE ? workflows : {}), shutdownGraceTime: '10s',
      interceptors: { activity: [observe] },
      ...(config.deployment !== null && config.workflowBundle !== null ? { workerDeploymentOptions: versionOf(config.deployment, config.workflowBundle) } : {}),
    })));
  const shutdown = (): void => { for (const one of workers) if (one.getState() === 'RUNNING') one.shutdown(); };
  const deliverNotice = createNoticeDelivery({ notices: createNoticeClient(reach(config.notices)) });
  const handle = createOutboxHandler({ database, temporal, deliverNotice });
  const drain = (kinds: readonly string[], told: typeof handle) => drainOutbox({ kinds, asRole: (work) => work(database), databaseUrl: config.databaseUrl, handle: told, log });
  // What is ruled to be erased waits in the outbox for a worker that has the eraser's role.
  const eraser = does(UPKEEP_QUEUE) && config.eraser && createEraser({ database: createDatabase(config.eraser.databaseUrl, { connections: 2, patienceMs: DATABASE_PATIENCE_MS }), store: createDocumentStore(config.eraser.store, keys).objects, keys });
  const outbox = [
    ...(does(CLAIMS_QUEUE) ? [drain(TOLD_BY.claims, handle)] : []), ...(does(OUTSIDE_QUEUE) ? [drain(TOLD_BY.outside, handle)] : []), ...(eraser ? [drain([ERASE_KIND], eraser.erase)] : []),
  ];
  // A process that does half its work looks well and is not: when one ends, all end, and whoever keeps the process starts it again.
  const run = Promise.allSettled(workers.map((one) => one.run().finally(shutdown))).then(async (ended) => {
    await Promise.all(outbox.map((one) => one.stop()));
    if (eraser) await eraser.close();
    await temporal.connection.close();
    await connection.close();
    await Promise.all([database.$disconnect(), upkeep.$disconnect()]);
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  });
  // Claims go on without them; the next worker that starts tries again.
  if (does(UPKEEP_QUEUE)) await ensureSchedules(temporal, log);
  log.info({ taskQueues: config.kinds, namespace }, 'worker: running');
  return { run, stop: async () => { shutdown(); await run; } };
}

async function ensureSchedules(temporal: Client, log: Log): Promise<void> {
  await ensureReconciliation(temporal).catch((error: unknown) => { log.error({ err: error }, 'the reconciliation schedule could not be created'); });
  await ensureAnchoring(temporal).catch((error: unknown) => { log.error({ err: error }, 'the schedule of the ledger could not be created'); });
  await ensureRetention(temporal).catch((error: unknown) => { log.error({ err: error }, 'the schedule of erasure could not be created'); });
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
