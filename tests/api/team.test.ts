import { asWorker, createDatabase, type Database } from '../../src/platform/database';
import { acceptedByA, ago, collecting, REVIEWER_B } from './inbox';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const [FRESH, LATE, HELD, FOREIGN] = ['KP-2026-000641', 'KP-2026-000642', 'KP-2026-000643', 'KP-2026-000644'] as const;
let stack: Stack;
let database: Database;
beforeAll(async () => {
  stack = await startStack();
  database = createDatabase(stack.database.workerUrl);
  await plant(database, collecting(1), FRESH);
  await plant(database, collecting(30), LATE);
  const held = acceptedByA();
  await plant(database, held.act('claim-task', { taskId: held.state.tasks[0]!.taskId }, REVIEWER_B), HELD);
  await plant(database, collecting(2), FOREIGN, { hospital: 'H002', insurer: 'I002' });
}, 120_000);
afterAll(async () => {
  await database.$disconnect();
  await stack.stop();
});

const team = async (account: string) => {
  const { status, body } = await stack.get(account, '/v1/team');
  expect(status).toBe(200);
  return body;
};
const change = (claimNo: string, data: { assignee?: string; dueAt?: Date | null }) => asWorker(database, (tx) => tx.task.updateMany({ where: { claimNo, status: 'open' }, data }));

test('issue 4, manager: who of the own hospital carries what; nobody of the insurer or of another house', async () => {
  await change(LATE, { assignee: 'P-H001-SPECIALIST-A' });
  const { house, people } = await team('manager-h001');
  expect(house).toBe('H001');
  expect(people.every((one: { personId: string }) => one.personId.startsWith('P-H001-'))).toBe(true);
  expect(people[0]).toEqual({ personId: 'P-H001-SPECIALIST-A', name: '王海', roles: ['specialist'], departments: [], active: true, open: 1, dueToday: 0, breached: 1, paused: 0 });
  expect(people.filter((one: { open: number }) => one.open > 0)).toHaveLength(1);
  expect(people.some((one: { roles: string[] }) => one.roles.includes('his-feed'))).toBe(false);
});

test('issue 4: an account that was shut still shows while tasks lie with it', async () => {
  await asWorker(database, (tx) => tx.person.updateMany({ where: { personId: { in: ['P-H001-SPECIALIST-A', 'P-H001-SPECIALIST-B'] } }, data: { active: false } }));
  const { people, holes } = await team('manager-h001');
  expect(people.filter((one: { active: boolean }) => !one.active).map((one: { personId: string }) => one.personId)).toEqual(['P-H001-SPECIALIST-A']);
  expect(holes).toContainEqual({ role: 'specialist', department: null, stages: expect.arrayContaining(['collecting']), needs: 1, has: 0 });
  await asWorker(database, (tx) => tx.person.updateMany({ data: { active: true } }));
  expect((await team('manager-h001')).holes.map((one: { role: string }) => one.role)).not.toContain('specialist');
});

test('SPEC §1.6: the pool by role, with the oldest', async () => {
  expect((await team('medical-affairs-a-h001')).pool).toEqual([{ role: 'specialist', open: 1, dueToday: expect.any(Number), breached: 0, paused: 0, oldestOpenedAt: expect.any(String) }]);
  expect((await team('senior-reviewer-a-i001')).pool).toEqual([]);
});

test('SPEC §1.6: what breaches within 24 hours, by due time; not what has breached, not what is paused', async () => {
  const soon = async (account: string) => (await team(account)).aboutToBreach;
  expect(await soon('manager-h001')).toMatchObject({ total: 1, items: [{ claimNo: FRESH, breached: false }] });
  await change(HELD, { dueAt: new Date(ago(-23)) });
  expect(await soon('senior-reviewer-a-i001')).toMatchObject({ total: 1, items: [{ claimNo: HELD, assigneeName: '何勇' }] });
  await change(HELD, { dueAt: new Date(ago(-25)) });
  expect((await soon('senior-reviewer-a-i001')).total).toBe(0);
  await change(HELD, { dueAt: null });
  const { aboutToBreach, people } = await team('senior-reviewer-a-i001');
  expect(aboutToBreach.total).toBe(0);
  expect(people.find((one: { personId: string }) => one.personId === REVIEWER_B.personId)).toMatchObject({ open: 1, paused: 1 });
});

test('SPEC §2: a department with open claims and no liaison is a roster hole', async () => {
  const hole = { role: 'liaison', department: 'general-surgery', stages: ['documents', 'supplement'], needs: 1, has: 0 };
  expect((await team('manager-h001')).holes).not.toContainEqual(hole);
  const was = await asWorker(database, (tx) => tx.person.findUniqueOrThrow({ where: { sub: 'liaison-b-h001' }, select: { departments: true } }));
  await asWorker(database, (tx) => tx.person.update({ where: { sub: 'liaison-b-h001' }, data: { departments: ['orthopaedics'] }, select: { sub: true } }));
  expect((await team('manager-h001')).holes).toContainEqual(hole);
  await asWorker(database, (tx) => tx.person.update({ where: { sub: 'liaison-b-h001' }, data: was, select: { sub: true } }));
});

test('SPEC §1.2: the team page is for those who lead', async () => {
  for (const account of ['reviewer-a-i001', 'approver-a-i001', 'specialist-a-h001', 'ops']) expect((await stack.get(account, '/v1/team')).status).toBe(403);
});

test('UX 8, numbers that agree: each number of the team page is the total of the list behind it', async () => {
  const total = async (account: string, query: string) => (await stack.get(account, `/v1/tasks?${query}`)).body.total;
  for (const account of ['manager-h001', 'senior-reviewer-a-i001']) {
    const { people, pool } = await team(account);
    const rows = [...people.map((one: { personId: string }) => [`holder=${one.personId}`, one]), ...pool.map((one: { role: string }) => [`holder=nobody&role=${one.role}`, one])];
    expect(rows.some(([, one]) => one.open > 0)).toBe(true);
    for (const [query, one] of rows) {
      const listed = { open: await total(account, query), dueToday: await total(account, `${query}&due=today`), breached: await total(account, `${query}&breached=true`), paused: await total(account, `${query}&due=paused`) };
      expect([query, listed]).toEqual([query, { open: one.open, dueToday: one.dueToday, breached: one.breached, paused: one.paused }]);
    }
  }
});

test('SPEC §1.2: whose tasks another person holds, only a lead may ask, and only of the own house', async () => {
  expect((await stack.get('reviewer-a-i001', `/v1/tasks?holder=${REVIEWER_B.personId}`)).body).toMatchObject({ code: 'invalid-input', field: '?holder' });
  expect((await stack.get('senior-reviewer-a-i001', '/v1/tasks?holder=P-H001-SPECIALIST-A&mine')).body).toMatchObject({ code: 'invalid-input', field: '?holder' });
  expect((await stack.get('manager-h001', '/v1/tasks?holder=nobody')).body.items.some((one: { claimNo: string }) => one.claimNo === FOREIGN)).toBe(false);
});
