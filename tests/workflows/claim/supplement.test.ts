import { agenda, dueOf } from '../../../src/domain/claim';
import { eventually } from '../../support/parties';
import { openWorld, type TestClaim, type World } from './harness';
import { liaison, otherSenior, patient, reviewer, senior } from './people';
import { ASKED, documentOf, recommend, toAcceptance, toReview, toSupplement } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
beforeEach(() => world.monday(), 10_000);
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

const settlement = (claim: TestClaim) => dueOf(claim.known(), claim.known().clocks['settlement.1']!);
const delivered = async (claim: TestClaim): Promise<void> => {
  await claim.deliver('notice-delivered', { requestNo: 1 }, 'notices');
  await eventually(async () => (claim.known().supplements[0]?.deliveredAt ? true : undefined));
};

/** The hospital uploads what was asked and says so. */
async function answer(claim: TestClaim, itemId = 'S1.1'): Promise<void> {
  const document = documentOf('event-report');
  await claim.act('upload-documents', { documents: [document] }, liaison);
  await claim.act('answer-supplement', { itemId, answer: { kind: 'upload', documentIds: [document.documentId] } }, liaison);
}

test('SPEC §1.7: the clock pauses when the notice is delivered and resumes with the last answer; due moves by the paused days', async () => {
  const claim = await world.report();
  await toSupplement(claim);
  const before = settlement(claim);
  await world.skip('1 hour');
  expect(claim.recorded('clock-paused')).toEqual([]);
  await delivered(claim);
  expect(settlement(claim).dueAt).toBeNull();

  await world.skip('3 days');
  await answer(claim);
  expect(claim.known().stage).toBe('review');
  const after = settlement(claim);
  // Monday is the day of start; stopped at the end of Tuesday and of Wednesday; Thursday counts again.
  expect(after.ledger.filter(({ pausedBy }) => pausedBy === 'supplement.1')).toHaveLength(2);
  expect(Date.parse(after.dueAt!) - Date.parse(before.dueAt!)).toBeGreaterThanOrEqual(2 * 86_400_000);

  // The ladder follows the moved date: nothing is breached at the old one.
  await claim.act('accept-answer', { itemId: 'S1.1' }, reviewer);
  const breach = agenda(claim.known()).find(({ key }) => key === 'decision.1/breach')!;
  await world.skipPast(breach.at);
  expect(claim.recorded('rung-climbed').find(({ data }) => data.key === 'decision.1/breach')!.data.dueAt).toBe(breach.at);
}, 20_000);

test('SPEC §1.1: lapsed goes back to who asked, never an automatic rejection', async () => {
  const claim = await world.report();
  await toSupplement(claim);
  await delivered(claim);
  const lapse = agenda(claim.known()).find(({ key }) => key === 'supplement.1/lapse')!;
  await world.skipPast(lapse.at);
  expect(claim.recorded('supplement-ended').map(({ data }) => data)).toEqual([{ requestNo: 1, how: 'lapsed' }]);
  expect(claim.recorded('clock-resumed')).toHaveLength(1);
  expect(claim.known()).toMatchObject({ stage: 'review', decision: null, closedAs: null });
  expect(claim.recorded('stage-left').at(-1)!.data).toMatchObject({ stage: 'supplement', outcome: 'lapsed', to: 'review' });
  await recommend(claim);
}, 20_000);

test('SPEC §1.7: asked at acceptance it goes back to acceptance, and pauses nothing', async () => {
  const claim = await world.report();
  await toAcceptance(claim);
  await claim.act('ask-supplement', ASKED, reviewer);
  await delivered(claim);
  expect(claim.recorded('clock-paused')).toEqual([]);
  await answer(claim);
  expect(claim.known().stage).toBe('acceptance');
}, 20_000);

test('an answer in the very second in which the request lapses: one of the two counts, and the claim goes on', async () => {
  const claim = await world.report();
  await toSupplement(claim);
  const lapse = agenda(claim.known()).find(({ key }) => key === 'supplement.1/lapse')!;
  await world.skip(Date.parse(lapse.at) - Date.parse(await world.now()) - 50);
  // From here the clock runs by itself, and the timer fires while the answer is on its way.
  const [answered] = await Promise.allSettled([claim.act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: '无此记录' } }, liaison)]);
  await world.skip('1 minute');
  const [ended, ...more] = claim.recorded('supplement-ended');
  expect(more).toEqual([]);
  expect(ended!.data.how).toBe(answered.status === 'fulfilled' ? 'answered' : 'lapsed');
  expect(claim.known().stage).toBe('review');
}, 20_000);

test('SPEC §1.7: hospital and patient owe on clocks of their own; the request lapses with the later', async () => {
  const claim = await world.report();
  await toReview(claim);
  await claim.act('ask-supplement', { items: [...ASKED.items, { fact: 'earlier-illness', from: 'patient', couldNotHaveBeenKnown: true, why: '请说明' }] }, reviewer);
  const dues = claim.known().tasks.map(({ clock }) => dueOf(claim.known(), claim.known().clocks[clock]!).dueAt!).sort();
  await world.skipPast(dues[0]!);
  expect(claim.known().stage).toBe('supplement');
  expect(claim.recorded('rung-climbed').map(({ data }) => data.key)).toContain('hospital-answers.1/breach');
  await answer(claim);
  expect(claim.known().stage).toBe('supplement');
  await claim.act('answer-supplement', { itemId: 'S1.2', answer: { kind: 'cannot-provide', note: '不清楚' } }, patient);
  expect(claim.recorded('supplement-ended').map(({ data }) => data.how)).toEqual(['answered']);
  expect(claim.known().stage).toBe('review');
}, 20_000);

test('SPEC §1.7: a second request needs a supervisor and does not pause', async () => {
  const claim = await world.report();
  await toSupplement(claim);
  await delivered(claim);
  await answer(claim);
  await claim.act('accept-answer', { itemId: 'S1.1' }, reviewer);
  const again = { items: [{ fact: 'course-of-treatment', from: 'hospital', couldNotHaveBeenKnown: true, why: '请说明' }], note: '仍有疑问' };
  expect(await claim.refused('ask-supplement', again, reviewer)).toMatchObject({ code: 'needs-supervisor-reason' });
  await claim.act('ask-supplement', again, senior);
  await claim.deliver('notice-delivered', { requestNo: 2 }, 'notices');
  await eventually(async () => claim.known().supplements[1]?.deliveredAt ?? undefined);
  expect(claim.recorded('clock-paused')).toHaveLength(1);
  await claim.act('answer-supplement', { itemId: 'S2.1', answer: { kind: 'cannot-provide', note: '无' } }, liaison);
  expect(await claim.refused('ask-supplement', again, otherSenior)).toMatchObject({ code: 'needs-insurer-head' });
}, 20_000);
