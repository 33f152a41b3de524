import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { aReport, NOWHERE, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ temporal: NOWHERE }); }, 120_000);
afterAll(() => stack.stop());

const SPECIALIST = 'specialist-a-h001';
const report = (recordNo: string, more?: Record<string, unknown>, account = SPECIALIST, headers?: Record<string, string>) => stack.post(account, '/v1/claims', aReport(recordNo, more), headers);

describe('reporting, while Temporal is down', () => {
  test('SPEC §1.1: the report is taken, with number, address and version; other acts are 503 with Retry-After', async () => {
    const made = await report('R1');
    expect([made.status, made.headers['location'], made.headers['etag']]).toEqual([201, `/v1/claims/${made.body.claimNo}`, `"${made.body.version}"`]);
    const seen = await stack.get(SPECIALIST, made.headers['location']!);
    expect(seen.body).toMatchObject({ stage: 'collecting', waitingFor: ['specialist'], allowed: expect.arrayContaining(['submit-facts']), patient: { recordNo: 'R1' } });
    expect(seen.body.clocks).toEqual([expect.objectContaining({ name: 'collection', dueAt: new Date(Date.parse(seen.body.reportedAt) + 24 * 3_600_000).toISOString() })]);
    const act = await stack.post(SPECIALIST, `${made.headers['location']}/acts/withdraw`, {});
    expect([act.status, act.headers['retry-after'], act.body.code]).toEqual([503, '5', 'workflows-away']);
    expect((await stack.get('ops', '/v1/ops/stuck')).body).toMatchObject({ worker: 'unknown', items: [{ claimNo: made.body.claimNo, cause: 'workflows-away' }] });
  });

  test('SPEC §3: the same key with the same report is the same answer, with another 409; a second report of the event finds the claim', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => report('R2', {}, SPECIALIST, key)));
    expect(new Set(answers.map((one) => JSON.stringify([one.status, one.body, one.headers['etag']]))).size).toBe(1);
    expect((await report('R3', {}, SPECIALIST, key)).body.code).toBe('same-id-other-body');
    const again = await report('R2', {}, 'manager-h001');
    expect([again.status, again.body]).toEqual([200, { claimNo: answers[0]!.body.claimNo, version: expect.any(Number), duplicateOfEarlierReport: true }]);
    expect((await report('R2', { outcomeType: 'death' })).status).toBe(201);
  });

  test('two who report the same event at once open one claim', async () => {
    const both = await Promise.all([report('R4'), report('R4', {}, 'specialist-b-h001')]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 201]);
    expect(both[0].body.claimNo).toBe(both[1].body.claimNo);
  });

  test('SPEC §1.1 "who reports": an approver does not, a liaison for their own departments only, a patient for themselves', async () => {
    expect((await report('R5', {}, 'approver-a-i001')).body).toMatchObject({ status: 403, code: 'not-your-role' });
    expect((await report('R5', {}, 'liaison-a-h001')).body).toMatchObject({ status: 403, code: 'not-your-department' });
    expect((await report('R5', {}, 'patient-a')).body).toMatchObject({ status: 422, errors: [{ field: '/hospital' }] });
    const own = await report('R5', { hospital: 'H001' }, 'patient-a');
    expect(own.status).toBe(201);
    expect((await stack.get('patient-a', `/v1/claims/${own.body.claimNo}`)).body).toMatchObject({ assessment: null, patient: { recordNo: 'R5' } });
    expect((await stack.get('patient-b', `/v1/claims/${own.body.claimNo}`)).status).toBe(404);
    // Knowing a record number is no way into somebody's file, nor a way to learn that there is one.
    const stranger = await report('R5', { hospital: 'H001' }, 'patient-b');
    const hospitals = await report('R5', { patient: { recordNo: 'R5', name: '测试患者' } });
    expect([stranger.status, hospitals.status]).toEqual([201, 201]);
    for (const [account, claimNo] of [['patient-a', stranger.body.claimNo], ['patient-b', own.body.claimNo], ['patient-a', hospitals.body.claimNo], ['patient-b', hospitals.body.claimNo]]) {
      expect((await stack.get(account, `/v1/claims/${claimNo}`)).status).toBe(404);
    }
    const again = await report('R5', { hospital: 'H001' }, 'patient-a');
    expect([again.status, again.body.claimNo]).toEqual([200, own.body.claimNo]);
  });

  test('SPEC §3: bad input names the field and the rule, never the value, and leaves nothing behind', async () => {
    const before = (await stack.get('auditor', '/v1/claims?limit=100')).body.items.length;
    const bad = await report('R6', { outcomeType: 'miracle', occurredAt: 'yesterday', extra: 1 });
    expect([bad.status, bad.headers['content-type']]).toEqual([422, expect.stringContaining('application/problem+json')]);
    expect(bad.body.errors.map((one: { field: string }) => one.field)).toEqual(expect.arrayContaining(['/outcomeType', '/occurredAt']));
    expect(JSON.stringify(bad.body)).not.toContain('miracle');
    expect((await report('R6', { occurredAt: '2099-01-01T00:00:00Z' })).body).toMatchObject({ status: 422, code: 'future-event', field: '/occurredAt' });
    for (const [more, field] of [
      [{ surgeryAt: '0000-03-02T01:00:00Z' }, '/surgeryAt'], [{ patient: { recordNo: 'R6', name: 'A\u0000B' } }, '/patient/name'], [{ patient: { recordNo: 'R6', name: '\ud800' } }, '/patient/name'],
      [{ patient: { recordNo: 'R6', name: 'A', birthDate: '0000-01-01' } }, '/patient/birthDate'], [{ patient: { recordNo: 'R6', name: 'A', birthDate: '2099-01-01' } }, '/patient/birthDate'],
      [{ patient: { recordNo: 'R6', name: 'A', deceasedAt: '2099-01-01T00:00:00Z' } }, '/patient/deceasedAt'],
    ] as const) expect((await report('R6', more)).body).toMatchObject({ status: 422, field });
    expect((await stack.get('auditor', '/v1/claims?limit=100')).body.items).toHaveLength(before);
  });

  test('SPEC §3: what no column can hold is refused wherever it comes from', async () => {
    const cursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');
    const { claimNo } = (await report('R7')).body;
    for (const query of [
      `/v1/claims/${claimNo}/events?cursor=${cursor(2 ** 31)}`, `/v1/claims?cursor=${cursor(['0000-01-01T00:00:00Z', claimNo])}`, `/v1/claims?cursor=${cursor(['2026-01-01T00:00:00Z', '\u0000'])}`,
      `/v1/tasks?cursor=${cursor([null, 'a\u0000'])}`, `/v1/tasks?cursor=${cursor(['0000-01-01T00:00:00Z', 'a'])}`, '/v1/tasks?claimNo=%00', '/v1/claims?q=a?b%00',
    ]) expect([query, (await stack.get(SPECIALIST, query)).status]).toEqual([query, 422]);
    for (const path of ['/v1/claims/%00', `/v1/claims/${claimNo}/acts/a%00b`, '/v1/documents/%00']) expect([path, (await stack.get(SPECIALIST, path)).status]).toEqual([path, 404]);
    for (const saidAt of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', new Date(Date.now() + 25 * 3_600_000).toISOString()]) {
      expect((await stack.post(SPECIALIST, `/v1/claims/${claimNo}/acts/withdraw`, {}, { 'X-Said-At': saidAt })).body).toMatchObject({ status: 422, field: 'X-Said-At' });
    }
  });

  test('an act that there is not is 404, naming those that there are', async () => {
    const unknown = await stack.post(SPECIALIST, '/v1/claims/KP-2026-000001/acts/abolish', {});
    expect(unknown.body).toMatchObject({ status: 404, code: 'no-such-act', details: { acts: expect.arrayContaining(['submit-facts']) } });
  });
});

describe('the HTTP face', () => {
  const raw = (): ReturnType<typeof request> => request(stack.url);

  test.each([['no token', {}], ['no bearer', { Authorization: 'Basic eA==' }], ['rubbish', { Authorization: 'Bearer a.b.c' }],
    ['a token that signs itself', { Authorization: `Bearer ${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.` }]])('%s is 401 with WWW-Authenticate', async (_, headers) => {
    const answer = await raw().get('/v1/claims').set(headers);
    expect([answer.status, answer.headers['www-authenticate'], answer.body.code]).toEqual([401, expect.stringMatching(/^Bearer/), 'unauthenticated']);
  });

  test('other methods are 405 with Allow, other addresses 404, other media types 415, a missing key 400', async () => {
    for (const [path, allow] of [['/v1/claims', 'POST, GET, HEAD'], ['/v1/claims/KP-2026-000001/acts/approve', 'POST'], ['/healthz', 'GET, HEAD'], ['/v1/webhooks/bank', 'POST']] as const) {
      const answer = await raw().delete(path);
      expect([path, answer.status, answer.headers['allow']?.split(', ').sort()]).toEqual([path, 405, allow.split(', ').sort()]);
    }
    expect((await stack.get(SPECIALIST, '/v1/nothing')).body).toMatchObject({ status: 404, code: 'not-found' });
    expect((await stack.post(SPECIALIST, '/v1/claims', '{}', { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await stack.post(SPECIALIST, '/v1/claims', aReport('X'), { 'Idempotency-Key': 'short' })).body).toMatchObject({ status: 400, field: 'Idempotency-Key' });
    expect((await stack.get(SPECIALIST, '/v1/claims?unknown=1')).status).toBe(422);
    expect((await stack.get(SPECIALIST, '/v1/claims?cursor=rubbish')).status).toBe(422);
    expect((await stack.get(SPECIALIST, '/v1/claims/%E0%A4%A')).status).toBe(404);
  });

  test('bodies are bounded in bytes and in depth', async () => {
    const deep = `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`;
    expect((await stack.post(SPECIALIST, '/v1/claims', JSON.parse(deep))).body).toMatchObject({ status: 413, code: 'too-deep' });
    // Judged before it is parsed: this one is no JSON at all. A bracket in a text is no level.
    const began = Date.now();
    const nest = await stack.post(SPECIALIST, '/v1/intake/fhir', '['.repeat(9_000_000), { 'Content-Type': 'application/json' });
    expect([nest.status, nest.body.code, Date.now() - began < 3_000]).toEqual([413, 'too-deep', true]);
    expect((await report('R8', { note: `\\"${'['.repeat(100)}` })).status).toBe(422);
    expect((await stack.post(SPECIALIST, '/v1/claims', { a: 'x'.repeat(300_000) })).body).toMatchObject({ status: 413, code: 'too-large' });
  });

  test('problems speak the language that is preferred, and both are there', async () => {
    const zh = await stack.get(SPECIALIST, '/v1/claims/KP-2026-999999', { 'Accept-Language': 'zh-CN' });
    const en = await stack.get(SPECIALIST, '/v1/claims/KP-2026-999999', { 'Accept-Language': 'en' });
    expect([zh.body.detail, en.body.detail]).toEqual([zh.body.text.zh, zh.body.text.en]);
  });

  test('health: alive, ready without Temporal, measured by route pattern, documented', async () => {
    expect((await raw().get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await raw().get('/readyz')).body).toEqual({ status: 'ready', database: 'answers', temporal: 'away' });
    const metrics = (await raw().get('/metrics')).text;
    expect(metrics).toContain('route="/v1/claims/{claimNo}"');
    expect(metrics).not.toContain('KP-2026');
    expect((await raw().get('/openapi.json')).body.openapi).toBe('3.1.0');
    expect((await raw().get('/docs/')).text).toContain('swagger-ui');
    expect((await raw().get('/').set('Accept', 'text/html')).text).toContain('<div id="root">');
  });

  test('SPEC §3: nothing personal stands in the log', () => {
    const log = stack.lines.join('');
    for (const personal of ['测试患者', '1961-04-05', 'R1"', 'P-PATIENT-A']) expect(log).not.toContain(personal);
    expect(log).toContain('"route":"/v1/claims/{claimNo}"');
  });
});

describe('lists', () => {
  test('cursor pages show every claim once, newest first; q finds numbers, and patients for who may see them', async () => {
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await stack.get(SPECIALIST, `/v1/claims?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      pages.push(...body.items.map((one: { claimNo: string }) => one.claimNo));
      cursor = body.nextCursor as string | null;
    }
    const all = (await stack.get('auditor', '/v1/claims?limit=100')).body.items.map((one: { claimNo: string }) => one.claimNo);
    expect(pages).toEqual(all);
    const found = async (account: string, q: string): Promise<number> => (await stack.get(account, `/v1/claims?q=${encodeURIComponent(q)}`)).body.items.length;
    expect(await found(SPECIALIST, '测试患者')).toBe(all.length);
    expect(await found('finance-a-i001', '测试患者')).toBe(0);
    const named = async (account: string): Promise<unknown> => (await stack.get(account, `/v1/claims?q=${all[0]}`)).body.items[0].patientName;
    expect(await named(SPECIALIST)).toBe('测试患者');
    expect([await named('finance-a-i001'), await named('ops')]).toEqual([null, null]);
    expect(await found('ops', '测试患者')).toBe(0);
    expect(await found('reviewer-a-i001', all[0])).toBe(1);
    expect(await found(SPECIALIST, '%')).toBe(0);
    // The hospital's own, and what two patients said of the same number.
    expect(await found(SPECIALIST, 'R5')).toBe(3);
  });

  test('every page says how many claims the whole list has, and when it was so', async () => {
    const before = new Date().toISOString();
    const whole = (await stack.get('auditor', '/v1/claims?limit=100')).body as { total: number; asOf: string; items: unknown[] };
    expect([whole.total, whole.asOf >= before, whole.asOf <= new Date().toISOString()]).toEqual([whole.items.length, true, true]);
    expect(whole.total).toBeGreaterThan(2);
    const first = (await stack.get('auditor', '/v1/claims?limit=1')).body as typeof whole & { nextCursor: string };
    expect([first.items.length, first.total]).toEqual([1, whole.total]);
    expect((await stack.get('auditor', `/v1/claims?limit=1&cursor=${first.nextCursor}`)).body.total).toBe(whole.total);
    expect((await stack.get('auditor', '/v1/claims?q=KP-1999')).body).toMatchObject({ total: 0, items: [] });
  });

  test('SPEC §1.2: whoever is out of scope meets nothing: the same 404 for foreign and for missing', async () => {
    const { claimNo } = (await report('S1')).body;
    for (const account of ['specialist-a-h002', 'reviewer-a-i002', 'liaison-a-h001', 'mediator-a', 'patient-b']) {
      const foreign = await stack.get(account, `/v1/claims/${claimNo}`);
      const missing = await stack.get(account, '/v1/claims/KP-2026-999999');
      expect([account, foreign.status, foreign.body]).toEqual([account, 404, missing.body]);
      expect((await stack.get(account, '/v1/claims')).text).not.toContain(claimNo);
      expect((await stack.post(account, `/v1/claims/${claimNo}/acts/withdraw`)).status).toBe(404);
    }
    const ops = (await stack.get('ops', `/v1/claims/${claimNo}`)).body;
    expect(ops).toMatchObject({ clinical: null, amounts: null, assessment: null, patient: null });
    expect((await stack.get('ops', `/v1/claims/${claimNo}/events`)).status).toBe(403);
    const finance = (await stack.get('finance-a-i001', `/v1/claims/${claimNo}/events`)).body.items[0];
    expect(finance).toMatchObject({ type: 'claim-reported', data: null, personal: null });
  });
});
