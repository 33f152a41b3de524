/**
 * `npm run bench:starts [-- --claims 5000] [--acts 200]`: how long it takes until everything is there (again). On servers of its own: API and worker from nothing to
 * serving, first and again, with and without the bundle; replay of the longest recorded claim and of a claim with many acts, beside a bare workflow with as many events;
 * a worker killed (SIGKILL) with thousands of claims in flight, each of which something is due for when it is back; the claim page beside plain Express and plain `pg`.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import type { temporal } from '@temporalio/proto';
import { bundleWorkflows } from '../dev/bundle';
import { freePort } from '../dev/ports';
import { CLAIM_WORKFLOW, claimWorkflowId, type ClaimState } from '../src/domain/claim';
import { startOptions } from '../src/platform/claims/start';
import { loadCalendar } from '../src/platform/published-calendar';
import { asWorker } from '../src/platform/database';
import { fromText } from '../tests/histories/file';
import { openServers } from '../tests/support/servers';
import type { TestStack } from '../tests/support/stack';
import { quantile, report, spending } from './measure';
import type { BareActivities } from './bare/worker';
import { actUpdate, bare, callSignal } from './bare/workflow';
import { recorded } from './recorded';
import { inParallel } from './stage';

type History = temporal.api.history.v1.IHistory;
type Row = Record<string, unknown>;
const root = resolve(__dirname, '..');
const HISTORIES = join(root, 'tests/histories/claim');
const REPLAYS = 20;
const HOUR_MS = 3_600_000;
/** Plants and starts so many claims side by side. */
const ABREAST = 32;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { claims: { type: 'string', default: '5000' }, acts: { type: 'string', default: '200' }, reads: { type: 'string', default: '1000' } } });
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const servers = await openServers();
  process.env['KUAIPEI_TEST_SERVERS'] = servers.url;
  const { startStack } = await import('../tests/support/stack.js');
  try {
    const { result: rows, stolen } = await spending({}, async () => {
      const found: Row[] = [];
      // As it comes: the whole takes long.
      const add = (rows: Row[]): void => { for (const row of rows) { console.log(JSON.stringify(row)); found.push(row); } };
      add(await modules());
      const stack = await startStack();
      try {
        add(await starts(stack));
        add(await replays(stack, Number(values.acts)));
        add(await recovery(stack, Number(values.claims)));
        add(await reads(stack, Number(values.reads)));
      } finally {
        await stack.close();
      }
      return found;
    });
    report('starts', rows, { stolen });
  } finally {
    await servers.stop();
  }
}

/** A fresh process that only loads the code of a program, from its sources and (after `npm run build`) as it is deployed. */
async function modules(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, args] of [['nothing', ['-e', '0']], ['API\'s modules, sources', ['--import', 'tsx', '-e', "require('./src/api/main')"]], ['worker\'s modules, sources', ['--import', 'tsx', '-e', "require('./worker')"]],
    ['API\'s modules, built', ['-e', "require('./build/src/api/main')"]], ['worker\'s modules, built', ['-e', "require('./build/worker')"]]] as Array<[string, string[]]>) {
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const began = performance.now();
      const code = await new Promise((done) => { spawn(process.execPath, args, { cwd: root, stdio: 'ignore' }).once('exit', done); });
      if (code === 0) times.push(performance.now() - began);
    }
    if (times.length > 0) rows.push({ what: `load ${what}`, 'first ms': Math.round(times[0]!), 'again ms': Math.round(Math.min(...times.slice(1))) });
  }
  return rows;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}

/** From the command to the first answer (API) or poll (worker). */
async function starts(stack: TestStack): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of ['api', 'worker'] as const) {
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await stack.stop(part);
      times.push(await timed(() => stack.start(part)));
    }
    rows.push({ what: `start ${part}, sources`, 'first ms': times[0], 'again ms': Math.min(...times.slice(1)) });
  }
  const entry = join(root, 'src/workflows/index.ts');
  rows.push({ what: 'bundle the workflows, saved by the prebuilt bundle', 'first ms': await timed(() => bundleWorkflowCode({ workflowsPath: entry, logger: new DefaultLogger('ERROR') })) });
  return rows;
}

/** Milliseconds of each replay after the first, which also loads the bundle. */
async function replay(options: ReplayWorkerOptions, history: History, name: string): Promise<Row> {
  const times: number[] = [];
  for (let n = 0; n < REPLAYS; n += 1) times.push(await timed(() => Worker.runReplayHistory(options, history)));
  const events = history.events?.length ?? 0, ms = quantile(times.slice(1), 0.5);
  return { what: `replay ${name}`, events, ms, 'events/s': Math.round(events / ms * 1000) };
}

async function replays(stack: TestStack, acts: number): Promise<Row[]> {
  // What a claim keeps is sealed.
  const ours = { workflowBundle: { codePath: await bundleWorkflows() }, dataConverter: { payloadCodecs: stack.temporal.options.loadedDataConverter.payloadCodecs } };
  const longest = readdirSync(HISTORIES).sort((a, b) => statSync(join(HISTORIES, b)).size - statSync(join(HISTORIES, a)).size)[0]!;
  const rows = [await replay(ours, fromText(readFileSync(join(HISTORIES, longest), 'utf8')), longest)];

  const [state] = await plant(stack, 1, 900_000, new Date().toISOString());
  await startClaims(stack, [state!]);
  const specialist = await stack.person('specialist-a-h001');
  for (let n = 0; n < acts; n += 1) await specialist.act(state!.claimNo, n % 2 === 0 ? 'claim-task' : 'release-task', { taskId: state!.tasks[0]!.taskId });
  rows.push(await replay(ours, await stack.temporal.workflow.getHandle(claimWorkflowId(state!.claimNo)).fetchHistory(), `of a claim with ${acts} acts`));

  const bareCode = await bundleWorkflowCode({ workflowsPath: join(__dirname, 'bare/workflow.ts'), logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: (stack.temporal.connection as unknown as { options: { address: string } }).options.address });
  const taskQueue = `bare-${randomUUID()}`;
  // The stack's own client seals what it sends; the reference does not.
  const plain = new Client({ connection: stack.temporal.connection, namespace: stack.temporal.options.namespace });
  const worker = await Worker.create({ connection, namespace: stack.temporal.options.namespace, taskQueue, workflowBundle: bareCode, activities: { write: () => Promise.resolve() } satisfies BareActivities });
  const history = await worker.runUntil(async () => {
    const handle = await plain.workflow.start(bare, { taskQueue, workflowId: taskQueue, args: [{ id: taskQueue, acts, local: false }] });
    for (let n = 0; n < acts; n += 1) await handle.executeUpdate(actUpdate, { args: ['act'] });
    await handle.signal(callSignal);
    await handle.result();
    return handle.fetchHistory();
  });
  await connection.close();
  return [...rows, await replay({ workflowBundle: bareCode }, history, `of a bare workflow with ${acts} acts`)];
}

/** Claims reported at that time; their processes are not started. */
async function plant(stack: TestStack, count: number, from: number, at: string): Promise<ClaimState[]> {
  const calendar = await asWorker(stack.database, (tx) => loadCalendar(tx, new Date(at).getUTCFullYear()));
  const states: ClaimState[] = [];
  await inParallel(Array.from({ length: count }, (_, n) => `KP-2026-${String(from + n).padStart(6, '0')}`), ABREAST, async (claimNo) => {
    states.push(await recorded(stack.database, calendar, claimNo, new Date(at)));
  });
  // Nobody is told of them here.
  await stack.database.$executeRaw`UPDATE outbox SET done_at = now() WHERE kind = 'notice' AND done_at IS NULL`;
  return states;
}

async function startClaims(stack: TestStack, states: ClaimState[]): Promise<void> {
  await inParallel(states, ABREAST, async (state) => { await stack.temporal.workflow.start(CLAIM_WORKFLOW, startOptions({ state })); });
}

/** Reported so long ago that the 12-hour rung comes while the worker is away: each claim has a timer that has fired when it returns, and has moved when the rung is recorded. */
async function recovery(stack: TestStack, count: number): Promise<Row[]> {
  const lead = 60_000 + count * 60;
  const rung = Date.now() + lead;
  const states = await plant(stack, count, 1, new Date(rung - 12 * HOUR_MS).toISOString());
  const startMs = await timed(() => startClaims(stack, states));
  const counted = async (query: string): Promise<number> => (await stack.database.$queryRawUnsafe<[{ n: number }]>(`SELECT count(*)::int AS n FROM ${query}`))[0].n;
  // Each has asked the insurer and waits.
  while (await counted("claim WHERE state->'eligibility' = 'null'::jsonb") > 0 && Date.now() < rung - 5_000) await setTimeout(500);
  const moved = (): Promise<number> => counted("claim_event WHERE type = 'rung-climbed' AND data->>'rung' = 'reminded'");
  const before = await moved();
  await stack.kill('worker');
  await setTimeout(Math.max(0, rung - Date.now()) + 5_000);
  const began = performance.now();
  const startsIn = timed(() => stack.start('worker'));
  const seconds: Record<string, number> = {};
  for (let now = before; now < before + count && performance.now() - began < 600_000;) {
    await setTimeout(200);
    now = await moved();
    for (const share of [0.01, 0.5, 0.95, 1]) if (now >= before + count * share) seconds[`${100 * share} %`] ??= Math.round((performance.now() - began) / 100) / 10;
  }
  return [{ what: `worker killed with ${count} claims in flight`, 'start of all ms': startMs, 'worker up ms': await startsIn, ...Object.fromEntries(Object.entries(seconds).map(([share, s]) => [`${share} moved after s`, s])) }];
}

/** The claim page and the inbox, and the same rows by plain Express and plain `pg`, each a process of its own: requests for each second of its processor time. */
async function reads(stack: TestStack, count: number): Promise<Row[]> {
  const [state] = await plant(stack, 1, 800_000, new Date().toISOString());
  const person = await stack.person('reviewer-a-i001');
  const port = await freePort();
  const plain = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'plain.ts'), stack.databaseUrl, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(plain.stdout, 'data');
  const [api] = await stack.processes('api');
  const rows: Row[] = [];
  for (const path of [`/v1/claims/${state!.claimNo}`, '/v1/tasks?limit=50']) {
    const ours = await spending({ serving: [api!] }, async () => { for (let n = 0; n < count; n += 1) await person.get(path); });
    const theirs = await spending({ serving: [plain.pid!] }, async () => { for (let n = 0; n < count; n += 1) await (await fetch(`http://127.0.0.1:${port}${path}`)).text(); });
    rows.push({ what: `GET ${path.replace(/KP-.*/, '{claimNo}')}`, 'requests per CPU s': Math.round(count / ours.cpu['serving']!), 'by plain Express': Math.round(count / theirs.cpu['serving']!), ratio: theirs.cpu['serving']! / ours.cpu['serving']! });
  }
  plain.kill();
  return rows;
}

main().then(() => process.exit(process.exitCode ?? 0), (error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exit(1);
});
