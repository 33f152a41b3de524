import { inspect } from 'node:util';
import { startBank } from '../../../dev/simulators/bank';
import type { RunningParty } from '../../../dev/simulators/party';
import { COMMANDS } from '../../../src/domain/claim';
import { bankCallbackSchema, createBankClient, type BankAnswer, type BankClient } from '../../../src/platform/outside/bank';
import { Ambiguous, Refused } from '../../../src/platform/outside/errors';
import { bankJournal, eventually, paymentsUnder, setFaults } from '../../support/parties';

const secret = 'shared-with-the-bank';
const order = (key: string, amountFen = 123_45) => ({ key, amountFen, payee: { holder: '张三', bank: 'ICBC', account: '6222020200112233' }, reference: 'KP-2026-000123' });

let server: RunningParty;
let bank: BankClient;
let hasty: BankClient;
beforeAll(async () => {
  server = await startBank({ port: 0, secret });
  // Patient enough for a busy machine; `hasty` is for the faults that are about waiting.
  bank = createBankClient({ url: server.url, secret, timeoutMs: 10_000 });
  hasty = createBankClient({ url: server.url, secret, timeoutMs: 400 });
});
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

const settled = (key: string) => eventually<BankAnswer>(async () => {
  const answer = await bank.ask(key);
  return answer.kind === 'accepted' ? undefined : answer;
});

describe('SPEC §1.9: one payment per key', () => {
  test('an order is accepted, then confirmed under the bank’s reference', async () => {
    expect(await bank.submit(order('honest'))).toEqual({ kind: 'accepted', amountFen: 123_45, bankReference: null });
    expect(await settled('honest')).toEqual({ kind: 'confirmed', amountFen: 123_45, bankReference: expect.stringMatching(/^BK-/) });
  });

  test('the same order fifty times at once is one payment and fifty equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => bank.submit(order('fifty'))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await paymentsUnder(server.url, 'fifty')).toBe(1);
  });

  test('another order under the same key is refused, and the first one stands', async () => {
    await bank.submit(order('reused', 100));
    await expect(bank.submit(order('reused', 200))).rejects.toMatchObject({ name: 'Refused', status: 409 });
    expect(await settled('reused')).toMatchObject({ kind: 'confirmed', amountFen: 100 });
  });

  test('a key the bank never saw is unknown, a named outcome', async () => {
    expect(await bank.ask('payment:never/seen?x=1')).toEqual({ kind: 'unknown' });
  });

  test.each([['0 fen', 0], ['less than 0', -1], ['parts of a fen', 0.5], ['1e309', 1e309]])('%s is refused by the bank', async (_what, amountFen) => {
    await expect(bank.submit(order('bad-amount', amountFen))).rejects.toThrow(Refused);
    expect(await paymentsUnder(server.url, 'bad-amount')).toBe(0);
  });

  test('a call with another secret is refused and does nothing', async () => {
    const stranger = createBankClient({ url: server.url, secret: 'guess', timeoutMs: 10_000 });
    await expect(stranger.submit(order('stranger'))).rejects.toMatchObject({ name: 'Refused', status: 401 });
    expect(await bank.ask('stranger')).toEqual({ kind: 'unknown' });
  });
});

test.each([
  ['amountFen', 0], ['amountFen', Number.MAX_SAFE_INTEGER], ['amountFen', -1], ['amountFen', 0.5], ['bankReference', 'x'.repeat(80)], ['bankReference', 'x'.repeat(81)], ['bankReference', 'a b'], ['key', 'x'.repeat(201)],
])('SPEC §1.9: what the bank may call back with, the claim takes: %s %s', (field, value) => {
  const said = { key: 'KP-2026-000123:death:x:1', status: 'confirmed', amountFen: 1, bankReference: 'B1', [field]: value };
  expect(bankCallbackSchema.safeParse({ ...said, eventId: 'e', at: '2026-03-02T02:00:00Z' }).success).toBe(COMMANDS['bank-answered'].schema.safeParse(said).success);
});

describe('SPEC §1.9: bank says unknown → ask by key, never resend blind', () => {
  test('time-out: no answer and no payment', async () => {
    await setFaults(server.url, [{ do: 'time-out', match: { key: 'lost' } }]);
    await expect(hasty.submit(order('lost'))).rejects.toThrow(Ambiguous);
    expect(await bank.ask('lost')).toEqual({ kind: 'unknown' });
  });

  test('time-out-then-succeed: no answer, yet paid, as asking shows', async () => {
    await setFaults(server.url, [{ do: 'time-out-then-succeed', match: { claimNo: 'KP-2026-000123' } }]);
    await expect(hasty.submit(order('silent'))).rejects.toThrow(Ambiguous);
    expect(await settled('silent')).toMatchObject({ kind: 'confirmed' });
  });

  test('delay: an order that lands after we stopped waiting is one payment still', async () => {
    await setFaults(server.url, [{ do: 'delay', ms: 1800, times: 1 }]);
    await expect(hasty.submit(order('late'))).rejects.toThrow(Ambiguous);
    expect(await bank.ask('late')).toEqual({ kind: 'unknown' });
    await bank.submit(order('late'));
    // Both orders have arrived by then: the late one found the key taken.
    await new Promise((resolve) => setTimeout(resolve, 1800));
    expect(await paymentsUnder(server.url, 'late')).toBe(1);
  });

  test('fail: 503 is no refusal; the bank stopped is none either', async () => {
    await setFaults(server.url, [{ do: 'fail', times: 1 }, { do: 'fail', on: 'ask', times: 1 }]);
    await expect(bank.submit(order('failing'))).rejects.toMatchObject({ name: 'Ambiguous', why: 'HTTP 503' });
    await expect(bank.ask('failing')).rejects.toMatchObject({ name: 'Ambiguous', why: 'HTTP 503' });
    expect(await bank.ask('failing')).toEqual({ kind: 'unknown' });

    const gone = await startBank({ port: 0, secret });
    await gone.stop();
    const caller = createBankClient({ url: gone.url, secret, timeoutMs: 10_000 });
    await expect(caller.ask('x')).rejects.toMatchObject({ name: 'Ambiguous', why: 'ECONNREFUSED' });
  });
});

describe('SPEC §1.9: what else a bank does', () => {
  test.each([
    ['payee-fault', { kind: 'failed', fault: 'payee', amountFen: 123_45 }],
    ['bank-fault', { kind: 'failed', fault: 'bank', amountFen: 123_45 }],
    ['other-amount', { kind: 'confirmed', amountFen: 99 }],
  ])('%s', async (fault, outcome) => {
    await setFaults(server.url, [{ do: fault, amountFen: 99 }]);
    await bank.submit(order(`does:${fault}`));
    expect(await settled(`does:${fault}`)).toMatchObject(outcome);
  });

  test('settle-late: accepted until then', async () => {
    await setFaults(server.url, [{ do: 'settle-late', ms: 2500 }]);
    await bank.submit(order('slow'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await bank.ask('slow')).toMatchObject({ kind: 'accepted', bankReference: expect.stringMatching(/^BK-/) });
    expect(await settled('slow')).toMatchObject({ kind: 'confirmed' });
  });

  test('a rule fires as often as it says, and the journal shows which fired', async () => {
    await setFaults(server.url, [{ do: 'fail', times: 2, match: { key: 'counted' } }]);
    await expect(bank.submit(order('counted'))).rejects.toThrow(Ambiguous);
    await expect(bank.submit(order('counted'))).rejects.toThrow(Ambiguous);
    await bank.submit(order('counted'));
    const faults = (await bankJournal(server.url)).flatMap((entry) => (entry.what === 'received' && entry.key === 'counted' ? [entry.fault] : []));
    expect(faults).toEqual(['fail', 'fail', undefined]);
  });

  test('a rule that the bank does not know is refused by name', async () => {
    await expect(setFaults(server.url, [{ do: 'explode' }])).rejects.toThrow(/0\.do/);
  });
});

test('SPEC §3: neither errors nor the bank’s journal carry a name or an account', async () => {
  await setFaults(server.url, [{ do: 'fail', times: 1 }]);
  const errors = await Promise.all([bank.submit(order('private')), bank.submit(order('private', -1))].map((call) => call.catch((error: Error) => error)));
  const said = inspect(errors, { depth: null }) + JSON.stringify(await bankJournal(server.url));
  expect(said).toContain('Ambiguous');
  expect(said).not.toMatch(/张三|6222020200112233/);
});
