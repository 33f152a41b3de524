import { agenda, outstandingFen } from '../../../src/domain/claim';
import { eventually } from '../../support/parties';
import { openWorld, type TestClaim, type World } from './harness';
import { approver, checker, liaison, maker, manager, mediator, medicalAffairs, otherApprover, otherReviewer, otherSenior, patient, reviewer, senior, specialist } from './people';
import { decide, documentOf, MINOR, pay, recommend, SMALL, submitFacts, toAcceptance, toApproval, toDispute, toPayment, toReview } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
beforeEach(() => world.monday(), 10_000);
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

const proposalOf = (claim: TestClaim): string => claim.known().proposals[0]!.proposalId;

describe('SPEC §1.1: straight through', () => {
  test('not sampled: accepted and approved by rule at once; payment keeps its two persons', async () => {
    const claim = await world.report({ before: (outside) => { outside.sample = { sampled: false, why: 'lot-not-drawn' }; } });
    await toAcceptance(claim, SMALL);
    await eventually(async () => (claim.known().stage === 'payment' ? true : undefined));
    expect(claim.known()).toMatchObject({ tier: 'F3', decision: { decision: 'approve', reasons: ['A03'], by: 'system:rule' } });
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().payments).toMatchObject([{ madeBy: maker.personId, checkedBy: checker.personId }]);
  }, 20_000);

  test('sampled: the reviewer accepts, and it is drawn once only', async () => {
    const claim = await world.report();
    await toAcceptance(claim, SMALL);
    await eventually(async () => claim.known().sample ?? undefined);
    await world.skip('2 hours');
    expect(claim.recorded('sample-drawn').map(({ data }) => data)).toEqual([{ sampled: true, why: 'lot-drawn' }]);
    expect((await claim.act('accept-file', {}, reviewer)).stage).toBe('review');
  }, 20_000);

  test("the insurer's late answer makes a candidate of a claim that waits for acceptance", async () => {
    const claim = await world.report({ before: (outside) => { outside.insurer.away = true; outside.sample = { sampled: false, why: 'lot-not-drawn' }; } });
    await toAcceptance(claim, SMALL);
    await world.skip('20 minutes');
    expect(claim.known().stage).toBe('acceptance');
    claim.outside.insurer.away = false;
    await world.skip('6 minutes');
    await eventually(async () => (claim.known().stage === 'payment' ? true : undefined));
  }, 20_000);
});

describe('SPEC §1.1: withdraw and void', () => {
  test.each([
    ['collecting', async () => undefined], ['documents', submitFacts], ['acceptance', toAcceptance], ['review', toReview], ['approval', toApproval],
  ] as Array<[string, (claim: TestClaim) => Promise<void>]>)('the claimant withdraws in %s: closed at once, and nothing more happens', async (stage, reach) => {
    const claim = await world.report();
    await reach(claim);
    expect(claim.known().stage).toBe(stage);
    expect(await claim.act('withdraw', {}, patient)).toMatchObject({ stage: 'closed', closedAs: 'withdrawn' });
    expect(await claim.end()).toMatchObject({ closedAs: 'withdrawn' });
    expect(claim.known().tasks).toEqual([]);
    const { version } = claim.known();
    await world.skip('10 days');
    expect(claim.known().version).toBe(version);
  }, 20_000);

  test('once approved a second person confirms', async () => {
    const claim = await world.report();
    await toPayment(claim);
    expect(await claim.act('withdraw', {}, patient)).toMatchObject({ stage: 'payment', closedAs: null });
    expect(await claim.act('confirm-proposal', { proposalId: proposalOf(claim) }, specialist)).toMatchObject({ closedAs: 'withdrawn' });
    expect(await claim.end()).toMatchObject({ closedAs: 'withdrawn' });
  }, 20_000);

  test('SPEC §1.2: a proposal that nobody confirms in 2 working days lapses, and the claim goes on', async () => {
    const claim = await world.report();
    await toPayment(claim);
    await claim.act('withdraw', {}, patient);
    await world.skipPast(agenda(claim.known()).find(({ do: what }) => what === 'lapse-proposal')!.at);
    expect(claim.recorded('proposal-ended').map(({ data }) => data.how)).toEqual(['lapsed']);
    expect(claim.known().stage).toBe('payment');
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
  }, 20_000);

  test('a duplicate is void by two persons and names the claim that survives', async () => {
    const claim = await world.report();
    await toReview(claim);
    await claim.act('void', { survivor: 'KP-2026-000001' }, senior);
    expect(await claim.refused('confirm-proposal', { proposalId: proposalOf(claim) }, senior)).toMatchObject({ code: 'four-eyes' });
    await claim.act('confirm-proposal', { proposalId: proposalOf(claim) }, medicalAffairs);
    expect(await claim.end()).toMatchObject({ closedAs: 'void' });
    expect(claim.known().survivor).toBe('KP-2026-000001');
  }, 20_000);
});

describe('SPEC §1.1: dispute and reopening, in a new run built from the recorded events', () => {
  const vote = async (claim: TestClaim, as: 'uphold' | 'overturn'): Promise<void> => {
    await claim.act('panel-decision', { vote: as, note: '理由' }, medicalAffairs);
    await claim.act('panel-decision', { vote: as, note: '理由' }, otherSenior);
  };

  test('overturned: judged anew by people who have not seen it, and paid', async () => {
    const claim = await world.report({ before: ({ directory }) => { directory.least = mediator.personId; } });
    await toDispute(claim);
    await eventually(async () => (claim.known().mediators.includes(mediator.personId) ? true : undefined));
    await vote(claim, 'overturn');
    expect(claim.known()).toMatchObject({ stage: 'review', round: 2, closedAs: null });
    expect(await claim.refused('recommend', {}, reviewer)).toMatchObject({ code: 'has-seen-it' });
    await recommend(claim, 1, otherReviewer);
    expect(await claim.refused('return-to-review', { note: '再看' }, approver)).toMatchObject({ code: 'has-seen-it' });
    await decide(claim, otherApprover);
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
  }, 20_000);

  test('upheld: closed as it was; disputed once only', async () => {
    const claim = await world.report();
    await toDispute(claim);
    await vote(claim, 'uphold');
    expect(await claim.end()).toMatchObject({ closedAs: 'rejected' });
    await expect(claim.resume('dispute', { note: '仍不同意' }, patient)).rejects.toMatchObject({ cause: { message: 'already-disputed' } });
    // A refused act leaves no process behind that would wait.
    expect(await claim.end()).toMatchObject({ closedAs: 'rejected' });
  }, 20_000);

  test('reopened by two persons on new evidence: only the difference is paid', async () => {
    const claim = await world.report();
    await toApproval(claim, 0.5);
    await decide(claim);
    await pay(claim);
    await claim.end();
    const half = MINOR.benefits[0]!.askedFen / 2;
    expect(claim.known().paidFen).toBe(half);

    await claim.resume('upload-documents', { documents: [documentOf('other')] }, liaison);
    await claim.end();
    await claim.resume('reopen', { note: '新的病理报告' }, otherSenior);
    expect(claim.known()).toMatchObject({ stage: 'closed', tasks: [{ kind: 'second-person' }] });
    await claim.act('confirm-proposal', { proposalId: proposalOf(claim) }, manager);
    expect(claim.known()).toMatchObject({ stage: 'review', round: 2 });
    await recommend(claim, 1, otherReviewer);
    await decide(claim, otherApprover);
    expect(outstandingFen(claim.known())).toBe(half);
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().payments.map(({ sequence, amountFen, status }) => [sequence, amountFen, status])).toEqual([[1, half, 'confirmed'], [2, half, 'confirmed']]);
  }, 20_000);

  test('a reopening that nobody confirms lapses, and the process ends again', async () => {
    const claim = await world.report();
    await toApproval(claim, 0);
    await decide(claim);
    await claim.end();
    await claim.resume('upload-documents', { documents: [documentOf('other')] }, liaison);
    await claim.end();
    await claim.resume('reopen', { note: '新的病理报告' }, otherSenior);
    await world.skipPast(agenda(claim.known()).find(({ do: what }) => what === 'lapse-proposal')!.at);
    expect(await claim.end()).toMatchObject({ closedAs: 'rejected' });
  }, 20_000);
});

test('SPEC §1.5: a published calendar moves a provisional due date, and its timer', async () => {
  const unpublished = { version: 'none', years: {} };
  const claim = await world.report({ reported: { calendar: unpublished } });
  await submitFacts(claim);
  const breachOf = () => agenda(claim.known()).find(({ key }) => key.endsWith('/breach'))!.at;
  const before = breachOf();
  const today = Date.parse(await world.now());
  const [tuesday, wednesday] = [1, 2].map((n) => new Date(today + n * 86_400_000).toISOString().slice(0, 10)) as [string, string];
  const years = [...new Set([tuesday, wednesday].map((day) => Number(day.slice(0, 4))))];
  await claim.deliver('calendar-published', { years: years.map((year) => ({ year, version: `${year}.1`, days: { holidays: [tuesday, wednesday].filter((day) => day.startsWith(String(year))), makeUp: [] } })) }, 'directory');
  await eventually(async () => (claim.known().calendar.version !== 'none' ? true : undefined));
  const after = breachOf();
  expect(after > before).toBe(true);
  await world.skipPast(before);
  expect(claim.known().breached).toBe(false);
  await world.skipPast(after);
  expect(claim.known().breached).toBe(true);
  expect(claim.recorded('rung-climbed').find(({ data }) => data.breach)!.data.dueAt).toBe(after);
}, 20_000);
