import { shanghaiDay } from '../../src/domain/calendar';
import { asWorker, createDatabase, type Database } from '../../src/platform/database';
import { acceptedByA, ago, collecting, inAcceptanceOf, recommendedByA, returnedByApprover, REVIEWER_A, REVIEWER_B } from './inbox';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const [FRESH, LATE, REVIEW, RETURNED, FLAGGED, FOREIGN, HELD, RECOMMENDED] = Array.from({ length: 8 }, (_, n) => `KP-2026-00061${n}`) as [string, string, string, string, string, string, string, string];
const A = 'reviewer-a-i001', B = 'reviewer-b-i001';
let stack: Stack;
let database: Database;
beforeAll(async () => {
  stack = await startStack();
  database = createDatabase(stack.database.workerUrl);
  await plant(database, collecting(1), FRESH);
  await plant(database, collecting(30), LATE);
  await plant(database, acceptedByA(), REVIEW);
  await plant(database, returnedByApprover(), RETURNED);
  await plant(database, inAcceptanceOf({ without: ['witness-pack'] }), FLAGGED);
  await plant(database, acceptedByA(), FOREIGN, { hospital: 'H002', insurer: 'I002' });
  const held = acceptedByA();
  await plant(database, held.act('claim-task', { taskId: held.state.tasks[0]!.taskId }, REVIEWER_B), HELD);
  await plant(database, recommendedByA(), RECOMMENDED);
}, 120_000);
afterAll(async () => {
  await database.$disconnect();
  await stack.stop();
});

interface Line { taskId: string; claimNo: string; kind: string; dueAt: string | null; closedAt: string | null; breached: boolean; [field: string]: unknown }
interface Page { items: Line[]; total: number; asOf: string; nextCursor: string | null }
async function list(account: string, query: string): Promise<Page> {
  const { status, body } = await stack.get(account, `/v1/tasks?${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body as Page;
}
const claims = async (account: string, query: string): Promise<string[]> => (await list(account, query)).items.map((one) => one.claimNo).sort();

test('issue 4, inbox: my tasks, the pool of my role, both where neither is named', async () => {
  expect(await claims(B, 'mine')).toEqual([HELD]);
  expect(await claims(B, 'pool')).toEqual([REVIEW, RETURNED, FLAGGED].sort());
  expect(await claims(B, '')).toEqual([REVIEW, RETURNED, FLAGGED, HELD].sort());
  expect(await claims('specialist-a-h001', 'pool')).toEqual([FRESH, LATE]);
});

test('UX 7, waiting for others: open tasks of others on claims on which I have acted, no others', async () => {
  expect(await claims(A, 'waiting')).toEqual([HELD, RECOMMENDED].sort());
  expect(await claims(B, 'waiting')).toEqual([]);
  // The patient of these claims has done nothing on them.
  expect(await claims('patient-a', 'waiting')).toEqual([]);
});

test('UX 7, done: tasks that I finished, newest first, with when', async () => {
  const { items } = await list(A, 'done');
  expect(new Set(items.map((one) => `${one.claimNo} ${one.kind}`))).toEqual(new Set([
    ...[REVIEW, RETURNED, HELD, RECOMMENDED].map((claimNo) => `${claimNo} accept-file`), ...[RETURNED, RECOMMENDED].map((claimNo) => `${claimNo} review`),
  ]));
  const times = items.map((one) => one.closedAt!);
  expect(times).toEqual([...times].sort().reverse());
  expect(await claims(B, 'done')).toEqual([]);
  expect((await stack.get(A, '/v1/tasks?done&mine')).status).toBe(422);
});

test('UX 7, returned to me: sent back by an approver, or mine before', async () => {
  expect(await claims(A, 'returned=true')).toEqual([RETURNED]);
  expect(await claims(B, 'returned=true')).toEqual([RETURNED]);
  expect((await list(B, 'pool')).items.map((one) => [one.claimNo, one.returned]).sort()).toEqual([[REVIEW, false], [RETURNED, true], [FLAGGED, false]].sort());
});

test.each([
  ['stage=acceptance', [FLAGGED]], ['kind=review', [REVIEW, RETURNED, HELD]], ['tier=F10', [REVIEW, RETURNED, HELD]], ['hospital=H001&department=general-surgery', [REVIEW, RETURNED, FLAGGED, HELD]],
  ['hospital=H002', []], ['flagged=true', [FLAGGED]], ['flagged=false', [REVIEW, RETURNED, HELD]], [`claimNo=${REVIEW}`, [REVIEW]],
])('filter %s', async (query, expected) => {
  expect(await claims(B, query)).toEqual([...expected].sort());
});

test('issue 4: a line says what its claim was flagged for', async () => {
  expect((await list(B, 'flagged=true')).items.map((one) => one['flags'])).toEqual([['witness-gap']]);
});

test('SPEC §1.2: a filter by flags is refused to who does not see the assessment', async () => {
  for (const account of ['finance-a-i001', 'patient-a']) expect((await stack.get(account, '/v1/tasks?flagged=true')).body).toMatchObject({ code: 'invalid-input', field: '?flagged' });
});

test.each([
  ['overdue', (now: number) => now - 60_000], ['today', (now: number) => Date.parse(`${shanghaiDay(new Date(now).toISOString())}T16:00:00Z`)],
  ['3d', (now: number) => Date.parse(`${shanghaiDay(new Date(now).toISOString())}T16:00:00Z`) + 2 * 86_400_000], ['paused', () => null],
] as const)('due=%s, by Shanghai days until their 24:00', async (due, at) => {
  const was = (await database.task.findFirstOrThrow({ where: { claimNo: FRESH, status: 'open' } }));
  const moment = at(Date.now());
  const set = (dueAt: Date | null) => asWorker(database, (tx) => tx.task.update({ where: { id: was.id }, data: { dueAt }, select: { id: true } }));
  await set(moment === null ? null : new Date(moment));
  expect(await claims('specialist-a-h001', `due=${due}`)).toContain(FRESH);
  if (due === 'today' || due === '3d') {
    await set(new Date(moment! + 1000));
    expect(await claims('specialist-a-h001', `due=${due}`)).not.toContain(FRESH);
  }
  await set(was.dueAt);
});

test('breached on top, then by due time, paused clocks last; past due counts though nobody has marked it yet', async () => {
  const due = (claimNo: string, dueAt: string | null, breached = false) => asWorker(database, (tx) => tx.task.updateMany({ where: { claimNo, status: 'open' }, data: { dueAt, breached } }));
  await due(REVIEW, null);
  await due(FLAGGED, ago(-30), true);
  await due(RETURNED, ago(-3));
  await due(HELD, ago(2));
  const { items } = await list(B, '');
  expect(items.map((one) => [one.claimNo, one.breached, one.paused])).toEqual([[FLAGGED, true, false], [HELD, true, false], [RETURNED, false, false], [REVIEW, false, true]]);
  expect(await claims(B, 'breached=true')).toEqual([FLAGGED, HELD].sort());
  expect(await claims('specialist-a-h001', 'breached=true')).toEqual([LATE]);
});

test('UX 5: count equals list always, page by page and all at once', async () => {
  for (const account of [A, B, 'specialist-a-h001', 'patient-a', 'auditor', 'ops', 'approver-a-i001']) {
    for (const query of ['', 'mine', 'pool', 'waiting', 'done', 'mine&pool&waiting', 'breached=false', 'due=overdue', 'q=KP-2026-0006']) {
      const whole = await list(account, `${query}&limit=500`);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page = await list(account, `${query}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect([account, query, page.total]).toEqual([account, query, whole.items.length]);
        seen.push(...page.items.map((one) => one.taskId));
        cursor = page.nextCursor;
      }
      expect([account, query, seen]).toEqual([account, query, whole.items.map((one) => one.taskId)]);
    }
  }
  expect(Math.abs(Date.parse((await list(A, '')).asOf) - Date.now())).toBeLessThan(60_000);
}, 120_000);

test('search by claim number, hospital and, for who sees patients, name and record number', async () => {
  expect(await claims(B, `q=${REVIEW.toLowerCase()}`)).toEqual([REVIEW]);
  expect(await claims(B, 'q=h001')).toEqual([REVIEW, RETURNED, FLAGGED, HELD].sort());
  expect(await claims(B, `q=${encodeURIComponent('墙')}`)).toEqual([REVIEW, RETURNED, FLAGGED, HELD].sort());
  expect(await claims(B, `q=${encodeURIComponent('%_')}`)).toEqual([]);
  const finance = { kind: 'check-payment', roles: ['finance'], openedAt: new Date(), hospital: 'H001', department: 'general-surgery', insurer: 'I001', claimNo: REVIEW };
  await asWorker(database, (tx) => tx.task.create({ data: { ...finance, id: `${REVIEW}.check-payment.9` }, select: { id: true } }));
  expect(await claims('finance-a-i001', '')).toEqual([REVIEW]);
  expect(await claims('finance-a-i001', `q=${encodeURIComponent('墙')}`)).toEqual([]);
  expect((await list('finance-a-i001', '')).items[0]).toMatchObject({ patientName: null, outcomeType: null, flags: null });
  await database.task.updateMany({ where: { id: `${REVIEW}.check-payment.9` }, data: { status: 'cancelled' } });
});

test('a line says who holds it by name, whose claim it is, and which version', async () => {
  const [line] = (await list(A, 'waiting')).items.filter((one) => one.claimNo === HELD);
  expect(line).toMatchObject({ assignee: REVIEWER_B.personId, assigneeName: '何勇', patientName: '墙', outcomeType: 'serious-complication', flags: [], stage: 'review', version: expect.any(Number) });
  expect((await list('specialist-a-h001', 'pool')).items.every((one) => one.assigneeName === null)).toBe(true);
  expect(REVIEWER_A.personId).toBe('P-I001-REVIEWER-A');
});

test('SPEC §1.2: nothing of another house, whatever is asked', async () => {
  for (const query of ['', 'waiting', 'done', `claimNo=${FOREIGN}`, 'hospital=H002', `q=${FOREIGN}`]) expect(await claims(A, query)).not.toContain(FOREIGN);
  expect(await claims('reviewer-a-i002', 'pool')).toEqual([FOREIGN]);
});
