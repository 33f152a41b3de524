import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import express, { type ErrorRequestHandler } from 'express';
import { Client as Postgres } from 'pg';
import request from 'supertest';
import type { Deps } from '../../src/api/deps';
import { codecRouter } from '../../src/api/glass/codec';
import { glassRoutes } from '../../src/api/glass/routes';
import { serve } from '../../src/api/http/serve';
import { sendProblem, type ProblemError } from '../../src/api/problems';
import { createDatabase } from '../../src/platform/database';
import { eventually, noticeJournal } from '../support/parties';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
let claimNo: string;
const REASON = '夜间抢救，值班人员需要核对手术时间';
beforeAll(async () => {
  stack = await startStack({ worker: true });
  const reported = await stack.post('specialist-a-h001', '/v1/claims', aReport('GLASS-1'));
  claimNo = reported.body.claimNo;
}, 240_000);
afterAll(() => stack.stop());

/** A liaison of the chest departments; the claim is one of general surgery. */
const STRANGER = 'liaison-a-h001';
const breakIt = (account: string, body: object, id = randomUUID()) => stack.post(account, '/v1/break-glass', body, { 'Idempotency-Key': id });

describe('issue 5 part 2: break-glass reading: reason, 60 minutes, auditor told', () => {
  test('what lies outside the scope does not exist, until the glass is broken; then it is read, once for each reading recorded', async () => {
    expect((await stack.get(STRANGER, `/v1/claims/${claimNo}`)).status).toBe(404);
    const id = randomUUID();
    const broken = await breakIt(STRANGER, { what: 'claim', claimNo, reason: REASON }, id);
    expect([broken.status, broken.body]).toEqual([201, expect.objectContaining({ id, what: 'claim', claimNo, reason: REASON })]);
    expect(Date.parse(broken.body.until) - Date.parse(broken.body.at)).toBe(3_600_000);
    expect((await breakIt(STRANGER, { what: 'claim', claimNo, reason: REASON }, id)).body).toEqual(broken.body);
    expect((await breakIt(STRANGER, { what: 'claim', claimNo, reason: `${REASON}。` }, id)).body.code).toBe('same-id-other-body');

    const seen = await stack.get(STRANGER, `/v1/claims/${claimNo}`);
    expect([seen.status, seen.body.claimNo]).toEqual([200, claimNo]);
    expect(JSON.stringify(seen.body)).toContain('测试患者');
    const reads = await stack.get('auditor', `/v1/claims/${claimNo}/reads`);
    expect(reads.body.items.filter((one: { what: string }) => one.what === 'broken-glass claim')).toHaveLength(1);
  });

  test('it is for reading: no act, no upload, no link', async () => {
    for (const path of ['acts/withdraw', 'patient-link']) {
      const answer = await stack.post(STRANGER, `/v1/claims/${claimNo}/${path}`, path === 'patient-link' ? {} : { note: '患者要求撤回' });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'glass-reads-only']);
    }
    await expect(stack.upload(STRANGER, claimNo, 'medical-summary')).rejects.toThrow(/glass-reads-only/);
    expect((await stack.get('specialist-a-h001', `/v1/tasks?claimNo=${claimNo}`)).body.items).toHaveLength(1);
    expect((await stack.get(STRANGER, `/v1/tasks?claimNo=${claimNo}`)).body.items).toEqual([]);
  });

  test('never across hospitals, and never a role that has no need of it', async () => {
    expect((await breakIt('liaison-a-h002', { what: 'claim', claimNo, reason: REASON })).status).toBe(201);
    expect((await stack.get('liaison-a-h002', `/v1/claims/${claimNo}`)).status).toBe(404);
    for (const account of ['reviewer-a-i001', 'finance-a-i001', 'manager-h001', 'auditor', 'patient-a']) expect((await breakIt(account, { what: 'claim', claimNo, reason: REASON })).status).toBe(403);
    expect((await breakIt('ops', { what: 'claim', claimNo, reason: REASON })).status).toBe(403);
    expect((await breakIt(STRANGER, { what: 'payloads', reason: REASON })).status).toBe(403);
    expect((await breakIt(STRANGER, { what: 'claim', claimNo, reason: '急' })).status).toBe(422);
  });

  test('the auditor is told by a notice without the words of the reason, and sees all of them; others see their own', async () => {
    await eventually(async () => (await noticeJournal(stack.noticeUrl)).find((one) => one.key.startsWith('break-glass:P-H001-LIAISON-A:')), 20_000);
    const database = createDatabase(stack.database.workerUrl);
    const [told] = await database.outbox.findMany({ where: { kind: 'break-glass' }, orderBy: { id: 'asc' } });
    await database.$disconnect();
    expect(told?.payload).toEqual({ personId: 'P-H001-LIAISON-A', role: 'liaison', what: 'claim', claimNo, until: expect.any(String) });
    const all = (await stack.get('auditor', '/v1/break-glass')).body.items;
    expect(all.map((one: { by: { personId: string } }) => one.by.personId)).toEqual(expect.arrayContaining(['P-H001-LIAISON-A', 'P-H002-LIAISON-A']));
    const own = (await stack.get(STRANGER, '/v1/break-glass')).body.items;
    expect(new Set(own.map((one: { by: { personId: string } }) => one.by.personId))).toEqual(new Set(['P-H001-LIAISON-A']));
  });

  test('after 60 minutes it is as if it had never been: the database sees to it', async () => {
    expect((await stack.get(STRANGER, `/v1/claims/${claimNo}`)).status).toBe(200);
    const superuser = new Postgres({ connectionString: stack.database.superuserUrl });
    await superuser.connect();
    await superuser.query("SET session_replication_role = replica; UPDATE break_glass SET at = at - interval '61 minutes', until = until - interval '61 minutes'");
    await superuser.end();
    expect((await stack.get(STRANGER, `/v1/claims/${claimNo}`)).status).toBe(404);
  });
});

describe('issue 5 part 3: a codec server for the Temporal UI, for who has the right', () => {
  const decode = (cookie: string, body: object) => request(stack.url).post('/v1/codec/decode').set('Cookie', cookie).send(body);
  /** What Temporal has of the claim's start, as its UI sends it. */
  async function sealed() {
    const connection = await Connection.connect({ address: stack.temporal.address });
    const { events } = await new Client({ connection, namespace: stack.temporal.namespace }).workflow.getHandle(`claim:${claimNo}`).fetchHistory();
    await connection.close();
    const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
    return payloads.map(({ metadata, data }) => ({ metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])), data: base64(data) }));
  }

  test('nobody without a broken glass; with it operations read what the history holds', async () => {
    const payloads = await sealed();
    expect(payloads).toHaveLength(1);
    expect(Buffer.from(payloads[0]!.data, 'base64').toString('latin1')).not.toContain('general-surgery');
    expect((await decode('', { payloads })).body.code).toBe('glass-not-broken');
    expect((await decode('kuaipei_codec=first.AAAA', { payloads })).body.code).toBe('glass-not-broken');
    const broken = await breakIt('ops', { what: 'payloads', reason: '流程任务反复失败，需查看输入' });
    const cookie = String(broken.headers['set-cookie']);
    expect(cookie).toMatch(/; Path=\/v1\/codec; .*HttpOnly; SameSite=Strict/);
    const shown = await decode(cookie.split(';')[0]!, { payloads });
    expect(shown.status).toBe(200);
    expect(Buffer.from(shown.body.payloads[0].data, 'base64').toString()).toContain('general-surgery');
    expect([shown.headers['access-control-allow-credentials'], shown.headers['cache-control']]).toEqual(['true', 'no-store']);
  });

  test('ASVS 3.3.3: where the API is seen over TLS, the cookie is bound to its host: __Host-, Secure, path /; and no other is read', async () => {
    const payloads = await sealed();
    const database = createDatabase(stack.database.apiUrl, { keys: stack.keys });
    const now = () => new Date();
    const deps = { database, keys: stack.keys, now, publicUrl: 'https://claims.example.org', temporalUiUrl: 'https://temporal.example.org' } as unknown as Deps;
    const problems: ErrorRequestHandler = (error: ProblemError, req, res, _next) => { sendProblem(req, res, error.problem); };
    const app = express().use(codecRouter(deps), serve(glassRoutes(deps), { now, identify: () => Promise.resolve({ sub: 'ops', personId: 'P-OPS', roles: ['ops'] }) }), problems);
    const broken = await request(app).post('/v1/break-glass').set('Idempotency-Key', randomUUID()).send({ what: 'payloads', reason: '流程任务反复失败，需查看输入' });
    const cookie = String(broken.headers['set-cookie']);
    expect(cookie).toMatch(/^__Host-kuaipei_codec=[\w.-]+; Path=\/; Secure; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const [whole = ''] = cookie.split(';');
    const read = async (given: string) => (await request(app).post('/v1/codec/decode').set('Cookie', given).send({ payloads })).status;
    expect([await read(whole), await read(whole.replace('__Host-', ''))]).toEqual([200, 401]);
    await database.$disconnect();
  });

  test('only pages of the Temporal UI may ask from a browser, and nothing but decoding is offered', async () => {
    const asked = await request(stack.url).options('/v1/codec/decode').set({ Origin: 'https://elsewhere.example.org', 'Access-Control-Request-Method': 'POST' });
    expect(asked.headers['access-control-allow-origin']).toBe('http://127.0.0.1:8233');
    expect((await request(stack.url).post('/v1/codec/encode').send({ payloads: [] })).status).toBe(404);
    expect((await request(stack.url).get('/v1/codec/decode')).status).toBe(405);
  });
});
