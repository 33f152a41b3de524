import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { eventually } from '../support/parties';
import { NOWHERE, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ worker: true }); }, 240_000);
afterAll(() => stack.stop());

/** Temporal answers for a schedule out of a workflow of its own and may be too busy for it: then the route says 503, try again, and so it is tried again. */
const queues = () => eventually(async () => {
  const { status, body } = await stack.get('ops', '/v1/ops/queues');
  expect([200, 503]).toContain(status);
  return status === 200 ? body : undefined;
}, 30_000);

test('issue 4, operations, issue 6 "task queues by kind of work": each queue with its workers, backlog and builds; no machine and no person by name', async () => {
  const seen = await eventually(async () => {
    const body = await queues();
    return body.queues?.every((one: { pollers: unknown[] }) => one.pollers.length > 0) ? body : undefined;
  }, 30_000);
  expect(seen.queues.map((one: { taskQueue: string; kind: string }) => [one.taskQueue, one.kind])).toEqual([['claims', 'workflows'], ['claims', 'activities'], ['outside', 'activities'], ['upkeep', 'activities']]);
  for (const { pollers, backlog } of seen.queues) {
    expect(backlog).toBe(0);
    for (const poller of pollers) expect(poller).toEqual({ id: expect.stringMatching(/^[0-9a-f]{12}$/), lastSeenAt: expect.any(String), there: true, version: poller.version });
  }
  expect(JSON.stringify(seen)).not.toContain(hostname());
  expect(seen.queues[0].temporalUi).toMatch(/\/namespaces\/[^/]+\/task-queues\/claims$/);
});

test('reconciliation: the schedule, and a round now, once for one key', async () => {
  const before = await eventually(async () => (await queues()).reconciliation ?? undefined, 30_000);
  expect(before).toMatchObject({ paused: false, nextAt: expect.any(String), lastAt: null, temporalUi: null });
  const key = { 'Idempotency-Key': randomUUID() };
  const asked = await stack.post('ops', '/v1/ops/reconcile', undefined, key);
  expect([asked.status, asked.headers['location']]).toEqual([202, '/v1/ops/queues']);
  const after = await eventually(async () => {
    const { reconciliation } = await queues();
    return reconciliation.lastAt !== null && !reconciliation.running ? reconciliation : undefined;
  }, 60_000);
  expect(after.temporalUi).toMatch(/\/workflows\/reconciliation-/);
  expect((await stack.post('ops', '/v1/ops/reconcile', undefined, key)).status).toBe(202);
  await new Promise((resolve) => { setTimeout(resolve, 2_000); });
  expect((await queues()).reconciliation.lastAt).toBe(after.lastAt);
  await stack.post('ops', '/v1/ops/reconcile');
  await eventually(async () => ((await queues()).reconciliation.lastAt > after.lastAt ? true : undefined), 30_000);
}, 120_000);

test('SPEC §1.2: only operations start a round; without a key nobody does', async () => {
  for (const account of ['auditor', 'manager-h001']) expect((await stack.post(account, '/v1/ops/reconcile')).status).toBe(403);
  expect((await stack.post('ops', '/v1/ops/reconcile', undefined, { 'Idempotency-Key': '' })).status).toBe(400);
});

test('while Temporal is away: 503, try again', async () => {
  const away = await startStack({ temporal: NOWHERE });
  const answer = await away.get('ops', '/v1/ops/queues');
  expect([answer.status, answer.body.code]).toEqual([503, 'workflows-away']);
  await away.stop();
}, 60_000);
