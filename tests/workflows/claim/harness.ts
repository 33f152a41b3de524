/**
 * A claim's workflow on the time-skipping server: the built bundle, activities in memory, people who act, time that is skipped.
 * Time is one per server and file, so the tests of a file run one after the other.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Client, WithStartWorkflowOperation, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, type Workflow } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { calendarOf, type Calendar } from '../../../src/domain/calendar';
import { CLAIM_WORKFLOW, DELIVER, OUTSIDE_QUEUE, report, STATE, system, type Act, type ActAnswer, type Actor, type ClaimEvent, type ClaimInput, type ClaimState, type CommandName, type EventData, type EventType, type Refusal, type SystemName } from '../../../src/domain/claim';
import { startOptions } from '../../../src/platform/claims/start';
import { eventually } from '../../support/parties';
import { timeSkippingEnvironment, workflowBundle } from '../../support/temporal';
import { activitiesOf, createOutside, rebuild, type Outside } from './outside';
import { DEPARTMENT, patient, specialist } from './people';

export interface ReportOptions {
  /** What the report says otherwise than usual. */
  reported?: Partial<EventData['claim-reported']>;
  rollAfter?: number;
  /** Sets the outside parties before the claim is reported. */
  before?: (outside: Outside) => void;
  /** On a task queue of its own, where nobody works until `claim.work()`. */
  alone?: boolean;
}

interface Ended { claimNo: string; closedAs: string | null; version: number }

/** A claim in the hands of a test. */
export interface TestClaim {
  claimNo: string;
  outside: Outside;
  /** Whichever run of the claim is the newest. */
  handle: WorkflowHandle;
  /** The runs that were started, oldest first; those continued as new follow from their histories. */
  started: string[];
  /** Does an act as the API does it: an Update under the act's id. Throws when refused. */
  act(command: CommandName, input: unknown, actor: Actor, id?: string): Promise<ActAnswer>;
  /** The refusal that an act meets; fails when the act is taken. */
  refused(command: CommandName, input: unknown, actor: Actor, id?: string): Promise<Refusal>;
  /** Hands over a system's fact, or a person's act while no worker is up: by Signal. */
  deliver(command: CommandName, input: unknown, by: SystemName | Actor, id?: string): Promise<void>;
  /** Starts the process again from what is recorded, with an act, as the API does for a claim whose process has ended. */
  resume(command: CommandName, input: unknown, actor: Actor): Promise<ActAnswer>;
  /** What the running process says of itself (Query). */
  state(): Promise<ClaimState>;
  /** The claim as its recorded events rebuild it; after an answered act the same, and without a workflow task. */
  known(): ClaimState;
  /** What was recorded of one type, oldest first. */
  recorded<T extends EventType>(type: T): Array<ClaimEvent & { type: T }>;
  /** Waits for the newest run to end; no time passes meanwhile. */
  end(): Promise<Ended>;
  history(runId?: string): Promise<temporal.api.history.v1.IHistory>;
  /** For a claim reported `alone`: starts its worker, and stops it. */
  work(options?: Pick<WorkerOptions, 'maxCachedWorkflows'>): Promise<void>;
  rest(): Promise<void>;
}

export interface World {
  env: TestWorkflowEnvironment;
  /** Every weekday is worked in the years that the tests reach, so that no test depends on the day it is run. */
  calendar: Calendar;
  now(): Promise<string>;
  skip(duration: string | number): Promise<void>;
  /** Skips to just after an instant. */
  skipPast(instant: string): Promise<void>;
  /** Skips to 9:00 of the next Monday in Shanghai. */
  monday(): Promise<void>;
  report(options?: ReportOptions): Promise<TestClaim>;
  /** Ends what a test left open, and throws if a record was violated. */
  tidy(): Promise<void>;
  /** Stops all, and throws if a claim of the file does not replay: each is a test of determinism too. */
  close(): Promise<void>;
}

const SHARED_QUEUE = 'claims-of-the-file';
const WEEK_MS = 7 * 86_400_000;
const A_MONDAY_MS = Date.parse('1970-01-05T01:00:00Z');

/** Starts server, bundle and worker; take one per test file. The clock stands at 9:00 of a Monday in Shanghai. */
export async function openWorld(): Promise<World> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  // One after the other: the SDK gives the server 5 seconds to start, which a bundling processor would take from it.
  const workflowBundleOfRun = await workflowBundle();
  const env = await timeSkippingEnvironment();
  // Not the environment's own client, which lets time run to the next timer whenever a result is awaited.
  const client = new Client({ connection: env.connection, identity: 'test' });
  const outsides = new Map<string, Outside>();
  const workOn = async (taskQueue: string, more: Partial<WorkerOptions> = {}): Promise<() => Promise<void>> => {
    const worker = await Worker.create({ connection: env.nativeConnection, namespace: 'default', taskQueue, workflowBundle: workflowBundleOfRun, activities: activitiesOf((claimNo) => outsides.get(claimNo)!), identity: 'test', ...more });
    const run = worker.run();
    return async () => { worker.shutdown(); await run; };
  };
  const now = async (): Promise<string> => new Date(await env.currentTimeMs()).toISOString();
  const firstYear = new Date(await env.currentTimeMs()).getUTCFullYear();
  const calendar = calendarOf(Array.from({ length: 8 }, (_, n) => ({ year: firstYear + n, version: `${firstYear + n}.1`, days: { holidays: [], makeUp: [] } })));
  const open: Array<() => Promise<void>> = [];
  const histories: Array<{ workflowId: string; history: unknown }> = [];
  const stops = [await workOn(SHARED_QUEUE), await workOn(OUTSIDE_QUEUE)];

  const world: World = {
    env, calendar, now,
    skip: (duration) => env.sleep(duration),
    async skipPast(instant) { await env.sleep(Math.max(0, Date.parse(instant) - await env.currentTimeMs()) + 1_000); },
    async monday() { await env.sleep(WEEK_MS - ((await env.currentTimeMs() - A_MONDAY_MS) % WEEK_MS)); },
    async report({ reported = {}, rollAfter, before, alone = false } = {}) {
      const claimNo = nextClaimNo();
      const at = await now();
      const opened = report(
        {
          claimNo, hospital: 'H001', department: DEPARTMENT, insurer: 'I001', patientId: '5a4f0d3e-6a43-4c36-9a3d-0b8a51f6f7c1', patientPersonId: patient.personId,
          outcomeType: 'minor-complication', occurredAt: at, surgeryAt: at, reportedBy: specialist.personId, channel: 'console', calendar, ...reported,
        },
        { id: `report-${claimNo}`, actor: specialist, receivedAt: at, saidAt: null, hash: 'report' },
      );
      const outside = createOutside(opened.events);
      outsides.set(claimNo, outside);
      before?.(outside);
      const taskQueue = alone ? `claims-${claimNo}` : SHARED_QUEUE;
      const input = (state: ClaimState): ClaimInput => ({ state, ...(rollAfter === undefined ? {} : { rollAfter }) });
      const starting = (state: ClaimState) => ({ ...startOptions({ state }), args: [input(state)] as [ClaimInput], taskQueue });
      const { firstExecutionRunId } = await client.workflow.start(CLAIM_WORKFLOW, starting(opened.state));
      const claim = testClaim({ client, now, claimNo, outside, started: [firstExecutionRunId], starting, workOn: (more) => workOn(taskQueue, more) });
      open.push(async () => {
        const { status } = await claim.handle.describe();
        if (status.name === 'RUNNING') {
          // After a run was terminated with work in flight the server skips time no more.
          await eventually(async () => (isIdle(await claim.history()) ? true : undefined), 5_000);
          await claim.handle.terminate('the test is over');
        }
        await claim.rest();
        for (const runId of claim.started) histories.push({ workflowId: claimNo, history: await claim.history(runId) });
        if (outside.violations.length > 0) throw new Error(`${claimNo}: ${outside.violations.join('; ')}`);
      });
      return claim;
    },
    async tidy() { for (const end of open.splice(0)) await end(); },
    async close() {
      for (const stop of stops) await stop();
      await env.teardown();
      const broken: string[] = [];
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: workflowBundleOfRun }, histories)) {
        if (error) broken.push(`${workflowId}: ${error.message}`);
      }
      if (broken.length > 0) throw new Error(`claims that do not replay:\n${broken.join('\n')}`);
    },
  };
  await world.monday();
  return world;
}

let numbers = 0;
const nextClaimNo = (): string => `KP-2026-${String((process.pid % 900) * 1_000 + (numbers += 1)).padStart(6, '0')}`;

interface Parts {
  client: Client;
  now(): Promise<string>;
  claimNo: string;
  outside: Outside;
  started: string[];
  starting(state: ClaimState): ReturnType<typeof startOptions>;
  workOn(more?: Partial<WorkerOptions>): Promise<() => Promise<void>>;
}

function testClaim({ client, now, claimNo, outside, started, starting, workOn }: Parts): TestClaim {
  let acts = 0;
  let stop: (() => Promise<void>) | null = null;
  const handle = client.workflow.getHandle(`claim:${claimNo}`);
  const made = async (command: CommandName, input: unknown, actor: Actor, id = `${claimNo}.act-${(acts += 1)}`): Promise<Act> =>
    ({ id, command, input, actor, receivedAt: await now(), saidAt: null, hash: createHash('sha256').update(JSON.stringify({ command, input, by: actor.personId })).digest('hex') });

  const claim: TestClaim = {
    claimNo, outside, handle, started,
    async act(command, input, actor, id) {
      const act = await made(command, input, actor, id);
      return handle.executeUpdate<ActAnswer, [Act]>(command, { args: [act], updateId: act.id });
    },
    async refused(command, input, actor, id) {
      const thrown = await claim.act(command, input, actor, id).then(({ version }) => new Error(`${command} was taken: version ${version}`), (error: unknown) => error);
      const failure = thrown instanceof WorkflowUpdateFailedError ? thrown.cause : undefined;
      if (!(failure instanceof ApplicationFailure) || !failure.details) throw thrown;
      return failure.details[0] as Refusal;
    },
    async deliver(command, input, by, id = randomUUID()) {
      await handle.signal(DELIVER, await made(command, input, typeof by === 'string' ? system(by) : by, id));
    },
    async resume(command, input, actor) {
      const act = await made(command, input, actor);
      const { workflowIdConflictPolicy: _, ...options } = starting(rebuild(outside.events));
      const answer = await client.workflow.executeUpdateWithStart<Workflow, ActAnswer, [Act]>(command, {
        args: [act], updateId: act.id, startWorkflowOperation: new WithStartWorkflowOperation(CLAIM_WORKFLOW, { ...options, workflowIdConflictPolicy: 'USE_EXISTING' }),
      });
      started.push((await handle.describe()).runId);
      return answer;
    },
    state: () => handle.query<ClaimState>(STATE),
    known: () => rebuild(outside.events),
    recorded: <T extends EventType>(type: T) => outside.events.filter((e): e is ClaimEvent & { type: T } => e.type === type),
    end: () => handle.result() as Promise<Ended>,
    history: (runId) => client.workflow.getHandle(handle.workflowId, runId).fetchHistory(),
    async work(options) { stop = await workOn(options); },
    async rest() {
      await stop?.();
      stop = null;
    },
  };
  return claim;
}

/** Is nothing under way, no task and no activity? */
function isIdle(history: temporal.api.history.v1.IHistory): boolean {
  const count = countByType(history);
  const under = (scheduled: string, ...ends: string[]): number => (count[scheduled] ?? 0) - ends.reduce((sum, end) => sum + (count[end] ?? 0), 0);
  return under('workflowTaskScheduled', 'workflowTaskCompleted', 'workflowTaskFailed', 'workflowTaskTimedOut') === 0
    && under('activityTaskScheduled', 'activityTaskCompleted', 'activityTaskFailed', 'activityTaskTimedOut', 'activityTaskCanceled') === 0;
}

/** How many events of each type a history has. */
export function countByType({ events }: temporal.api.history.v1.IHistory): Record<string, number> {
  const count: Record<string, number> = {};
  for (const event of events ?? []) {
    const type = Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value !== null && value !== undefined)?.[0].replace('EventAttributes', '') ?? 'unknown';
    count[type] = (count[type] ?? 0) + 1;
  }
  return count;
}
