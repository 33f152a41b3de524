import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../../support/database';

/** Tables that need no policy, each with its reason. */
const WITHOUT_POLICY: Record<string, string> = {
  _prisma_migrations: "the migration engine's own; no role of the application holds a grant on it",
};
const ROLES = ['kuaipei_api', 'kuaipei_eraser', 'kuaipei_reports', 'kuaipei_worker'];

let database: TestDatabase;
let owner: Client;
beforeAll(async () => {
  database = await createDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('DESIGN: every table has row-level security, forced, and a policy', async () => {
  const { rows } = await owner.query<{ name: string; enabled: boolean; forced: boolean; policies: number }>(`
    SELECT relname AS name, relrowsecurity AS enabled, relforcerowsecurity AS forced, (SELECT count(*)::int FROM pg_policy WHERE polrelid = c.oid) AS policies
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')`);
  expect(rows.length).toBeGreaterThan(20);
  const open = rows.filter((table) => !(table.enabled && table.forced && table.policies > 0)).map((table) => table.name);
  expect(open).toEqual(Object.keys(WITHOUT_POLICY));
});

test('FAULTS 29: the roles of the application own nothing, inherit nothing and do not pass by policies', async () => {
  const roles = await owner.query(`
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
      (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned,
      (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
    FROM pg_roles r WHERE rolname = ANY ($1) ORDER BY rolname`, [ROLES]);
  const harmless = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, owned: 0, memberships: 0 };
  expect(roles.rows).toEqual(ROLES.map((rolname) => ({ rolname, ...harmless })));
});

test('SPEC §3: no role of the application may change or remove an event or a logged read', async () => {
  const { rows } = await owner.query<{ role: string; grant: string }>(`
    SELECT role, tbl || ' ' || privilege AS "grant"
    FROM unnest($1::text[]) role, unnest(ARRAY['claim_event', 'claim_event_personal', 'read_log', '_prisma_migrations']) tbl, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) privilege
    WHERE has_table_privilege(role, tbl, privilege) OR (privilege = 'UPDATE' AND has_any_column_privilege(role, tbl, 'UPDATE'))`, [ROLES]);
  // Words beside an event are made to be erased, where a recorded event rules it (tests/platform/retention); the event stays.
  expect(rows).toEqual([{ role: 'kuaipei_eraser', grant: 'claim_event_personal DELETE' }]);
});

test('every policy names the role it is for', async () => {
  const { rows } = await owner.query("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND roles && '{public}'::name[]");
  expect(rows).toEqual([]);
});
