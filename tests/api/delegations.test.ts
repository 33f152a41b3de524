import { randomUUID } from 'node:crypto';
import { Client as Postgres } from 'pg';
import { shanghaiDay } from '../../src/domain/calendar';
import type { Scenario } from '../domain/claim/scenario';
import { inDocuments } from '../domain/claim/scenario';
import { asWorker, createDatabase, inScope, type Database } from '../../src/platform/database';
import { token } from '../support/identity';
import { eventually } from '../support/parties';
import { acceptedByA, ago, APPROVER_A, collecting, recommendedByA, REVIEWER_B } from './inbox';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const [REVIEW, ANOTHER, GENERAL, POOL, COLLECTING, APPROVAL] = ['KP-2026-000701', 'KP-2026-000702', 'KP-2026-000703', 'KP-2026-000704', 'KP-2026-000705', 'KP-2026-000706'] as const;
let stack: Stack;
let worker: Database;
let api: Database;
let superuser: Postgres;
beforeAll(async () => {
  stack = await startStack({ worker: true });
  worker = createDatabase(stack.database.workerUrl, { keys: stack.keys });
  api = createDatabase(stack.database.apiUrl);
  superuser = new Postgres({ connectionString: stack.database.superuserUrl });
  await superuser.connect();
  const heldBy = (s: Scenario, by: typeof REVIEWER_B): Scenario => s.act('claim-task', { taskId: s.state.tasks[0]!.taskId }, by);
  await plant(worker, heldBy(acceptedByA(), REVIEWER_B), REVIEW);
  await plant(worker, heldBy(acceptedByA(), REVIEWER_B), ANOTHER);
  await plant(worker, inDocuments({ at: ago(2) }), GENERAL);
  await plant(worker, inDocuments({ at: ago(2) }), POOL);
  await plant(worker, collecting(1), COLLECTING);
  await plant(worker, heldBy(recommendedByA(), APPROVER_A), APPROVAL);
}, 240_000);
afterAll(async () => {
  await superuser.end();
  await Promise.all([worker.$disconnect(), api.$disconnect()]);
  await stack.stop();
});

const inDays = (days: number): string => shanghaiDay(new Date(Date.now() + days * 86_400_000).toISOString());
const handOver = (account: string, body: object, id: string = randomUUID()) => stack.post(account, '/v1/delegations', { until: inDays(3), ...body }, { 'Idempotency-Key': id });
const mine = async (account: string): Promise<Array<{ claimNo: string; assignee: string; assigneeName: string; standIn: boolean }>> => (await stack.get(account, '/v1/tasks?mine')).body.items;
const seen = async (account: string, claimNo: string): Promise<number> => (await stack.get(account, `/v1/claims/${claimNo}`)).status;
const lastEvent = async (claimNo: string, type: string) => (await stack.get('auditor', `/v1/claims/${claimNo}/events?order=newest&type=${type}`)).body.items[0];
const recommendation = async (claimNo: string) => {
  const { clinical: { facts: { benefits }, fileVersion } } = (await stack.get('reviewer-a-i001', `/v1/claims/${claimNo}`)).body;
  return { decision: 'approve', reasons: ['A01'], fileVersion, lines: benefits.map((one: { askedFen: number }) => ({ ...one, approvedFen: one.askedFen })) };
};
const [B, C] = ['P-I001-REVIEWER-B', 'P-I001-REVIEWER-C'];

describe('issue 5 part 2: delegation with an end date keeps the owner', () => {
  test('until a day of Shanghai, at most 60 days on, to another active person of the same role and house', async () => {
    for (const [body, field] of [
      [{ role: 'reviewer', to: C, until: inDays(-1) }, '/until'], [{ role: 'reviewer', to: C, until: inDays(61) }, '/until'], [{ role: 'reviewer', to: B }, '/to'],
      [{ role: 'reviewer', to: 'P-I001-APPROVER-A' }, '/to'], [{ role: 'reviewer', to: 'P-I002-REVIEWER-A' }, '/to'], [{ role: 'reviewer', to: 'P-NOBODY' }, '/to'],
      [{ role: 'reviewer', to: C, until: '0000-01-01' }, '/until'], [{ role: 'reviewer', to: '\u0000' }, '/to'],
    ] as const) {
      const answer = await handOver('reviewer-b-i001', body);
      expect([body, answer.status, answer.body.field ?? answer.body.errors?.[0]?.field]).toEqual([body, 422, field]);
    }
    expect((await handOver('reviewer-b-i001', { role: 'approver', to: 'P-I001-APPROVER-A' })).body).toMatchObject({ status: 403, code: 'not-your-role' });
    expect((await handOver('reviewer-a-i001', { owner: B, role: 'reviewer', to: C })).body).toMatchObject({ status: 403, code: 'not-your-role' });
    const receivers = await stack.get('reviewer-b-i001', '/v1/delegations/receivers?role=reviewer');
    expect(receivers.body.items.map((one: { personId: string }) => one.personId)).toEqual(['P-I001-REVIEWER-A', C, 'P-I001-TWIN']);
  });

  test('the owner column stays; the delegate sees the tasks, marked, and acts; the log says who acted and on whose behalf', async () => {
    expect((await mine('reviewer-c-i001')).map((one) => one.claimNo)).not.toContain(REVIEW);
    const id = randomUUID();
    const made = await handOver('reviewer-b-i001', { role: 'reviewer', to: C, until: inDays(60) }, id);
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ owner: { personId: B, name: '何勇' }, delegate: { personId: C, name: '高翔' }, mayEnd: true })]);
    expect((await handOver('reviewer-b-i001', { role: 'reviewer', to: C, until: inDays(60) }, id)).body).toEqual(made.body);
    expect((await handOver('reviewer-b-i001', { role: 'reviewer', to: C }, id)).body.code).toBe('same-id-other-body');
    expect((await handOver('reviewer-b-i001', { role: 'reviewer', to: 'P-I001-REVIEWER-A' })).body.code).toBe('already-handed-over');

    const list = (await mine('reviewer-c-i001')).filter((one) => one.claimNo === REVIEW || one.claimNo === ANOTHER);
    expect(list).toEqual([REVIEW, ANOTHER].map((claimNo) => expect.objectContaining({ claimNo, assignee: B, assigneeName: '何勇', standIn: true })));
    expect((await mine('reviewer-b-i001')).map((one) => [one.claimNo, one.standIn])).toEqual(expect.arrayContaining([[REVIEW, false], [ANOTHER, false]]));
    expect((await mine('reviewer-a-i001')).filter((one) => one.standIn)).toEqual([]);

    expect((await stack.post('reviewer-c-i001', `/v1/claims/${REVIEW}/acts/recommend`, await recommendation(REVIEW))).status).toBe(200);
    expect((await lastEvent(REVIEW, 'recommended')).by).toEqual({ personId: C, role: 'reviewer', name: '高翔', onBehalfOf: { personId: B, name: '何勇' } });
    const [row] = await asWorker(worker, (tx) => tx.task.findMany({ where: { claimNo: REVIEW, kind: 'review' } }));
    expect(row).toMatchObject({ status: 'done', assignee: B, closedBy: C });
  });

  test('no chain: a delegate cannot hand it on, and who is away is not handed anything', async () => {
    expect((await handOver('reviewer-c-i001', { role: 'reviewer', to: B })).status).toBe(422);
    expect((await handOver('reviewer-c-i001', { role: 'reviewer', to: 'P-I001-REVIEWER-A' })).status).toBe(201);
    expect((await mine('reviewer-a-i001')).map((one) => one.claimNo)).not.toContain(ANOTHER);
    await stack.post('reviewer-a-i001', `/v1/claims/${ANOTHER}/acts/recommend`, await recommendation(ANOTHER));
    expect((await lastEvent(ANOTHER, 'recommended')).by).toMatchObject({ personId: 'P-I001-REVIEWER-A', onBehalfOf: null });
  });

  test('four eyes: R recommends, approver P delegates to R: R may not approve', async () => {
    expect((await stack.post('twin-reviewer-i001', `/v1/claims/${APPROVAL}/acts/return-to-review`, { note: '-' })).status).toBe(403);
    // Returned and recommended anew, by one person with two accounts.
    await stack.post('approver-a-i001', `/v1/claims/${APPROVAL}/acts/return-to-review`, { note: '请说明依据' });
    expect((await stack.post('twin-reviewer-i001', `/v1/claims/${APPROVAL}/acts/recommend`, await recommendation(APPROVAL))).status).toBe(200);
    const { tasks, clinical } = (await stack.get('approver-a-i001', `/v1/claims/${APPROVAL}`)).body;
    await stack.post('approver-a-i001', `/v1/tasks/${tasks[0].taskId}/claim`);
    expect((await handOver('approver-a-i001', { role: 'approver', to: 'P-I001-TWIN' })).status).toBe(201);
    expect((await mine('twin-approver-i001')).map((one) => [one.claimNo, one.standIn])).toContainEqual([APPROVAL, true]);
    const { lines } = await recommendation(APPROVAL);
    const answer = await stack.post('twin-approver-i001', `/v1/claims/${APPROVAL}/acts/approve`, { lines, fileVersion: clinical.fileVersion });
    expect([answer.status, answer.body.code, answer.body.allowed.includes('approve')]).toEqual([403, 'four-eyes', false]);
  });
});

describe('issue 5 part 2: nothing reaches further than the owner\'s own scope, departments too', () => {
  const [OWNER, STAND_IN] = ['liaison-b-h001', 'liaison-a-h001'];
  let id: string;
  test('a liaison of other departments sees and does the owner\'s tasks there, and nothing else of the department', async () => {
    const { tasks } = (await stack.get(OWNER, `/v1/claims/${GENERAL}`)).body;
    expect((await stack.post(OWNER, `/v1/tasks/${tasks[0].taskId}/claim`)).status).toBe(200);
    expect([await seen(STAND_IN, GENERAL), await seen(STAND_IN, POOL)]).toEqual([404, 404]);
    expect((await handOver(OWNER, { role: 'liaison', to: 'P-H002-LIAISON-A' })).status).toBe(422);
    const made = await handOver(OWNER, { role: 'liaison', to: 'P-H001-LIAISON-A' });
    id = made.body.id;
    expect([made.status, await seen(STAND_IN, GENERAL), await seen(STAND_IN, POOL), await seen('liaison-a-h002', GENERAL)]).toEqual([201, 200, 404, 404]);
    expect((await stack.get(STAND_IN, '/v1/claims')).body.items.map((one: { claimNo: string }) => one.claimNo)).toEqual([GENERAL]);
    expect((await stack.get(STAND_IN, '/v1/tasks')).body.items).toMatchObject([{ claimNo: GENERAL, standIn: true }]);
    const link = await stack.post(STAND_IN, `/v1/claims/${GENERAL}/patient-link`);
    expect([link.status, link.body.code]).toEqual([403, 'not-handed-over']);
    const story = (await stack.get(STAND_IN, `/v1/claims/${GENERAL}/events`)).body.items;
    expect(story.map((one: { type: string }) => one.type)).toEqual(expect.arrayContaining(['claim-reported', 'facts-submitted']));
    expect((await stack.get(STAND_IN, `/v1/claims/${GENERAL}`)).body).toMatchObject({ patient: { name: '墙' }, tasks: [{ standIn: true }] });
    const reads = (await stack.get('auditor', `/v1/claims/${GENERAL}/reads`)).body.items;
    expect(reads.filter((one: { what: string }) => one.what === 'broken-glass claim')).toEqual([]);
  });

  test('and gets the live events of it', async () => {
    const stop = new AbortController();
    const { body } = await fetch(`${stack.url}/v1/events`, { headers: { Authorization: `Bearer ${await token(STAND_IN)}` }, signal: stop.signal });
    let heard = '';
    void (async () => { for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) heard += Buffer.from(chunk).toString(); })().catch(() => undefined);
    const document = await stack.upload(STAND_IN, GENERAL, 'medical-summary');
    expect((await stack.post(STAND_IN, `/v1/claims/${GENERAL}/acts/upload-documents`, { documents: [document] })).status).toBe(200);
    expect((await lastEvent(GENERAL, 'document-attached')).by).toMatchObject({ personId: 'P-H001-LIAISON-A', onBehalfOf: { personId: 'P-H001-LIAISON-B' } });
    await eventually(() => Promise.resolve(heard.includes(GENERAL) || undefined), 10_000);
    stop.abort();
    expect(heard).not.toContain(POOL);
  });

  test('what the owner does not hold there is not for the delegate, who only stands in', async () => {
    await stack.post(OWNER, `/v1/tasks/${(await stack.get(OWNER, `/v1/claims/${GENERAL}`)).body.tasks[0].taskId}/release`);
    expect(await seen(STAND_IN, GENERAL)).toBe(404);
    await stack.post(OWNER, `/v1/tasks/${(await stack.get(OWNER, `/v1/claims/${GENERAL}`)).body.tasks[0].taskId}/claim`);
    expect(await seen(STAND_IN, GENERAL)).toBe(200);
  });

  test('it ends early on demand, by who is in it or leads them', async () => {
    for (const account of ['specialist-a-h001', 'manager-h002', 'senior-reviewer-a-i001']) expect((await stack.post(account, `/v1/delegations/${id}/end`)).status).toBe(404);
    const ended = await stack.post(STAND_IN, `/v1/delegations/${id}/end`);
    expect([ended.status, ended.body.endedAt === null, await seen(STAND_IN, GENERAL)]).toEqual([200, false, 404]);
    expect((await stack.post('manager-h001', `/v1/delegations/${id}/end`)).body).toEqual({ ...ended.body });
  });

  test('it ends by itself at the end of its day, without any job having to run: the database sees to it', async () => {
    await handOver(OWNER, { role: 'liaison', to: 'P-H001-LIAISON-A', until: inDays(0) });
    expect(await seen(STAND_IN, GENERAL)).toBe(200);
    const { rows: [{ until }] } = await superuser.query("SELECT until FROM delegation WHERE owner = 'P-H001-LIAISON-B' AND ended_at IS NULL");
    expect(new Date(until).toISOString()).toMatch(/T16:00:00.000Z$/);
    await superuser.query("UPDATE delegation SET at = at - interval '2 days', until = now() - interval '1 second' WHERE owner = 'P-H001-LIAISON-B' AND ended_at IS NULL");
    expect(await seen(STAND_IN, GENERAL)).toBe(404);
    expect((await stack.get(STAND_IN, '/v1/tasks')).body.items).toEqual([]);
    expect((await stack.get(OWNER, '/v1/delegations')).body.items).toEqual([]);
    // The file stays with the act: what is done now is the delegate's no more.
    expect((await stack.post(STAND_IN, `/v1/claims/${GENERAL}/acts/declare-gap`, { kind: 'invoice', reason: 'lost', note: '-' })).status).toBe(404);
  });
});

describe('FAULTS 29: row-level security under it', () => {
  const scope = (personId: string, role: string, house: object) => ({ personId, role, ...house });
  const row = (more: object = {}) => ({ owner: B, delegate: C, role: 'reviewer', house: 'I001', at: new Date(), until: new Date(Date.now() + 86_400_000), madeBy: B, actId: randomUUID(), ...more });
  const insert = (who: Parameters<typeof inScope>[1], data: ReturnType<typeof row>) => inScope(api, who, (tx) => tx.delegation.createMany({ data: [data] }));

  test('nobody hands over what is another\'s, to another house, or to who does not hold the role', async () => {
    const b = scope(B, 'reviewer', { insurer: 'I001' });
    for (const more of [{ owner: 'P-I001-REVIEWER-A' }, { delegate: 'P-I002-REVIEWER-A' }, { delegate: 'P-I001-FINANCE-A' }, { role: 'approver' }, { house: 'I002' }, { madeBy: C }]) {
      await expect(insert(b, row(more))).rejects.toThrow(/row-level security/);
    }
    await expect(insert(scope('P-H001-MANAGER', 'manager', { hospital: 'H001' }), row({ madeBy: 'P-H001-MANAGER' }))).rejects.toThrow(/row-level security/);
    await expect(insert(b, row({ until: new Date(Date.now() + 62 * 86_400_000) }))).rejects.toThrow(/delegation_until/);
    await expect(inScope(api, b, (tx) => tx.delegation.updateMany({ data: { until: new Date() } }))).rejects.toThrow(/denied|permission/i);
    await expect(inScope(api, b, (tx) => tx.delegation.deleteMany())).rejects.toThrow(/denied|permission/i);
  });

  test('none from a day to come, by which 60 days would be as many as one likes; and none works before it begins', async () => {
    const b = scope(B, 'reviewer', { insurer: 'I001' });
    const from = (minutes: number) => row({ delegate: 'P-I001-REVIEWER-A', at: new Date(Date.now() + minutes * 60_000), until: new Date(Date.now() + 86_400_000) });
    await expect(insert(b, from(6))).rejects.toThrow(/row-level security/);
    let owners: string[] | null | undefined;
    await inScope(api, b, async (tx) => {
      // Clocks of two machines differ by less.
      await tx.delegation.createMany({ data: [from(4)] });
      await tx.$queryRaw`SELECT set_config('app.scope', ${JSON.stringify(scope('P-I001-REVIEWER-A', 'reviewer', { insurer: 'I001' }))}, true)`;
      [{ owners } = { owners: undefined }] = await tx.$queryRaw<Array<{ owners: string[] | null }>>`SELECT scope_owners() AS owners`;
      throw new Error('enough');
    }).catch((error: Error) => { expect(error.message).toBe('enough'); });
    expect(owners).toEqual([C]);
  });

  test('another house, another role, a patient\'s link: no row, and nobody to stand in for', async () => {
    for (const who of [scope('P-I002-REVIEWER-A', 'reviewer', { insurer: 'I002' }), scope('P-H001-MANAGER', 'manager', { hospital: 'H001' }), scope('P-PATIENT-A', 'patient', {}), { ...scope(C, 'reviewer', { insurer: 'I001' }), onlyClaim: REVIEW }]) {
      const found = await inScope(api, who, async (tx) => [await tx.delegation.count({ where: { role: 'reviewer' } }), (await tx.$queryRaw<Array<{ owners: unknown }>>`SELECT scope_owners() AS owners`)[0]?.owners]);
      expect([who, found]).toEqual([who, [0, null]]);
    }
    const [here] = await inScope(api, scope(C, 'reviewer', { insurer: 'I001' }), (tx) => tx.$queryRaw<Array<{ owners: string[] }>>`SELECT scope_owners() AS owners`);
    expect(here?.owners).toEqual([B]);
  });
});

describe('issue 5 part 2: deactivated people: their tasks go to the pool within a minute', () => {
  const [OWNER, COLLEAGUE] = ['P-H001-SPECIALIST-A', 'P-H001-SPECIALIST-B'];

  test('a manager hands over the work of a person of the own team, sees it on the team page, and not that of another house', async () => {
    const { tasks } = (await stack.get('specialist-a-h001', `/v1/claims/${COLLECTING}`)).body;
    expect((await stack.post('specialist-a-h001', `/v1/tasks/${tasks[0].taskId}/claim`)).status).toBe(200);
    expect((await handOver('manager-h002', { owner: OWNER, role: 'specialist', to: COLLEAGUE })).body).toMatchObject({ status: 422, code: 'invalid-input' });
    expect((await handOver('manager-h001', { owner: OWNER, role: 'specialist', to: COLLEAGUE })).status).toBe(201);
    const listed = async (account: string) => (await stack.get(account, '/v1/delegations')).body.items.filter((one: { role: string }) => one.role === 'specialist').length;
    expect(await Promise.all(['manager-h001', 'medical-affairs-a-h001', 'specialist-a-h001', 'specialist-b-h001', 'auditor', 'manager-h002', 'liaison-a-h001', 'reviewer-a-i001'].map(listed))).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect((await mine('specialist-b-h001')).map((one) => [one.claimNo, one.standIn])).toContainEqual([COLLECTING, true]);
  });

  test('as an act of the system, once, the ladder as it was; no access, no new tasks, and delegations to and from them end', async () => {
    const before = (await stack.get('auditor', `/v1/claims/${COLLECTING}`)).body;
    await asWorker(worker, (tx) => tx.person.updateMany({ where: { personId: OWNER }, data: { active: false } }));
    // Written with the account itself: whichever process dies now, it is told by the next.
    const [told] = await worker.outbox.findMany({ where: { kind: 'deliver', claimNo: COLLECTING, key: { startsWith: 'holder-left:' } } });
    expect(told?.payload).toEqual({ by: 'directory', command: 'holder-left', input: { personId: OWNER } });
    expect((await mine('specialist-b-h001')).filter((one) => one.standIn)).toEqual([]);
    const after = await eventually(async () => { const { body } = await stack.get('auditor', `/v1/claims/${COLLECTING}`); return body.tasks[0].assignee === null ? body : undefined; }, 20_000);
    expect([after.tasks, after.clocks]).toEqual([before.tasks.map((task: object) => ({ ...task, assignee: null })), before.clocks]);
    const events = (await stack.get('auditor', `/v1/claims/${COLLECTING}/events?type=task-assigned`)).body.items.filter((one: { data: { why: string } }) => one.data.why === 'holder-left');
    expect(events).toMatchObject([{ by: { personId: 'system:directory', role: 'system' }, data: { to: null } }]);
    const [row] = await asWorker(worker, (tx) => tx.delegation.findMany({ where: { owner: OWNER } }));
    expect(row).toMatchObject({ endedBy: 'system:directory', endedAt: expect.any(Date) });
    await eventually(async () => ((await stack.get('specialist-a-h001', '/v1/tasks')).status === 401 || undefined), 20_000);
    const { taskId } = after.tasks[0];
    expect((await stack.post('manager-h001', `/v1/tasks/${taskId}/reassign`, { to: OWNER })).status).toBe(422);
    expect((await handOver('specialist-b-h001', { role: 'specialist', to: OWNER })).status).toBe(422);
  });

  test('what reaches them afterwards (an act that had waited) comes back, too', async () => {
    await asWorker(worker, (tx) => tx.task.updateMany({ where: { claimNo: COLLECTING, status: 'open' }, data: { assignee: OWNER } }));
    expect(await worker.outbox.count({ where: { claimNo: COLLECTING, key: { startsWith: 'holder-left:' } } })).toBe(2);
  });

  test('persons, not accounts: with another account open nothing goes back', async () => {
    await asWorker(worker, (tx) => tx.person.updateMany({ where: { sub: 'twin-reviewer-i001' }, data: { active: false } }));
    expect(await worker.delegation.count({ where: { delegate: 'P-I001-TWIN', endedAt: null } })).toBe(1);
    await asWorker(worker, (tx) => tx.person.updateMany({ where: { sub: 'twin-approver-i001' }, data: { active: false } }));
    expect(await worker.delegation.count({ where: { delegate: 'P-I001-TWIN', endedAt: null } })).toBe(0);
  });
});
