import { agenda, dueOf } from '../../../src/domain/claim';
import { eventually } from '../../support/parties';
import { openWorld, type TestClaim, type World } from './harness';
import { referenceOf } from './outside';
import { checker, maker, patient, reviewer } from './people';
import { DEATH, MINOR, pay, payAgain, submitFacts, toAcceptance, toPayment } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

const confirms = (claim: TestClaim, key: string, amountFen: number, bankReference = referenceOf(key)): Promise<void> =>
  claim.deliver('bank-answered', { key, status: 'confirmed', amountFen, bankReference }, 'bank');
const only = (claim: TestClaim): { key: string; amountFen: number } => claim.known().payments.at(-1)!;

describe('SPEC §1.1: an insurer that does not answer holds nothing up but acceptance', () => {
  test('silent for a day: the file goes on, the claim is marked stuck, acceptance waits, ladders are climbed', async () => {
    await world.monday();
    const claim = await world.report({ before: ({ insurer }) => { insurer.away = true; } });
    await toAcceptance(claim);
    expect(await claim.refused('accept-file', {}, reviewer)).toMatchObject({ code: 'eligibility-unknown' });
    expect((await claim.state()).stuck).toBeNull();

    const rung = agenda(claim.known()).find(({ key }) => key.endsWith('/half-time'))!;
    await world.skip('1 day');
    expect((await claim.state()).stuck?.cause).toBe('insurer: insurer-unreachable');
    expect(claim.recorded('got-stuck')).toHaveLength(1);
    await world.skipPast(rung.at);
    expect(claim.recorded('rung-climbed').map(({ data }) => data.key)).toContain(rung.key);

    claim.outside.insurer.away = false;
    await world.skip('10 minutes');
    expect(claim.known()).toMatchObject({ stuck: null, eligibility: { insured: true } });
    expect((await claim.act('accept-file', {}, reviewer)).stage).toBe('review');
  }, 30_000);

  test('a doubt becomes a flag for the reviewer, never a refusal', async () => {
    const claim = await world.report({ before: ({ insurer }) => { insurer.answer.insured = false; } });
    await toAcceptance(claim);
    await eventually(async () => (claim.known().flags.some(({ flag }) => flag === 'eligibility-doubt') ? true : undefined));
    expect((await claim.act('accept-file', {}, reviewer)).stage).toBe('review');
  }, 20_000);
});

describe('SPEC §1.9: the bank', () => {
  test('confirms by calling: paid, and nobody had to ask', async () => {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'accepted'; } });
    await toPayment(claim);
    await pay(claim);
    await confirms(claim, only(claim).key, only(claim).amountFen);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.outside.bank.asked).toBe(0);
    expect(claim.known().paidFen).toBe(MINOR.benefits[0]!.askedFen);
  }, 20_000);

  test('accepts and stays silent: it is asked by key after ten minutes', async () => {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'accepted'; } });
    await toPayment(claim);
    await pay(claim);
    await world.skip('9 minutes');
    expect(claim.outside.bank.asked).toBe(0);
    await world.skip('2 minutes');
    expect(claim.outside.bank.asked).toBe(1);
    claim.outside.bank.orders.get(only(claim).key)!.status = 'confirmed';
    await world.skip('61 minutes');
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect([...claim.outside.bank.orders]).toHaveLength(1);
  }, 20_000);

  test('cannot be reached for two hours: marked stuck, then paid once', async () => {
    const claim = await world.report();
    await toPayment(claim);
    claim.outside.bank.away = true;
    await pay(claim);
    await world.skip('2 hours');
    expect((await claim.state()).stuck?.cause).toBe('bank: bank-unreachable');
    expect(claim.known().tasks).toMatchObject([{ kind: 'await-bank' }]);
    claim.outside.bank.away = false;
    await world.skip('10 minutes');
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known()).toMatchObject({ stuck: null, paidFen: MINOR.benefits[0]!.askedFen });
    expect([...claim.outside.bank.orders]).toHaveLength(1);
  }, 20_000);

  test('calls while it cannot be asked: the claim closes and is not left marked stuck', async () => {
    const claim = await world.report();
    await toPayment(claim);
    claim.outside.bank.away = true;
    await pay(claim);
    await world.skip('2 hours');
    expect((await claim.state()).stuck).not.toBeNull();
    await confirms(claim, only(claim).key, only(claim).amountFen);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().stuck).toBeNull();
  }, 20_000);

  test('fails for a payee fault: the clock pauses, a corrected payee is paid under a new sequence, maker and checker again', async () => {
    await world.monday();
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'payee-fault'; } });
    await toPayment(claim);
    await pay(claim);
    await eventually(async () => claim.known().payees?.faulty || undefined);
    const failed = only(claim);
    expect(dueOf(claim.known(), claim.known().clocks['settlement.1']!).dueAt).toBeNull();
    expect(claim.known().tasks).toMatchObject([{ kind: 'set-payee', assignee: patient.personId }]);
    expect(await claim.refused('make-payment', { amountFen: failed.amountFen }, maker)).toMatchObject({ code: 'no-payee' });

    claim.outside.bank.tells = 'confirmed';
    await world.skip('2 days');
    await pay(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().payments.map(({ sequence, status }) => [sequence, status])).toEqual([[1, 'failed'], [2, 'confirmed']]);
    expect(claim.known().paidFen).toBe(failed.amountFen);
    expect(claim.known().clocks['settlement.1']!.pauses).toMatchObject([{ by: 'payee-fault', until: expect.any(String) }]);
  }, 20_000);

  test('fails for a fault of its own: made and checked again under a new sequence', async () => {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'bank-fault'; } });
    await toPayment(claim);
    await pay(claim);
    await eventually(async () => (claim.known().tasks[0]?.kind === 'make-payment' ? true : undefined));
    claim.outside.bank.tells = 'confirmed';
    await payAgain(claim);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().payments.map(({ sequence, status }) => [sequence, status])).toEqual([[1, 'failed'], [2, 'confirmed']]);
  }, 20_000);

  test('three heirs: the parts add up, each is paid once; confirmed twice, another amount and an unknown key are raised, not paid', async () => {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'accepted'; }, reported: { outcomeType: 'death' } });
    await toPayment(claim, { ...DEATH, benefits: [{ benefit: 'death', askedFen: 10_000 }] });
    await pay(claim, [1, 1, 1]);
    const heirs = claim.known().payments;
    expect(heirs.map(({ amountFen }) => amountFen)).toEqual([3_334, 3_333, 3_333]);
    const [first, second, third] = heirs.map(({ key }) => key) as [string, string, string];
    await confirms(claim, first, 3_334);
    await confirms(claim, first, 3_334, 'B-another');
    await confirms(claim, second, 9_999);
    await confirms(claim, `${claim.claimNo}:death:nobody:1`, 3_333);
    await eventually(async () => (claim.recorded('bank-answer-raised').length === 3 ? true : undefined));
    expect(claim.recorded('bank-answer-raised').map(({ data }) => data.what)).toEqual(['confirmed-twice', 'other-amount', 'unknown-payment']);
    expect(claim.known()).toMatchObject({ stage: 'payment', paidFen: 3_334 });
    await confirms(claim, second, 3_333);
    await confirms(claim, third, 3_333);
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(claim.known().paidFen).toBe(10_000);
  }, 20_000);

  test('four eyes: whoever made a payment does not check it', async () => {
    const claim = await world.report();
    await toPayment(claim);
    await claim.act('set-payee', { payees: [{ holder: '示例', bank: '示例银行', account: '6222000000000000' }] }, patient);
    await claim.act('confirm-payee', {}, checker);
    await claim.act('make-payment', { amountFen: MINOR.benefits[0]!.askedFen }, maker);
    expect(await claim.refused('check-payment', {}, maker)).toMatchObject({ code: 'four-eyes' });
    expect(claim.outside.bank.orders.size).toBe(0);
  }, 20_000);
});

describe('SPEC §3: what cannot be recorded for two hours', () => {
  test('is not lost, keeps its order, and is answered when it is recorded', async () => {
    const claim = await world.report();
    await eventually(async () => claim.known().eligibility ?? undefined);
    const { database } = claim.outside;
    database.away = true;
    const facts = submitFacts(claim);
    await eventually(async () => (database.refused > 1 ? true : undefined));
    await claim.deliver('flag-document', { flag: 'unreadable-file', about: null }, 'storage');
    await world.skip('2 hours');
    expect((await claim.state()).stuck?.cause).toBe('recording: database-unreachable');
    expect(claim.known().version).toBeLessThan((await claim.state()).version);

    database.away = false;
    await world.skip('5 minutes');
    await facts;
    const types = claim.outside.events.map(({ type }) => type);
    expect(types.indexOf('facts-submitted')).toBeLessThan(types.indexOf('flag-raised'));
    expect(claim.recorded('got-stuck')).toHaveLength(1);
    await eventually(async () => (claim.known().stuck === null && claim.recorded('got-unstuck').length === 1 ? true : undefined));
    expect(await claim.state()).toEqual(claim.known());
  }, 40_000);
});
