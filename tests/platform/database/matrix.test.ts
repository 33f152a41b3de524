import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PERSONAS } from '../../../dev/personas';
import { asWorker, createDatabase as open, inScope, type Database, type Scope, type Tx } from '../../../src/platform/database';
import { createDatabase, type TestDatabase } from '../../support/database';
import { plantClaim } from './rows';
import { everything, sightOf, TABLES, writes, type Asker, type Claim, type Row } from './sight';

const CLAIMS: Claim[] = [
  { claimNo: 'KP-2026-000001', hospital: 'H001', department: 'general-surgery', insurer: 'I001', patientPersonId: 'P-PATIENT-A', mediator: 'P-MEDIATOR-A' },
  { claimNo: 'KP-2026-000002', hospital: 'H002', department: 'cardiac-surgery', insurer: 'I002', patientPersonId: 'P-PATIENT-B', mediator: 'P-MEDIATOR-B' },
];
const NOON = new Date('2026-03-02T04:00:00.000Z');
/** The migration engine's own: no role of the application may even look (catalogue.test.ts). */
const NOT_OURS = ['_prisma_migrations'];

/** Of one table, for one role of the database by its grants: the columns it may read, what else it may do at all, and a column that an UPDATE names. */
interface Columns { read: string[]; verbs: string[]; write: string }
interface Planted { table: string; ctid: string; row: Row; text: string }

let database: TestDatabase;
let superuser: Client;
let rolesOfDatabase: string[];
let planted: Planted[];
let columnsOf: Map<string, Map<string, Columns>>;
let pools: Record<'api' | 'worker' | 'reports' | 'eraser', Database>;

/** Beside the claim itself: a row of each house in every table that does not hang on a claim. */
async function plantTheRest(tx: Tx): Promise<void> {
  await tx.insurer.createMany({ data: CLAIMS.map(({ insurer }) => ({ code: insurer, name: insurer })) });
  await tx.hospital.createMany({ data: CLAIMS.map(({ hospital, insurer }) => ({ code: hospital, name: hospital, insurer })) });
  await tx.calendarYear.create({ data: { year: 2026, version: '1', days: {}, source: 's', publishedAt: NOON } });
  await tx.claimNumber.create({ data: { year: 2026, last: 2 } });
  await tx.anchor.create({ data: { seq: 1, prevHash: 'p', at: NOON, claims: 2, changed: 2, root: 'r', keyId: 'k', hash: 'h', signature: 's' } });
  await tx.evidenceKey.create({ data: { keyId: 'k', publicKey: 'p', since: NOON } });
  await tx.person.createMany({ data: PERSONAS.filter(({ account }) => /^(liaison-a|approver-a|mediator)/.test(account)).map(({ account, personId, name, roles, hospital, departments = [], insurer }) =>
    ({ sub: account, personId, name, roles, departments, ...(hospital && { hospital }), ...(insurer && { insurer }) })) });
}

async function plantOfClaim({ claimNo, hospital, department, insurer }: Claim): Promise<void> {
  const tenant = { hospital, department, insurer }, of = { claim_no: claimNo, ...tenant }, personId = `P-${hospital}-SPECIALIST-B`;
  const rows: Record<string, object> = {
    anchor_head: { claim_no: claimNo, version: 3, hash: 'h', seq: 1, path: [] },
    patient_link: { ...of, id: randomUUID(), code_hash: claimNo, act_id: 'a', created_by: personId, created_at: NOON, expires_at: NOON },
    bank_event: { event_id: claimNo, payment_key: `pay-${claimNo}`, body: {}, received_at: NOON, applied: false },
    difference: { id: claimNo.at(-1), found_at: NOON, claim_no: claimNo, kind: 'stage', detail: {} },
    straight_through_month: { insurer, month: '2026-03', claim_no: claimNo },
    read_log: { ...of, id: claimNo.at(-1), at: NOON, person_id: personId, role: 'specialist', what: 'claim' },
    break_glass: { person_id: personId, id: 'g', role: 'specialist', what: 'claim', claim_no: `KP-2026-00090${claimNo.at(-1)}`, reason: 'r', at: NOON, until: new Date(NOON.getTime() + 60_000) },
    delegation: { id: randomUUID(), owner: 'P-AWAY', delegate: 'P-STANDS-IN', role: 'specialist', house: hospital, at: NOON, until: new Date(NOON.getTime() + 60_000), made_by: 'P-AWAY', act_id: claimNo },
    claim_actor: { person_id: personId, claim_no: claimNo },
    saved_view: { person_id: personId, id: randomUUID(), name: 'n', query: 'q' },
    open_upload: { id: randomUUID(), person_id: personId, claim_no: claimNo, bytes: 1, begun_at: NOON },
  };
  for (const [table, row] of Object.entries(rows)) await superuser.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, [JSON.stringify(row)]);
}

beforeAll(async () => {
  database = await createDatabase();
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  pools = { api: open(database.apiUrl, { connections: 4 }), worker: open(database.workerUrl), reports: open(database.reportsUrl), eraser: open(database.eraserUrl) };
  await asWorker(pools.worker, (tx) => plantTheRest(tx).catch((error: unknown) => { throw new Error('a row could not be planted', { cause: error }); }));
  for (const claim of CLAIMS) {
    const { claimNo, patientPersonId, mediator, ...tenant } = claim;
    await plantClaim(pools.worker, claimNo, tenant, { patientPersonId, mediators: [mediator] });
    await plantOfClaim(claim);
  }
  // Tries one statement, undoes it, and says what became of it.
  await superuser.query(`CREATE FUNCTION attempt(statement text, given jsonb) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE n int;
    BEGIN
      EXECUTE statement USING given;
      GET DIAGNOSTICS n = ROW_COUNT;
      RAISE EXCEPTION USING ERRCODE = 'KP001', MESSAGE = n || ' rows';
    EXCEPTION WHEN OTHERS THEN
      RETURN CASE WHEN SQLSTATE IN ('42501', '23001') OR SQLSTATE = 'KP001' AND SQLERRM = '0 rows' THEN 'refused' ELSE SQLSTATE || ' ' || SQLERRM END;
    END $$`);
  await readCatalogue();
}, 120_000);
afterAll(async () => {
  await Promise.all([superuser.end(), ...Object.values(pools).map((one) => one.$disconnect())]);
  await database.drop();
});

async function readCatalogue(): Promise<void> {
  const { rows: names } = await superuser.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY 1");
  planted = [];
  for (const { name: table } of names.filter(({ name }) => !NOT_OURS.includes(name))) {
    const { rows } = await superuser.query<{ ctid: string; row: Record<string, unknown>; text: string }>(`SELECT ctid, to_jsonb(t) AS row, to_jsonb(t)::text AS text FROM ${table} t`);
    planted.push(...rows.map(({ ctid, row, text }) => ({ table, ctid, text, row: { ...row, claim: CLAIMS.find(({ claimNo }) => text.includes(claimNo)) ?? CLAIMS.find(({ hospital }) => hospital === row['hospital']) ?? null } })));
  }
  rolesOfDatabase = (await superuser.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname LIKE 'kuaipei\\_%' AND rolcanlogin ORDER BY 1")).rows.map(({ rolname }) => rolname);
  columnsOf = new Map();
  for (const role of rolesOfDatabase) {
    const { rows } = await superuser.query<Columns & { table: string }>(`SELECT c.relname AS table, coalesce(array_agg(a.attname::text ORDER BY a.attname) FILTER (WHERE has_column_privilege($1, c.oid, a.attnum, 'SELECT')), '{}') AS read,
      ARRAY(SELECT verb FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) verb WHERE has_table_privilege($1, c.oid, verb) OR verb <> 'DELETE' AND has_any_column_privilege($1, c.oid, verb)) AS verbs,
      min(a.attname) FILTER (WHERE has_column_privilege($1, c.oid, a.attnum, 'UPDATE')) AS write
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.oid, c.relname`, [role]);
    columnsOf.set(role, new Map(rows.map(({ table, ...columns }) => [table, columns])));
  }
}

interface Seat extends Asker { name: string; pool: keyof typeof pools }

/** One of each role in each house, department and panel; services, sessions from links, reports of each house, and the worker. */
const SEATS: Seat[] = [
  ...new Map(PERSONAS.map(({ account, personId, roles, hospital, departments, insurer }) => [
    [roles[0], hospital, insurer, departments, roles[0] === 'patient' || roles[0] === 'mediator' ? personId : ''].join('|'),
    { name: account, pool: 'api' as const, role: roles[0]!, personId, ...(hospital && { hospital }), ...(departments && { departments }), ...(insurer && { insurer }) },
  ])).values(),
  ...CLAIMS.map(({ claimNo, patientPersonId }, n) => ({ name: `a link to ${claimNo}`, pool: 'api' as const, role: 'patient', personId: n === 0 ? patientPersonId : `link-${claimNo}`, onlyClaim: claimNo })),
  ...['starter', 'bank', 'link'].map((role) => ({ name: `service ${role}`, pool: 'api' as const, role })),
  { name: 'an unknown role', pool: 'api', role: 'surgeon', personId: 'P-9', hospital: 'H001', insurer: 'I001' },
  ...CLAIMS.flatMap(({ hospital, insurer }) => [{ hospital }, { insurer }]).map((house) => ({ name: `reports of ${Object.values(house).join()}`, pool: 'reports' as const, role: 'reports', personId: 'reports', ...house })),
  { name: 'the worker', pool: 'worker', role: 'worker' },
  { name: 'the eraser, where nothing was ruled', pool: 'eraser', role: 'eraser' },
];

const scopeOf = ({ name: _, pool: _pool, ...scope }: Seat): Scope => scope as Scope;
const within = <T>(seat: Seat, work: (tx: Tx) => Promise<T>): Promise<T> => (seat.pool === 'worker' || seat.pool === 'eraser' ? asWorker(pools[seat.pool], work) : inScope(pools[seat.pool], scopeOf(seat), work));
const projected = (row: Row, columns: string[]): string => JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])));

test('a new table without a row here fails CI, and each has something to see of both houses', () => {
  const tables = [...new Set(planted.map(({ table }) => table))];
  expect(TABLES.toSorted()).toEqual(tables.sort());
  const ofNoHouse = ['anchor', 'calendar_year', 'claim_number', 'evidence_key'];
  for (const table of tables) expect([table, planted.filter((one) => one.table === table).length >= (ofNoHouse.includes(table) ? 1 : 2)]).toEqual([table, true]);
});

test('every role of the database that the application uses is asked', () => {
  expect(rolesOfDatabase).toEqual([...new Set(SEATS.map(({ pool }) => `kuaipei_${pool}`))].sort());
});

/** The statements that would write each row that is not this seat's to write; those that lack the very grant need no trying. */
function forbidden(seat: Seat, columns: Map<string, Columns>): { statement: string; text: string }[] {
  return planted.filter(({ table, row }) => {
    const sight = sightOf(table, seat.role);
    return !writes(seat.role, table) && (sight === everything || seat.pool === 'reports' || !sight(seat, row));
  }).flatMap(({ table, ctid, text }) => {
    const { verbs, write } = columns.get(table)!;
    const how: Record<string, string> = {
      INSERT: `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, UPDATE: `UPDATE ${table} SET ${write} = ${write} WHERE ctid = '${ctid}'`, DELETE: `DELETE FROM ${table} WHERE ctid = '${ctid}'`,
    };
    return verbs.map((verb) => ({ statement: how[verb]!, text }));
  });
}

test.each(SEATS)('FAULTS 28, 29: every table, its rows of both houses, for $name', async (seat) => {
  const columns = columnsOf.get(`kuaipei_${seat.pool}`)!;
  const readable = TABLES.filter((table) => columns.get(table)!.read.length > 0);
  const tries = seat.pool === 'worker' ? [] : forbidden(seat, columns);
  const { rows, outcomes } = await within(seat, async (tx) => ({
    rows: await tx.$queryRawUnsafe<{ table: string; row: Row }[]>(readable.map((table) => `SELECT '${table}' AS table, to_jsonb(t) AS row FROM (SELECT ${columns.get(table)!.read.join(', ')} FROM ${table}) t`).join(' UNION ALL ')),
    outcomes: await tx.$queryRawUnsafe<{ statement: string; outcome: string }[]>('SELECT statement, attempt(statement, given::jsonb) AS outcome FROM unnest($1::text[], $2::text[]) AS one(statement, given)', tries.map(({ statement }) => statement), tries.map(({ text }) => text)),
  }));
  expect(outcomes).toHaveLength(tries.length);
  expect(outcomes.filter(({ outcome }) => outcome !== 'refused')).toEqual([]);
  const seen = new Set(rows.map(({ table, row }) => `${table} ${projected(row, columns.get(table)!.read)}`));
  expect(planted.filter(({ table, row }) => seen.has(`${table} ${projected(row, columns.get(table)!.read)}`)).map(({ table, ctid }) => `${table} ${ctid}`))
    .toEqual(planted.filter(({ table, row }) => sightOf(table, seat.role)(seat, row)).map(({ table, ctid }) => `${table} ${ctid}`));
});

test('the matrix is awake: a policy that says true for everybody is named by it', async () => {
  await superuser.query('CREATE POLICY planted ON payee TO kuaipei_api USING (true)');
  const stranger: Seat = { name: 'a stranger', pool: 'api', role: 'specialist', personId: 'P-9', hospital: 'H002' };
  const { ctid, text, row } = planted.find((one) => one.table === 'payee' && one.row.claim?.hospital === 'H001')!;
  const [seen, outcome] = await within(stranger, async (tx) => [
    await tx.payee.count(), (await tx.$queryRawUnsafe<{ attempt: string }[]>('SELECT attempt($1, $2::jsonb)', 'INSERT INTO payee SELECT * FROM jsonb_populate_record(NULL::payee, $1)', text))[0]!.attempt,
  ] as const);
  await superuser.query('DROP POLICY planted ON payee');
  expect([sightOf('payee', 'specialist')(stranger, row), ctid !== '', seen, outcome]).toEqual([false, true, 2, expect.stringMatching(/^23505/)]);
});

test('a report reads no column that says who somebody is, and writes nothing', () => {
  const columns = [...columnsOf.get('kuaipei_reports')!].flatMap(([table, { read }]) => read.map((name) => `${table}.${name}`));
  expect(columns.length).toBeGreaterThan(50);
  expect([...columnsOf.get('kuaipei_reports')!.values()].flatMap(({ verbs }) => verbs)).toEqual([]);
  expect(columns.filter((name) => /patient|person|assignee|closed_by|uploaded_by|made_by|checked_by|actor|mediator|account|holder|payee|state|data|content|personal|file_name|sha256|hash|storage|natural/.test(name))).toEqual([]);
  expect(columns.filter((name) => /\.name$/.test(name)).sort()).toEqual(['hospital.name', 'insurer.name']);
});
