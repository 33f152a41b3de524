import { once } from 'node:events';
import { Client as Postgres } from 'pg';
import { checkEverything } from '../support/invariants';
import { newClaim, paid, STEPS, stateOf, take, travel, until, type Travelling } from '../support/journey';
import { bankJournal, eventually, setFaults } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';

const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 1);
let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** When the worker is killed, seen from the act: right after its answer, while it is under way, or before it is sent. */
const MOMENTS = ['after', 'during', 'before'] as const;

test('FAULTS 3: a worker killed after, during and before every act of a claim loses, doubles and pays nothing twice', async () => {
  // A claim before every step; each kill meets all of them at once, and each then stands one step further.
  const claims: Array<{ claim: Travelling; next: number }> = [];
  await Promise.all(STEPS.map(async ({ command }, next) => { claims.push({ claim: await travel(stack, newClaim(), command), next }); }));
  let kills = 0;
  const latencies: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const moment of MOMENTS) {
      const onTheWay = claims.filter(({ next }) => next < STEPS.length);
      const step = (): Promise<unknown> => Promise.all(onTheWay.map((one) => take(stack, one.claim, STEPS[one.next]!)));
      let acts: Promise<unknown> = Promise.resolve();
      if (moment === 'after') await step();
      if (moment === 'during') { acts = step(); await pause(Math.random() * 250); }
      await stack.kill('worker');
      kills += 1;
      if (moment === 'before') { acts = step(); await pause(200); }
      await stack.start('worker');
      const back = Date.now();
      await acts;
      latencies.push(Date.now() - back);
      for (const one of onTheWay) one.next += 1;
      claims.push({ claim: newClaim(), next: 0 });
    }
  }
  await Promise.all(claims.map(async ({ claim, next }) => {
    for (const step of STEPS.slice(next)) await take(stack, claim, step);
    await paid(stack, claim.claimNo);
  }));
  const checked = await checkEverything(stack);
  console.log(`${kills} kills; claims moved again after ${latencies.join(', ')} ms; checked ${JSON.stringify(checked)}`);
  expect(checked).toMatchObject({ claims: claims.length, payments: claims.length });
}, 240_000 * ROUNDS);

test('SPEC §1.9: killed after the bank has the order and before that is recorded, the claim is paid once', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'check-payment');
  await setFaults(stack.bankUrl, [{ do: 'time-out-then-succeed', match: { claimNo } }]);
  await (await stack.person('finance-b-i001')).act(claimNo, 'check-payment', {});
  await eventually(async () => (await bankJournal(stack.bankUrl)).find((entry) => entry.what === 'accepted' && entry.reference === claimNo));
  await stack.kill('worker');
  await stack.start('worker');
  await paid(stack, claimNo);
  await setFaults(stack.bankUrl, []);
  expect((await bankJournal(stack.bankUrl)).filter((entry) => entry.what === 'accepted' && entry.reference === claimNo)).toHaveLength(1);
}, 90_000);

test('SPEC §3: killed while the record is being written, the act stands once', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'approve');
  const { fileVersion, version } = await stateOf(stack, claimNo);
  // Somebody holds the claim's row, so that the recording waits in the database when its worker dies.
  const holder = new Postgres({ connectionString: stack.databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM claim WHERE claim_no = $1 FOR UPDATE', [claimNo]);
  const approving = (await stack.person('approver-a-i001')).act(claimNo, 'approve', { lines: [{ benefit: 'medical-costs', askedFen: 600_000, approvedFen: 600_000 }], fileVersion });
  await eventually(async () => (await stack.database.$queryRaw<unknown[]>`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'`).length > 0 || undefined);
  await stack.kill('worker');
  await holder.query('ROLLBACK');
  await Promise.all([holder.end(), once(holder, 'end')]);
  await stack.start('worker');
  await approving;
  expect(await until(stack, claimNo, (state) => state.stage === 'payment')).toMatchObject({ decision: { by: 'P-I001-APPROVER-A' } });
  expect(await stack.database.claimEvent.count({ where: { claimNo, type: 'decided' } })).toBe(1);
  expect((await stateOf(stack, claimNo)).version).toBeGreaterThan(version);
  await checkEverything(stack);
}, 90_000);

test('issue 5 part 2: an account is shut while the worker is dead: within a minute of its return the task is in the pool, once, without anybody asking', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'recommend');
  const holder = 'P-I001-REVIEWER-C';
  await (await stack.person('reviewer-c-i001')).act(claimNo, 'claim-task', { taskId: (await stateOf(stack, claimNo)).tasks[0]!.taskId });
  const { clocks, climbed } = await stateOf(stack, claimNo);
  await stack.kill('worker');
  await stack.database.person.updateMany({ where: { personId: holder }, data: { active: false } });
  await stack.start('worker');
  const state = await until(stack, claimNo, ({ tasks }) => tasks[0]?.assignee === null);
  expect([state.clocks, state.climbed]).toEqual([clocks, climbed]);
  // Dead before it has noted that it told: the next one tells again, and nothing happens.
  await stack.kill('worker');
  await stack.database.outbox.updateMany({ where: { claimNo, key: { startsWith: 'holder-left:' } }, data: { doneAt: null, availableAt: new Date() } });
  await stack.start('worker');
  await eventually(async () => (await stack.database.outbox.count({ where: { claimNo, key: { startsWith: 'holder-left:' }, doneAt: null } })) === 0 || undefined);
  const given = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'task-assigned' }, orderBy: { version: 'asc' } });
  expect(given.map(({ data }) => (data as { why: string }).why)).toEqual(['claimed', 'holder-left']);
  await stack.database.person.updateMany({ where: { personId: holder }, data: { active: true } });
  await checkEverything(stack);
}, 120_000);
