import { Client } from 'pg';
import { asWorker, createDatabase as open, inScope, type Database } from '../../../src/platform/database';
import { nextClaimNumber } from '../../../src/platform/database/claim-number';
import { createDatabase, type TestDatabase } from '../../support/database';
import { claimRow, HEART_H1, plantClaim, plantHouses } from './rows';

let database: TestDatabase;
let worker: Database;
beforeAll(async () => {
  database = await createDatabase();
  worker = open(database.workerUrl);
  await plantHouses(worker);
  await plantClaim(worker, 'KP-2026-000001', HEART_H1);
});
afterAll(async () => {
  await worker.$disconnect();
  await database.drop();
});

test('DESIGN: a second report of one event is found, and a void duplicate gives its place back', async () => {
  const first = await worker.claim.findUniqueOrThrow({ where: { claimNo: 'KP-2026-000001' } });
  const again = { ...claimRow('KP-2026-000002', HEART_H1, first.patientId), naturalKey: first.naturalKey };
  await expect(asWorker(worker, (tx) => tx.claim.create({ data: again }))).rejects.toThrow(/Unique constraint/);
  await asWorker(worker, async (tx) => {
    await tx.claim.update({ where: { claimNo: first.claimNo }, data: { closedAs: 'void' } });
    await tx.claim.create({ data: again });
  });
});

test('SPEC §1.2: a payment is not checked by the person who made it', async () => {
  await expect(asWorker(worker, (tx) => tx.payment.updateMany({ data: { checkedBy: 'P-1' } }))).rejects.toThrow(/payment_two_persons/);
  await asWorker(worker, (tx) => tx.payment.updateMany({ data: { checkedBy: 'P-2' } }));
});

test('an amount beyond what a JavaScript number holds is refused', async () => {
  await expect(asWorker(worker, (tx) => tx.claim.updateMany({ data: { askedFen: 2n ** 53n } }))).rejects.toThrow(/claim_amounts_check/);
});

test('claim numbers: parallel reports get different ones, a report rolled back gives its number back', async () => {
  const api = open(database.apiUrl);
  const report = (fail = false) => inScope(api, { personId: 'P-1', role: 'specialist', hospital: 'H001' }, async (tx) => {
    const number = await nextClaimNumber(tx, 2026);
    if (fail) throw new Error('rolled back');
    return number;
  });
  await expect(report(true)).rejects.toThrow('rolled back');
  const numbers = await Promise.all(Array.from({ length: 8 }, () => report()));
  expect(numbers.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `KP-2026-00000${n}`));
  await api.$disconnect();
});

test('a row in the outbox wakes who listens, with its kind', async () => {
  const listener = new Client({ connectionString: database.workerUrl });
  await listener.connect();
  await listener.query('LISTEN outbox');
  const heard = new Promise<string | undefined>((resolve) => { listener.on('notification', ({ payload }) => { resolve(payload); }); });
  await asWorker(worker, (tx) => tx.outbox.create({ data: { claimNo: 'KP-2026-000001', ...HEART_H1, kind: 'notice', key: 'n-1', payload: {} } }));
  expect(await heard).toBe('notice');
  await listener.end();
});
