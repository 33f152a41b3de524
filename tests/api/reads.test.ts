import { Client } from 'pg';
import request, { type Response } from 'supertest';
import { previewExample } from '../../src/api/claim/letter';
import { calendarOf, isWorkingDay, PUBLISHED_YEARS, shanghaiDay } from '../../src/domain/calendar';
import { createDatabase, type Database } from '../../src/platform/database';
import { closedPaid, inApproval, PAYEE, SECRET } from '../domain/claim/scenario';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const PAID = 'KP-2026-000851', DECIDING = 'KP-2026-000852';
const NAME = '墙';
let stack: Stack;
let worker: Database;
let superuser: Client;
let payeeId: string;
let documentId: string;
beforeAll(async () => {
  stack = await startStack();
  worker = createDatabase(stack.database.workerUrl);
  superuser = new Client({ connectionString: stack.database.superuserUrl });
  await superuser.connect();
  const way = { patientPersonId: 'P-PATIENT-A' };
  payeeId = (await plant(worker, closedPaid(way), PAID)).payees!.list[0]!.payeeId;
  await plant(worker, inApproval(way), DECIDING);
  ({ documentId } = await stack.upload('liaison-b-h001', DECIDING, 'medical-summary'));
}, 240_000);
afterAll(async () => {
  await superuser.end();
  await worker.$disconnect();
  await stack.stop();
});

const recorded = (claimNo: string | null) => worker.readLog.findMany({ where: { claimNo }, orderBy: { id: 'asc' } });
const byTicket = async (): Promise<Response> => request(stack.url).get((await stack.post('reviewer-a-i001', `/v1/documents/${documentId}/ticket`)).body.url as string);
const linked = async (): Promise<Response> => {
  const { code } = (await stack.post('specialist-a-h001', `/v1/claims/${DECIDING}/patient-link`)).body as { code: string };
  const { token } = (await request(stack.url).post('/v1/patient-sessions').send({ code })).body as { token: string };
  return request(stack.url).get(`/v1/claims/${DECIDING}`).set('Authorization', `Bearer ${token}`);
};
const decode = async (): Promise<Response> => {
  const cookie = String((await stack.post('ops', '/v1/break-glass', { what: 'payloads', reason: '流程任务反复失败，需查看输入' })).headers['set-cookie']).split(';')[0]!;
  const ask = (): request.Test => request(stack.url).post('/v1/codec/decode').set('Cookie', cookie).send({ payloads: [] });
  await ask();
  return ask(); // the second within a minute is part of the first, if that was recorded
};

/** Every way by which what is in a clinical file, or an account, comes out; each with what is then recorded and of whom. */
const WAYS: [way: string, ask: () => Promise<Response>, personId: string, what: () => string, claimNo: string | null][] = [
  ['a claim, by the hospital', () => stack.get('specialist-a-h001', `/v1/claims/${PAID}`), 'P-H001-SPECIALIST-A', () => 'claim', PAID],
  ['a claim, by the insurer', () => stack.get('reviewer-a-i001', `/v1/claims/${PAID}`), 'P-I001-REVIEWER-A', () => 'claim', PAID],
  ['a claim, by the patient', () => stack.get('patient-a', `/v1/claims/${PAID}`), 'P-PATIENT-A', () => 'claim', PAID],
  ['a claim, by the patient\'s link', linked, 'P-PATIENT-A', () => 'claim', DECIDING],
  ['the story with its personal parts', () => stack.get('manager-h001', `/v1/claims/${PAID}/events`), 'P-H001-MANAGER', () => 'events', PAID],
  ['a letter before it is sent', () => stack.post('approver-a-i001', `/v1/claims/${DECIDING}/letter-preview`, previewExample), 'P-I001-APPROVER-A', () => 'letter-preview', DECIDING],
  ['an account', () => stack.post('finance-a-i001', `/v1/claims/${PAID}/payees/${payeeId}/look`), 'P-I001-FINANCE-A', () => `account ${payeeId}`, PAID],
  ['a document', () => stack.get('liaison-b-h001', `/v1/documents/${documentId}`), 'P-H001-LIAISON-B', () => `document ${documentId}`, DECIDING],
  ['a part of a document', () => stack.get('specialist-a-h001', `/v1/documents/${documentId}`, { Range: 'bytes=0-9' }), 'P-H001-SPECIALIST-A', () => `document ${documentId}`, DECIDING],
  ['a document, by a ticket', byTicket, 'P-I001-REVIEWER-A', () => `document ${documentId}`, DECIDING],
  ['an evidence pack', () => stack.get('senior-reviewer-a-i001', `/v1/claims/${PAID}/evidence-pack`), 'P-I001-SENIOR-REVIEWER-A', () => expect.stringMatching(/^evidence-pack \d+$/) as string, PAID],
  ['payloads of workflows', decode, 'P-OPS', () => expect.stringMatching(/^payloads /) as string, null],
  ['lists, by the auditor', () => stack.get('auditor', '/v1/claims'), 'P-AUDITOR', () => 'claims', null],
];

describe('issue 5 part 5: every read of a clinical file is recorded', () => {
  // First what fails: what was recorded a moment ago need not be recorded again.
  test.each(WAYS)('FAULTS 33: %s: while it cannot be recorded, nothing is read', async (_way, ask) => {
    await superuser.query('REVOKE INSERT ON read_log FROM kuaipei_api');
    try {
      const answer = await ask();
      expect([answer.status, answer.body.code]).toEqual([503, 'read-not-recorded']);
      for (const secret of [NAME, SECRET, PAYEE.account]) expect(answer.text).not.toContain(secret);
    } finally {
      await superuser.query('GRANT INSERT ON read_log TO kuaipei_api');
    }
  });

  test.each(WAYS)('%s', async (_way, ask, personId, what, claimNo) => {
    const before = (await recorded(claimNo)).length;
    expect((await ask()).status).toBeLessThan(300);
    expect((await recorded(claimNo)).slice(before)).toContainEqual(expect.objectContaining({ personId, what: what() }));
  });
  test('a screen that asks again with every change is one reading in ten minutes, another person or role another', async () => {
    const before = (await recorded(PAID)).length;
    for (let n = 0; n < 3; n += 1) for (const account of ['specialist-b-h001', 'senior-reviewer-b-i001']) expect((await stack.get(account, `/v1/claims/${PAID}`)).status).toBe(200);
    expect((await recorded(PAID)).slice(before).map((one) => [one.personId, one.what])).toEqual([['P-H001-SPECIALIST-B', 'claim'], ['P-I001-SENIOR-REVIEWER-B', 'claim']]);
    await superuser.query("SET session_replication_role = 'replica'; UPDATE read_log SET at = at - interval '11 minutes' WHERE person_id = 'P-H001-SPECIALIST-B'");
    await stack.get('specialist-b-h001', `/v1/claims/${PAID}`);
    expect(await recorded(PAID)).toHaveLength(before + 3);
  });

  test('a recording is played part by part, and is one reading in ten minutes; an answer that is whole, whatever was asked, is a reading of its own', async () => {
    const of = async () => (await recorded(DECIDING)).filter((one) => one.personId === 'P-I001-REVIEWER-C').length;
    const ask = async (range: string): Promise<number> => (await stack.get('reviewer-c-i001', `/v1/documents/${documentId}`, { Range: range })).status;
    for (const [n, [range, status]] of ([['lines=1-2', 200], ['lines=1-2', 200], ['bytes=0-0,2-', 200], ['bytes=0-', 206], ['bytes=0-', 206], ['bytes=-999999999', 206]] as const).entries()) {
      expect([range, await ask(range), await of()]).toEqual([range, status, n + 1]);
    }
    expect([await ask('bytes=1-9'), await ask('bytes=10-'), await of()]).toEqual([206, 206, 6]);
  });

  test('who sees no clinical file reads none: finance and operations on a claim are not recorded', async () => {
    const before = (await recorded(PAID)).length;
    for (const account of ['finance-b-i001', 'ops']) expect((await stack.get(account, `/v1/claims/${PAID}`)).status).toBe(200);
    expect(await recorded(PAID)).toHaveLength(before);
  });
});

describe("issue 5 part 5: and seen by the auditor's screen", () => {
  interface Line { at: string; by: { personId: string; role: string; name: string | null }; what: string; claimNo: string | null; outsideHours: boolean; brokenGlass: boolean }
  const lines = async (query = ''): Promise<{ items: Line[]; nextCursor: string | null }> => (await stack.get('auditor', `/v1/reads?limit=100${query}`)).body as { items: Line[]; nextCursor: string | null };
  const calendar = calendarOf(PUBLISHED_YEARS);
  const lately = (worked: boolean): string => [...Array(30).keys()].map((n) => shanghaiDay(new Date(Date.now() - (n + 2) * 86_400_000).toISOString())).find((day) => isWorkingDay(calendar, day) === worked)!;
  const at = (day: string, time: string): string => new Date(`${day}T${time}+08:00`).toISOString();
  /** Of somebody who reads nothing else. */
  const TIMES = { [at(lately(true), '11:00')]: false, [at(lately(true), '20:00')]: true, [at(lately(true), '08:59')]: true, [at(lately(false), '11:00')]: true };
  const THROUGH_GLASS = at(lately(true), '16:59');
  beforeAll(async () => {
    const of = { personId: 'P-H001-LIAISON-A', role: 'liaison', claimNo: PAID, hospital: 'H001', department: 'general-surgery', insurer: 'I001' };
    await worker.readLog.createMany({ data: [...Object.keys(TIMES).map((time) => ({ ...of, at: time, what: 'claim' })), { ...of, at: THROUGH_GLASS, claimNo: DECIDING, what: 'broken-glass claim' }] });
  });

  test('over all claims, by person and by claim, outside office hours and through a broken glass', async () => {
    const { items } = await lines('&days=366&person=P-H001-LIAISON-A');
    expect(Object.fromEntries(items.filter((one) => one.what === 'claim').map((one) => [one.at, one.outsideHours]))).toEqual(TIMES);
    expect(items[0]).toMatchObject({ by: { role: 'liaison', name: expect.any(String) } });
    expect((await lines('&days=366&person=P-H001-LIAISON-A&only=outside-hours')).items.map((one) => one.at).sort()).toEqual(Object.keys(TIMES).filter((time) => TIMES[time]).sort());
    expect((await lines(`&days=366&claimNo=${DECIDING}&only=broken-glass`)).items.map((one) => one.by.personId)).toEqual(['P-H001-LIAISON-A']);
    expect((await lines('&person=P-H001-LIAISON-A&days=1')).items).toEqual([]);
    const looks = (await lines(`&claimNo=${PAID}`)).items;
    expect(looks.some((one) => one.what.startsWith('evidence-pack')) && looks.every((one) => one.claimNo === PAID)).toBe(true);
  });

  test('page by page without a repetition or a gap', async () => {
    const all = (await lines('&days=366')).items.map((one) => `${one.at} ${one.by.personId} ${one.what}`);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null && paged.length < all.length + 20;) {
      const { body } = await stack.get('auditor', `/v1/reads?days=366&limit=4${cursor ? `&cursor=${cursor}` : ''}`);
      paged.push(...(body.items as Line[]).map((one) => `${one.at} ${one.by.personId} ${one.what}`));
      cursor = body.nextCursor;
    }
    // Each page that the auditor asks for is a reading itself, newer than the first.
    expect(paged.slice(-all.length + 1)).toEqual(all.slice(1));
  });

  test('who read most, with claims, outside hours and broken glass', async () => {
    const { items } = (await stack.get('auditor', '/v1/reads/people?days=366')).body as { items: Array<{ by: { personId: string }; reads: number }> };
    expect(items.find((one) => one.by.personId === 'P-H001-LIAISON-A')).toEqual({ by: { personId: 'P-H001-LIAISON-A', role: 'liaison', name: expect.any(String) }, reads: 5, claims: 2, outsideHours: 3, brokenGlass: 1, lastAt: [...Object.keys(TIMES), THROUGH_GLASS].sort().at(-1) });
    expect(items.map((one) => one.reads)).toEqual(items.map((one) => one.reads).sort((a, b) => b - a));
  });

  test('nobody but the auditor', async () => {
    for (const account of ['manager-h001', 'senior-reviewer-a-i001', 'ops', 'patient-a']) for (const path of ['/v1/reads', '/v1/reads/people']) expect([account, (await stack.get(account, path)).status]).toEqual([account, 403]);
    expect((await stack.get('auditor', '/v1/reads?days=367')).status).toBe(422);
  });
});
