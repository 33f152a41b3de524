import { Registry } from 'prom-client';
import { createDatabase as openPool, type Database } from '../../../src/platform/database';
import { collectBusinessGauges } from '../../../src/platform/operations/metrics';
import { createDatabase, type TestDatabase } from '../../support/database';
import { HEART_H1, HEART_H2, plantClaim, plantHouses } from '../database/rows';

let test_: TestDatabase, worker: Database, api: Database;
beforeAll(async () => {
  test_ = await createDatabase();
  worker = openPool(test_.workerUrl);
  api = openPool(test_.apiUrl);
  await plantHouses(worker);
  await plantClaim(worker, 'KP-2026-000001', HEART_H1);
  await plantClaim(worker, 'KP-2026-000002', HEART_H2);
  await worker.claim.update({ where: { claimNo: 'KP-2026-000002' }, data: { breached: true, stuck: true } });
  await worker.difference.create({ data: { foundAt: new Date(), claimNo: 'KP-2026-000001', kind: 'workflow-missing', detail: {} } });
  await worker.difference.create({ data: { foundAt: new Date(), claimNo: 'KP-2026-000002', kind: 'workflow-missing', detail: {}, resolvedAt: new Date() } });
  await worker.outbox.updateMany({ data: { createdAt: new Date(Date.now() - 90_000) } });
});
afterAll(async () => { await Promise.all([worker.$disconnect(), api.$disconnect()]); await test_.drop(); });

test('issue part 9: a scrape says how the claims stand, over all houses, and names no claim', async () => {
  const register = new Registry();
  collectBusinessGauges(register, api);
  const text = await register.metrics();
  for (const line of ['kuaipei_claims_open{stage="collecting"} 2', 'kuaipei_claims_breached{stage="collecting"} 1', 'kuaipei_claims_stuck{stage="collecting"} 1',
    'kuaipei_differences_open{kind="workflow-missing"} 1', 'kuaipei_outbox_pending{kind="start-claim"} 2']) expect(text).toContain(line);
  expect(Number(/kuaipei_outbox_oldest_seconds\{kind="start-claim"\} (\S+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(90);
  expect(Number(/kuaipei_ledger_age_seconds\{line="last"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(24 * 3600); // no line since the first report
  expect(text).not.toContain('KP-2026');
});

test('while the database does not answer the gauges have no values, and the scrape is answered', async () => {
  const away = openPool('postgresql://kuaipei_api@127.0.0.1:9/none');
  const register = new Registry();
  collectBusinessGauges(register, away);
  expect(await register.metrics()).not.toMatch(/^kuaipei_/m);
  await away.$disconnect();
});

test('“a claim never waits unseen”: counted are those that nobody owes anything, and those whose date passed unheard', async () => {
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const unseenWith = async (data: { waitingFor: string[]; nextDeadline: Date | null; breached: boolean }): Promise<string | undefined> => {
    await worker.claim.updateMany({ data: { waitingFor: ['specialist'], nextDeadline: null, breached: false } });
    await worker.claim.update({ where: { claimNo: 'KP-2026-000001' }, data });
    const register = new Registry();
    collectBusinessGauges(register, api);
    return /kuaipei_claims_unseen\{stage="collecting"\} (\S+)/.exec(await register.metrics())?.[1];
  };
  const seen = { waitingFor: ['specialist'], nextDeadline: minutesAgo(4), breached: false };
  expect([
    await unseenWith(seen), await unseenWith({ ...seen, nextDeadline: minutesAgo(6) }), await unseenWith({ ...seen, nextDeadline: minutesAgo(6), breached: true }), await unseenWith({ ...seen, waitingFor: [] }),
  ]).toEqual(['0', '1', '0', '1']);
});
