/** Issue 6 part 2, "indexes that fit the lists": at twenty thousand tasks each list reads its own rows, by an index, whatever policies are joined to it. */
import { Client } from 'pg';
import { claimsQuery, listClaims } from '../../../src/api/claim/list';
import { rowsOf } from '../../../src/api/claim/rows';
import { listTasks } from '../../../src/api/tasks/list';
import { tasksQuery } from '../../../src/api/tasks/query';
import type { Actor } from '../../../src/domain/claim';
import { createDatabase, inScope, type Database, type Tx } from '../../../src/platform/database';
import { createDatabase as createTestDatabase, type TestDatabase } from '../../support/database';
import { keysIn } from '../../support/keys';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REVIEWER: Actor = { personId: 'P-7', sub: 'seven', role: 'reviewer', insurer: 'I007' };
const SPECIALIST: Actor = { personId: 'P-7', sub: 'seven', role: 'specialist', hospital: 'H007' };
const MEDIATOR: Actor = { personId: 'P-7', sub: 'seven', role: 'mediator' };
const AUDITOR: Actor = { personId: 'P-9', sub: 'nine', role: 'auditor' };
const FINANCE: Actor = { personId: 'P-7', sub: 'seven', role: 'finance', insurer: 'I007' };
const ROWS = 20_000, NOW = '2026-03-02T02:00:00.000Z';

const folder = mkdtempSync(join(tmpdir(), 'kuaipei-plans-'));
const keys = keysIn(folder);
let planted: TestDatabase;
let database: Database;
let superuser: Client;
beforeAll(async () => {
  planted = await createTestDatabase();
  database = createDatabase(planted.apiUrl, { connections: 1, keys });
  superuser = new Client({ connectionString: planted.superuserUrl });
  await superuser.connect();
  // A hundred houses; one claim in forty is open. Foreign keys would cost the time of the test and are not what it is about.
  await superuser.query(`
    SET session_replication_role = replica;
    INSERT INTO patient (id, hospital, department, insurer, record_no, name) SELECT md5('p' || n)::uuid, 'H' || lpad((n % 100)::text, 3, '0'), 'd', 'I' || lpad((n % 100)::text, 3, '0'), 'MR' || n, 'N' || n FROM generate_series(1, ${ROWS}) n;
    INSERT INTO claim (claim_no, hospital, department, insurer, patient_id, stage, outcome_type, waiting_for, version, state, reported_at, occurred_at, surgery_at, natural_key, mediators, actors)
      SELECT 'KP-2026-' || lpad(n::text, 6, '0'), 'H' || lpad((n % 100)::text, 3, '0'), 'd', 'I' || lpad((n % 100)::text, 3, '0'), md5('p' || n)::uuid, CASE WHEN n % 40 = 7 THEN 'review' ELSE 'closed' END, 'death', '{}', 1, '{}',
        timestamptz '${NOW}' - n * interval '1 hour', '${NOW}', '${NOW}', n::text, CASE WHEN n % 2000 = 7 THEN ARRAY['P-7'] ELSE '{}' END, '{}' FROM generate_series(1, ${ROWS}) n;
    UPDATE claim SET flagged = true WHERE stage <> 'closed';
    INSERT INTO claim_actor SELECT 'P-' || (n + 40) % 50, 'KP-2026-' || lpad(n::text, 6, '0') FROM generate_series(1, ${ROWS}) n;
    INSERT INTO task (id, claim_no, kind, roles, assignee, opened_at, due_at, status, closed_by, closed_at, hospital, department, insurer)
      SELECT 't' || n, 'KP-2026-' || lpad(n::text, 6, '0'), 'review', ARRAY['reviewer', 'specialist'], CASE WHEN n % 3 = 0 THEN NULL ELSE 'P-' || n % 50 END, '${NOW}', '${NOW}', CASE WHEN n % 40 = 7 THEN 'open' ELSE 'done' END, 'P-' || n % 50, '${NOW}',
        'H' || lpad((n % 100)::text, 3, '0'), 'd', 'I' || lpad((n % 100)::text, 3, '0') FROM generate_series(1, ${ROWS}) n;
    SET session_replication_role = origin;
    ANALYZE;`);
}, 60_000);
afterAll(async () => {
  await superuser.end();
  await database.$disconnect();
  await planted.drop();
  rmSync(folder, { recursive: true });
});

/** Rows of the big tables that were read without an index while `read` ran, in its own transaction's count, and what it answered. */
async function readWhole(actor: Actor, read: (tx: Tx) => Promise<{ items: unknown[] }>): Promise<{ listed: boolean; readWhole: string[] }> {
  return inScope(database, actor, async (tx) => {
    // As often as makes PostgreSQL keep one plan for all values.
    let listed = false;
    for (let n = 0; n < 7; n += 1) listed = (await read(tx)).items.length > 0;
    const rows = await tx.$queryRaw<Array<{ relname: string }>>`SELECT relname::text FROM pg_stat_xact_user_tables WHERE relname IN ('task', 'claim', 'patient', 'claim_event', 'claim_actor') AND seq_tup_read > 0 ORDER BY 1`;
    return { listed, readWhole: rows.map((row) => row.relname) };
  });
}
const tasks = (actor: Actor, query: Record<string, string>) => readWhole(actor, (tx) => listTasks(tx, actor, tasksQuery.parse(query), new Date(NOW)));
const claims = (actor: Actor, query: Record<string, string>) => readWhole(actor, (tx) => listClaims(tx, actor, claimsQuery.parse(query), NOW, keys));
const BY_INDEX = { listed: true, readWhole: [] };

test('issue 6, lists: the inbox and its views read open tasks of the house by index', async () => {
  for (const query of [{}, { mine: '' }, { pool: '' }, { breached: 'true' }, { stage: 'review' }, { q: 'KP-2026-000007' }] as Array<Record<string, string>>) {
    expect([query, await tasks(REVIEWER, query)]).toEqual([query, { listed: expect.any(Boolean) as boolean, readWhole: [] }]);
  }
  expect(await tasks(REVIEWER, {})).toEqual(BY_INDEX);
  expect(await tasks(SPECIALIST, {})).toEqual(BY_INDEX);
  expect(await tasks(REVIEWER, { done: '' })).toEqual(BY_INDEX);
  expect(await tasks(REVIEWER, { flagged: 'true' })).toEqual(BY_INDEX);
  expect(await tasks({ ...REVIEWER, personId: 'P-47' }, { waiting: '' })).toEqual(BY_INDEX);
});

test('issue 6, lists: claims of a house, newest first, and the auditor\'s of all houses', async () => {
  expect(await claims(REVIEWER, {})).toEqual(BY_INDEX);
  expect(await claims(SPECIALIST, { stage: 'review' })).toEqual(BY_INDEX);
  expect(await claims(MEDIATOR, {})).toEqual(BY_INDEX);
});

test('issue 6, search: a number, its beginning, a patient\'s name, the beginning of a record number', async () => {
  for (const q of ['KP-2026-000107', 'KP-2026-00010', 'N107', 'MR107']) {
    expect([q, await claims(REVIEWER, { q })]).toEqual([q, BY_INDEX]);
    expect([q, await claims(AUDITOR, { q })]).toEqual([q, BY_INDEX]);
  }
});

test('a claim\'s page, by one statement: its own rows, those of its patient\'s other claims and of what yielded to it', async () => {
  const page = (actor: Actor) => readWhole(actor, async (tx) => ({ items: [await rowsOf(tx as Database, actor, 'KP-2026-000007')].filter((one) => one !== null) }));
  for (const actor of [REVIEWER, SPECIALIST, MEDIATOR, AUDITOR, FINANCE]) expect([actor.role, await page(actor)]).toEqual([actor.role, BY_INDEX]);
});

test('the gate bites: without the indexes of this list its table is read whole', async () => {
  await superuser.query('BEGIN; DROP INDEX task_pool_insurer, task_pool_hospital, task_open_assignee, task_insurer_status_due_at_idx, task_assignee_status_due_at_idx, task_hospital_status_due_at_idx; COMMIT');
  expect((await tasks(REVIEWER, {})).readWhole).toContain('task');
});
