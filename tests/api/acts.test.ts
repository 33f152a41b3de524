import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { FIELD_TITLES } from '../../src/api/http/fields';
import { reportSchema } from '../../src/api/claim/report';
import { COMMANDS, PERSONS_ACTS } from '../../src/domain/claim';
import { createDatabase } from '../../src/platform/database';
import { eventually } from '../support/parties';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ worker: true }); }, 240_000);
afterAll(() => stack.stop());

const SPECIALIST = 'specialist-a-h001';
const LIAISON = 'liaison-b-h001';
const asked = 2_000_000;
const facts = {
  occurredAt: '2026-03-02T02:30:00.000Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: asked }],
  claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血',
};
const NEEDED = ['claim-form', 'insured-identity', 'payee-account', 'informed-consent', 'anaesthesia-record', 'medical-summary', 'complication-note', 'invoice'];
const lines = [{ benefit: 'medical-costs', askedFen: asked, approvedFen: asked }];

const path = (claimNo: string, command: string): string => `/v1/claims/${claimNo}/acts/${command}`;
async function act(account: string, claimNo: string, command: string, body: unknown, headers?: Record<string, string>) {
  const answer = await stack.post(account, path(claimNo, command), body, headers);
  expect({ command, status: answer.status, body: answer.status === 200 ? null : answer.body }).toEqual({ command, status: 200, body: null });
  return answer;
}
const stageOf = async (claimNo: string): Promise<string> => (await stack.get('auditor', `/v1/claims/${claimNo}`)).body.stage;

let records = 0;
async function report(recordNo = `A${++records}`, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await stack.post(SPECIALIST, '/v1/claims', aReport(recordNo, more));
  expect(answer.status).toBe(201);
  return answer.body.claimNo;
}
/** A claim before the approver, recommended by this reviewer. */
async function inApproval(recommendedBy = 'reviewer-a-i001'): Promise<string> {
  const claimNo = await report();
  await act(SPECIALIST, claimNo, 'submit-facts', facts);
  const documents = [];
  for (const kind of NEEDED) documents.push(await stack.upload(LIAISON, claimNo, kind));
  await act(LIAISON, claimNo, 'upload-documents', { documents });
  await eventually(async () => ((await stack.get('reviewer-a-i001', `/v1/claims/${claimNo}`)).body.allowed.includes('accept-file') ? true : undefined), 15_000);
  await act('reviewer-a-i001', claimNo, 'accept-file', {});
  await act(recommendedBy, claimNo, 'recommend', { decision: 'approve', lines, reasons: ['A01'], fileVersion: NEEDED.length });
  return claimNo;
}

test('SPEC §1.1: through the API alone a claim goes from report to paid, each act by the right person', async () => {
  const claimNo = await inApproval();
  expect(await stageOf(claimNo)).toBe('approval');
  await act('approver-a-i001', claimNo, 'approve', { lines, fileVersion: NEEDED.length });
  await act(SPECIALIST, claimNo, 'set-payee', { payees: [{ holder: '测试', bank: '测试银行', account: '6222000000001234', share: 1 }] });
  await act('finance-a-i001', claimNo, 'confirm-payee', {});
  await act('finance-a-i001', claimNo, 'make-payment', { amountFen: asked });
  const same = await stack.post('finance-a-i001', path(claimNo, 'check-payment'), {});
  expect([same.status, same.body.code]).toEqual([403, 'four-eyes']);
  await act('finance-b-i001', claimNo, 'check-payment', {});
  const closed = await eventually(async () => {
    const { body } = await stack.get('finance-a-i001', `/v1/claims/${claimNo}`);
    return body.stage === 'closed' ? body : undefined;
  }, 15_000);
  expect(closed).toMatchObject({ closedAs: 'paid', clinical: null, patient: null, amounts: { paidFen: asked, outstandingFen: 0 } });
}, 90_000);

test('SPEC §3, FAULTS 10: fifty double clicks of one decision are one decision and fifty equal answers', async () => {
  const claimNo = await inApproval();
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 50 }, () => stack.post('approver-a-i001', path(claimNo, 'approve'), { lines, fileVersion: NEEDED.length }, { 'Idempotency-Key': key })));
  expect(new Set(answers.map((one) => JSON.stringify([one.status, one.body])))).toEqual(new Set([JSON.stringify([200, answers[0]!.body])]));
  const events = (await stack.get('auditor', `/v1/claims/${claimNo}/events?limit=100`)).body.items as Array<{ type: string }>;
  expect(events.filter((one) => one.type === 'decided')).toHaveLength(1);

  const other = await stack.post('approver-a-i001', path(claimNo, 'approve'), { lines, fileVersion: 99 }, { 'Idempotency-Key': key });
  expect([other.status, other.body.code]).toEqual([409, 'same-id-other-body']);
  const somebodyElse = await stack.post('approver-b-i001', path(claimNo, 'approve'), { lines, fileVersion: NEEDED.length }, { 'Idempotency-Key': key });
  expect([somebodyElse.status, somebodyElse.body.code]).toEqual([409, 'same-id-other-body']);
}, 90_000);

test('FAULTS 13: of two approvers at once one wins, the other is told who', async () => {
  const claimNo = await inApproval();
  const both = await Promise.all(['approver-a-i001', 'approver-b-i001'].map((who) => stack.post(who, path(claimNo, 'approve'), { lines, fileVersion: NEEDED.length })));
  const lost = both.find((one) => one.status !== 200);
  expect(both.map((one) => one.status).sort()).toEqual([200, 409]);
  const winner = both[0]!.status === 200 ? ['P-I001-APPROVER-A', '梁雪'] : ['P-I001-APPROVER-B', '宋阳'];
  expect(lost?.body).toMatchObject({ code: 'not-now', rule: 'SPEC §1.1', details: { before: { by: winner[0], command: 'approve' }, names: { [winner[0]!]: winner[1] } }, allowed: expect.any(Array) });
}, 90_000);

test('SPEC §1.2: one person with two accounts does not approve what she recommended', async () => {
  const claimNo = await inApproval('twin-reviewer-i001');
  const twin = await stack.post('twin-approver-i001', path(claimNo, 'approve'), { lines, fileVersion: NEEDED.length });
  expect([twin.status, twin.body.code]).toEqual([403, 'four-eyes']);
}, 90_000);

test('SPEC §3: the key of an act on one claim cannot mean an act on another', async () => {
  const [one, other] = [await report(), await report()];
  const key = { 'Idempotency-Key': randomUUID() };
  const payees = { payees: [{ holder: '测试', bank: '测试银行', account: '6222000000001234', share: 1 }] };
  await act(SPECIALIST, one, 'set-payee', payees, key);
  const second = await stack.post(SPECIALIST, path(other, 'set-payee'), payees, key);
  expect([second.status, second.body.code]).toEqual([409, 'same-id-other-body']);
  await act(SPECIALIST, one, 'set-payee', payees, key);
});

/** One patient's operations, an hour apart. */
let hours = 0;
const again = (recordNo: string, more = {}): Promise<string> => report(recordNo, { surgeryAt: new Date(Date.parse('2026-02-02T01:00:00Z') + ++hours * 3_600_000).toISOString(), ...more });

test('SPEC §1.1: a duplicate is void only for a claim of the same hospital that stays', async () => {
  const [one, other] = [await again('V1'), await again('V1')];
  const foreign = (await stack.post('specialist-a-h002', '/v1/claims', aReport('V1'))).body.claimNo;
  for (const survivor of ['KP-2026-999999', foreign]) {
    const refused = await stack.post('manager-h001', path(one, 'void'), { survivor });
    expect([refused.status, refused.body.field]).toEqual([422, '/survivor']);
  }
  const proposal = randomUUID();
  await act('manager-h001', one, 'void', { survivor: other }, { 'Idempotency-Key': proposal });
  const circle = await stack.post('manager-h001', path(other, 'void'), { survivor: one });
  expect([circle.status, circle.body.field]).toEqual([422, '/survivor']);
  expect((await act('medical-affairs-a-h001', one, 'confirm-proposal', { proposalId: proposal })).body).toMatchObject({ closedAs: 'void' });

  // What was to survive is void by the time the second person looks.
  const [third, fourth] = [await again('V1'), await again('V1')];
  const late = randomUUID(), first = randomUUID();
  await act('manager-h001', third, 'void', { survivor: other }, { 'Idempotency-Key': late });
  await act('manager-h001', other, 'void', { survivor: fourth }, { 'Idempotency-Key': first });
  await act('medical-affairs-a-h001', other, 'confirm-proposal', { proposalId: first });
  const confirmed = await stack.post('medical-affairs-a-h001', path(third, 'confirm-proposal'), { proposalId: late });
  expect([confirmed.status, confirmed.body.field]).toEqual([422, '/proposalId']);
});

test("SPEC §1.1: nobody's accident is void for the sake of another patient's claim, when it is proposed and when it is confirmed", async () => {
  const [one, stranger] = [await again('V2'), await again('V3')];
  const refused = await stack.post('manager-h001', path(one, 'void'), { survivor: stranger });
  expect([refused.status, refused.body.field, refused.body.errors[0].text.en]).toEqual([422, '/survivor', expect.stringContaining('same patient')]);
  const survivor = await again('V2'), proposal = randomUUID();
  await act('manager-h001', one, 'void', { survivor }, { 'Idempotency-Key': proposal });
  const database = createDatabase(stack.database.workerUrl, { keys: stack.keys });
  const { patientId } = await database.claim.findUniqueOrThrow({ where: { claimNo: survivor } });
  const { patientId: another } = await database.claim.findUniqueOrThrow({ where: { claimNo: stranger } });
  await database.claim.update({ where: { claimNo: survivor }, data: { patientId: another }, select: { claimNo: true } });
  const confirmed = await stack.post('medical-affairs-a-h001', path(one, 'confirm-proposal'), { proposalId: proposal });
  expect([confirmed.status, confirmed.body.field]).toEqual([422, '/proposalId']);
  await database.claim.update({ where: { claimNo: survivor }, data: { patientId }, select: { claimNo: true } });
  await database.$disconnect();
  await act('medical-affairs-a-h001', one, 'confirm-proposal', { proposalId: proposal });
});

test('SPEC §1.1: one patient in two departments, or as they reported it themselves, is one: by record number or identity number', async () => {
  const identityNumber = '110101196104050011';
  const { patient } = aReport('V4');
  const one = await again('V4', { patient: { ...patient, identityNumber } });
  const otherNumber = await again('V5', { patient: { ...patient, recordNo: 'V5', identityNumber } });
  const own = (await stack.post('patient-a', '/v1/claims', { ...aReport('V4'), patient: { ...patient, personId: undefined }, hospital: 'H001' })).body.claimNo;
  for (const duplicate of [own, otherNumber]) await act('manager-h001', duplicate, 'void', { survivor: one });
});

describe('a refused body is read by people: which field, and which rule, in Chinese and English', () => {
  const refused = async (input: unknown): Promise<Array<{ field: string; text: { zh: string; en: string } }>> => {
    const answer = await stack.post('specialist-a-h001', path(await report(), 'submit-facts'), input);
    expect(answer.status).toBe(422);
    return answer.body.errors as Array<{ field: string; text: { zh: string; en: string } }>;
  };
  
  test('too small, missing, not one of, unknown, each with the name of the field', async () => {
    const { anaesthesia: _, ...partly } = facts;
    const found = await refused({ ...partly, outcomeType: 'nothing', benefits: [{ benefit: 'medical-costs', askedFen: 0 }], surprise: 1 });
    const of = (field: string) => found.find((one) => one.field === field)?.text;
    expect(of('/benefits/0/askedFen')).toEqual({ zh: expect.stringMatching(/^申请项目第1项 · 申请金额（分）：.*>=1$/), en: expect.stringMatching(/^Benefits asked for, no\. 1 · Amount asked \(fen\): Too small.*>=1$/) });
    expect(of('/anaesthesia')).toEqual({ zh: '单独的麻醉记录：必填', en: 'Anaesthesia record of its own: is needed' });
    expect(of('/outcomeType')!.zh).toMatch(/^结果类型：无效选项.*death/);
    expect(of('/')).toEqual({ zh: expect.stringContaining('surprise'), en: expect.stringContaining('surprise') });
  });

  test('a rule of our own is told in both languages, too, and never with the value', async () => {
    const twice = await refused({ ...facts, benefits: [{ benefit: 'medical-costs', askedFen: 1 }, { benefit: 'medical-costs', askedFen: 2 }] });
    expect(twice).toEqual([{ field: '/benefits', rule: 'each benefit once', text: { zh: '申请项目：每个项目只能填一次', en: 'Benefits asked for: each benefit once' } }]);
    const late = await refused({ ...facts, occurredAt: '1066-10-14T00:00:00Z' });
    expect(JSON.stringify(late)).not.toContain('1066');
    expect(late[0]!.text.zh).toMatch(/^发生时间：.*\p{Script=Han}/u);
  });

  test('every field that a person can fill in has a name in both languages, every rule of our own, too', () => {
    const schemas = [...PERSONS_ACTS.map((name) => COMMANDS[name].schema), reportSchema].map((one) => z.toJSONSchema(one, { io: 'input', unrepresentable: 'any' }));
    const names = new Set(schemas.flatMap(propertiesOf));
    expect(names.size).toBeGreaterThan(40);
    expect([...names].filter((name) => !(name in FIELD_TITLES))).toEqual([]);
    for (const [name, { zh, en }] of Object.entries(FIELD_TITLES)) expect([name, zh, en]).toEqual([name, expect.stringMatching(/\p{Script=Han}/u), expect.stringMatching(/^[^\p{Script=Han}]+$/u)]);
  });
});

/** The names of the fields of an object, and of those within. */
function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(propertiesOf)];
}

test('SPEC §1.3: what is said of a file must be what the server found in it', async () => {
  const claimNo = await report();
  const uploaded = await stack.upload(LIAISON, claimNo, 'medical-summary');
  const lied = await stack.post(LIAISON, path(claimNo, 'upload-documents'), { documents: [{ ...uploaded, sha256: 'f'.repeat(64) }] });
  expect(lied.status).toBe(422);
  expect(lied.body.errors).toEqual([{ field: '/documents/0/sha256', rule: 'not what the server found in the uploaded file', text: { zh: expect.stringMatching(/^材料第1项 · /), en: expect.stringMatching(/^Documents, no\. 1 · /) } }]);
  const elsewhere = await stack.post(LIAISON, path(await report(), 'upload-documents'), { documents: [uploaded] });
  expect(elsewhere.body.errors[0].field).toBe('/documents/0/documentId');
  await act(LIAISON, claimNo, 'upload-documents', { documents: [uploaded] });
  const read = await stack.get('reviewer-a-i001', `/v1/documents/${uploaded.documentId}`);
  expect([read.status, read.headers['content-type']]).toEqual([200, 'application/pdf']);
  expect((await stack.get('finance-a-i001', `/v1/documents/${uploaded.documentId}`)).status).toBe(404);
});

test('the claim is the version that was read: If-Match of another is 412, If-None-Match of this one 304', async () => {
  const claimNo = await report();
  // The insurer's answer is the last thing that happens by itself.
  const { headers } = await eventually(async () => {
    const seen = await stack.get(SPECIALIST, `/v1/claims/${claimNo}`);
    return seen.body.assessment.eligibility === null ? undefined : seen;
  }, 15_000);
  expect((await stack.get(SPECIALIST, `/v1/claims/${claimNo}`, { 'If-None-Match': headers.etag! })).status).toBe(304);
  const late = await stack.post(SPECIALIST, path(claimNo, 'submit-facts'), facts, { 'If-Match': '"1"' });
  expect([late.status, late.body.code]).toEqual([412, 'version-changed']);
  const key = randomUUID();
  const done = await act(SPECIALIST, claimNo, 'submit-facts', facts, { 'If-Match': headers.etag!, 'Idempotency-Key': key });
  // A repeat of what was done is answered, though its If-Match is old by now.
  const again = await act(SPECIALIST, claimNo, 'submit-facts', facts, { 'If-Match': headers.etag!, 'Idempotency-Key': key });
  expect(again.body).toEqual(done.body);
  const status = await stack.get(SPECIALIST, `/v1/claims/${claimNo}/acts/${key}`);
  expect(status.body).toMatchObject({ status: 'done', command: 'submit-facts', version: done.body.version });
});

test('SPEC §1.6: a task is taken once, given back, and handed to somebody who may have it', async () => {
  const claimNo = await report();
  const task = async () => (await stack.get('manager-h001', `/v1/tasks?claimNo=${claimNo}`)).body.items[0] ?? (await stack.get(SPECIALIST, `/v1/tasks?claimNo=${claimNo}`)).body.items[0];
  const { taskId } = await task();
  expect((await stack.post(SPECIALIST, `/v1/tasks/${taskId}/claim`)).status).toBe(200);
  const second = await stack.post('specialist-b-h001', `/v1/tasks/${taskId}/claim`);
  expect([second.status, second.body.code, second.body.details.personId]).toEqual([409, 'task-taken', 'P-H001-SPECIALIST-A']);
  const wrong = await stack.post('manager-h001', `/v1/tasks/${taskId}/reassign`, { to: 'P-H002-SPECIALIST-A' });
  expect([wrong.status, wrong.body.errors?.[0].field]).toEqual([422, '/to']);
  expect((await stack.post('manager-h001', `/v1/tasks/${taskId}/reassign`, { to: 'P-H001-SPECIALIST-B' })).status).toBe(200);
  expect((await stack.get('specialist-b-h001', '/v1/tasks?mine')).body.items.map((one: { taskId: string }) => one.taskId)).toContain(taskId);
  expect((await stack.post('specialist-b-h001', `/v1/tasks/${taskId}/release`)).status).toBe(200);
  expect((await stack.post('specialist-b-h002', `/v1/tasks/${taskId}/claim`)).status).toBe(404);
});
