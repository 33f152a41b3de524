import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Client as PgClient } from 'pg';
import { claimWorkflowId, decide, DELIVER, STATE, type Act, type ClaimState } from '../../../src/domain/claim';
import { createReconciliationActivities } from '../../../src/activities/reconciliation';
import type { Walk } from '../../../src/platform/operations/compare';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { ensureReconciliation, RECONCILIATION } from '../../../src/platform/operations/schedule';
import { closedPaid, ELIGIBLE, facts, inDocuments, PEOPLE } from '../../domain/claim/scenario';
import { plantFiles } from '../../platform/database/rows';
import { collecting, yearsAround } from '../../platform/operations/claims';
import { openStage, type Stage } from '../../platform/operations/stage';
import { eventually } from '../../support/parties';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
}, 120_000);
afterAll(() => stage.close());

const open = async (claimNo: string) => (await stage.differences(claimNo)).filter((one) => one.resolvedAt === null).map(({ kind, detail }) => ({ kind, detail }));
const running = async (claimNo: string): Promise<ClaimState> => stage.process(claimNo).query<ClaimState>(STATE);
const recorded = async (claimNo: string) => stage.database.claim.findUniqueOrThrow({ where: { claimNo }, include: { deadlines: { orderBy: { clock: 'asc' } } } });
/** Until the process has done and recorded what it does at first: asking the insurer. */
const settled = async (claimNo: string): Promise<ClaimState> => eventually(async () => {
  const state = await running(claimNo);
  return state.eligibility !== null && (await recorded(claimNo)).version === state.version ? state : undefined;
}, 20_000);
const act = (command: string, input: unknown, over: Partial<Act> = {}): Act =>
  ({ id: randomUUID(), command, input, actor: PEOPLE.specialist, receivedAt: new Date().toISOString(), saidAt: null, hash: 'h', ...over });
const later = (): Date => new Date(Date.now() + 2 * 60_000);
const reconcileAt = (now: Date): Promise<unknown> => {
  const { reconcileClaims } = createReconciliationActivities({ database: stage.database, temporal: stage.temporal, now: () => now });
  return inActivity(() => reconcileClaims({ roundStartedAt: new Date().toISOString() }));
};
/** Another transaction that will not let the claim's row go. */
async function holdRow(claimNo: string): Promise<{ release(): Promise<void> }> {
  const client = new PgClient({ connectionString: stage.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM claim WHERE claim_no = $1 FOR UPDATE', [claimNo]);
  return { release: () => client.end() };
}
/** Runs what the worker would run, with the heartbeat of an earlier attempt. */
const inActivity = <T>(work: () => Promise<T>, heartbeatDetails?: Walk): Promise<T> => new MockActivityEnvironment({ heartbeatDetails }).run(work);

describe('issue part 9: a schedule compares processes with records', () => {
  test('nothing is raised where they agree', async () => {
    const { claimNo } = await stage.claim(collecting());
    await settled(claimNo);
    expect(await stage.round()).toMatchObject({ claims: 1, processes: 1, differences: 0, restarted: 0 });
    expect(await stage.differences(claimNo)).toEqual([]);
  });

  test('a process terminated by hand is raised first, rebuilt a round later, with its deadlines as they were', async () => {
    const { claimNo } = await stage.claim(inDocuments({ at: new Date().toISOString(), years: yearsAround() }));
    const before = await settled(claimNo);
    const { deadlines } = await recorded(claimNo);
    await stage.process(claimNo).terminate('by hand');

    expect(await stage.round()).toMatchObject({ restarted: 0 });
    expect(await open(claimNo)).toEqual([{ kind: 'workflow-ended', detail: { how: 'terminated', at: expect.any(String), version: before.version } }]);
    expect(await stage.round()).toMatchObject({ restarted: 1 });
    expect(await stage.differences(claimNo)).toEqual([{ kind: 'workflow-ended', detail: expect.objectContaining({ resolution: 'restarted' }), resolvedAt: expect.any(Date) }]);

    const after = await running(claimNo);
    expect(after).toEqual(before);
    expect((await recorded(claimNo)).deadlines).toEqual(deadlines);
    // It takes acts again.
    await stage.process(claimNo).executeUpdate('declare-gap', { args: [act('declare-gap', { kind: 'witness-pack', reason: 'lost' }, { actor: PEOPLE.liaison })] });
    expect((await recorded(claimNo)).version).toBeGreaterThan(before.version);
  });

  test('SPEC §3: an act kept for a process that was ended before a worker came is done by the one that follows', async () => {
    const { claimNo, hospital, department, insurer } = await stage.claim(collecting());
    await settled(claimNo);
    await stage.stopWorker();
    const kept = act('submit-facts', facts({ at: new Date().toISOString() }));
    const refusedBefore = act('submit-facts', facts({ at: new Date().toISOString() }));
    await stage.process(claimNo).signal(DELIVER, kept);
    await stage.process(claimNo).signal(DELIVER, refusedBefore);
    const row = { claimNo, hospital, department, insurer, command: 'submit-facts', bodyHash: 'h', personId: PEOPLE.specialist.personId, at: new Date() };
    await stage.database.act.createMany({ data: [{ ...row, id: kept.id, status: 'queued' }, { ...row, id: refusedBefore.id, status: 'refused' }] });
    await stage.process(claimNo).terminate('by hand');
    await stage.startWorker();
    await stage.round();
    await stage.round();
    await eventually(async () => ((await recorded(claimNo)).stage === 'documents' ? true : undefined), 20_000);
    expect(await stage.database.act.findMany({ where: { claimNo }, select: { id: true, status: true }, orderBy: { status: 'asc' } })).toEqual([{ id: kept.id, status: 'done' }, { id: refusedBefore.id, status: 'refused' }]);
  });

  test('a claim whose process was deleted is raised, and started a round later', async () => {
    const { claimNo } = await stage.claim(collecting());
    await settled(claimNo);
    await stage.temporal.workflowService.deleteWorkflowExecution({ namespace: stage.namespace, workflowExecution: { workflowId: claimWorkflowId(claimNo) } });
    await eventually(async () => ((await stage.stuckClaim(claimNo)).causes.some((one) => one.kind === 'workflow-missing') ? true : undefined), 20_000);
    await stage.round();
    expect(await open(claimNo)).toEqual([{ kind: 'workflow-missing', detail: { version: expect.any(Number) } }]);
    await stage.round();
    expect(await open(claimNo)).toEqual([]);
    expect((await running(claimNo)).claimNo).toBe(claimNo);
  });

  test('a claim that waits in the outbox to be started is not missing', async () => {
    const { claimNo, hospital, department, insurer } = await stage.record(collecting());
    await stage.database.outbox.create({ data: { kind: 'start-claim', key: `start:${claimNo}`, claimNo, hospital, department, insurer, payload: {} } });
    await stage.round();
    await stage.round();
    expect(await stage.differences(claimNo)).toEqual([]);
    await stage.database.outbox.updateMany({ where: { claimNo }, data: { doneAt: new Date() } });
  });

  test('a process without a claim is raised, and closed when it has gone', async () => {
    const claimNo = 'KP-2026-999999';
    await stage.start({ ...collecting().state, claimNo });
    await eventually(async () => {
      await stage.round();
      return (await open(claimNo)).length > 0 ? true : undefined;
    }, 30_000);
    expect(await open(claimNo)).toEqual([{ kind: 'claim-missing', detail: {} }]);
    await stage.process(claimNo).terminate('not ours');
    await stage.round();
    expect(await stage.differences(claimNo)).toEqual([{ kind: 'claim-missing', detail: { resolution: 'gone' }, resolvedAt: expect.any(Date) }]);
  });

  test('a process that did not end with its claim is raised, and closed when it has ended', async () => {
    const { claimNo } = await stage.record(closedPaid());
    const { reconcileProcesses } = createReconciliationActivities({ database: stage.database, temporal: stage.temporal });
    await stage.stopWorker();
    await stage.start({ ...collecting().state, claimNo });
    await eventually(async () => {
      await inActivity(reconcileProcesses);
      return (await open(claimNo)).length > 0 ? true : undefined;
    }, 20_000);
    expect(await open(claimNo)).toEqual([{ kind: 'workflow-not-ended', detail: { closedAt: expect.any(String) } }]);
    await stage.process(claimNo).terminate('ended by hand');
    await inActivity(reconcileProcesses);
    expect(await open(claimNo)).toEqual([]);
    await stage.startWorker();
  });

  test.each([
    ['the row behind its log', 'log-differs', (claimNo: string) => stage.database.$executeRaw`UPDATE claim SET version = version - 1 WHERE claim_no = ${claimNo}`, { claim: expect.any(Number), log: expect.any(Number) }],
    ['the row altered by hand', 'state-differs', (claimNo: string) => stage.database.$executeRaw`UPDATE claim SET state = state || '{"askedFen": 1}' WHERE claim_no = ${claimNo}`, { version: expect.any(Number), fields: ['askedFen'] }],
  ])('%s is raised, names no values, and is not repaired by guessing', async (_, kind, damage, detail) => {
    const { claimNo } = await stage.claim(collecting());
    await settled(claimNo);
    await damage(claimNo);
    await stage.round();
    await stage.round();
    expect(await open(claimNo)).toEqual([{ kind, detail }]);
  });

  test('a process whose record is held up is raised after a minute, and closed when the record has caught up', async () => {
    const { claimNo } = await stage.claim(collecting());
    await settled(claimNo);
    const lock = await holdRow(claimNo);
    try {
      const doing = stage.process(claimNo).startUpdate('submit-facts', { args: [act('submit-facts', facts({ at: new Date().toISOString() }))], waitForStage: 'ACCEPTED' });
      doing.catch(() => undefined);
      await eventually(async () => ((await stage.stuckClaim(claimNo, later())).causes.some((one) => one.kind === 'not-getting-through') ? true : undefined), 20_000);
      expect((await stage.stuckClaim(claimNo)).causes.map((one) => one.kind)).toEqual(['waiting']);

      // At once it is in hand; two minutes later it is not.
      await reconcileAt(new Date());
      expect(await open(claimNo)).toEqual([]);
      await reconcileAt(later());
      // A query gets through only when it meets the worker between two heartbeats of its step.
      const raised = await open(claimNo);
      expect(raised).toHaveLength(1);
      expect(['workflow-unreadable', 'workflow-ahead']).toContain(raised[0]?.kind);
    } finally {
      await lock.release();
    }
    await eventually(async () => ((await recorded(claimNo)).stage === 'documents' ? true : undefined), 30_000);
    await stage.round();
    expect(await open(claimNo)).toEqual([]);
  });

  test('a process that is ahead of its record for more than a minute is raised with both versions', async () => {
    const reported = await stage.record(collecting());
    const { claimNo } = reported;
    const decided = decide(reported, act('submit-facts', facts({ at: new Date().toISOString() })));
    if (decided.kind !== 'done') throw new Error('submit-facts was not taken');
    // Started from a state that was never recorded.
    await stage.start({ ...decided.state, eligibility: { ...ELIGIBLE, limitLeftFen: null, at: decided.state.lastEventAt } });
    await eventually(async () => ((await running(claimNo)).stage === 'documents' ? true : undefined), 20_000);
    await reconcileAt(new Date());
    expect(await open(claimNo)).toEqual([]);
    await reconcileAt(later());
    expect(await open(claimNo)).toEqual([{ kind: 'workflow-ahead', detail: { workflow: decided.state.version, claim: reported.version, since: decided.state.lastEventAt } }]);
  });

  test('a claim that is ahead of its process is raised at once', async () => {
    const state = await stage.record(inDocuments({ at: new Date().toISOString(), years: yearsAround() }));
    await stage.start({ ...state, version: state.version - 1, eligibility: { ...ELIGIBLE, limitLeftFen: null, at: state.lastEventAt } });
    await eventually(async () => running(state.claimNo).then(() => true, () => undefined), 20_000);
    await reconcileAt(new Date());
    expect(await open(state.claimNo)).toEqual([{ kind: 'claim-ahead', detail: { workflow: state.version - 1, claim: state.version } }]);
    // And the process goes on from the record.
    await eventually(async () => ((await running(state.claimNo)).version === state.version ? true : undefined), 20_000);
    await reconcileAt(new Date());
    expect(await open(state.claimNo)).toEqual([]);
  });

  test('issue 6, a hundred thousand: a process that has not moved for an hour is asked in one round of a day; in every round what Temporal lists of it is compared', async () => {
    const { claimNo } = await stage.claim(collecting());
    await settled(claimNo);
    const anHourOn = Date.now() + 61 * 60_000;
    const rounds = Array.from({ length: 144 }, (_, n) => new Date(anHourOn + n * 600_000));
    const [row] = await stage.database.$queryRaw<Array<{ turn: number }>>`SELECT (hashtext(${claimNo}) & 2147483647) % 144 AS turn`;
    const its = rounds.find((at) => Math.floor(at.getTime() / 600_000) % 144 === row!.turn)!, another = rounds.find((at) => at !== its)!;
    const round = (at: Date): Promise<unknown> => {
      const { reconcileClaims } = createReconciliationActivities({ database: stage.database, temporal: stage.temporal });
      return inActivity(() => reconcileClaims({ roundStartedAt: at.toISOString() }));
    };
    await stage.database.$executeRaw`UPDATE claim SET state = state || '{"askedFen": 1}' WHERE claim_no = ${claimNo}`;
    await round(another);
    expect(await open(claimNo)).toEqual([]);
    await round(its);
    expect(await open(claimNo)).toMatchObject([{ kind: 'state-differs' }]);
    // What stands open is looked at again, and closed when it has gone.
    await stage.database.$executeRaw`UPDATE claim SET state = jsonb_set(state, '{askedFen}', 'null') WHERE claim_no = ${claimNo}`;
    await round(another);
    expect(await open(claimNo)).toEqual([]);

    await stage.process(claimNo).terminate('by hand');
    await eventually(async () => {
      await round(another);
      return (await stage.differences(claimNo)).some((one) => one.kind === 'workflow-ended') ? true : undefined;
    }, 20_000);
  });

  test('the walk goes on from where it was interrupted', async () => {
    const { reconcileClaims } = createReconciliationActivities({ database: stage.database, temporal: stage.temporal });
    const all = (await stage.database.claim.findMany({ where: { stage: { not: 'closed' } }, select: { claimNo: true }, orderBy: { claimNo: 'asc' } })).map(({ claimNo }) => claimNo);
    const cursor = all[2]!;
    const walk = await inActivity(() => reconcileClaims({ roundStartedAt: new Date().toISOString() }), { cursor, compared: 5, raised: 1, restarted: 0 });
    expect(walk).toMatchObject({ compared: 5 + all.filter((one) => one > cursor).length });
  });

  test('SPEC §3: after all of it the log is whole', async () => {
    expect(await verifyAudit(stage.database)).toMatchObject({ broken: { field: 'tail' } });
    await stage.database.$executeRaw`UPDATE claim SET version = (SELECT max(version) FROM claim_event e WHERE e.claim_no = claim.claim_no)`;
    await plantFiles(stage.database);
    expect(await verifyAudit(stage.database)).toMatchObject({ broken: null });
  });
});

describe('SPEC §1.5: a provisional date is recomputed when the notice comes', () => {
  test('a published year reaches the open claims, moves their dates and their rows, and is told once', async () => {
    const { claimNo } = await stage.claim(inDocuments({ at: new Date().toISOString(), years: [2018] }));
    await settled(claimNo);
    const before = await recorded(claimNo);
    expect(before.provisional).toBe(true);
    // Each of the next weekdays is off: the three working days begin after them.
    const days = Array.from({ length: 20 }, (_, i) => new Date(Date.now() + 8 * 3_600_000 + (i + 1) * 86_400_000));
    const off = days.filter((day) => day.getUTCDay() % 6 !== 0).map((day) => day.toISOString().slice(0, 10));
    const year = Number(new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 4));
    for (const one of [year, year + 1]) {
      await stage.database.calendarYear.create({
        data: { year: one, version: `${one}.9`, source: 'a test', publishedAt: new Date(), days: { holidays: off.filter((day) => day.startsWith(`${one}-`)), makeUp: [] } },
      });
    }
    expect(await stage.round()).toMatchObject({ toldOfCalendar: expect.any(Number) });
    const after = await eventually(async () => {
      const row = await recorded(claimNo);
      return row.provisional ? undefined : row;
    }, 20_000);
    expect(after.nextDeadline!.getTime()).toBeGreaterThan(before.nextDeadline!.getTime());
    expect(after.deadlines.every((one) => one.calendarVersion.endsWith(`+${year}.9+${year + 1}.9`))).toBe(true);
    const known = after.version;
    await stage.round();
    expect((await recorded(claimNo)).version).toBe(known);
  });

  test('a malformed year fails its own part only, by name; the others are done', async () => {
    const year = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear();
    await stage.database.calendarYear.updateMany({ where: { year }, data: { days: { holidays: ['nonsense'], makeUp: [] } } });
    const { tellCalendar } = createReconciliationActivities({ database: stage.database, temporal: stage.temporal });
    await expect(inActivity(() => tellCalendar())).rejects.toThrow(new RegExp(`calendar_year ${year}`));
    await stage.database.calendarYear.updateMany({ where: { year }, data: { days: { holidays: [], makeUp: [] } } });
  });
});

test('keys of acts are forgotten after 30 days; one that still waits for its worker is kept', async () => {
  const { claimNo, hospital, department, insurer } = await stage.record(collecting());
  const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000);
  const row = { claimNo, hospital, department, insurer, command: 'approve', bodyHash: 'h', personId: 'P-1' };
  await stage.database.act.createMany({ data: [
    { ...row, id: 'old-done', at: ago(31), status: 'done' }, { ...row, id: 'old-queued', at: ago(31), status: 'queued' }, { ...row, id: 'young-done', at: ago(29), status: 'done' },
  ] });
  expect(await stage.round()).toMatchObject({ actsForgotten: 1 });
  expect((await stage.database.act.findMany({ where: { claimNo }, select: { id: true }, orderBy: { id: 'asc' } })).map(({ id }) => id)).toEqual(['old-queued', 'young-done']);
});

test('the schedule is made once, every ten minutes, never over itself, and stays as operations left it', async () => {
  await ensureReconciliation(stage.temporal);
  // The stage paused it.
  const { spec, policies, state } = await stage.temporal.schedule.getHandle(RECONCILIATION).describe();
  expect({ every: spec.intervals?.[0]?.every, overlap: policies.overlap, paused: state.paused }).toEqual({ every: 600_000, overlap: 'SKIP', paused: true });
});
