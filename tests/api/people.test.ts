import { PERSONAS } from '../../dev/personas';
import { createDatabase, type Database } from '../../src/platform/database';
import { acceptedByA, ago, collecting, recommendedByA, REVIEWER_A } from './inbox';
import { plant } from './planted';
import { inSupplement } from '../domain/claim/scenario';
import { startStack, type Stack } from './stack';

let stack: Stack;
let database: Database;
beforeAll(async () => {
  stack = await startStack({ worker: true });
  database = createDatabase(stack.database.workerUrl);
}, 240_000);
afterAll(async () => {
  await database.$disconnect();
  await stack.stop();
});

interface Receiver { personId: string; name: string | null; roles: string[]; openTasks: number }
const people = async (account: string, taskId: string): Promise<Receiver[]> => (await stack.get(account, `/v1/people?task=${taskId}`)).body.items;

/** Whom the act itself accepts, each asked in turn. */
async function accepted(account: string, taskId: string, asked: readonly string[]): Promise<string[]> {
  const given: string[] = [];
  for (const to of asked) {
    const { status } = await stack.post(account, `/v1/tasks/${taskId}/reassign`, { to });
    expect([200, 403, 409, 422]).toContain(status);
    if (status === 200) given.push(to);
  }
  return given.sort();
}
const EVERYBODY = [...new Set(PERSONAS.map((one) => one.personId))];

test.each([
  ['manager-h001', 'KP-2026-000631', () => collecting(1), 'collect-facts.1'], ['senior-reviewer-a-i001', 'KP-2026-000632', acceptedByA, 'review.1'],
  ['senior-reviewer-a-i001', 'KP-2026-000633', recommendedByA, 'approve.1'], ['manager-h001', 'KP-2026-000634', () => inSupplement({ at: ago(2), patientPersonId: 'P-PATIENT-A' }), 'answer-as-patient.1'],
  ['manager-h001', 'KP-2026-000635', acceptedByA, 'review.1'],
] as const)('SPEC §1.6: to whom %s may give %s %s is exactly whom the server accepts', async (account, claimNo, scenario, task) => {
  const state = await plant(database, scenario(), claimNo);
  const taskId = `${claimNo}.${task}`;
  const offered = (await people(account, taskId)).map((one) => one.personId).sort();
  const holder = state.tasks.find((one) => one.taskId === taskId)!.assignee;
  expect(await accepted(account, taskId, EVERYBODY.filter((one) => one !== holder))).toEqual(offered);
}, 120_000);

test('least loaded first, by name, without who judged the other half and without inactive accounts', async () => {
  const claimNo = 'KP-2026-000636', taskId = `${claimNo}.review.1`;
  await plant(database, acceptedByA(), claimNo);
  const before = await people('senior-reviewer-a-i001', taskId);
  expect(before.map((one) => one.openTasks)).toEqual(before.map((one) => one.openTasks).sort((a, b) => a - b));
  expect(before).toContainEqual({ personId: REVIEWER_A.personId, name: '林芳', roles: ['reviewer'], openTasks: 0 });
  await database.person.update({ where: { sub: 'reviewer-b-i001' }, data: { active: false }, select: { sub: true } });
  expect((await people('senior-reviewer-a-i001', taskId)).map((one) => one.personId)).toEqual(before.map((one) => one.personId).filter((one) => one !== 'P-I001-REVIEWER-B'));
  await database.person.update({ where: { sub: 'reviewer-b-i001' }, data: { active: true }, select: { sub: true } });
  // Somebody with a task of theirs comes after those without.
  await database.task.update({ where: { id: taskId }, data: { assignee: before[0]!.personId }, select: { id: true } });
  expect((await people('senior-reviewer-a-i001', taskId)).find((one) => one.personId === before[0]!.personId)?.openTasks).toBe(before[0]!.openTasks + 1);
});

test('a task that is done, or of another house, is not there', async () => {
  const claimNo = 'KP-2026-000637';
  await plant(database, acceptedByA(), claimNo);
  expect((await stack.get('senior-reviewer-a-i001', `/v1/people?task=${claimNo}.accept-file.1`)).status).toBe(404);
  expect((await stack.get('senior-reviewer-a-i002', `/v1/people?task=${claimNo}.review.1`)).status).toBe(404);
  expect((await stack.get('senior-reviewer-a-i001', '/v1/people')).status).toBe(422);
});
