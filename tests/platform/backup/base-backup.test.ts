import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Child } from '../../../dev/children';
import { freePort } from '../../../dev/ports';
import { asSuperuser, postgresUrl, prepareDatabase, startPostgres } from '../../../dev/postgres';
import { takeBaseBackup } from '../../../src/platform/backup/base-backup';

const run = promisify(execFile);
let folder: string;
let port: number;
let running: Child[];
const start = async (name: string, at: number): Promise<void> => {
  running.push((await startPostgres({ folder: join(folder, name), port: at, logFile: join(folder, `${name}.log`), careless: true })).child);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-base-backup-'));
  await chmod(folder, 0o755); // PostgreSQL may run as another user, who has to get through
  running = [];
  port = await freePort();
  await start('running', port);
  await prepareDatabase(port);
}, 60_000);
afterAll(async () => {
  await Promise.all(running.map((child) => child.stop()));
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}, 30_000);

test('issue 5: PostgreSQL is copied while it is written, and shows one moment: everything before its end, nothing half', async () => {
  await asSuperuser(port, 'kuaipei', (client) => client.query('CREATE TABLE written (n integer PRIMARY KEY, twin integer NOT NULL); CREATE TABLE twin (n integer PRIMARY KEY)'));
  const client = new Client({ connectionString: postgresUrl('postgres', port) });
  await client.connect();
  let n = 0;
  let over = false;
  const writing = (async () => {
    while (!over) {
      n += 1;
      await client.query(`BEGIN; INSERT INTO twin VALUES (${n}); INSERT INTO written VALUES (${n}, ${n}); COMMIT`);
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = n - 1;
  const backup = await takeBaseBackup(postgresUrl('postgres', port), join(folder, 'copy'));
  over = true;
  await writing;
  await client.end();

  expect((await readdir(join(folder, 'copy'))).sort()).toEqual(['backup_manifest', 'base.tar']);
  expect(backup).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/), startLsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) });
  await mkdir(join(folder, 'restored'), { mode: 0o700 });
  await run('tar', ['--extract', '--file', join(folder, 'copy', 'base.tar'), '--directory', join(folder, 'restored'), '--no-same-owner']);
  const elsewhere = await freePort();
  await start('restored', elsewhere);
  await asSuperuser(elsewhere, 'kuaipei', async (restored) => {
    const { rows: [row] } = await restored.query<{ rows: number; last: number; twins: number }>('SELECT count(*)::int AS rows, max(w.n) AS last, (SELECT count(*)::int FROM twin) AS twins FROM written w');
    expect(row!.rows).toBe(row!.last);
    expect(row!.twins).toBe(row!.rows);
    expect(row!.rows).toBeGreaterThanOrEqual(before);
  });
}, 60_000);

test('a role without REPLICATION takes no backup', async () => {
  await expect(takeBaseBackup(postgresUrl('kuaipei_worker', port), join(folder, 'refused'))).rejects.toThrow(/permission denied/);
});
