import { EncryptJWT } from 'jose';
import { Client } from 'pg';
import { issueTicket } from '../../../src/api/documents/ticket';
import type { Actor } from '../../../src/domain/claim';
import { PATIENT_SESSION_SECRET } from '../../support/parties';
import { aReport, NOWHERE, startStack, type Stack } from '../stack';

const MINUTE = 60_000;
let stack: Stack;
let documentId: string;
let otherId: string;
const specialist: Actor = { sub: 'specialist-a-h001', personId: 'P-H001-SPECIALIST-A', role: 'specialist', hospital: 'H001' };

beforeAll(async () => {
  stack = await startStack({ temporal: NOWHERE });
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('T1'));
  ({ documentId } = await stack.upload('specialist-a-h001', claimNo, 'medical-summary'));
  ({ documentId: otherId } = await stack.upload('specialist-a-h001', claimNo, 'event-report'));
}, 120_000);
afterAll(() => stack.stop());

const ticketFor = async (account: string, id: string): Promise<string> => ((await stack.post(account, `/v1/documents/${id}/ticket`)).body as { url: string }).url;
const read = (path: string, init?: RequestInit): Promise<Response> => fetch(`${stack.url}${path}`, init);
const agedBy = async (ms: number): Promise<string> => (await issueTicket(PATIENT_SESSION_SECRET, documentId, specialist, new Date(Date.now() - ms))).url;

test('issue 4: a player reads ranges of a document by a ticket, without a token', async () => {
  const url = await ticketFor('specialist-a-h001', documentId);
  const part = await read(url, { headers: { Range: 'bytes=0-3' } });
  expect([part.status, await part.text()]).toEqual([206, '%PDF']);
  expect((await read(url, { method: 'HEAD' })).status).toBe(200);
});

test('a ticket names its last moment, and is kept in no cache', async () => {
  const { body, headers } = await stack.post('specialist-a-h001', `/v1/documents/${documentId}/ticket`);
  expect(Date.parse((body as { expiresAt: string }).expiresAt) - Date.now()).toBeGreaterThan(4 * MINUTE);
  expect(Date.parse((body as { expiresAt: string }).expiresAt) - Date.now()).toBeLessThanOrEqual(5 * MINUTE);
  expect(headers['cache-control']).toBe('no-store');
});

test('SPEC §1.2: what is read by a ticket is recorded for the person who asked for it, in that role', async () => {
  const before = await reads();
  await read(await ticketFor('specialist-a-h001', documentId));
  expect((await reads()).slice(before.length)).toEqual([{ personId: expect.stringContaining('H001'), role: 'specialist', what: `document ${documentId}` }]);
});

test('after five minutes a ticket is over', async () => {
  expect((await read(await agedBy(4 * MINUTE))).status).toBe(200);
  expect((await read(await agedBy(5 * MINUTE + 1_000))).status).toBe(401);
});

test('a ticket is for one document', async () => {
  const url = await ticketFor('specialist-a-h001', documentId);
  expect((await read(url.replace(documentId, otherId))).status).toBe(401);
});

test('a ticket opens nothing else: neither claims, nor further tickets', async () => {
  const ticket = new URL(await ticketFor('specialist-a-h001', documentId), stack.url).search;
  expect((await read(`/v1/claims${ticket}`)).status).toBe(401);
  expect((await read(`/v1/documents/${documentId}/ticket${ticket}`, { method: 'POST' })).status).toBe(401);
});

test('SPEC §1.2: a ticket cannot be forged, altered, or made by another of our keys', async () => {
  const url = await ticketFor('specialist-a-h001', documentId);
  const middle = url.length - 20;
  const altered = url.slice(0, middle) + (url[middle] === 'A' ? 'B' : 'A') + url.slice(middle + 1);
  const foreign = (await issueTicket(`${PATIENT_SESSION_SECRET}x`, documentId, specialist, new Date())).url;
  const bare = await new EncryptJWT({ documentId, identity: { ...specialist, roles: ['specialist'] } }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'document-ticket+jwt' })
    .setExpirationTime('5 minutes').encrypt(new TextEncoder().encode(PATIENT_SESSION_SECRET.slice(0, 32)));
  for (const path of [altered, foreign, `/v1/documents/${documentId}?ticket=${bare}`, `/v1/documents/${documentId}?ticket=`, `/v1/documents/${documentId}?ticket=a.b.c`]) expect([path.length, (await read(path)).status]).toEqual([path.length, 401]);
});

test('SPEC §1.2: no ticket for who does not see the document, nor a use of it by who has lost it', async () => {
  expect((await stack.post('specialist-a-h002', `/v1/documents/${documentId}/ticket`)).status).toBe(404);
  const elsewhere = await issueTicket(PATIENT_SESSION_SECRET, documentId, { ...specialist, sub: 'specialist-a-h002', personId: 'P-H002-SPECIALIST-A', hospital: 'H002' }, new Date());
  expect((await read(elsewhere.url)).status).toBe(404);
});

test('SPEC §3: neither ticket nor reader stands in the log, nor does the address tell who reads', async () => {
  const url = await ticketFor('specialist-a-h001', documentId);
  await read(url);
  const ticket = url.split('=')[1]!;
  expect(stack.lines.join('')).not.toContain(ticket);
  expect(Buffer.from(ticket.replaceAll('.', ''), 'base64url').toString('latin1')).not.toContain('H001');
});

test('other methods on a ticket are 405', async () => {
  const answer = await stack.get('specialist-a-h001', `/v1/documents/${documentId}/ticket`);
  expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
});

async function reads(): Promise<unknown[]> {
  const client = new Client({ connectionString: stack.database.superuserUrl });
  await client.connect();
  const { rows } = await client.query('SELECT person_id AS "personId", role, what FROM read_log ORDER BY id');
  await client.end();
  return rows;
}
