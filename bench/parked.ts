/**
 * `npm run bench:parked [-- CLAIMS]` (20 000), on a running local stack of its own (KUAIPEI_DATA): that many open claims, each waiting on its ladder.
 * Prints, for each part of them: claims started a second, resident memory of worker and Temporal, bytes on disk. Then what a round of reconciliation
 * costs that finds them an hour later, idle processor, clicks among them (act to answer), and the morning: the twelve-hour reminders of twenty thousand fall into one minute, and no rung may be late by more
 * than a minute (issue 6). What it starts it leaves there.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readSettings } from '../dev/settings';
import { NAMESPACE } from '../dev/temporal';
import { CLAIM_WORKFLOW, CLAIMS_QUEUE, type ClaimState } from '../src/domain/claim';
import { loadCalendar } from '../src/platform/published-calendar';
import { startOptions } from '../src/platform/claims/start';
import { dataConverter } from '../src/platform/codec';
import { asWorker, createDatabase } from '../src/platform/database';
import { RECONCILE_WORKFLOW, RECONCILIATION } from '../src/platform/operations/schedule';
import type { Round } from '../src/workflows/reconciliation';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { ago, aReport } from '../tests/support/journey';
import { cpuSeconds, quantile, report, residentMb, spending, tails } from './measure';
import { recorded } from './recorded';
import { inParallel, openBenchStage, type BenchStage } from './stage';

const PARTS = 10;
const HOUR_MS = 3_600_000;
/** So many rungs fall into the minute of the morning. */
const MORNING = 20_000;

const bytesIn = (folder: string): number => readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) =>
  sum + (entry.isDirectory() ? bytesIn(join(folder, entry.name)) : entry.isFile() ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.size ?? 0 : 0), 0);

/** One act after another among the parked claims: milliseconds until each was answered. */
async function clicks(stage: BenchStage, times: number): Promise<number[]> {
  const specialist = await stage.person('specialist-a-h001');
  const taken: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const claimNo = await specialist.report(aReport(800_000 + Math.floor(Math.random() * 100_000)));
    const began = performance.now();
    const { status, code } = await specialist.send(claimNo, 'submit-facts', { occurredAt: ago(60), outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 600_000 }], claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血。' });
    if (status !== 200) throw new Error(`submit-facts was answered ${status} ${code}`);
    taken.push(performance.now() - began);
  }
  return taken;
}

async function main(count: number): Promise<void> {
  const stage = await openBenchStage();
  const { stack, pids } = stage;
  const keys = openKeyFile(stack.environment['KEY_FILE'] ?? '');
  const database = createDatabase(stack.workerDatabaseUrl, { connections: 8, keys });
  const temporal = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }), namespace: NAMESPACE, dataConverter: dataConverter(keys) });
  const folder = readSettings(process.env).folder;
  const parts = { worker: [pids.worker], Temporal: [pids.temporal], PostgreSQL: [pids.postgres] };
  const rows: Array<Record<string, unknown>> = [];
  const series = 1000 + Math.floor(Math.random() * 999);
  const standing = (parked: number): Record<string, unknown> => ({ parked, 'worker MiB': residentMb(pids.worker), 'Temporal MiB': residentMb(pids.temporal), 'Temporal MB on disk': bytesIn(join(folder, 'temporal')) / 1e6, 'PostgreSQL MB on disk': bytesIn(join(folder, 'postgres')) / 1e6 });
  // Rounds have a line of their own; in the hour in which all are started each would ask every one.
  const schedule = temporal.schedule.getHandle(RECONCILIATION);
  await schedule.pause('bench');
  try {
    const calendar = await asWorker(database, (tx) => loadCalendar(tx, new Date().getUTCFullYear()));
    // The morning comes when all are parked: as long as starting the rest takes, guessed from those before.
    const first = Math.ceil(count / PARTS), inTheMorning = Math.min(MORNING, count - first);
    rows.push(standing(0));
    const beganAt = Date.now();
    let morning = 0;
    const park = async (from: number, to: number): Promise<void> => {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      const states: ClaimState[] = [];
      await inParallel(numbers, 8, async (n) => { states.push(await recorded(database, calendar, `KP-${series}-${String(n + 1).padStart(6, '0')}`, new Date(n < count - inTheMorning ? Date.now() : morning - 12 * HOUR_MS + Math.floor(60_000 * (n % 997) / 997)))); });
      await inParallel(states, 32, async (state) => { await temporal.workflow.start(CLAIM_WORKFLOW, startOptions({ state })); });
      await settled(stage, states.map(({ claimNo }) => claimNo));
    };
    for (let part = 0; part < PARTS; part += 1) {
      const from = part * first, to = Math.min(count, from + first);
      if (morning === 0 && to > count - inTheMorning) morning = Date.now() + (Date.now() - beganAt) / from * (count - from) * 1.4 + 120_000;
      const { seconds, cpu, stolen } = await spending(parts, () => park(from, to));
      rows.push({ ...standing(to), 'started/s': (to - from) / seconds, 'ms of CPU each': 1_000 * Object.values(cpu).reduce((sum, s) => sum + s, 0) / (to - from), stolen });
      console.error(rows.at(-1));
    }
    // As they stand an hour later.
    await stage.sql.query("UPDATE claim SET updated_at = now() - interval '2 hours' WHERE claim_no LIKE $1", [`KP-${series}-%`]);
    const reconciled = await spending(parts, async () => { console.error(await round(temporal)); });
    const idleFrom = cpuSeconds(pids.worker, pids.temporal, pids.postgres);
    await setTimeout(20_000);
    const idle = (cpuSeconds(pids.worker, pids.temporal, pids.postgres) - idleFrom) / 20;
    const among = tails(await clicks(stage, 40));
    console.error(`${count} parked; the morning begins in ${Math.round((morning - Date.now()) / 1_000)} s`);
    await setTimeout(Math.max(0, morning + 60_000 - Date.now()));
    const late = await climbed(stage, series, inTheMorning);
    report('parked', rows, { parked: count, idleShareOfOneCore: idle, cpuSecondsOfOneRound: reconciled.cpu, secondsOfOneRound: reconciled.seconds, clickMsAmongThem: among, rungs: late.length, lateSecondsP50: quantile(late, 0.5), lateSecondsP99: quantile(late, 0.99), lateSecondsMost: Math.max(...late), afterTheMorning: standing(count) });
  } finally {
    await schedule.unpause();
    await temporal.connection.close();
    await database.$disconnect();
    await stage.close();
  }
}

/** Until every process of these claims has asked the insurer and recorded it. */
async function settled(stage: BenchStage, claimNos: string[]): Promise<void> {
  for (;;) {
    const { rows: [row] } = await stage.sql.query<{ left: number }>("SELECT count(*)::int AS left FROM claim WHERE claim_no = ANY ($1) AND state->'eligibility' = 'null'::jsonb", [claimNos]);
    if (row!.left === 0) return;
    await setTimeout(500);
  }
}

/** One round of reconciliation: what it counted. */
async function round(temporal: Client): Promise<Round> {
  return temporal.workflow.execute<() => Promise<Round>>(RECONCILE_WORKFLOW, { workflowId: `${RECONCILIATION}-bench`, taskQueue: CLAIMS_QUEUE, args: [] });
}

/** By how many seconds the reminders of the morning came late; waits for all of them, at most ten minutes. */
async function climbed(stage: BenchStage, series: number, expected: number): Promise<number[]> {
  for (const until = Date.now() + 10 * 60_000; ;) {
    const { rows } = await stage.sql.query<{ late: number }>(
      `SELECT extract(epoch FROM e.at - (e.data->>'dueAt')::timestamptz)::float8 AS late FROM claim_event e
       WHERE e.claim_no LIKE $1 AND e.type = 'rung-climbed' AND e.data->>'rung' = 'reminded'`, [`KP-${series}-%`]);
    if (rows.length >= expected || Date.now() > until) return rows.map((row) => row.late);
    await setTimeout(2_000);
  }
}

main(Number(process.argv[2] ?? 20_000)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
