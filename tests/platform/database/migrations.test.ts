import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../support/database';

/** Through the commands a person types: the engine is an ES module, which Jest's own loader does not take. */
const run = promisify(execFile);
async function tsx(file: string, args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file, ...args], { env: { ...process.env, ...env } });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

let database: TestDatabase;
let owner: Client;
beforeEach(async () => {
  database = await createEmptyDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await database.drop();
});
const migrate = (url = database.ownerUrl) => tsx('src/platform/database/migrate-main.ts', [], { DATABASE_URL: url });

test('schema.prisma is the sum of the migrations', async () => {
  const { code, output } = await tsx('dev/migration.ts', ['--check'], { DATABASE_URL: database.superuserUrl });
  expect(output).toContain('schema.prisma and the migrations agree');
  expect(code).toBe(0);
});

test('migrations apply where the roles are there already, and a second time changes nothing', async () => {
  expect(await migrate()).toMatchObject({ code: 0 });
  const rows = async () => (await owner.query('SELECT migration_name, checksum, finished_at FROM _prisma_migrations ORDER BY 1')).rows;
  const first = await rows();
  expect(first.length).toBeGreaterThan(0);
  expect(await migrate()).toMatchObject({ code: 0 });
  expect(await rows()).toEqual(first);
});

test('two deployments at once: each ends well, each migration is applied once', async () => {
  const both = await Promise.all([migrate(), migrate()]);
  expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
  expect((await owner.query('SELECT FROM _prisma_migrations')).rowCount).toBe((await owner.query('SELECT DISTINCT migration_name FROM _prisma_migrations')).rowCount);
});

test('a migration that fails leaves nothing, says why, and can be tried again', async () => {
  await owner.query('CREATE FUNCTION notify_outbox() RETURNS int LANGUAGE sql RETURN 1');
  const failed = await migrate();
  expect(failed.code).toBe(1);
  expect(failed.output).toContain('function "notify_outbox" already exists');
  expect((await owner.query("SELECT to_regclass('hospital') AS there")).rows).toEqual([{ there: null }]);
  await owner.query('DROP FUNCTION notify_outbox');
  expect(await migrate()).toMatchObject({ code: 0 });
});

test('a migration begun and never finished is named', async () => {
  await migrate();
  await owner.query('UPDATE _prisma_migrations SET finished_at = NULL');
  const { code, output } = await migrate();
  expect(code).toBe(1);
  expect(output).toMatch(/Migration \d{14}_\w+ was begun by a process that ended before it did/);
});

test('an unreachable database is one sentence without the password', async () => {
  const { code, output } = await migrate('postgres://kuaipei:secret@127.0.0.1:9/kuaipei');
  expect(code).toBe(1);
  expect(output).toMatch(/The database at 127\.0\.0\.1:9\/kuaipei cannot be reached .*ECONNREFUSED/);
  expect(output).not.toContain('secret');
});
