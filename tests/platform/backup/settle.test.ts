import { fillDirectory } from '../../../dev/directory';
import { asWorker, createDatabase as openPool, type Database } from '../../../src/platform/database';
import { nextClaimNumber } from '../../../src/platform/database/claim-number';
import { settle } from '../../../src/platform/backup/settle';
import { standingOf } from '../../../src/platform/claims/standing';
import { plant } from '../../api/planted';
import { yearsAround } from '../operations/claims';
import { given, inPayment, toBank } from '../../domain/claim/scenario';
import { createDatabase, type TestDatabase } from '../../support/database';

const TEMPORAL_COPIED_AT = '2026-11-22T09:00:00.000Z';
const [OPEN, PAYING, LATER] = ['KP-2026-000201', 'KP-2026-000202', 'KP-2026-000203'];
const tenant = (claimNo: string) => ({ claimNo, hospital: 'H001', department: 'general-surgery', insurer: 'I001' });

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await createDatabase();
  await fillDirectory(server.workerUrl);
  database = openPool(server.workerUrl, { connections: 1 });
  const { department } = await plant(database, given(), OPEN);
  await plant(database, toBank(inPayment()), PAYING);
  const { actId } = await database.claimEvent.findFirstOrThrow({ where: { claimNo: OPEN }, select: { actId: true } });
  const done = { doneAt: new Date(), ...tenant(OPEN), department };
  await database.outbox.createMany({ data: [
    { kind: 'deliver', key: 'flag:1', payload: {}, ...done },
    { kind: 'deliver', key: actId, payload: {}, ...done },
    { kind: 'notice', key: 'asked:1', payload: { template: 'supplement-asked' }, ...done },
    { kind: 'notice', key: 'reminded:1', payload: { template: 'reminded' }, ...done },
  ] });
  const act = (id: string, at: string, status: string) => ({ id, command: 'submit-facts', bodyHash: '', personId: 'P', at, status, ...tenant(OPEN), department });
  await database.act.createMany({ data: [act('kept-before', '2026-11-22T08:59:59.000Z', 'queued'), act('kept-after', '2026-11-22T09:00:01.000Z', 'queued'), act('refused-after', '2026-11-22T09:00:01.000Z', 'refused')] });
  await asWorker(database, (tx) => nextClaimNumber(tx, 2026));
}, 60_000);
afterAll(async () => {
  await database.$disconnect();
  await server.drop();
});

test('issue 5, backup and restore: a restored database is told what the world knows better, once and for all', async () => {
  const told = await settle(server.superuserUrl, TEMPORAL_COPIED_AT);
  expect(told).toMatchObject({ toldAgain: 2, lostActs: [{ claimNo: OPEN, id: 'kept-after', command: 'submit-facts' }] });
  expect(told.lastEventAt).not.toBeNull();

  const waiting = await database.outbox.findMany({ where: { doneAt: null, key: { in: ['flag:1', 'asked:1', 'reminded:1'] } }, select: { key: true }, orderBy: { key: 'asc' } });
  expect(waiting.map(({ key }) => key)).toEqual(['asked:1', 'flag:1']);
  const acts = await database.act.findMany({ where: { claimNo: OPEN }, select: { id: true }, orderBy: { id: 'asc' } });
  expect(acts.map(({ id }) => id)).toEqual(['kept-before', 'refused-after']);
  // A claim number that was given after the copy is never given again.
  expect(await asWorker(database, (tx) => nextClaimNumber(tx, 2026))).toBe('KP-2026-010002');
  expect(await database.difference.count({ where: { kind: 'restored' } })).toBe(1);
  expect(await settle(server.superuserUrl, TEMPORAL_COPIED_AT)).toMatchObject({ toldAgain: 0, lostActs: [] });
});

test('issue 5, backup and restore: no order goes out for a claim that stood at the restore, until somebody has compared with the bank', async () => {
  const keyOf = async (claimNo: string): Promise<string> => (await database.payment.findFirstOrThrow({ where: { claimNo }, select: { key: true } })).key;
  const held = await keyOf(PAYING);
  expect(await standingOf(database, PAYING, held)).toBe('held');
  expect(await standingOf(database, PAYING, `${held}0`)).toBe('not-recorded');
  const later = new Date(Date.now() + 60_000).toISOString();
  await plant(database, toBank(inPayment({ at: later, years: yearsAround() })), LATER);
  expect(await standingOf(database, LATER, await keyOf(LATER))).toBe('owed');

  await database.difference.updateMany({ where: { kind: 'restored' }, data: { resolvedAt: new Date() } });
  expect(await standingOf(database, PAYING, held)).toBe('owed');
  await database.payment.update({ where: { key: held }, data: { status: 'failed' }, select: { key: true } });
  expect(await standingOf(database, PAYING, held)).toBe('settled');
});
