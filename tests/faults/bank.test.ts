import { randomUUID } from 'node:crypto';
import { sign } from '../../src/platform/outside/signature';
import { checkEverything } from '../support/invariants';
import { newClaim, paid, stateOf, STEPS, take, travel, until } from '../support/journey';
import { bankJournal, eventually, setFaults } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());
afterEach(async () => { await setFaults(stack.bankUrl, []); await checkEverything(stack); }, 120_000);

const moved = async (claimNo: string): Promise<number> => (await bankJournal(stack.bankUrl)).filter((entry) => entry.what === 'accepted' && entry.reference === claimNo).length;
const raised = async (claimNo: string): Promise<unknown[]> =>
  (await stack.database.claimEvent.findMany({ where: { claimNo, type: 'bank-answer-raised' }, select: { data: true } })).map(({ data }) => data);

/** A claim released to a bank that misbehaves on it. */
async function released(...rules: Array<{ do: string } & Record<string, unknown>>): Promise<string> {
  const { claimNo } = await travel(stack, newClaim(), 'check-payment');
  await setFaults(stack.bankUrl, rules.map((rule) => ({ match: { claimNo }, ...rule })));
  await (await stack.person('finance-b-i001')).act(claimNo, 'check-payment', {});
  return claimNo;
}

test('SPEC §1.9: a bank that does not answer but pays is asked by key, and pays once', async () => {
  const claimNo = await released({ do: 'time-out-then-succeed' });
  await paid(stack, claimNo);
  expect(await moved(claimNo)).toBe(1);
}, 60_000);

test('SPEC §1.9: a bank that fails at first is asked before the order is sent again', async () => {
  const claimNo = await released({ do: 'fail', times: 2 });
  await paid(stack, claimNo);
  expect(await moved(claimNo)).toBe(1);
}, 60_000);

test('SPEC §1.9: confirmed twice is kept, and pays once', async () => {
  const claimNo = await released({ do: 'answer-twice' });
  const { payments: [payment] } = await paid(stack, claimNo);
  const told = await eventually(async () => {
    const events = await stack.database.bankEvent.findMany({ where: { paymentKey: payment!.key } });
    return events.length === 2 ? events : undefined;
  });
  expect(told.filter((event) => event.applied)).not.toHaveLength(0);
  expect(await moved(claimNo)).toBe(1);
}, 60_000);

test('SPEC §1.9: confirmed for another amount is recorded and raised, and the claim is not paid', async () => {
  const claimNo = await released({ do: 'other-amount', amountFen: 600_100 });
  await eventually(async () => ((await raised(claimNo)).length > 0 ? true : undefined));
  expect(await raised(claimNo)).toContainEqual(expect.objectContaining({ what: 'other-amount', amountFen: 600_100 }));
  expect(await stateOf(stack, claimNo)).toMatchObject({ stage: 'payment', paidFen: 0 });
  expect(await moved(claimNo)).toBe(1);
}, 60_000);

test('SPEC §1.9: failed for a payee fault, the payee is corrected, confirmed, made and checked again, under a key of its own', async () => {
  const claimNo = await released({ do: 'payee-fault', times: 1 });
  await until(stack, claimNo, (state) => state.payees?.faulty === true);
  const claim = { ...newClaim(), claimNo };
  for (const step of STEPS.slice(STEPS.findIndex((one) => one.command === 'set-payee'))) await take(stack, claim, step);
  const state = await paid(stack, claimNo);
  expect(state.payments.map(({ status }) => status)).toEqual(['failed', 'confirmed']);
  expect(new Set(state.payments.map(({ key }) => key)).size).toBe(2);
  expect(await moved(claimNo)).toBe(2);
}, 60_000);

test('SPEC §1.9: a confirmation for a key nobody used is kept, unapplied, and changes no claim', async () => {
  const claimNo = await released({ do: 'unknown' });
  await paid(stack, claimNo);
  const stray = await eventually(async () => (await stack.database.bankEvent.findFirst({ where: { paymentKey: { startsWith: 'stray:' } } })) ?? undefined);
  expect(stray.applied).toBe(false);
  expect(await moved(claimNo)).toBe(1);
}, 60_000);

test('FAULTS 12: callbacks repeated, in any order and with another signature: each counts once, a forged one not at all', async () => {
  const { claimNo } = await travel(stack, newClaim(), null);
  const { payments: [payment] } = await paid(stack, claimNo);
  const call = async (eventId: string, secret = stack.bankSecret): Promise<number> => {
    const body = JSON.stringify({ eventId, key: payment!.key, bankReference: payment!.bankReference, status: 'confirmed', amountFen: 600_000, at: new Date().toISOString() });
    const response = await fetch(`${stack.apiUrl}/v1/webhooks/bank`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...sign(body, secret, new Date()) } });
    return response.status;
  };
  const eventId = randomUUID();
  expect(await Promise.all(Array.from({ length: 20 }, (_, n) => call(n % 2 === 0 ? eventId : randomUUID())))).toEqual(Array<number>(20).fill(200));
  expect(await call(randomUUID(), 'not-the-secret')).toBe(401);
  expect(await stateOf(stack, claimNo)).toMatchObject({ closedAs: 'paid', paidFen: 600_000 });
  expect(await stack.database.bankEvent.count({ where: { paymentKey: payment!.key } })).toBe(12);
}, 60_000);
