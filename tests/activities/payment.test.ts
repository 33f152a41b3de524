import { inspect } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { startBank } from '../../dev/simulators/bank';
import type { RunningParty } from '../../dev/simulators/party';
import { createPaymentActivities, type PayeeAccount, type PaymentAnswer, type Standing } from '../../src/activities/payment';
import { createBankClient } from '../../src/platform/outside/bank';
import { bankJournal, eventually, paymentsUnder, setFaults } from '../support/parties';

const secret = 'shared-with-the-bank';
const account: PayeeAccount = { holder: '张三', bank: 'ICBC', account: '6222020200112233' };
const request = (paymentKey: string, amountFen = 5000) => ({ claimNo: 'KP-2026-000123', paymentKey, amountFen, payeeId: 'b7c1' });

let server: RunningParty;
let payee: () => PayeeAccount;
let standing: Standing;
beforeAll(async () => { server = await startBank({ port: 0, secret }); });
beforeEach(() => { payee = () => account; standing = 'owed'; });
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

/** Patient enough for a busy machine, unless the fault is about waiting. */
function activities({ key = secret, timeoutMs = 10_000 } = {}) {
  return createPaymentActivities({ bank: createBankClient({ url: server.url, secret: key, timeoutMs }), payees: async () => payee(), standing: async () => standing });
}
/** One attempt, as the worker makes it; the SDK would log each failure that is meant. */
const attempt = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const pay = (input: ReturnType<typeof request>, made = activities()): Promise<PaymentAnswer | { kind: 'unknown' }> => attempt().run(made.pay, input);
const askBank = (paymentKey: string): Promise<PaymentAnswer | { kind: 'unknown' }> => attempt().run(activities().askBank, { paymentKey });
const failureOf = (call: Promise<unknown>) => call.then(() => { throw new Error('it did not fail'); }, (error: Error & { type?: string; nonRetryable?: boolean }) => error);

/** Attempts until one is answered, as Temporal's retries do. */
async function payWithRetries(input: ReturnType<typeof request>, timeoutMs: number): Promise<{ answer: PaymentAnswer | { kind: 'unknown' }; failures: number }> {
  for (let failures = 0; failures < 5; failures += 1) {
    try {
      return { answer: await pay(input, activities({ timeoutMs })), failures };
    } catch (error) {
      expect(error).toMatchObject({ type: 'bank-unreachable' });
      expect(error).not.toMatchObject({ nonRetryable: true });
    }
  }
  throw new Error('still unanswered');
}

describe('SPEC §1.9: an order goes to the bank only while it is owed', () => {
  test('one that two persons settled by hand while the bank was away is not sent when it is back', async () => {
    standing = 'settled';
    expect(await pay(request('settled:1'))).toEqual({ kind: 'unknown' });
    expect(await paymentsUnder(server.url, 'settled:1')).toBe(0);
  });

  test.each([['not-recorded', 'payment-not-recorded'], ['held', 'restored-compare-with-bank']] as const)('%s: not sent, and tried again', async (why, type) => {
    standing = why;
    expect(await failureOf(pay(request(`${why}:1`)))).toMatchObject({ type, nonRetryable: false });
    expect(await paymentsUnder(server.url, `${why}:1`)).toBe(0);
    standing = 'owed';
    expect(await pay(request(`${why}:1`))).toMatchObject({ amountFen: 5000 });
  });

  test('what the bank holds already is known, however it stands here', async () => {
    await pay(request('known:1'));
    standing = 'held';
    expect(await pay(request('known:1'))).toMatchObject({ amountFen: 5000 });
    expect(await paymentsUnder(server.url, 'known:1')).toBe(1);
  });
});

describe('SPEC §1.9: bank says unknown → ask by key, never resend blind', () => {
  test.each([
    ['fail', [{ do: 'fail', times: 2 }], 2, 10_000],
    ['fail when asked', [{ do: 'fail', on: 'ask', times: 2 }], 2, 10_000],
    ['time-out', [{ do: 'time-out', times: 1 }], 1, 1000],
    ['time-out-then-succeed', [{ do: 'time-out-then-succeed' }], 1, 1000],
    ['delay past our patience', [{ do: 'delay', ms: 1600, times: 1 }], 1, 1000],
  ])('%s: retried until answered, one payment', async (what, rules, failures, timeoutMs) => {
    const key = `fault:${what}`;
    await setFaults(server.url, rules);
    const outcome = await payWithRetries(request(key), timeoutMs);
    expect(outcome).toMatchObject({ failures, answer: { amountFen: 5000 } });
    // Long enough for an order that was still under way to land.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await paymentsUnder(server.url, key)).toBe(1);
    expect((await bankJournal(server.url)).some((entry) => entry.what === 'received' && entry.key === key && entry.fault !== undefined)).toBe(true);
  });

  test('an order that landed unanswered is not sent a second time', async () => {
    await setFaults(server.url, [{ do: 'time-out-then-succeed' }]);
    await payWithRetries(request('landed'), 1000);
    const operations = (await bankJournal(server.url)).flatMap((entry) => (entry.what === 'received' && entry.key === 'landed' ? [entry.operation] : []));
    expect(operations).toEqual(['ask', 'submit', 'ask']);
  });

  test('askBank never sends an order', async () => {
    expect(await askBank('only-asked')).toEqual({ kind: 'unknown' });
    expect(await paymentsUnder(server.url, 'only-asked')).toBe(0);
  });

  test('a second claim of the same key with another amount gets what the bank holds', async () => {
    await pay(request('held', 5000));
    expect(await pay(request('held', 7000))).toMatchObject({ amountFen: 5000 });
    expect(await paymentsUnder(server.url, 'held')).toBe(1);
  });

  test('two orders for one key at once: one payment, and the loser asks what stands', async () => {
    const results = await Promise.allSettled([pay(request('raced', 5000)), pay(request('raced', 7000))]);
    const lost = results.find((result) => result.status === 'rejected');
    if (lost) expect(lost.reason).toMatchObject({ type: 'bank-unreachable' });
    expect(await paymentsUnder(server.url, 'raced')).toBe(1);
  });
});

describe('SPEC §1.9: named outcomes', () => {
  const outcome = (key: string) => eventually<PaymentAnswer | { kind: 'unknown' }>(async () => {
    const answer = await askBank(key);
    return answer.kind === 'accepted' ? undefined : answer;
  });

  test.each([
    ['answer-twice', { kind: 'confirmed', amountFen: 5000 }],
    ['unknown', { kind: 'confirmed', amountFen: 5000 }],
    ['other-amount', { kind: 'confirmed', amountFen: 1 }],
    ['payee-fault', { kind: 'failed', fault: 'payee' }],
    ['bank-fault', { kind: 'failed', fault: 'bank' }],
  ])('%s', async (fault, expected) => {
    await setFaults(server.url, [{ do: fault, amountFen: 1 }]);
    await pay(request(`outcome:${fault}`));
    expect(await outcome(`outcome:${fault}`)).toMatchObject(expected);
    expect(await pay(request(`outcome:${fault}`))).toMatchObject(expected);
  });

  test('an order the bank will not take is failed by the bank, and nothing is paid', async () => {
    payee = () => ({ ...account, account: '' });
    expect(await pay(request('no-account'))).toEqual({ kind: 'failed', amountFen: 5000, bankReference: null, fault: 'bank' });
    expect(await paymentsUnder(server.url, 'no-account')).toBe(0);
  });

  test('a wrong secret is our set-up, not the order’s fault: retried, never "failed"', async () => {
    const failure = await failureOf(pay(request('not-let-in'), activities({ key: 'guess' })));
    expect(failure).toMatchObject({ type: 'bank-unreachable', message: expect.stringContaining('BANK_SECRET') });
  });
});

test('SPEC §3: no failure carries a name or an account, whatever the payee’s store says', async () => {
  payee = () => { throw new TypeError('no row for 张三 6222020200112233'); };
  const failures = [await failureOf(pay(request('unreadable')))];
  payee = () => account;
  for (const fault of ['fail', 'time-out']) {
    await setFaults(server.url, [{ do: fault }]);
    failures.push(await failureOf(pay(request(`private:${fault}`), activities({ timeoutMs: 1000 }))));
  }
  expect(failures.map(({ type }) => type)).toEqual(['payee-unreadable', 'bank-unreachable', 'bank-unreachable']);
  // Message, stack, cause, details: all that the history would keep.
  expect(inspect(failures, { depth: null })).not.toMatch(/张三|6222020200112233/);
});
