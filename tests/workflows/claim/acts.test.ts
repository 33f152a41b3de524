import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { ROLLING } from '../../../src/domain/claim';
import { eventually } from '../../support/parties';
import { countByType, openWorld, type TestClaim, type World } from './harness';
import { approver, liaison, otherApprover, otherReviewer, patient, reviewer, specialist } from './people';
import { ASKED, decide, documentOf, judgement, MINOR, pay, recommend, submitFacts, toApproval, toPayment, toReview, uploadAll } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
beforeEach(() => world.monday(), 10_000);
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

const facts = (claim: TestClaim) => ({ occurredAt: claim.known().occurredAt, ...MINOR });

describe('two at once', () => {
  test('two approvers: one wins, the other is told who', async () => {
    const claim = await world.report();
    await toApproval(claim);
    const { recommendation, fileVersion } = claim.known();
    const body = { lines: recommendation!.lines, fileVersion };
    const both = await Promise.allSettled([claim.act('approve', body, approver), claim.act('approve', body, otherApprover)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = both[0].status === 'fulfilled' ? approver : otherApprover;
    const lost = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect((lost.reason as WorkflowUpdateFailedError).cause).toMatchObject({ details: [{ code: 'not-now', details: { before: { command: 'approve', by: winner.personId } } }] });
    expect(claim.recorded('decided')).toHaveLength(1);
  }, 20_000);

  test('SPEC §3: one act sent ten times under one id: one effect, equal answers', async () => {
    const claim = await world.report();
    const answers = await Promise.all(Array.from({ length: 10 }, () => claim.act('submit-facts', facts(claim), specialist, 'one-act')));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(claim.recorded('facts-submitted')).toHaveLength(1);
  }, 20_000);
});

describe('continued as new', () => {
  const runsOf = async (claim: TestClaim): Promise<string> => (await claim.handle.describe()).runId;

  test('everything is carried, and an act repeated in the new run has its first answer', async () => {
    const claim = await world.report({ rollAfter: 20 });
    const first = await runsOf(claim);
    const answer = await claim.act('submit-facts', facts(claim), specialist, 'facts-once');
    const invoice = documentOf('invoice');
    await claim.act('upload-documents', { documents: [invoice] }, patient, 'invoice-once');
    await uploadAll(claim);
    await eventually(async () => ((await runsOf(claim)) !== first ? true : undefined));
    const again = await claim.act('submit-facts', facts(claim), specialist, 'facts-once');
    expect(again).toEqual(answer);
    expect(claim.recorded('facts-submitted')).toHaveLength(1);
    expect(await claim.refused('upload-documents', { documents: [documentOf('invoice')] }, patient, 'invoice-once')).toMatchObject({ code: 'same-id-other-body' });

    await claim.act('accept-file', {}, reviewer);
    await recommend(claim);
    await decide(claim);
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
  }, 20_000);

  test('an act that lands while the run is rolling is asked to come again; a fact is taken; nothing is lost', async () => {
    const claim = await world.report({ rollAfter: 5 });
    await eventually(async () => claim.known().eligibility ?? undefined);
    const { database } = claim.outside;
    // The run cannot roll before what left the stage is recorded: so it stands at the edge for a while.
    database.away = true;
    const facts1 = claim.act('submit-facts', facts(claim), specialist);
    await eventually(async () => (database.refused > 0 ? true : undefined));
    const upload = (): Promise<unknown> => claim.act('upload-documents', { documents: [documentOf('invoice')] }, patient);
    const late = upload().catch((error: unknown) => error);
    await claim.deliver('flag-document', { flag: 'unreadable-file', about: null }, 'storage');
    await world.skip('2 seconds');
    database.away = false;
    await world.skip('1 minute');
    await facts1;
    const rejected = await late as WorkflowUpdateFailedError;
    expect(rejected).toBeInstanceOf(WorkflowUpdateFailedError);
    expect((rejected.cause as ApplicationFailure).type).toBe(ROLLING);
    await eventually(async () => (await upload().then(() => true, () => undefined)));
    expect(claim.recorded('flag-raised').map(({ data }) => data.flag)).toContain('unreadable-file');
    expect(claim.recorded('document-attached')).toHaveLength(1);
    expect(await claim.state()).toEqual(claim.known());
  }, 30_000);

  test('the ladder goes on: no rung twice, none left out', async () => {
    const claim = await world.report({ rollAfter: 10 });
    await world.skip('13 hours');
    await submitFacts(claim);
    await world.skip('2 days');
    const keys = claim.recorded('rung-climbed').map(({ data }) => data.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(['collection/told', 'collection/reminded', 'documents.1/half-time']));
  }, 20_000);
});

describe('SPEC §3: a click is never lost', () => {
  test('acts sent as signals while no worker is up are done, in order, when one is; a refusal is kept for who asks', async () => {
    const claim = await world.report({ alone: true });
    await claim.deliver('submit-facts', facts(claim), specialist, 'facts');
    await claim.deliver('upload-documents', { documents: [documentOf('invoice')] }, patient, 'invoice');
    await claim.deliver('accept-file', {}, patient, 'not-theirs');
    await claim.work();
    await eventually(async () => (claim.outside.refusals.length > 0 ? true : undefined));
    expect(claim.outside.events.filter(({ actor }) => actor.role !== 'system').map(({ type }) => type)).toEqual(
      ['claim-reported', 'task-opened', 'rung-climbed', 'facts-submitted', 'stage-left', 'task-closed', 'task-opened', 'document-attached']);
    expect(claim.outside.refusals).toMatchObject([{ actId: 'not-theirs', refusal: { code: 'not-your-role' } }]);
  }, 20_000);

  test('a worker that stops in the middle: the next goes on where the claim stood', async () => {
    const claim = await world.report({ alone: true });
    // Without a cache, so that the server does not wait 10 s for this very worker to come back.
    await claim.work({ maxCachedWorkflows: 0 });
    await toReview(claim);
    await claim.rest();
    await claim.deliver('recommend', judgement(claim.known()), reviewer, 'while-away');
    await claim.work();
    await eventually(async () => (claim.known().stage === 'approval' ? true : undefined));
    await decide(claim);
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
  }, 20_000);

  test('nobody cancels a claim: a process cancelled by hand goes on, and takes acts', async () => {
    const claim = await world.report();
    await toReview(claim);
    await claim.handle.cancel();
    await eventually(async () => (countByType(await claim.history())['workflowExecutionCancelRequested'] ? true : undefined));
    await recommend(claim);
    await decide(claim);
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(countByType(await claim.history())).not.toHaveProperty('workflowTaskFailed');
  }, 20_000);

  test('a process ended by hand is rebuilt from its events with the next act, deadlines as they were', async () => {
    const claim = await world.report();
    await toReview(claim);
    const { clocks } = claim.known();
    await claim.handle.terminate('by hand');
    await claim.resume('recommend', judgement(claim.known()), reviewer);
    expect(claim.known()).toMatchObject({ stage: 'approval', clocks });
  }, 20_000);
});

test('every task replayed from history: the long way through every turn comes out the same', async () => {
  const claim = await world.report({ alone: true, before: ({ bank }) => { bank.tells = 'payee-fault'; } });
  await claim.work({ maxCachedWorkflows: 0 });
  await toReview(claim);
  await claim.act('ask-supplement', ASKED, reviewer);
  await claim.deliver('notice-delivered', { requestNo: 1 }, 'notices');
  await world.skip('5 days');
  expect(claim.known().stage).toBe('review');
  await recommend(claim, 1, otherReviewer);
  await decide(claim);
  await pay(claim);
  await eventually(async () => claim.known().payees?.faulty || undefined);
  claim.outside.bank.tells = 'confirmed';
  await pay(claim);
  expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
  expect(countByType(await claim.history())).not.toHaveProperty('workflowTaskFailed');
}, 40_000);

describe('refusals', () => {
  test('leave nothing in history, whatever is thrown at the validator; the claim goes on', async () => {
    const claim = await world.report();
    await toReview(claim);
    const before = countByType(await claim.history());
    const bodies: unknown[] = [null, undefined, 1, 'text', [], { lines: 'no' }, { ...judgement(claim.known()), fileVersion: -1 }, { decision: { $: 1 } }];
    for (const body of bodies) expect(await claim.refused('recommend', body, reviewer)).toMatchObject({ code: expect.stringMatching(/invalid-input|file-changed/) });
    expect(await claim.refused('approve', { lines: [], fileVersion: 0 }, approver)).toMatchObject({ code: 'not-now' });
    expect(await claim.refused('upload-documents', { documents: [documentOf('medical-summary')] }, reviewer)).toMatchObject({ code: 'not-your-role' });
    expect(await claim.refused('upload-documents', { documents: [documentOf('medical-summary')] }, patient)).toMatchObject({ code: 'wrong-document-kind' });
    const after = countByType(await claim.history());
    expect(after['workflowExecutionUpdateAccepted']).toBe(before['workflowExecutionUpdateAccepted']);
    expect(after).not.toHaveProperty('workflowTaskFailed');
    await recommend(claim);
    expect(claim.known().stage).toBe('approval');
  }, 20_000);

  test('a fact that no longer fits changes nothing and wedges nothing', async () => {
    const claim = await world.report();
    await toPayment(claim);
    const { version } = claim.known();
    await claim.deliver('eligibility-answered', { insured: false, departmentCovered: false, limitLeftFen: 0, doubts: [] }, 'insurer');
    await claim.deliver('notice-delivered', { requestNo: 7 }, 'notices');
    await claim.deliver('bank-answered', { key: 1 }, 'bank');
    await claim.deliver('upload-documents', { documents: [documentOf('event-report')] }, liaison, 'late-evidence');
    await eventually(async () => (claim.known().version > version ? true : undefined));
    expect(claim.outside.events.slice(version).map(({ type }) => type)).toEqual(['document-attached', 'flag-raised']);
  }, 20_000);
});
