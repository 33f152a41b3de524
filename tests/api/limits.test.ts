import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import request, { type Response } from 'supertest';
import { signSession } from '../../src/api/patient/session';
import { addressOf, createLimiters, LIMITS } from '../../src/api/http/limits';
import type { ProblemError } from '../../src/api/problems';
import { token } from '../support/identity';
import { PATIENT_SESSION_SECRET } from '../support/parties';
import { aReport, NOWHERE, startStack, type Stack } from './stack';

const MOST = { person: 150, address: 12, failures: 4, codes: 3 };
/** More seconds than the file takes. */
const limits = { person: { times: MOST.person, seconds: 300 }, address: { times: MOST.address, seconds: 300 }, failures: { times: MOST.failures, seconds: 300 }, codes: { times: MOST.codes, seconds: 300 } };
const uploadLimits = { open: { files: 5, bytes: 1_000 }, claimFiles: 3, patient: { files: 2, bytes: 500 } };

let stack: Stack;
let claimNo: string;
beforeAll(async () => {
  stack = await startStack({ temporal: NOWHERE, limits: { limits, uploadLimits } });
  claimNo = (await stack.post('specialist-a-h001', '/v1/claims', aReport('LIMITS-1', { patient: { ...aReport('LIMITS-1').patient, personId: 'P-PATIENT-A' } }))).body.claimNo;
}, 120_000);
afterAll(() => stack.stop());

/** A request as the proxy in front (loopback is trusted) hands it on for an address. */
const from = (address: string, path: string, headers: Record<string, string> = {}): Promise<Response> => Promise.resolve(request(stack.url).get(path).set({ 'X-Forwarded-For': address, ...headers }));
const inTurn = async <T>(times: number, work: (at: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let at = 0; at < times; at++) results.push(await work(at));
  return results;
};
const statuses = (answers: Response[]): number[] => answers.map(({ status }) => status);
const count = (all: readonly number[], one: number): number => all.filter((status) => status === one).length;

const expectTooMany = (answer: Response, code: string): void => {
  expect([answer.status, answer.type, answer.body.code]).toEqual([429, 'application/problem+json', code]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(answer.body.text).toEqual({ zh: expect.stringMatching(/\p{Script=Han}.*秒/u), en: expect.stringMatching(/try again in \d+ s/) });
};

describe('issue 5 part 6: rate limits per person and per address with Retry-After', () => {
  test('a person over the limit waits, from whatever address; others do not', async () => {
    const all = await Promise.all(Array.from({ length: MOST.person + 5 }, (_, at) => stack.get('finance-a-i001', '/v1/ops/stuck', { 'X-Forwarded-For': `198.51.100.${at}` })));
    expect([count(statuses(all), 403), count(statuses(all), 429)]).toEqual([MOST.person, 5]);
    expectTooMany(all.find(({ status }) => status === 429)!, 'too-many-requests');
    expect((await stack.get('finance-b-i001', '/v1/rules', { 'X-Forwarded-For': '198.51.100.1' })).status).toBe(200);
  });

  test('after the seconds of Retry-After it goes on', async () => {
    const { person } = createLimiters({ ...LIMITS, person: { times: 1, seconds: 1 } });
    const somebody = { sub: 's', personId: 'P-1', roles: ['ops' as const] };
    await person(somebody);
    const wait = await person(somebody).then(() => 0, (error: ProblemError) => error.problem.retryAfter!);
    expect(wait).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000 + 20));
    await person(somebody);
  });

  test('an address over the limit waits where nobody signs in; /healthz, /readyz and /metrics are free, and who is signed in is served', async () => {
    const answers = await inTurn(MOST.address + 2, () => from('198.51.101.1', '/openapi.json'));
    expect(statuses(answers)).toEqual([...Array<number>(MOST.address).fill(200), 429, 429]);
    expectTooMany(answers.at(-1)!, 'too-many-requests');
    for (const path of ['/', '/docs/', '/nothing-there']) expect([path, (await from('198.51.101.1', path)).status]).toEqual([path, 429]);
    for (const path of ['/healthz', '/readyz', '/metrics']) expect([path, statuses(await inTurn(MOST.address + 2, () => from('198.51.101.2', path)))]).toEqual([path, Array(MOST.address + 2).fill(200)]);
    expect((await stack.get('reviewer-a-i001', '/v1/rules', { 'X-Forwarded-For': '198.51.101.1' })).status).toBe(200);
    expect((await from('198.51.101.3', '/openapi.json')).status).toBe(200);
  });
});

describe('issue 5 part 6: lock-out that cannot be used against others', () => {
  test('failures count against their address: 401, then 429; a valid token is served from the same address', async () => {
    const bad = { Authorization: 'Bearer not.a.token' };
    const answers = await inTurn(MOST.failures + 2, (at) => from('198.51.102.1', '/v1/claims', at % 2 === 0 ? bad : {}));
    expect(statuses(answers)).toEqual([...Array<number>(MOST.failures).fill(401), 429, 429]);
    expectTooMany(answers.at(-1)!, 'too-many-failures');
    // Tickets, signatures and cookies that do not hold are the same thing.
    expect((await from('198.51.102.1', `/v1/documents/${randomUUID()}?ticket=a.b.c`)).status).toBe(429);
    for (const path of ['/v1/webhooks/bank', '/v1/codec/decode']) expect([path, (await request(stack.url).post(path).set('X-Forwarded-For', '198.51.102.1').send({})).status]).toEqual([path, 429]);
    expect((await stack.get('reviewer-a-i001', '/v1/claims', { 'X-Forwarded-For': '198.51.102.1' })).status).toBe(200);
    expect((await from('198.51.102.2', '/v1/claims', bad)).status).toBe(401);
  });

  test('failures never count against the account that they name', async () => {
    const [head = '', payload = ''] = (await token('manager-h001')).split('.');
    const forged = { Authorization: `Bearer ${head}.${payload}.${'A'.repeat(342)}` };
    expect(count(statuses(await inTurn(MOST.person + 1, (at) => from(`198.51.103.${at}`, '/v1/claims', forged))), 401)).toBe(MOST.person + 1);
    expect((await stack.get('manager-h001', '/v1/claims')).status).toBe(200);
  });

  test('a token that was good is told so (401), however used up its address is, and uses nothing up: its console signs in again', async () => {
    const lapsed = { Authorization: `Bearer ${await signSession(PATIENT_SESSION_SECRET, { linkId: randomUUID(), personId: 'P-PATIENT-A', claimNo }, new Date(Date.now() - 60_000).toISOString())}` };
    const answers = await inTurn(MOST.failures + 2, () => from('198.51.104.1', '/v1/claims', lapsed));
    expect(statuses(answers)).toEqual(Array(MOST.failures + 2).fill(401));
    expect((await from('198.51.104.1', '/v1/claims')).status).toBe(401);
  });

  test('a valid patient code opens its link while its address is used up by bad ones: one phone cannot shut out a ward behind one NAT', async () => {
    const { body: { code } } = await stack.post('specialist-b-h001', `/v1/claims/${claimNo}/patient-link`, {});
    const open = (given: string): Promise<Response> => Promise.resolve(request(stack.url).post('/v1/patient-sessions').set('X-Forwarded-For', '198.51.105.1').send({ code: given }));
    const answers = await inTurn(MOST.codes + 2, (at) => open(`guess-${at}`));
    expect(statuses(answers)).toEqual([...Array<number>(MOST.codes).fill(404), 429, 429]);
    expectTooMany(answers.at(-1)!, 'too-many-codes');
    expect((await open(code as string)).status).toBe(200);
  });

  test('`X-Forwarded-For: public, 10.x` counts as 10.x: only the proxies of TRUSTED_PROXIES are believed, and a LAN is none', async () => {
    const answers = await inTurn(MOST.failures + 1, (at) => from(`203.0.113.${at}, 10.0.0.9`, '/v1/claims'));
    expect(statuses(answers).at(-1)).toBe(429);
    expect((await from('203.0.113.0', '/v1/claims')).status).toBe(401);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'], ['::ffff:192.0.2.1', '192.0.2.1'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'], ['2001:db8:1:2::9', '2001:db8:1:2'], ['2001:db8::1', '2001:db8:0:0'], ['2001:0DB8:0:0:ffff::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'], ['64:ff9b::192.0.2.1', '64:ff9b:0:0'], ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('an address counts alone, of IPv6 the whole /64: %s → %s', (ip, counted) => {
    expect(addressOf({ ip })).toBe(counted);
  });
});

test('issue 5 part 6: the glass breaks ten times an hour for one person, however many come at once; a repeated id is answered as before', async () => {
  const breakIt = (id: string): Promise<Response> => stack.post('liaison-a-h001', '/v1/break-glass', { what: 'claim', claimNo, reason: '夜间抢救，值班人员需要核对手术时间' }, { 'Idempotency-Key': id });
  const ids = Array.from({ length: 13 }, () => randomUUID());
  const answers = await Promise.all(ids.map(breakIt));
  expect([count(statuses(answers), 201), count(statuses(answers), 429)]).toEqual([10, 3]);
  expectTooMany(answers.find(({ status }) => status === 429)!, 'too-many-broken-glasses');
  const known = answers.find(({ status }) => status === 201)!;
  const again = await breakIt(known.body.id as string);
  expect([again.status, again.body]).toEqual([201, known.body]);
});

describe('issue 5 part 6: uploads take a bounded room, and the answer names the limit and what to do', () => {
  const pdf = Buffer.from('%PDF-1.4 no more than that');
  let own: string;
  const begin = async (account: string, bytes: number, of = own, kind = 'invoice'): Promise<Response> => request(stack.url).post('/v1/uploads').set({
    'Authorization': `Bearer ${await token(account)}`, 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes),
    'Upload-Metadata': Object.entries({ claimNo: of, kind, filename: 'a.pdf', sha256: createHash('sha256').update(pdf).digest('hex') }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(','),
  });
  const cancel = async (account: string, { headers }: Response): Promise<number> => (await request(stack.url).delete(headers['location']!).set({ 'Authorization': `Bearer ${await token(account)}`, 'Tus-Resumable': '1.0.0' })).status;
  const claim = async (recordNo: string): Promise<string> => (await stack.post('specialist-a-h001', '/v1/claims', aReport(recordNo))).body.claimNo as string;
  beforeEach(async () => { own = await claim(`UP-${randomUUID()}`); });

  test('unfinished uploads of one person at once: as many as the limit, though all come at the same time, on any claims', async () => {
    const claims = await Promise.all(['A', 'B', 'C', 'D'].map((one) => claim(`MANY-${one}`)));
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => begin('specialist-b-h001', 10, claims[at % 4])));
    expect([count(statuses(answers), 201), count(statuses(answers), 409)]).toEqual([uploadLimits.open.files, 12 - uploadLimits.open.files]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect([refused.body.code, refused.body.details, refused.body.text]).toEqual(['too-many-open-uploads', { most: 5 }, { zh: expect.stringContaining('取消'), en: expect.stringContaining('finish some or cancel them') }]);
    expect((await begin('specialist-a-h001', 10)).status).toBe(201); // somebody else has room of their own

    const begun = answers.filter(({ status }) => status === 201);
    expect(await cancel('specialist-b-h001', begun[0]!)).toBe(204);
    const next = await begin('specialist-b-h001', 10);
    expect(next.status).toBe(201);
    // What is refused for its content has ended, too, and its room with it.
    const sent = await request(stack.url).patch(next.headers['location']!).set({ 'Authorization': `Bearer ${await token('specialist-b-h001')}`, 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }).send(Buffer.alloc(10));
    expect(sent.status).toBe(422);
    expect((await begin('specialist-b-h001', 10)).status).toBe(201);
    expect((await begin('specialist-b-h001', 10)).status).toBe(409);
  });

  test('uploads that the store does not know any more take no room', async () => {
    const superuser = new Client({ connectionString: stack.database.superuserUrl });
    await superuser.connect();
    await superuser.query("INSERT INTO open_upload SELECT gen_random_uuid(), 'P-H001-LIAISON-B', $1, 10, now() - interval '2 minutes' FROM generate_series(1, 5)", [own]);
    await superuser.end();
    expect((await begin('liaison-b-h001', 10)).status).toBe(201);
  });

  test('unfinished uploads are bounded in what they declare together, too', async () => {
    expect((await begin('manager-h001', 600)).status).toBe(201);
    const refused = await begin('manager-h001', 401);
    expect([refused.status, refused.body.code, refused.body.details]).toEqual([413, 'open-uploads-too-large', { mostBytes: 1_000 }]);
    expect((await begin('manager-h001', 400)).status).toBe(201);
  });

  test('a claim takes so many files', async () => {
    const answers = await inTurn(4, () => begin('specialist-a-h001', 10));
    expect([statuses(answers), answers[3]!.body.code]).toEqual([[201, 201, 201, 409], 'too-many-files']);
    expect(await Promise.all(answers.slice(0, 3).map((one) => cancel('specialist-a-h001', one)))).toEqual([204, 204, 204]);
  });

  test('a patient adds fewer files to a claim, and no more bytes than a bound in all: 300 uploads of 50 MiB are not taken', async () => {
    const first = await begin('patient-a', 300);
    const tooLarge = await begin('patient-a', 201);
    expect([first.status, tooLarge.status, tooLarge.body.code]).toEqual([201, 413, 'own-files-too-large']);
    expect((await begin('patient-a', 200)).status).toBe(201);
    const tooMany = await begin('patient-a', 10);
    expect([tooMany.status, tooMany.body.code, tooMany.body.details]).toEqual([409, 'too-many-own-files', { most: 2 }]);
  });
});
