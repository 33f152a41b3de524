import { Prisma } from '../../../src/platform/database/generated/client';
import { collecting, untilFailing } from './claims';
import { openStage, UI, type Stage } from './stage';
import { createClaimProcess } from '../../../src/api/claim/process';
import type { Act } from '../../../src/domain/claim';
import { actId, facts, inDocuments, PEOPLE, SECRET } from '../../domain/claim/scenario';
import { eventually } from '../../support/parties';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
}, 120_000);
afterAll(() => stage.close());

const LATER = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

describe('issue part 9: GET /v1/ops/stuck names each open claim’s cause', () => {
  test('waiting for whom, since when, until when; no cause for attention while there is time', async () => {
    const { claimNo, reportedAt } = await stage.claim(collecting());
    const found = await stage.stuckClaim(claimNo);
    expect(found).toMatchObject({ stage: 'collecting', wantsAttention: false, breached: false, repairs: ['wait'] });
    expect(found.causes).toEqual([{
      kind: 'waiting', taskId: expect.stringContaining(claimNo), task: 'collect-facts', roles: ['specialist'],
      assignee: null, since: reportedAt, dueAt: new Date(Date.parse(reportedAt) + 24 * 3_600_000).toISOString(), provisional: false,
    }]);
    expect(found.process.temporalUi).toMatch(new RegExp(`^${UI}/namespaces/${stage.namespace}/workflows/claim%3A${claimNo}/[0-9a-f-]{36}/history$`));
  });

  test('SPEC §1.5: 24 hours after the report the task is overdue, and wants attention', async () => {
    const { claimNo } = await stage.claim(collecting(LATER(-25 * 60)));
    // The process, told late, climbs its ladder first: no step of it is in hand by then.
    const found = await eventually(async () => {
      const claim = await stage.stuckClaim(claimNo);
      return claim.breached ? claim : undefined;
    }, 20_000);
    expect(found).toMatchObject({ wantsAttention: true, cause: 'overdue', causes: [{ kind: 'overdue', task: 'collect-facts' }, ...found.causes.slice(1)] });
  });

  test('an activity that fails: its name, the type of its error, its attempts', async () => {
    await stage.insurerAway(true);
    const { claimNo } = await stage.claim(collecting());
    const failing = await untilFailing(stage, claimNo, 2);
    expect(failing).toMatchObject({ activity: 'askEligibility', errorType: 'insurer-unreachable' });
    await stage.insurerAway(false);
    await eventually(async () => ((await stage.stuckClaim(claimNo)).causes.some((one) => one.kind === 'activity-failing') ? undefined : true), 20_000);
  });

  test('reported but not started yet: since when, and why', async () => {
    const { claimNo, hospital, department, insurer } = await stage.record(collecting());
    await stage.database.outbox.create({ data: { kind: 'start-claim', key: `start:${claimNo}`, claimNo, hospital, department, insurer, payload: {}, attempts: 3, lastError: 'UNAVAILABLE' } });
    expect((await stage.stuckClaim(claimNo)).causes).toContainEqual({ kind: 'not-started', since: expect.any(String), attempts: 3, lastError: 'UNAVAILABLE' });
    expect((await stage.stuckClaim(claimNo)).causes.map((one) => one.kind)).not.toContain('workflow-missing');
  });

  test('a process that is missing, and one ended by hand', async () => {
    const missing = await stage.record(collecting());
    const ended = await stage.claim(collecting());
    await stage.process(ended.claimNo).terminate('by hand');
    expect(await stage.stuckClaim(missing.claimNo)).toMatchObject({ causes: [{ kind: 'workflow-missing' }, expect.anything()], repairs: ['reconcile'] });
    expect((await stage.stuckClaim(ended.claimNo)).causes).toContainEqual({ kind: 'workflow-ended', how: 'terminated', at: expect.any(String) });
  });

  test('SPEC §1.5: a due date in a year without a notice is provisional, and the year is named', async () => {
    const { claimNo } = await stage.claim(inDocuments({ at: new Date().toISOString(), years: [2018] }));
    const found = await stage.stuckClaim(claimNo);
    const calendar = found.causes.find((one) => one.kind === 'calendar-unknown');
    expect(calendar?.years).toContain(new Date(Date.now() + 8 * 3_600_000).getUTCFullYear());
    expect(found.wantsAttention).toBe(true);
  });

  test('marked stuck by its own process: the cause and since when', async () => {
    const { claimNo } = await stage.record(collecting());
    await stage.database.$executeRaw`UPDATE claim SET stuck = true, stuck_cause = 'bank: bank-unreachable', state = state || '{"stuck": {"cause": "bank: bank-unreachable", "since": "2026-03-02T02:00:00.000Z"}}' WHERE claim_no = ${claimNo}`;
    expect((await stage.stuckClaim(claimNo)).causes).toContainEqual({ kind: 'marked-stuck', cause: 'bank: bank-unreachable', since: '2026-03-02T02:00:00.000Z' });
  });

  test('pages by claim number, each claim once', async () => {
    const all = (await stage.stuck()).claims.map((one) => one.claimNo);
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await stage.stuck({ after, limit: 2 });
      seen.push(...page.claims.map((one) => one.claimNo));
      ({ next: after } = page);
      more = after !== null;
    }
    expect(seen).toEqual(all);
  });

  test('SPEC §1.2: operations see ids, stages, codes and times; nothing personal', async () => {
    expect(JSON.stringify(await stage.stuck())).not.toContain(SECRET);
  });

  test('no worker: since it was last seen, and since when work lies there', async () => {
    await stage.stopWorker();
    const { claimNo } = await stage.claim(collecting());
    const found = await stage.stuckClaim(claimNo, LATER(3));
    expect(found).toMatchObject({ wantsAttention: true });
    expect(found.causes).toContainEqual({ kind: 'no-worker', taskQueue: 'claims', since: expect.any(String) });
    await stage.startWorker();
    await eventually(async () => ((await stage.stuckClaim(claimNo)).causes.some((one) => one.kind === 'no-worker') ? undefined : true), 20_000);
  });

  test('issue 6, task queues by kind of work: a claim that waits for an outside party names the queue without a worker; one that does not is not concerned', async () => {
    await stage.stopWorker();
    const asking = await stage.startWorkerThatAsks();
    const { claimNo } = await stage.claim(collecting());
    const lying = await eventually(async () => (await stage.stuckClaim(claimNo, LATER(3))).causes.find((one) => one.kind === 'no-worker' && one.taskQueue === 'outside'), 20_000);
    expect(lying).toEqual({ kind: 'no-worker', taskQueue: 'outside', since: expect.any(String) });
    const { claims } = await stage.stuck({ now: LATER(3) });
    const concerned = claims.filter(({ causes }) => causes.some((one) => one.kind === 'no-worker' && one.taskQueue === 'outside')).map((one) => one.claimNo);
    expect(concerned).toContain(claimNo);
    const answered = await stage.database.claim.findMany({ where: { claimNo: { in: claims.map((one) => one.claimNo) }, NOT: { state: { path: ['eligibility'], equals: Prisma.AnyNull } } }, select: { claimNo: true } });
    expect(answered.length).toBeGreaterThan(0);
    expect(answered.filter((one) => concerned.includes(one.claimNo))).toEqual([]);
    await asking.end();
    await stage.process(claimNo).terminate('its code was a test\'s');
    await stage.startWorker();
  });

  test('a process that a fault in the code keeps from running: the attempts; SPEC §3: an act on it is kept, and done when a mended worker is there', async () => {
    await stage.stopWorker();
    const state = await stage.claim(collecting());
    const broken = await stage.startBrokenWorker();
    const act: Act = { id: actId(), command: 'submit-facts', input: facts(), actor: PEOPLE.specialist, receivedAt: new Date().toISOString(), saidAt: null, hash: 'h' };
    try {
      const failing = () => stage.stuckClaim(state.claimNo).then(({ causes }) => causes.find((one) => one.kind === 'workflow-task-failing'));
      expect((await eventually(failing, 20_000)).attempts).toBeGreaterThan(1);
      // From its third failure on the server takes no Update for it.
      await eventually(async () => ((await failing())?.attempts ?? 0) > 3 || undefined, 40_000);
      expect(await createClaimProcess(stage.temporal).perform(act, state)).toEqual({ kind: 'queued' });
    } finally {
      await broken.end();
    }
    await stage.startWorker();
    await eventually(async () => (await stage.database.claimEvent.count({ where: { claimNo: state.claimNo, actId: act.id } })) > 0 || undefined, 40_000);
  }, 120_000);
});
