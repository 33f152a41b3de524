import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { StoredDocument } from '../../dev/client';
import { DEFAULT_KEEPS } from '../../src/domain/retention';
import { verifyAudit } from '../../src/platform/audit/verify';
import { dataConverter } from '../../src/platform/codec';
import { createDatabase, type Database } from '../../src/platform/database';
import { RETENTION_ROUND } from '../../src/platform/operations/schedule';
import { FROM_THE_FIRST, tellWhatIsDue, type Told } from '../../src/platform/retention/due';
import { eventually } from '../support/parties';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
let worker: Database;
let temporal: Client;
/** Withdrawn; another claim of the same patient, open; a document of the first. */
let claimNo: string, other: string, documentId: string, uploaded: StoredDocument;
const SPECIALIST = 'specialist-a-h001', AFFAIRS = 'medical-affairs-a-h001', AFFAIRS_B = 'medical-affairs-b-h001';
const WORDS = '家属说明：术后出血';

beforeAll(async () => {
  stack = await startStack({ worker: true });
  worker = createDatabase(stack.database.workerUrl, { keys: stack.keys });
  temporal = new Client({ connection: await Connection.connect({ address: stack.temporal.address }), namespace: stack.temporal.namespace, dataConverter: dataConverter(stack.keys) });
  claimNo = (await stack.post(SPECIALIST, '/v1/claims', aReport('KEPT-1'))).body.claimNo;
  other = (await stack.post(SPECIALIST, '/v1/claims', aReport('KEPT-1', { surgeryAt: '2026-04-02T01:00:00Z', occurredAt: '2026-04-02T02:30:00Z' }))).body.claimNo;
  uploaded = await stack.upload(SPECIALIST, claimNo, 'invoice');
  ({ documentId } = uploaded);
  await act(SPECIALIST, 'upload-documents', { documents: [uploaded] });
  await act('patient-a', 'withdraw', { note: WORDS });
}, 240_000);
afterAll(async () => {
  await temporal.connection.close();
  await worker.$disconnect();
  await stack.stop();
});

async function act(account: string, command: string, body: object, expected = 200): Promise<{ code?: string; actId?: string }> {
  const answer = await eventually(async () => { const one = await stack.post(account, `/v1/claims/${claimNo}/acts/${command}`, body, { 'Idempotency-Key': randomUUID() }); return one.status === 202 ? undefined : one; });
  expect([command, answer.status, answer.status === expected ? '' : answer.body]).toEqual([command, expected, '']);
  return answer.body as { code?: string; actId?: string };
}
const round = (years: number): Promise<Told> => tellWhatIsDue({ database: worker, temporal, keeps: DEFAULT_KEEPS, now: () => new Date(Date.now() + years * 366 * 86_400_000) }, FROM_THE_FIRST, () => undefined);
const seen = async (account = SPECIALIST) => (await stack.get(account, `/v1/claims/${claimNo}`)).body as { allowed: string[]; patient: object | null; clinical: { documents: Array<{ fileName: string | null }> }; retention: { plain: { zh: string }; kept: object[]; erased: object[]; held: boolean; holds: Array<{ holdId: string; mayLift: boolean }> | null } };
const events = async (type: string) => (await stack.get('auditor', `/v1/claims/${claimNo}/events?limit=100&type=${type}`)).body.items as Array<{ data: object; personal: object | null; erased: object | null }>;

test('a daily schedule asks the closed claims', async () => {
  const described = await temporal.schedule.getHandle(RETENTION_ROUND).describe();
  expect(described.spec).toMatchObject({ timezone: 'Asia/Shanghai', calendars: [{ hour: [{ start: 2, end: 2 }], minute: [{ start: 30, end: 30 }] }] });
  await temporal.schedule.getHandle(RETENTION_ROUND).trigger();
  const done = await eventually(async () => (await temporal.schedule.getHandle(RETENTION_ROUND).describe()).info.recentActions[0], 20_000);
  if (done.action.type !== 'startWorkflow') throw new Error(done.action.type);
  // Neither claim has been closed for a year.
  expect(await temporal.workflow.getHandle(done.action.workflow.workflowId).result()).toEqual({ looked: 0, told: 0 });
});

test('the claim page says what is kept until when, and why', async () => {
  const { retention } = await seen();
  expect(retention).toMatchObject({ held: false, erased: [], holds: [], kept: [{ what: 'file', rule: 'withdrawn', because: { en: expect.stringContaining('three years') } }, { what: 'person', rule: 'withdrawn' }] });
  expect((await seen('patient-a')).retention).toMatchObject({ holds: null, plain: { zh: expect.stringContaining('保存到2029年') } });
});

test('legal hold: set with a reason, shown, and nothing of a held claim is erased', async () => {
  await act(AFFAIRS, 'set-hold', { reason: 'lawsuit', note: '法院通知' });
  expect((await seen(AFFAIRS)).retention).toMatchObject({ held: true, holds: [{ reason: 'lawsuit', side: 'hospital', mayLift: true }] });
  expect((await seen('approver-a-i001')).retention.holds).toMatchObject([{ mayLift: false }]);
  expect(await round(4)).toMatchObject({ looked: 1, told: 0 });
  expect(await events('data-erased')).toEqual([]);
});

test('two persons to lift, of the side that set it', async () => {
  const [hold] = (await seen(AFFAIRS)).retention.holds!;
  expect((await act('approver-a-i001', 'lift-hold', { holdId: hold!.holdId, note: '已结' }, 409)).code).toBe('no-hold');
  const proposed = await act(AFFAIRS, 'lift-hold', { holdId: hold!.holdId, note: '案件已审结' });
  expect(await round(4)).toMatchObject({ told: 0 });
  await act(AFFAIRS, 'confirm-proposal', { proposalId: proposed.actId }, 403);
  expect((await act('approver-a-i001', 'decline-proposal', { proposalId: proposed.actId, note: '不同意' }, 409)).code).toBe('no-proposal');
  await act(AFFAIRS_B, 'confirm-proposal', { proposalId: proposed.actId });
  expect((await seen(AFFAIRS)).retention).toMatchObject({ held: false, holds: [] });
});

test('an open difference with the bank holds by itself', async () => {
  const { id } = await worker.difference.create({ data: { foundAt: new Date(), claimNo, kind: 'bank-after-the-end', detail: {} }, select: { id: true } });
  expect(await round(4)).toMatchObject({ told: 0 });
  await worker.difference.update({ where: { id }, data: { resolvedAt: new Date() }, select: { id: true } });
});

test('after a restore nothing is told to be erased before somebody has looked: holds set since the copy are lost', async () => {
  const { id } = await worker.difference.create({ data: { foundAt: new Date(), claimNo: '-', kind: 'restored', detail: { since: new Date().toISOString() } }, select: { id: true } });
  expect(await round(4)).toMatchObject({ looked: 1, told: 0 });
  await worker.difference.update({ where: { id }, data: { resolvedAt: new Date() }, select: { id: true } });
});

test('what is due is ruled by the claim itself, once; from that moment nobody reads it, and everybody is told by which rule', async () => {
  expect((await stack.get(SPECIALIST, `/v1/documents/${documentId}`)).status).toBe(200);
  expect(await round(4)).toMatchObject({ looked: 1, told: 1 });
  await eventually(async () => ((await events('data-erased')).length === 2 ? true : undefined), 20_000);
  await round(4);
  expect((await events('data-erased')).map(({ data }) => data)).toMatchObject([{ what: 'file', rule: 'withdrawn' }, { what: 'person', rule: 'withdrawn' }]);

  const { status, body } = await stack.get(SPECIALIST, `/v1/documents/${documentId}`);
  expect([status, body.code, body.text.zh]).toEqual([410, 'erased-by-rule', expect.stringContaining('按规定删除')]);
  const page = await seen();
  expect(page).toMatchObject({ patient: null, clinical: { documents: [{ fileName: null }] }, retention: { kept: [], erased: [{ what: 'file', because: { en: expect.any(String) } }, { what: 'person' }] } });
  expect(await events('claim-withdrawn')).toMatchObject([{ personal: null, erased: { rule: 'withdrawn' } }]);
  expect((await act(SPECIALIST, 'upload-documents', { documents: [uploaded] }, 409)).code).toBe('erased');
  const { items } = (await stack.get(SPECIALIST, '/v1/claims')).body as { items: Array<{ claimNo: string; patientName: string | null }> };
  expect(Object.fromEntries(items.map((one) => [one.claimNo, one.patientName]))).toEqual({ [claimNo]: null, [other]: '测试患者' });
  for (const q of ['测试患者', 'KEPT-1']) expect([q, ((await stack.get(SPECIALIST, `/v1/claims?q=${encodeURIComponent(q)}`)).body.items as Array<{ claimNo: string }>).map((one) => one.claimNo)]).toEqual([q, [other]]);
  expect(((await stack.get(SPECIALIST, `/v1/claims?q=${claimNo}`)).body.items as object[]).length).toBe(1);
  for (const one of [claimNo, other]) expect([one, (await stack.get(SPECIALIST, `/v1/claims/${one}`)).body.related]).toEqual([one, []]);
  for (const path of ['patient-link', 'evidence-pack']) {
    const answer = path === 'patient-link' ? await stack.post(SPECIALIST, `/v1/claims/${claimNo}/${path}`) : await stack.get('auditor', `/v1/claims/${claimNo}/${path}`);
    expect([path, answer.status]).toEqual([path, path === 'patient-link' ? 409 : 200]);
  }
  // Not yet removed: no worker with the eraser's role was up.
  expect([await worker.claimEventPersonal.count({ where: { claimNo } }), (await readdir(join(stack.storeFolder, 'objects', 'documents'))).length]).toEqual([expect.any(Number), 1]);
});

test('then it is removed, by the one role that may; what other claims of the patient need stays', async () => {
  const eraser = await stack.bringWorker({ ERASER_DATABASE_URL: stack.database.eraserUrl });
  await eventually(async () => ((await worker.outbox.count({ where: { kind: 'erase', doneAt: { not: null } } })) === 2 ? true : undefined), 20_000);
  await eraser.stop();
  expect([await worker.claimEventPersonal.count({ where: { claimNo } }), await worker.notice.count({ where: { claimNo } }), (await readdir(join(stack.storeFolder, 'objects', 'documents'))).length]).toEqual([0, 0, 0]);
  expect(await worker.patient.findFirstOrThrow({ where: { recordNo: { contains: 'KEPT-1' } } })).toMatchObject({ name: '测试患者' });
  expect((await stack.get(SPECIALIST, `/v1/claims/${other}`)).body.patient.name).toBe('测试患者');
  expect(await verifyAudit(worker)).toMatchObject({ broken: null });
  expect((await stack.get(SPECIALIST, `/v1/documents/${documentId}`)).status).toBe(410);
  expect((await seen()).retention.erased).toHaveLength(2);
});
