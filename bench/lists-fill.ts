/**
 * A country's records for bench/lists.ts: some claims are played through the rules and recorded as the worker would, and PostgreSQL multiplies
 * their rows. Sealed texts are fake but for one patient's, and each claim keeps three tasks and five events of its model; of
 * most closed ones the state is the model's own, word for word.
 *
 * Filled by the superuser with session_replication_role = replica: row-level security, foreign keys and the triggers (outbox, tasks given to
 * who has left) would cost hours and change nothing in what is read. Every CHECK and every index is as in life.
 */
import type { Client } from 'pg';
import { recordEvents } from '../src/platform/claims/record';
import { asWorker, createDatabase } from '../src/platform/database';
import { identityIndex } from '../src/platform/database/sealed';
import type { KeyRing } from '../src/platform/keys/key-ring';
import { CLAIM_NO, closedPaid, closedRejected, given, inAcceptance, inApproval, inDispute, inDocuments, inPayment, inReview, inSupplement, type Scenario } from '../tests/domain/claim/scenario';

/** One claim in twenty is open. */
const OPEN_SHARE = 0.05;
const HOSPITALS = 400, INSURERS = 30;
/** What a person carries; so many people are there. */
const TASKS_EACH = 40;

/** Models of claims, and how often each stands for a claim: of open ones, and of closed ones. */
const OPEN: Array<[Scenario, number]> = [[given(), 10], [inDocuments(), 20], [inAcceptance(), 10], [inReview(), 30], [inReview({ without: ['witness-pack'] }), 5], [inSupplement(), 10], [inApproval(), 5], [inPayment(), 8], [inDispute(), 2]];
const CLOSED: Array<[Scenario, number]> = [[closedPaid(), 85], [closedRejected(), 15]];

export interface Filled { seconds: number; claims: number; open: number; tasks: number; events: number; bytes: number }
/** Whom searches look for: a patient of the reviewer's insurer in the middle of the time. */
export const SOUGHT = { name: '欧阳寻寻', identityNumber: '11010119700101001X' };

/** Fills an empty database that knows the personas. */
export async function fill(superuser: Client, workerUrl: string, keys: KeyRing, claims: number): Promise<Filled> {
  const began = performance.now();
  const models = await plantModels(workerUrl);
  const run = (sql: string): Promise<unknown> => superuser.query(sql);
  await run('SET session_replication_role = replica');
  await run("SET work_mem = '128MB'");
  await run("SET maintenance_work_mem = '512MB'");
  await run("SET default_toast_compression = 'lz4'").catch(() => undefined); // not in every build
  await houses(superuser);
  await run(`CREATE UNLOGGED TABLE model (claim_no text, open boolean, from_share float, to_share float)`);
  for (const { claimNo, open, from, to } of models) await superuser.query('INSERT INTO model VALUES ($1, $2, $3, $4)', [claimNo, open, from, to]);

  // `u` are numbers between 0 and 1 that look like chance and are the same in every run. Big houses come often: the share of the h-th falls with h.
  await run(`
    CREATE FUNCTION bench_u(n bigint, salt int) RETURNS float LANGUAGE sql IMMUTABLE RETURN (hashint8extended(n, salt) & 1048575) / 1048576.0;
    CREATE UNLOGGED TABLE plan AS
    SELECT n, 'KP-' || 2021 + (n - 1) / 200000 || '-' || lpad((1 + (n - 1) % 200000)::text, 6, '0') AS claim_no, h.code AS hospital, h.insurer,
      (ARRAY['general-surgery', 'orthopaedics', 'cardiac-surgery', 'obstetrics', 'thoracic-surgery', 'vascular-surgery', 'urology', 'neurosurgery'])[1 + floor(8 * power(bench_u(n, 2), 1.5))::int] AS department,
      m.claim_no AS model, m.open, md5('patient' || n)::uuid AS patient_id,
      now() - CASE WHEN m.open THEN (${claims} - n + 1) * (interval '40 days' / (${claims} * ${OPEN_SHARE})) ELSE interval '40 days' + (${claims} - n) * (interval '1700 days' / ${claims}) END AS reported_at
    FROM generate_series(1, ${claims}) n
    JOIN model m ON m.open = (n > ${claims} * (1 - ${OPEN_SHARE})) AND bench_u(n, 3) >= m.from_share AND bench_u(n, 3) < m.to_share
    JOIN hospital h ON h.code = 'H' || lpad((1 + floor(${HOSPITALS} * power(bench_u(n, 1), 2)))::int::text, 3, '0')`);

  await run(`
    INSERT INTO patient (id, hospital, department, insurer, record_no, name, identity_number, identity_index, phone, birth_date, sex)
    SELECT patient_id, hospital, department, insurer, 'MR' || lpad(n::text, 8, '0'), substr('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜', 1 + floor(32 * bench_u(n, 4))::int, 1)
        || substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华', 1 + floor(24 * bench_u(n, 5))::int, 1) || substr('一文子雨佳思天海志国建玉春秋冬东', 1 + floor(16 * bench_u(n, 6))::int, 1),
      'v1.k1.' || md5('i' || n), 'k1.' || md5('i' || n) || md5('j' || n), 'v1.k1.' || md5('p' || n), date '1940-01-01' + (n % 20000)::int, CASE WHEN n % 2 = 0 THEN 'male' ELSE 'female' END
    FROM plan`);
  await superuser.query("UPDATE patient SET name = $1, identity_index = $2 WHERE id = (SELECT patient_id FROM plan WHERE insurer = 'I001' AND hospital = 'H001' AND n > $3::int / 2 ORDER BY n LIMIT 1)",
    [SOUGHT.name, identityIndex(keys, SOUGHT.identityNumber), claims]);

  const indexes = await withoutIndexes(superuser);
  // Whoever the model names gets the ids of people of the claim's own house.
  const holder = (role: string, house: string, k = 'k'): string => `'P-' || ${house} || '-' || upper(${role}) || '-' || coalesce((ARRAY['A', 'B'])[1 + ${k}], ${k}::text)`;
  // As many people as the house's share of the open claims wants.
  const place = (salt: number | string, share: number | string): string => `floor(bench_u(p.n, ${salt}) * greatest(2, ${claims} * ${OPEN_SHARE} / ${TASKS_EACH} * ${share}))::int`;
  await run(`
    INSERT INTO claim SELECT p.claim_no, p.hospital, p.department, p.insurer, p.patient_id, NULL, c.stage, c.tier, c.outcome_type, c.closed_as, c.waiting_for,
      CASE WHEN p.open THEN now() + (bench_u(n, 7) - 0.1) * interval '10 days' END, false, p.open AND bench_u(n, 8) < 0.05, p.open AND bench_u(n, 9) < 0.001, NULL, c.version,
      CASE WHEN p.open OR n % 64 = 0 THEN c.state || jsonb_build_object('claimNo', p.claim_no, 'hospital', p.hospital, 'department', p.department, 'insurer', p.insurer, 'patientId', p.patient_id) ELSE c.state END,
      p.reported_at, p.reported_at, p.reported_at, CASE WHEN NOT p.open THEN p.reported_at + interval '15 days' END, c.asked_fen, c.approved_fen, c.paid_fen, p.claim_no, c.mediators, p.reported_at,
      c.flagged, ARRAY[s.holder, r.holder], NULL
    FROM plan p JOIN claim c ON c.claim_no = p.model,
      LATERAL (SELECT ${place(21, 0.05)} AS k) sk, LATERAL (SELECT ${holder("'specialist'", 'p.hospital', 'sk.k')} AS holder) s, LATERAL (SELECT ${place(22, 0.2)} AS k) rk, LATERAL (SELECT ${holder("'reviewer'", 'p.insurer', 'rk.k')} AS holder) r`);
  await run("INSERT INTO claim_actor SELECT DISTINCT unnest(actors), claim_no FROM claim WHERE stage <> 'closed' OR cardinality(waiting_for) > 0 ON CONFLICT DO NOTHING");
  await run(`
    INSERT INTO claim_event (claim_no, version, type, at, said_at, received_at, act_id, act_hash, actor, data, personal_hash, prev_hash, hash, hospital, department, insurer)
    SELECT p.claim_no, e.version, e.type, p.reported_at + e.version * interval '1 hour', e.said_at, p.reported_at, 'act-' || p.n || '-' || e.version, e.act_hash, e.actor, e.data, e.personal_hash, md5(p.n::text), md5(p.n::text || e.version), p.hospital, p.department, p.insurer
    FROM plan p JOIN claim_event e ON e.claim_no = p.model AND (e.version <= 4 OR e.version = 6)`);
  await run(`
    WITH tasks AS MATERIALIZED (SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY claim_no ORDER BY status = 'open' DESC, id) AS place FROM task t) t WHERE place <= 3)
    INSERT INTO task (id, claim_no, kind, roles, assignee, opened_at, due_at, provisional, status, outcome, closed_at, closed_by, breached, hospital, department, insurer)
    SELECT replace(t.id, p.model, p.claim_no), p.claim_no, t.kind, t.roles, CASE WHEN t.status = 'open' AND u < 0.25 THEN NULL ELSE x.holder END, p.reported_at + t.place * interval '1 day',
      CASE WHEN t.status = 'open' AND u > 0.97 THEN NULL WHEN t.status = 'open' THEN now() + (bench_u(n, 7) - 0.1) * interval '10 days' ELSE p.reported_at + interval '5 days' END, false, t.status, t.outcome,
      CASE WHEN t.status <> 'open' THEN p.reported_at + t.place * interval '2 days' END, CASE WHEN t.status <> 'open' THEN x.holder END, t.status = 'open' AND bench_u(n, 8) < 0.05, p.hospital, p.department, p.insurer
    FROM plan p JOIN tasks t ON t.claim_no = p.model, LATERAL (SELECT bench_u(p.n, 10 + t.place::int) AS u) u,
      LATERAL (SELECT coalesce(t.roles[1], 'reviewer') AS role, t.roles && ARRAY['reviewer', 'senior-reviewer', 'approver', 'finance'] AS of_insurer) r,
      LATERAL (SELECT ${place('20 + t.place::int', 'CASE WHEN of_insurer THEN 0.2 ELSE 0.05 END')} AS k) k,
      LATERAL (SELECT CASE WHEN of_insurer THEN ${holder('role', 'p.insurer')} ELSE ${holder('role', 'p.hospital')} END AS holder) x`);
  await run(`
    INSERT INTO deadline (claim_no, clock, started_at, due_at, provisional, paused, stopped_at, calendar_version, ledger, hospital, department, insurer)
    SELECT p.claim_no, d.clock, p.reported_at, p.reported_at + interval '5 days', d.provisional, d.paused, CASE WHEN p.open THEN d.stopped_at ELSE p.reported_at END, d.calendar_version, d.ledger, p.hospital, p.department, p.insurer
    FROM plan p JOIN (SELECT *, row_number() OVER (PARTITION BY claim_no ORDER BY stopped_at DESC NULLS FIRST) AS place FROM deadline) d ON d.claim_no = p.model AND d.place <= 2`);
  await run(`
    INSERT INTO outbox (kind, key, claim_no, payload, created_at, available_at, done_at, hospital, department, insurer)
    SELECT 'notice', 'bench:' || claim_no, claim_no, '{}', reported_at, reported_at, reported_at, hospital, department, insurer FROM plan WHERE n > ${claims} * 0.9`);
  for (const { def } of indexes) await run(def);
  await run(`DELETE FROM deadline WHERE claim_no LIKE 'KP-1999-%'; DELETE FROM task WHERE claim_no LIKE 'KP-1999-%'; DELETE FROM outbox WHERE claim_no LIKE 'KP-1999-%'; DELETE FROM claim_actor WHERE claim_no LIKE 'KP-1999-%'; DELETE FROM claim WHERE claim_no LIKE 'KP-1999-%'`);
  const { rows: [found] } = await superuser.query<{ open: number }>('SELECT count(*) FILTER (WHERE open)::int AS open FROM plan');
  await run('DROP TABLE plan, model; DROP FUNCTION bench_u');
  await run('SET session_replication_role = origin');
  // What autovacuum does in life.
  await run('VACUUM (ANALYZE)');
  await run('CHECKPOINT');
  const { rows: [size] } = await superuser.query<{ tasks: number; events: number; bytes: string }>('SELECT (SELECT count(*)::int FROM task) AS tasks, (SELECT count(*)::int FROM claim_event) AS events, pg_database_size(current_database()) AS bytes');
  return { seconds: Math.round((performance.now() - began) / 1000), claims, open: found!.open, tasks: size!.tasks, events: size!.events, bytes: Number(size!.bytes) };
}

/** Takes the indexes away that nothing else stands on; answers what makes them again. At once at the end they are made in a tenth of the time. */
async function withoutIndexes(superuser: Client): Promise<Array<{ name: string; def: string }>> {
  const { rows } = await superuser.query<{ name: string; def: string }>(`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS def FROM pg_index WHERE indrelid IN ('claim'::regclass, 'claim_event'::regclass, 'task'::regclass, 'deadline'::regclass) AND NOT indisunique`);
  for (const { name } of rows) await superuser.query(`DROP INDEX ${name}`);
  return rows;
}

interface Model { claimNo: string; open: boolean; from: number; to: number }

async function plantModels(workerUrl: string): Promise<Model[]> {
  const database = createDatabase(workerUrl, { connections: 1 });
  const models: Model[] = [];
  for (const [open, set] of [[true, OPEN], [false, CLOSED]] as const) {
    let from = 0;
    for (const [scenario, percent] of set) {
      const claimNo = `KP-1999-${String(models.length + 1).padStart(6, '0')}`;
      const own = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(CLAIM_NO, claimNo)) as T;
      const { state, events } = { state: own(scenario.state), events: own(scenario.events) };
      const patientId = `00000000-0000-4000-8000-${String(models.length + 1).padStart(12, '0')}`;
      await asWorker(database, async (tx) => {
        await tx.patient.create({ data: { id: patientId, hospital: state.hospital, department: state.department, insurer: state.insurer, recordNo: claimNo, name: '样本' } });
        await recordEvents(tx, { claimNo, events, state: { ...state, patientId }, naturalKey: claimNo });
      });
      models.push({ claimNo, open, from, to: from + percent / 100 });
      from += percent / 100;
    }
  }
  await database.$disconnect();
  return models;
}

async function houses(superuser: Client): Promise<void> {
  await superuser.query(`
    INSERT INTO insurer SELECT 'I' || lpad(i::text, 3, '0'), 'Insurer ' || i FROM generate_series(1, ${INSURERS}) i ON CONFLICT DO NOTHING;
    INSERT INTO hospital SELECT 'H' || lpad(h::text, 3, '0'), 'Hospital ' || h, 'I' || lpad((1 + floor(${INSURERS} * power((h * 7919 % 1000) / 1000.0, 2)))::int::text, 3, '0') FROM generate_series(1, ${HOSPITALS}) h ON CONFLICT DO NOTHING;
    INSERT INTO person (sub, person_id, name, roles, hospital, departments, active)
    SELECT 'b-' || code || k || role, 'P-' || code || '-' || upper(role) || '-' || k, role || ' ' || k, ARRAY[role], code, ARRAY['general-surgery'], true
    FROM hospital, generate_series(2, 12) k, unnest(ARRAY['liaison', 'specialist']) role ON CONFLICT DO NOTHING;
    INSERT INTO person (sub, person_id, name, roles, insurer, departments, active)
    SELECT 'b-' || code || k || role, 'P-' || code || '-' || upper(role) || '-' || k, role || ' ' || k, ARRAY[role], code, '{}', true
    FROM insurer, generate_series(2, 250) k, unnest(ARRAY['reviewer', 'approver', 'finance']) role ON CONFLICT DO NOTHING`);
}
