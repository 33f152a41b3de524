/** Claims with real processes in a namespace and a database of their own: what operations watch over. */
import { createHash } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fillDirectory } from '../../../dev/directory';
import { startInsurer } from '../../../dev/simulators/insurer';
import { createActivities } from '../../../src/activities';
import { createReconciliationActivities } from '../../../src/activities/reconciliation';
import { CLAIM_WORKFLOW, CLAIMS_QUEUE, claimWorkflowId, WORK_KINDS, evolve, type ClaimEvent, type ClaimState } from '../../../src/domain/claim';
import { recordEvents } from '../../../src/platform/claims/record';
import { startOptions } from '../../../src/platform/claims/start';
import { asWorker, createDatabase as openPool, type Database } from '../../../src/platform/database';
import { ensureReconciliation, RECONCILIATION } from '../../../src/platform/operations/schedule';
import { findStuck, type StuckPage } from '../../../src/platform/operations/stuck';
import type { StuckClaim } from '../../../src/platform/operations/causes';
import { createBankClient } from '../../../src/platform/outside/bank';
import { createInsurerClient } from '../../../src/platform/outside/insurer';
import { CLAIM_NO, PEOPLE, SECRET, type Scenario } from '../../domain/claim/scenario';
import { createDatabase } from '../../support/database';
import { eventually, setFaults } from '../../support/parties';
import { freshNamespace, workflowBundle } from '../../support/temporal';

export const UI = 'http://127.0.0.1:8233';

export interface Stage {
  /** Of the worker's role. */
  database: Database;
  databaseUrl: string;
  api: Database;
  temporal: Client;
  namespace: string;
  /** Records a scenario under a claim number of its own; no process yet. */
  record(scenario: Scenario): Promise<ClaimState>;
  start(state: ClaimState): Promise<WorkflowHandle>;
  /** Records and starts. */
  claim(scenario: Scenario): Promise<ClaimState>;
  process(claimNo: string): WorkflowHandle;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** A worker whose code does not know the claim's workflow: a deployment gone wrong. */
  startBrokenWorker(): Promise<{ end(): Promise<void> }>;
  /** A worker of the claims' queue whose claims do nothing but wait for an outside party, on the queue of such work. */
  startWorkerThatAsks(): Promise<{ end(): Promise<void> }>;
  insurerAway(away: boolean): Promise<void>;
  /** What operations see, at a time of their own. */
  stuck(options?: { after?: string | null; limit?: number; now?: Date }): Promise<StuckPage>;
  stuckClaim(claimNo: string, now?: Date): Promise<StuckClaim>;
  /** One round of reconciliation, as the schedule starts it; its result. */
  round(): Promise<unknown>;
  differences(claimNo: string): Promise<Array<{ kind: string; detail: unknown; resolvedAt: Date | null }>>;
  close(): Promise<void>;
}

const secret = 'shared-between-the-parties';

/** Starts everything but the worker. */
export async function openStage(): Promise<Stage> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const bundle = await workflowBundle();
  const test = await createDatabase();
  await fillDirectory(test.workerUrl);
  const [database, api] = [openPool(test.workerUrl), openPool(test.apiUrl)];
  const { address, namespace } = await freshNamespace();
  const connection = await NativeConnection.connect({ address });
  const temporal = new Client({ connection: await Connection.connect({ address }), namespace });
  const insurer = await startInsurer({ port: 0, secret });
  const party = { url: insurer.url, secret, timeoutMs: 5_000 };
  let worker: { end(): Promise<void> } | null = null;
  let claims = 0;
  let rounds = 0;
  await ensureReconciliation(temporal);
  // Rounds come when a test asks for one. Of two patches that reach the server's schedule together only the later one counts
  // (it has room for one), and in a new namespace everything waits a moment and then comes together: so the pause must show first.
  const schedule = temporal.schedule.getHandle(RECONCILIATION);
  await schedule.pause('a test');
  await eventually(async () => ((await schedule.describe()).state.paused ? true : undefined), 60_000);

  async function startWith(workflows: string): Promise<{ end(): Promise<void> }> {
    const one = await Worker.create({ connection, namespace, taskQueue: CLAIMS_QUEUE, workflowsPath: require.resolve(workflows) });
    const run = one.run();
    return { end: async () => { one.shutdown(); await run; } };
  }

  const stage: Stage = {
    database, databaseUrl: test.workerUrl, api, temporal, namespace,
    async record(scenario) {
      const events = under(`KP-2026-${String(++claims).padStart(6, '0')}`, scenario.events);
      const state = events.reduce<ClaimState | null>(evolve, null)!;
      const { hospital, department, insurer: code, claimNo, patientId: id } = state;
      await asWorker(database, async (tx) => {
        await tx.patient.create({ data: { id, hospital, department, insurer: code, recordNo: claimNo, name: SECRET } });
        await recordEvents(tx, { claimNo, events, state, naturalKey: claimNo });
      });
      return state;
    },
    start: (state) => temporal.workflow.start(CLAIM_WORKFLOW, startOptions({ state })),
    async claim(scenario) {
      const state = await stage.record(scenario);
      await stage.start(state);
      return state;
    },
    process: (claimNo) => temporal.workflow.getHandle(claimWorkflowId(claimNo)),
    async startWorker() {
      const activities = {
        ...createActivities({ database, bank: createBankClient(party), insurer: createInsurerClient(party) }),
        ...createReconciliationActivities({ database, temporal }),
      };
      const all = await Promise.all(WORK_KINDS.map((taskQueue) => Worker.create({ connection, namespace, taskQueue, activities, ...(taskQueue === CLAIMS_QUEUE ? { workflowBundle: bundle } : {}) })));
      const runs = all.map((one) => one.run());
      worker = { end: async () => { for (const one of all) one.shutdown(); await Promise.all(runs); } };
    },
    startBrokenWorker: () => startWith('./no-workflows'),
    startWorkerThatAsks: () => startWith('./only-asks'),
    async stopWorker() {
      await worker?.end();
      worker = null;
    },
    insurerAway: (away) => setFaults(insurer.url, away ? [{ do: 'fail' }] : []),
    stuck: ({ after = null, limit = 100, now = new Date() } = {}) => findStuck({ database: api, temporal, temporalUiUrl: UI, now: () => now }, PEOPLE.ops, { after, limit }),
    async stuckClaim(claimNo, now = new Date()) {
      const { claims: found } = await stage.stuck({ now });
      return found.find((claim) => claim.claimNo === claimNo)!;
    },
    async round() {
      const seen = ++rounds;
      await schedule.trigger();
      const workflowId = await eventually(async () => {
        const { info } = await schedule.describe();
        return info.numActionsTaken >= seen ? info.recentActions.at(-1)?.action.workflow.workflowId : undefined;
      }, 20_000);
      return temporal.workflow.getHandle(workflowId).result();
    },
    differences: (claimNo) => database.difference.findMany({ where: { claimNo }, orderBy: { id: 'asc' }, select: { kind: true, detail: true, resolvedAt: true } }),
    async close() {
      await stage.stopWorker();
      await Promise.all([insurer.stop(), database.$disconnect(), api.$disconnect(), temporal.connection.close(), connection.close()]);
      await test.drop();
    },
  };
  return stage;
}

/** A scenario's events under another claim number, with ids and documents of their own, and digests in place of bodies. */
function under(claimNo: string, events: readonly ClaimEvent[]): ClaimEvent[] {
  const n = claimNo.slice(-6);
  const moved = JSON.parse(JSON.stringify(events).replaceAll(CLAIM_NO, claimNo).replaceAll(/act-(\d{8})/g, `${n}-$1`).replaceAll(/00000000-0000-4000-8000-(\d{12})/g, `00000000-0000-4000-8${n.slice(-3)}-$1`)) as ClaimEvent[];
  for (const event of moved) event.act.hash = createHash('sha256').update(event.act.hash).digest('hex');
  return moved;
}
