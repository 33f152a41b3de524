import { fillDirectory } from '../../dev/directory';
import { createRecordActivities } from '../../src/activities/record';
import type { Act } from '../../src/domain/claim';
import { asWorker, createDatabase as connect, type Database } from '../../src/platform/database';
import { plant } from '../api/planted';
import { inApproval, PEOPLE } from '../domain/claim/scenario';
import { createDatabase, type TestDatabase } from '../support/database';

let temporary: TestDatabase;
let database: Database;
beforeAll(async () => {
  temporary = await createDatabase();
  await fillDirectory(temporary.workerUrl);
  database = connect(temporary.workerUrl);
}, 60_000);
afterAll(async () => { await database.$disconnect(); await temporary.drop(); });

describe('SPEC §3: what became of an act that was kept for a worker can be asked', () => {
  const act = (id: string): Act => ({ id, command: 'approve', input: {}, actor: PEOPLE.approver, receivedAt: '2026-03-09T02:00:00.000Z', saidAt: null, hash: 'h' });
  const refusal = { code: 'not-now' as const };
  const row = (claimNo: string, id: string) => asWorker(database, (tx) => tx.act.findUnique({ where: { claimNo_id: { claimNo, id } }, select: { status: true, result: true, personId: true, hospital: true } }));

  test('the worker may refuse it before the API has written down that it waits: the refusal stays', async () => {
    const { claimNo, hospital, department, insurer, version } = await plant(database, inApproval(), 'KP-2026-000801');
    await createRecordActivities({ database }).recordRefusal({ claimNo, act: act('kept-0001'), refusal, version });
    const late = { claimNo, id: 'kept-0001', command: 'approve', bodyHash: 'h', personId: PEOPLE.approver.personId, at: new Date(), status: 'queued', hospital, department, insurer };
    await asWorker(database, (tx) => tx.act.createMany({ data: [late], skipDuplicates: true }));
    expect(await row(claimNo, 'kept-0001')).toEqual({ status: 'refused', result: refusal, personId: PEOPLE.approver.personId, hospital });
  });

  test('written down before, it is refused; done, it stays done', async () => {
    const { claimNo, hospital, department, insurer, version } = await plant(database, inApproval(), 'KP-2026-000802');
    const data = { claimNo, command: 'approve', bodyHash: 'h', personId: PEOPLE.approver.personId, at: new Date(), hospital, department, insurer };
    await asWorker(database, (tx) => tx.act.createMany({ data: [{ ...data, id: 'kept-0002', status: 'queued' }, { ...data, id: 'done-0003', status: 'done' }] }));
    const { recordRefusal } = createRecordActivities({ database });
    for (const id of ['kept-0002', 'done-0003']) await recordRefusal({ claimNo, act: act(id), refusal, version });
    expect([(await row(claimNo, 'kept-0002'))?.status, (await row(claimNo, 'done-0003'))?.status]).toEqual(['refused', 'done']);
  });
});
