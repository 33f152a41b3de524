import { createHmac, randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import request, { type Response } from 'supertest';
import { createDatabase, inScope } from '../../src/platform/database';
import { codeOf, hashOf, identityOfSession, signSession } from '../../src/api/patient/session';
import { closedRejected, inPayment, inReview, inSupplement } from '../domain/claim/scenario';
import { token } from '../support/identity';
import { eventually, PATIENT_SESSION_SECRET } from '../support/parties';
import { plant } from './planted';
import { aReport, startStack, type Stack } from './stack';

const OWN = 'KP-2026-000601', OTHER = 'KP-2026-000602', NOBODYS = 'KP-2026-000603', FOREIGN = 'KP-2026-000604', DECIDED = 'KP-2026-000605';
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ worker: true });
  const database = createDatabase(stack.database.workerUrl);
  const way = { patientPersonId: 'P-PATIENT-A' };
  await plant(database, inSupplement(way), OWN);
  await plant(database, inPayment(way), OTHER);
  await plant(database, inReview({ patientPersonId: null }), NOBODYS);
  await plant(database, inReview(way), FOREIGN, { hospital: 'H002', insurer: 'I002' });
  await plant(database, closedRejected({ ...way, at: new Date(Date.now() - 86_400_000).toISOString() }), DECIDED);
  await database.$disconnect();
}, 120_000);
afterAll(() => stack.stop());

let addresses = 0;
/** Opens a code from an address of its own, unless told otherwise: only so many may be tried from one. */
const open = (code: unknown, address = `198.51.100.${(addresses += 1)}`): Promise<Response> => Promise.resolve(request(stack.url).post('/v1/patient-sessions').set('X-Forwarded-For', address).send({ code }));
const link = async (claimNo: string, headers: Record<string, string> = {}): Promise<Response> => stack.post('specialist-a-h001', `/v1/claims/${claimNo}/patient-link`, {}, headers);
const sessionOf = async (claimNo: string): Promise<string> => ((await open((await link(claimNo)).body.code)).body as { token: string }).token;
const as = (bearer: string) => ({
  get: (path: string): Promise<Response> => Promise.resolve(request(stack.url).get(path).set('Authorization', `Bearer ${bearer}`)),
  post: (path: string, body: object): Promise<Response> => Promise.resolve(request(stack.url).post(path).set({ Authorization: `Bearer ${bearer}`, 'Idempotency-Key': randomUUID() }).send(body)),
});

describe('issue 4: the patient\'s page from a link with a short-lived code', () => {
  test('the specialist makes it; the code stands behind #, opens the claim for 2 hours, and is kept nowhere', async () => {
    const made = await link(OWN);
    expect([made.status, made.body.url, made.headers['cache-control']]).toEqual([201, `http://127.0.0.1:8080/p#${made.body.code}`, 'no-store']);
    expect(Buffer.from(made.body.code as string, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    expect((Date.parse(made.body.expiresAt as string) - Date.now()) / 3_600_000).toBeCloseTo(72, 1);
    const opened = await open(made.body.code);
    expect([opened.status, opened.body.claimNo, opened.headers['cache-control']]).toEqual([200, OWN, 'no-store']);
    expect((Date.parse(opened.body.expiresAt as string) - Date.now()) / 3_600_000).toBeCloseTo(2, 1);
    const seen = await as(opened.body.token as string).get(`/v1/claims/${OWN}`);
    expect([seen.status, seen.body.clinical !== null, seen.body.assessment, seen.body.plain.zh]).toEqual([200, true, null, expect.stringContaining('需要您提供1项')]);

    const database = createDatabase(stack.database.workerUrl);
    const kept = JSON.stringify(await database.patientLink.findMany());
    await database.$disconnect();
    for (const text of [kept, stack.lines.join('')]) expect(text).not.toContain(made.body.code);
  });

  test('other claims of the same patient are 404, like those of anybody; lists hold the one claim, everything else is not there', async () => {
    const session = as(await sessionOf(OWN));
    for (const claimNo of [OTHER, NOBODYS, FOREIGN, 'KP-2026-000999']) {
      for (const path of ['', '/events', '/acts/act-00000001']) expect([claimNo, path, (await session.get(`/v1/claims/${claimNo}${path}`)).status]).toEqual([claimNo, path, 404]);
      expect([claimNo, (await session.post(`/v1/claims/${claimNo}/acts/withdraw`, {})).status]).toEqual([claimNo, 404]);
    }
    for (const path of ['/v1/claims', '/v1/tasks', '/v1/ops/stuck']) expect([path, (await session.get(path)).status]).toEqual([path, 404]);
    expect((await session.post('/v1/claims', { ...aReport('L-1'), hospital: 'H001' })).status).toBe(404);
    expect((await session.post(`/v1/claims/${OWN}/patient-link`, {})).status).toBe(403);
    // With the account it is another matter.
    expect((await stack.get('patient-a', `/v1/claims/${OTHER}`)).status).toBe(200);
  });

  test('only withdraw, dispute, answer, and own papers: what `allowed` says; the account to pay into is not changed by a link', async () => {
    const may = async (claimNo: string): Promise<string[]> => ((await as(await sessionOf(claimNo)).get(`/v1/claims/${claimNo}`)).body as { allowed: string[] }).allowed;
    expect(await may(OWN)).toEqual(['upload-documents', 'supersede-document', 'answer-supplement', 'withdraw']);
    expect(await may(DECIDED)).toEqual(['upload-documents', 'supersede-document', 'dispute']);
    const refused = await as(await sessionOf(OTHER)).post(`/v1/claims/${OTHER}/acts/set-payee`, { payees: [{ holder: 'x', bank: 'x', account: '62220000000099', share: 1 }] });
    expect([refused.status, refused.body.code]).toEqual([403, 'not-by-link']);
    const forgotten = await as(await sessionOf(OTHER)).post(`/v1/claims/${OTHER}/acts/withdraw-consent`, {});
    expect([forgotten.status, forgotten.body.code]).toEqual([403, 'not-by-link']);
  });

  test('what is done through the link is done, once, and recorded as done through it', async () => {
    const session = as(await sessionOf(DECIDED));
    const objected = await session.post(`/v1/claims/${DECIDED}/acts/dispute`, { note: '不同意' });
    expect([objected.status, objected.body.stage]).toEqual([200, 'dispute']);
    const withdrawn = await as(await sessionOf(NOBODYS)).post(`/v1/claims/${NOBODYS}/acts/withdraw`, {});
    expect([withdrawn.status, withdrawn.body.closedAs]).toEqual([200, 'withdrawn']);
    const { items } = (await stack.get('auditor', `/v1/claims/${NOBODYS}/events?limit=100`)).body as { items: Array<{ type: string; by: object }> };
    expect(items.find((one) => one.type === 'claim-withdrawn')!.by).toMatchObject({ personId: `link-${NOBODYS}`, role: 'patient' });
  });

  test('own papers go up, to this claim only', async () => {
    const bearer = await sessionOf(OWN);
    const begin = (claimNo: string, kind: string): Promise<Response> => Promise.resolve(request(stack.url).post('/v1/uploads').set({
      Authorization: `Bearer ${bearer}`, 'Tus-Resumable': '1.0.0', 'Upload-Length': '10',
      'Upload-Metadata': Object.entries({ claimNo, kind, filename: 'a.pdf', sha256: 'a'.repeat(64) }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(','),
    }));
    expect([(await begin(OWN, 'invoice')).status, (await begin(OWN, 'medical-summary')).status, (await begin(OTHER, 'invoice')).status]).toEqual([201, 403, 404]);
  });

  test('a claim that nobody follows with an account is followed by its link, as a person of its own', async () => {
    const bearer = await sessionOf(NOBODYS);
    expect(decodeJwt(bearer)['person_id']).toBe(`link-${NOBODYS}`);
    const seen = await as(bearer).get(`/v1/claims/${NOBODYS}`);
    expect([seen.status, seen.body.patient?.name, seen.body.contact?.role]).toEqual([200, '墙', 'liaison']);
  });

  test('unknown, malformed, expired and ended codes get one answer', async () => {
    const first = (await link(OWN)).body.code as string;
    const second = (await link(OWN)).body.code as string;
    const expired = codeOf(PATIENT_SESSION_SECRET, randomUUID());
    const database = createDatabase(stack.database.apiUrl);
    await inScope(database, { personId: 'P-1', role: 'specialist', hospital: 'H001' }, (tx) => tx.patientLink.create({ data: {
      id: randomUUID(), claimNo: OWN, codeHash: hashOf(expired), actId: 'expired-link', createdBy: 'P-1', createdAt: new Date(Date.now() - 80 * 3_600_000), expiresAt: new Date(Date.now() - 1), hospital: 'H001', department: 'general-surgery', insurer: 'I001',
    } }));
    await database.$disconnect();
    const answers = await Promise.all([first, expired, 'nonsense', codeOf(PATIENT_SESSION_SECRET, randomUUID())].map((code) => open(code)));
    for (const { status, body } of answers) expect([status, body]).toEqual([404, answers[0]!.body]);
    expect((await open(second)).status).toBe(200);
  });

  test('a new link ends the sessions of the older', async () => {
    const bearer = await sessionOf(DECIDED);
    expect((await as(bearer).get(`/v1/claims/${DECIDED}`)).status).toBe(200);
    await link(DECIDED);
    await eventually(async () => ((await as(bearer).get(`/v1/claims/${DECIDED}`)).status === 401 ? true : undefined), 15_000);
  }, 30_000);

  test('SPEC §3: the same key is the same link; for another claim it is a conflict', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const [once, again] = [await link(OWN, key), await link(OWN, key)];
    expect(again.body).toEqual(once.body);
    expect((await link(OTHER, key)).status).toBe(409);
  });

  test('codes cannot be tried without end: ten a minute from one address', async () => {
    const address = '203.0.113.7';
    // The minute may turn while they are tried: then ten more are.
    const statuses: number[] = [];
    while (!statuses.includes(429) && statuses.length < 25) statuses.push((await open('guess', address)).status);
    expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(10);
    expect((await open('guess')).status).toBe(404);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('SECURITY: sessions and the issuer\'s tokens are never taken for each other', () => {
  const claims = { person_id: 'P-PATIENT-A', claim_no: OWN };
  const key = createHmac('sha256', PATIENT_SESSION_SECRET).update('patient-session').digest();
  const forged = (secret: Uint8Array, header: Record<string, string>, more: { issuer?: string; claims?: object } = {}): Promise<string> =>
    new SignJWT({ ...claims, roles: ['auditor'], ...more.claims }).setProtectedHeader({ alg: 'HS256', typ: 'patient-session+jwt', ...header }).setIssuer(more.issuer ?? 'kuaipei:patient-link')
      .setAudience('kuaipei:patient-link').setSubject(`link:${randomUUID()}`).setExpirationTime('1h').sign(secret);

  test('none of these opens anything', async () => {
    const real = await token('auditor');
    const [, payload = '', signature = ''] = real.split('.');
    const relabelled = [Buffer.from(JSON.stringify({ ...decodeProtectedHeader(real), typ: 'patient-session+jwt' })).toString('base64url'), payload, signature].join('.');
    const tokens = {
      'a code as the key': await forged(Buffer.from('nonsense-that-is-long-enough-to-be-a-key'), {}),
      'the secret itself as the key': await forged(Buffer.from(PATIENT_SESSION_SECRET), {}),
      'our key, as a token of the issuer': await forged(key, { typ: 'at+jwt' }),
      'our key, of another issuer': await forged(key, {}, { issuer: 'http://issuer' }),
      'our key, without a claim': await forged(key, {}, { claims: { claim_no: undefined } }),
      'our key, a link that does not exist': await forged(key, {}),
      'an expired session': await signSession(PATIENT_SESSION_SECRET, { linkId: randomUUID(), personId: 'P-PATIENT-A', claimNo: OWN }, new Date(Date.now() - 60_000).toISOString()),
      'a token of the issuer, relabelled': relabelled,
      'no signature': `${Buffer.from('{"alg":"none","typ":"patient-session+jwt"}').toString('base64url')}.${payload}.`,
    };
    for (const [what, bearer] of Object.entries(tokens)) expect([what, (await as(bearer).get(`/v1/claims/${OWN}`)).status]).toEqual([what, 401]);
  });

  test('a session is a patient on one claim, whatever else it says', async () => {
    expect(await identityOfSession(PATIENT_SESSION_SECRET, await forged(key, {}, { claims: { hospital: 'H001' } }))).toEqual({ sub: expect.stringMatching(/^link:/), personId: 'P-PATIENT-A', roles: ['patient'], onlyClaim: OWN });
  });
});
