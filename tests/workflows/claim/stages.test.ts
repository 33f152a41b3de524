import { agenda, type AgendaItem, type Stage } from '../../../src/domain/claim';
import { openWorld, type TestClaim, type World } from './harness';
import { approver, liaison, maker, mediator, medicalAffairs, otherApprover, patient, reviewer, senior } from './people';
import { ASKED, decide, documentOf, pay, recommend, submitFacts, toAcceptance, toApproval, toDispute, toInvestigation, toPayment, toReview, uploadAll } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

interface Case { stage: Stage; outcome: string; to: Stage; reach(claim: TestClaim): Promise<void>; leave(claim: TestClaim): Promise<void> }

/** SPEC §1.1, the column "leaves by": how each stage is reached and left by each outcome that people bring about. */
const CASES: Case[] = [
  { stage: 'collecting', outcome: 'facts-submitted', to: 'documents', reach: async () => undefined, leave: (claim) => submitFacts(claim) },
  { stage: 'documents', outcome: 'file-complete', to: 'acceptance', reach: (claim) => submitFacts(claim), leave: (claim) => uploadAll(claim) },
  { stage: 'acceptance', outcome: 'accepted', to: 'review', reach: (claim) => toAcceptance(claim), leave: async (claim) => { await claim.act('accept-file', {}, reviewer); } },
  { stage: 'acceptance', outcome: 'asked', to: 'supplement', reach: (claim) => toAcceptance(claim), leave: async (claim) => { await claim.act('ask-supplement', ASKED, reviewer); } },
  { stage: 'review', outcome: 'recommended', to: 'approval', reach: (claim) => toReview(claim), leave: (claim) => recommend(claim) },
  { stage: 'review', outcome: 'asked', to: 'supplement', reach: (claim) => toReview(claim), leave: async (claim) => { await claim.act('ask-supplement', ASKED, reviewer); } },
  { stage: 'review', outcome: 'risk-found', to: 'investigation', reach: (claim) => toReview(claim), leave: async (claim) => { await claim.act('open-investigation', { reason: 'event-doubtful' }, reviewer); } },
  { stage: 'investigation', outcome: 'findings', to: 'review', reach: toInvestigation, leave: async (claim) => { await claim.act('close-investigation', { finding: 'no-fraud', note: '经核实' }, senior); } },
  { stage: 'approval', outcome: 'approved', to: 'payment', reach: (claim) => toApproval(claim), leave: (claim) => decide(claim) },
  { stage: 'approval', outcome: 'rejected', to: 'closed', reach: (claim) => toApproval(claim, 0), leave: (claim) => decide(claim) },
  { stage: 'approval', outcome: 'returned', to: 'review', reach: (claim) => toApproval(claim), leave: async (claim) => { await claim.act('return-to-review', { note: '请说明' }, approver); } },
  { stage: 'approval', outcome: 'file-changed', to: 'review', reach: (claim) => toApproval(claim), leave: async (claim) => { await claim.act('upload-documents', { documents: [documentOf('other')] }, liaison); } },
  { stage: 'payment', outcome: 'bank-confirmed', to: 'closed', reach: (claim) => toPayment(claim), leave: (claim) => pay(claim) },
  { stage: 'dispute', outcome: 'upheld', to: 'closed', reach: toDispute, leave: (claim) => vote(claim, 'uphold') },
  { stage: 'dispute', outcome: 'overturned', to: 'review', reach: toDispute, leave: (claim) => vote(claim, 'overturn') },
];

async function vote(claim: TestClaim, as: 'uphold' | 'overturn'): Promise<void> {
  await claim.act('panel-decision', { vote: as, note: '理由' }, medicalAffairs);
  await claim.act('panel-decision', { vote: as, note: '理由' }, otherApprover);
}

type Rung = AgendaItem & { do: 'climb' };
/** The rungs that stand before a claim, soonest first, without those about nobody having taken the task. */
const rungsAhead = (claim: TestClaim): Rung[] => agenda(claim.known()).filter((item): item is Rung => item.do === 'climb' && item.rung !== 'unclaimed');

/** SPEC §1.6: how late the owner is, as the last rung of the task's clock that is climbed before the owner acts. */
const LATENESS: Record<string, (ahead: Rung[]) => Rung | undefined> = {
  'in time': () => undefined,
  reminded: (own) => own[0],
  escalated: (own) => own.filter(({ at }) => at < own.find(({ breach }) => breach)!.at).at(-1),
  breached: (own) => own.find(({ breach }) => breach),
};

describe.each(CASES)('SPEC §1.1: $stage is left by $outcome', ({ stage, outcome, to, reach, leave }) => {
  test.each(Object.keys(LATENESS))('%s', async (late) => {
    await world.monday();
    const claim = await world.report({ before: ({ directory }) => { directory.least = stage === 'dispute' ? mediator.personId : null; } });
    await reach(claim);
    expect(claim.known().stage).toBe(stage);
    const ahead = rungsAhead(claim);
    const { clock } = claim.known().tasks[0]!;
    const last = LATENESS[late]!(ahead.filter(({ key }) => key.startsWith(`${clock}/`)));
    const expected = last ? ahead.filter(({ at }) => at <= last.at) : [];
    const before = claim.recorded('rung-climbed').length;

    if (last) await world.skipPast(last.at);
    await leave(claim);
    if (to === 'closed') await claim.end();

    const left = claim.recorded('stage-left').at(-1)!;
    expect(left.data).toMatchObject({ stage, outcome, to });
    const climbed = claim.recorded('rung-climbed').slice(before).filter(({ data }) => data.rung !== 'unclaimed');
    // SPEC §1.6: each rung fires once, and records due time and real time.
    expect(climbed.map(({ data }) => [data.key, data.dueAt]).sort()).toEqual(expected.map(({ key, at }) => [key, at]).sort());
    for (const { data, at } of climbed) {
      expect(Date.parse(at) - Date.parse(data.dueAt)).toBeGreaterThanOrEqual(0);
      expect(Date.parse(at) - Date.parse(data.dueAt)).toBeLessThan(5_000);
    }
    expect(claim.known().breached).toBe(expected.some(({ breach }) => breach));
  }, 20_000);
});

test('SPEC §1.6: a breach goes on to the steering list and to compliance, and the task stays until it is done', async () => {
  await world.monday();
  const claim = await world.report();
  await toReview(claim);
  const ahead = rungsAhead(claim).filter(({ key }) => key.startsWith('decision.1/'));
  expect(ahead.map(({ rung }) => rung)).toEqual(['half-time', 'one-day-left', 'four-fifths', 'breach', 'steering', 'compliance']);
  await world.skipPast(ahead.at(-1)!.at);
  for (const { key, at } of ahead) expect(claim.recorded('rung-climbed').filter(({ data }) => data.key === key).map(({ data }) => data.dueAt)).toEqual([at]);
  expect(claim.known().tasks.map(({ kind }) => kind)).toEqual(['review']);
  await recommend(claim);
  expect(claim.known().stage).toBe('approval');
}, 20_000);

test('SPEC §1.6: collection is told at once, reminded after 12 hours, breached after 24, and the insurer and the risk committee hear of it', async () => {
  const claim = await world.report();
  const { reportedAt } = claim.known();
  await world.skip('50 hours');
  expect(claim.recorded('rung-climbed').filter(({ data }) => data.key.startsWith('collection/')).map(({ data }) => [data.rung, (Date.parse(data.dueAt) - Date.parse(reportedAt)) / 3_600_000]))
    .toEqual([['told', 0], ['reminded', 12], ['manager', 20], ['breach', 24], ['insurer', 36], ['risk-committee', 48]]);
}, 20_000);

describe('SPEC §1.6: a pool task that nobody takes', () => {
  test('after 2 working hours the lead is told, after 4 the least loaded gets it', async () => {
    await world.monday();
    const claim = await world.report({ before: ({ directory }) => { directory.least = reviewer.personId; } });
    await toAcceptance(claim);
    const task = claim.known().tasks[0]!;
    const due = agenda(claim.known()).filter(({ key }) => key.startsWith(task.taskId));
    expect(due.map(({ key }) => key)).toEqual([`${task.taskId}/unclaimed`, `${task.taskId}/assign`]);
    await world.skipPast(due[1]!.at);
    expect(claim.recorded('rung-climbed').filter(({ data }) => data.key === due[0]!.key)).toHaveLength(1);
    expect(claim.recorded('task-assigned').map(({ data }) => data)).toEqual([{ taskId: task.taskId, to: reviewer.personId, why: 'least-loaded' }]);
  }, 20_000);

  test('nobody eligible: said once, never completed by the system', async () => {
    await world.monday();
    const claim = await world.report();
    await toAcceptance(claim);
    await world.skip('8 hours');
    expect(claim.recorded('task-assigned').map(({ data }) => data)).toMatchObject([{ to: null, why: 'nobody-eligible' }]);
    await world.skip('10 days');
    expect(claim.recorded('task-assigned')).toHaveLength(1);
    expect(claim.known()).toMatchObject({ stage: 'acceptance', tasks: [{ kind: 'accept-file', assignee: null }] });
  }, 20_000);

  test('the directory away for two hours: the claim is marked stuck, then the task is handed over', async () => {
    await world.monday();
    const claim = await world.report({ before: ({ directory }) => { directory.least = reviewer.personId; directory.away = true; } });
    await toAcceptance(claim);
    await world.skipPast(agenda(claim.known()).find(({ key }) => key.endsWith('/assign'))!.at);
    await world.skip('2 hours');
    expect((await claim.state()).stuck?.cause).toBe('directory: directory-unreachable');
    claim.outside.directory.away = false;
    await world.skip('1 hour');
    expect(claim.known()).toMatchObject({ stuck: null, tasks: [{ kind: 'accept-file', assignee: reviewer.personId }] });
  }, 30_000);

  test('taken by a person in time, it is handed to nobody', async () => {
    await world.monday();
    const claim = await world.report({ before: ({ directory }) => { directory.least = reviewer.personId; } });
    await toPayment(claim);
    await claim.act('set-payee', { payees: [{ holder: '示例', bank: '示例银行', account: '6222000000000000' }] }, patient);
    await claim.act('claim-task', { taskId: claim.known().tasks[0]!.taskId }, maker);
    await world.skip('8 hours');
    expect(claim.recorded('task-assigned').map(({ data }) => data.why)).toEqual(['claimed']);
    expect(claim.recorded('rung-climbed').filter(({ data }) => data.rung === 'unclaimed')).toHaveLength(0);
  }, 20_000);
});
