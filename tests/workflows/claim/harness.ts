/**
 * A claim's workflow on the time-skipping server: the built bundle, activities in memory, people who act, time that is skipped.
 * Time is one per server and file, so the tests of a file run one after the other; each claim has a task queue of its own.
 */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, type Workflow } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { calendarOf, type Calendar } from '../../../src/domain/calendar';
import { CLAIM_WORKFLOW, DELIVER, report, STATE, system, type Act, type ActAnswer, type Actor, type ClaimInput, type ClaimState, type CommandName, type EventData, type Refusal, type SystemName } from '../../../src/domain/claim';
import { startOptions } from '../../../src/platform/claims/start';
import { timeSkippingEnvironment, workflowBundle } from '../../support/temporal';
import { activitiesOf, createOutside, rebuild, type Outside } from './outside';
import { DEPARTMENT, patient, specialist } from './people';

export interface ReportOptions {
  /** What the report says otherwise than usual. */
  reported?: Partial<EventData['claim-reported']>;
  rollAfter?: number;
  worker?: Pick<WorkerOptions, 'maxCachedWorkflows'>;
  /** Sets the outside parties before the claim is reported. */
  before?: (outside: Outside) => void;
  /** False: nobody works until `claim.work()`. */
  working?: boolean;
}

/** A claim in the hands of a test. */
export interface TestClaim {
  claimNo: string;
  outside: Outside;
  handle: WorkflowHandle;
  /** Does an act as the API does it: an Update under the act's id. Throws when refused. */
  act(command: CommandName, input: unknown, actor: Actor, id?: string): Promise<ActAnswer>;
  /** The refusal that an act meets; fails when the act is taken. */
  refused(command: CommandName, input: unknown, actor: Actor, id?: string): Promise<Refusal>;
  /** Hands over a system's fact, or a person's act while no worker is up: by Signal. */
  deliver(command: CommandName, input: unknown, by: SystemName | Actor, id?: string): Promise<void>;
  /** Starts the process again from what is recorded, with an act, as the API does for a claim whose process has ended. */
  resume(command: CommandName, input: unknown, actor: Actor): Promise<ActAnswer>;
  state(): Promise<ClaimState>;
  /** The rungs that were climbed, oldest first. */
  rungs(): Array<{ key: string; dueAt: string; at: string; breach: boolean }>;
  /** Lets time pass until the process has ended. */
  end(): Promise<{ claimNo: string; closedAs: string | null; version: number }>;
  /** Counts the events of a run's history by type; the newest run unless another is named. */
  history(runId?: string): Promise<Record<string, number>>;
  /** Starts the worker (again). */
  work(options?: ReportOptions['worker']): Promise<void>;
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
  /** Ends what a test left open and fails if a record was violated. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

let numbers = 0;

/** Starts server and bundle; take one per test file. */
export async function openWorld(): Promise<World> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  // One after the other: the SDK gives the server 5 seconds to start, which a bundling processor would take from it.
  const bundle = await workflowBundle();
  const env = await timeSkippingEnvironment();
  const now = async (): Promise<string> => new Date(await env.currentTimeMs()).toISOString();
  const firstYear = new Date(await env.currentTimeMs()).getUTCFullYear();
  const calendar = calendarOf(Array.from({ length: 8 }, (_, n) => ({ year: firstYear + n, version: `${firstYear + n}.1`, days: { holidays: [], makeUp: [] } })));
  const claims: Array<{ tidy(): Promise<void> }> = [];

  const world: World = {
    env, calendar, now,
    skip: (duration) => env.sleep(duration),
    async skipPast(instant) { await env.sleep(Math.max(0, Date.parse(instant) - await env.currentTimeMs()) + 1_000); },
    async monday() {
      const ms = await env.currentTimeMs();
      const week = 7 * 86_400_000;
      const firstMonday = Date.parse('1970-01-05T01:00:00Z');
      await env.sleep(week - ((ms - firstMonday) % week));
    },
    async report(options = {}) {
      const claim = await reportClaim(world, bundle, options);
      claims.push(claim);
      return claim;
    },
    async tidy() { for (const claim of claims.splice(0)) await claim.tidy(); },
    async close() { await env.teardown(); },
  };
  await world.monday();
  return world;
}

async function reportClaim(world: World, bundle: { codePath: string }, { reported = {}, rollAfter, worker: workerOptions = {}, before, working = true }: ReportOptions): Promise<TestClaim & { tidy(): Promise<void> }> {
  const { env } = world;
  const claimNo = `KP-2026-${String((process.pid % 900) * 1_000 + (numbers += 1)).padStart(6, '0')}`;
  const taskQueue = `claims-${claimNo}`;
  const at = await world.now();
  const opened = report(
    {
      claimNo, hospital: 'H001', department: DEPARTMENT, insurer: 'I001', patientId: '5a4f0d3e-6a43-4c36-9a3d-0b8a51f6f7c1', patientPersonId: patient.personId,
      outcomeType: 'minor-complication', occurredAt: at, surgeryAt: at, reportedBy: specialist.personId, channel: 'console', calendar: world.calendar, ...reported,
    },
    { id: `report-${claimNo}`, actor: specialist, receivedAt: at, saidAt: null, hash: 'report' },
  );
  const outside = createOutside(opened.events);
  before?.(outside);

  let running: { worker: Worker; run: Promise<void> } | null = null;
  let acts = 0;
  const starting = (state: ClaimState): ReturnType<typeof startOptions> => {
    const input: ClaimInput = { state, ...(rollAfter === undefined ? {} : { rollAfter }) };
    return { ...startOptions(input), args: [input], taskQueue };
  };
  const made = async (command: CommandName, input: unknown, actor: Actor, id = `${claimNo}.act-${(acts += 1)}`): Promise<Act> =>
    ({ id, command, input, actor, receivedAt: await world.now(), saidAt: null, hash: JSON.stringify({ command, input, by: actor.personId }) });
  const handle = env.client.workflow.getHandle(startOptions({ state: opened.state }).workflowId);

  const claim: TestClaim & { tidy(): Promise<void> } = {
    claimNo, outside, handle,
    async act(command, input, actor, id) {
      const act = await made(command, input, actor, id);
      return handle.executeUpdate<ActAnswer, [Act]>(command, { args: [act], updateId: act.id });
    },
    async refused(command, input, actor, id) {
      const error: unknown = await claim.act(command, input, actor, id).then((answer) => { throw new Error(`${command} was taken: version ${answer.version}`); }, (thrown: unknown) => thrown);
      const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (!(failure instanceof ApplicationFailure) || failure.details === undefined || failure.details === null) throw error;
      return failure.details[0] as Refusal;
    },
    async deliver(command, input, by, id = randomUUID()) {
      await handle.signal(DELIVER, await made(command, input, typeof by === 'string' ? system(by) : by, id));
    },
    async resume(command, input, actor) {
      const act = await made(command, input, actor);
      const { workflowIdConflictPolicy: _, ...options } = starting(rebuild(outside.events));
      return env.client.workflow.executeUpdateWithStart<Workflow, ActAnswer, [Act]>(command, {
        args: [act], updateId: act.id, startWorkflowOperation: new WithStartWorkflowOperation(CLAIM_WORKFLOW, { ...options, workflowIdConflictPolicy: 'USE_EXISTING' }),
      });
    },
    state: () => handle.query<ClaimState>(STATE),
    rungs: () => outside.events.flatMap((e) => (e.type === 'rung-climbed' ? [{ key: e.data.key, dueAt: e.data.dueAt, at: e.at, breach: e.data.breach }] : [])),
    end: () => handle.result() as Promise<{ claimNo: string; closedAs: string | null; version: number }>,
    async history(runId) {
      const { events } = await env.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
      const count: Record<string, number> = {};
      for (const event of events ?? []) {
        const type = Object.keys(event).find((key) => key.endsWith('EventAttributes') && event[key as keyof typeof event]) ?? 'unknown';
        const name = type.replace('EventAttributes', '');
        count[name] = (count[name] ?? 0) + 1;
      }
      return count;
    },
    async work(options = workerOptions) {
      const worker = await Worker.create({ connection: env.nativeConnection, namespace: 'default', taskQueue, workflowBundle: bundle, activities: activitiesOf(outside), ...options });
      running = { worker, run: worker.run() };
    },
    async rest() {
      running?.worker.shutdown();
      await running?.run;
      running = null;
    },
    async tidy() {
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.terminate('the test is over');
      await claim.rest();
      if (outside.violations.length > 0) throw new Error(`${claimNo}: ${outside.violations.join('; ')}`);
    },
  };
  await env.client.workflow.start(CLAIM_WORKFLOW, starting(opened.state));
  if (working) await claim.work();
  return claim;
}

/** How many events a history has. */
export const sizeOf = (history: Record<string, number>): number => Object.values(history).reduce((sum, n) => sum + n, 0);
