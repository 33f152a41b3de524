import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { PERSONAS } from '../../dev/personas';
import { ROLES } from '../../src/domain/claim';
import { createDatabase } from '../../src/platform/database';
import { taskFilters } from '../../src/api/tasks/query';
import { defaultViews } from '../../src/api/views/defaults';
import { token } from '../support/identity';
import { eventually } from '../support/parties';
import { acceptedByA, collecting, returnedByApprover } from './inbox';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const A = 'reviewer-a-i001', B = 'reviewer-b-i001';
let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  const database = createDatabase(stack.database.workerUrl);
  for (const [n, scenario] of [collecting(1), collecting(30), acceptedByA(), returnedByApprover()].entries()) await plant(database, scenario, `KP-2026-00062${n}`);
  await database.$disconnect();
}, 120_000);
afterAll(() => stack.stop());

interface View { id: string; own: boolean; name: { zh: string; en: string }; query: string; count: number | null }
const views = async (account: string): Promise<View[]> => (await stack.get(account, '/v1/views')).body.items;
const send = async (account: string, method: 'put' | 'delete', id: string, body?: object) =>
  request(stack.url)[method](`/v1/views/${id}`).set({ Authorization: `Bearer ${await token(account)}` }).send(body);

test.each(ROLES)('UX 3: the views of %s are queries of the inbox, named in both languages', (role) => {
  for (const { query, name } of defaultViews(role)) {
    expect([query, taskFilters.safeParse(Object.fromEntries(new URLSearchParams(query))).error]).toEqual([query, undefined]);
    expect(name.zh).toMatch(/\p{Script=Han}/u);
    expect(name.en).toMatch(/^[\x20-\x7e]+$/);
  }
  expect(new Set(defaultViews(role).map((one) => one.id)).size).toBe(defaultViews(role).length);
  if (!['patient', 'mediator', 'auditor', 'ops', 'his-feed'].includes(role)) expect(defaultViews(role)).toHaveLength(6);
});

test('UX 5: the count of each view is the total of its list, for every role', async () => {
  for (const { account } of PERSONAS.filter((one) => one.hospital !== 'H002' && one.insurer !== 'I002')) {
    for (const { id, query, count } of await views(account)) {
      expect([account, id, count]).toEqual([account, id, (await stack.get(account, `/v1/tasks?${query}`)).body.total]);
    }
  }
  expect((await views(B)).find((one) => one.id === 'pool')?.count).toBe(2);
}, 120_000);

test('UX 2, 4: a view is kept, changed, shown with its count, and forgotten', async () => {
  const id = randomUUID();
  const kept = await send(A, 'put', id, { name: ' 今天的 F10 ', query: '?pool&tier=F10' });
  expect([kept.status, kept.body]).toEqual([200, { id, own: true, name: { zh: '今天的 F10', en: '今天的 F10' }, query: 'pool&tier=F10', count: 2 }]);
  expect((await views(A)).at(-1)).toEqual(kept.body);
  expect((await send(A, 'put', id, { name: 'renamed', query: 'done' })).body).toMatchObject({ name: { zh: 'renamed' }, query: 'done' });
  expect((await views(A)).filter((one) => one.own)).toEqual([expect.objectContaining({ id, query: 'done' })]);
  expect((await send(A, 'delete', id)).status).toBe(204);
  expect((await send(A, 'delete', id)).status).toBe(404);
  expect((await views(A)).filter((one) => one.own)).toEqual([]);
});

test('views are a person\'s own: nobody else sees, changes or forgets them', async () => {
  const id = randomUUID();
  await send(A, 'put', id, { name: 'mine alone', query: 'mine' });
  expect((await views(B)).filter((one) => one.own)).toEqual([]);
  expect((await send(B, 'delete', id)).status).toBe(404);
  // Under the same id somebody else keeps a view of their own.
  expect((await send(B, 'put', id, { name: 'of B', query: 'done' })).status).toBe(200);
  expect((await views(A)).filter((one) => one.own)).toEqual([expect.objectContaining({ id, name: { zh: 'mine alone', en: 'mine alone' } })]);
  for (const account of [A, B]) await send(account, 'delete', id);
});

test.each([
  [{ name: 'x', query: 'colour=blue' }, '/query?'], [{ name: 'x', query: 'stage=nowhere' }, '/query?stage'], [{ name: 'x', query: 'mine&done' }, '/query?done'], [{ name: 'x', query: 'limit=5' }, '/query?'],
  [{ name: '', query: 'mine' }, '/name'], [{ name: 'x'.repeat(61), query: 'mine' }, '/name'], [{ name: 'x', query: 'q='.padEnd(1001, 'x') }, '/query'],
])('what the inbox would refuse is not kept: %j', async (body, field) => {
  const { status, body: problem } = await send(A, 'put', randomUUID(), body);
  expect([status, problem.code, problem.field]).toEqual([422, 'invalid-input', field]);
});

test('SPEC §1.2: a view by flags is not kept for who does not see the assessment', async () => {
  expect((await send('finance-a-i001', 'put', randomUUID(), { name: 'x', query: 'flagged=true' })).status).toBe(422);
});

test('an id that is no UUID names no view; other methods are refused with those there are', async () => {
  expect((await send(A, 'put', 'pool', { name: 'x', query: 'mine' })).status).toBe(404);
  const other = await stack.post(A, `/v1/views/${randomUUID()}`, { name: 'x', query: 'mine' });
  expect([other.status, other.headers['allow']]).toEqual([405, 'PUT, DELETE']);
});

test('at most 100 views per person, however many are sent at once; one that is there can still be changed', async () => {
  const ids = Array.from({ length: 104 }, () => randomUUID());
  // They wait for one another; a slow database says 503, try again, and so they do.
  const sent = await Promise.all(ids.map((id) => eventually(async () => {
    const { status } = await send(B, 'put', id, { name: 'many', query: 'mine' });
    return status === 503 ? undefined : status;
  }, 50_000)));
  expect(sent.filter((status) => status === 200)).toHaveLength(100);
  expect(sent.filter((status) => status === 409)).toHaveLength(4);
  const there = (await views(B)).find((one) => one.own)!;
  expect((await send(B, 'put', there.id, { name: 'changed', query: 'done' })).status).toBe(200);
}, 60_000);
