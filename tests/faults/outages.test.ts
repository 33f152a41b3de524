import { randomUUID } from 'node:crypto';
import { checkEverything } from '../support/invariants';
import { aReport, newClaim, ORDINARY, stateOf, STEPS, travel, until } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { rush } from './storm/travellers';

/** How long PostgreSQL and Temporal stay away, in seconds; the long form is a minute. */
const LONG = Number(process.env['FAULTS_ROUNDS'] ?? 1) > 1;
const AWAY_S = LONG ? 60 : 15;
let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());
afterEach(async () => { console.log(JSON.stringify(await checkEverything(stack))); }, 120_000);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const FACTS = STEPS.find((step) => step.command === 'submit-facts')!;
const facts = (): Promise<unknown> => FACTS.body(stack, newClaim(ORDINARY));

/** Everything that was answered since `from`, as "status code" with its counts. */
function answersSince(from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of stack.acts.acts.slice(from).flatMap((act) => act.answers)) {
    const name = `${status ?? 'no answer'}${code ? ` ${code}` : ''}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

// At length only: the storm kills PostgreSQL with every run.
(LONG ? test : test.skip)(`FAULTS 5: PostgreSQL killed for ${AWAY_S} s under load: success or 503 with Retry-After, and what was answered stands`, async () => {
  const from = stack.acts.acts.length;
  let over = false;
  const loading = rush(stack, { seed: 5, travellers: 4, over: () => over, leave: () => over, only: 'facts' });
  await pause(2_000);
  await stack.kill('postgres');
  await pause(AWAY_S * 1_000);
  await stack.start('postgres');
  await pause(3_000);
  over = true;
  await loading;
  const answers = answersSince(from);
  console.log(`PostgreSQL away: ${JSON.stringify(answers)}`);
  expect(Object.keys(answers).filter((name) => !/^(200|201|202|503 .*)$/.test(name))).toEqual([]);
  expect(answers['503 database-away']).toBeGreaterThan(0);
  for (const { status, retryAfter } of stack.acts.acts.slice(from).flatMap((act) => act.answers)) if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
}, 180_000);

test(`FAULTS 7: Temporal away for ${AWAY_S} s: reports are taken and start when it is back, other acts answer 503 with Retry-After`, async () => {
  const specialist = await stack.person('specialist-a-h001');
  const before = await specialist.report(aReport(newClaim().n));
  await until(stack, before, (state) => state.eligibility !== null);
  await stack.kill('temporal');
  const during = await specialist.sendReport(aReport(newClaim().n));
  expect(during.status).toBe(201);
  const key = randomUUID();
  const body = await facts();
  const refused = await specialist.send(before, 'submit-facts', body, key);
  expect([refused.status, refused.code, Number(refused.retryAfter) > 0]).toEqual([503, 'workflows-away', true]);
  expect((await specialist.fetch('/v1/claims')).status).toBe(200);
  await pause(AWAY_S * 1_000);
  await stack.start('temporal');
  await specialist.act(before, 'submit-facts', body, key);
  await until(stack, (during.body as { claimNo: string }).claimNo, (state) => state.eligibility !== null, 60_000);
}, 180_000);

test('SPEC §3: with no worker an act is kept, answered 202 with a place to look, and done when one is back', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'set-payee');
  const [specialist, finance] = await Promise.all([stack.person('specialist-a-h001'), stack.person('finance-b-i001')]);
  const [early, earlyKey] = [{ payees: [{ holder: '收款人', bank: '示例银行', account: '6222000000000001' }] }, randomUUID()];
  const done = await specialist.act(claimNo, 'set-payee', early, earlyKey);
  await stack.stop('worker');
  // What was done before needs no worker to be answered again.
  expect(await specialist.send(claimNo, 'set-payee', early, earlyKey)).toMatchObject({ status: 200, body: done });
  const payees = { payees: [{ holder: '收款人', bank: '示例银行', account: '6222000000000003' }] };
  const [keys, doomedKey] = [[randomUUID(), randomUUID()], randomUUID()];
  const kept = await specialist.send(claimNo, 'set-payee', payees, keys[0]);
  expect([kept.status, kept.location]).toEqual([202, `/v1/claims/${claimNo}/acts/${keys[0]}`]);
  expect(await specialist.get(kept.location!)).toMatchObject({ actId: keys[0], command: 'set-payee', status: 'queued' });
  // Pressed again while it waits: the same answer. What the rules refuse is told to who asks.
  expect((await specialist.send(claimNo, 'set-payee', payees, keys[0])).status).toBe(202);
  const doomed = await finance.send(claimNo, 'make-payment', { amountFen: 1 }, doomedKey);
  expect([202, 409]).toContain(doomed.status);
  await stack.start('worker');
  await until(stack, claimNo, (state) => state.handled.some(({ id }) => id === keys[0]));
  expect(await specialist.get(kept.location!)).toMatchObject({ status: 'done' });
  expect((await specialist.send(claimNo, 'set-payee', payees, keys[0])).status).toBe(200);
  if (doomed.status === 202) {
    await checkEverything(stack);
    expect(await finance.get(doomed.location!)).toMatchObject({ status: 'refused', refusal: { code: 'payee-unconfirmed' } });
  }
  expect((await stateOf(stack, claimNo)).payments).toEqual([]);
}, 120_000);
