import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { faultsOf } from '../../dev/migration-rules';
import { readMigrations } from '../../src/platform/database/engine';
import { createDatabase } from '../support/database';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Those before stand in the first release: nothing ran on their tables. */
const FIRST_TO_RUN_BESIDE = '2026112300';

test('issue 6.4, expand → migrate → contract: no new migration takes away or locks what the release before it uses, unless marked "-- contract of <release>"', () => {
  const written = readMigrations().migrationDirectories.map(({ path, migrationFile: { content } }) => ({ path, sql: content.tag === 'ok' ? content.value : '' }));
  expect(written.length).toBeGreaterThanOrEqual(20);
  expect(written.every(({ sql }) => sql !== '')).toBe(true);
  expect(written.filter(({ path }) => path >= FIRST_TO_RUN_BESIDE).flatMap(({ path, sql }) => faultsOf(sql).map((fault) => `${path}: ${fault}`))).toEqual([]);
});

test.each([
  ['DROP TABLE task;', 'drops what'],
  ['ALTER TABLE claim DROP COLUMN tier;', 'drops what'],
  ['ALTER TABLE "claim" DROP tier;', 'drops a column'],
  ['ALTER TABLE claim RENAME COLUMN tier TO class;', 'renames'],
  ['ALTER TABLE claim ALTER COLUMN tier TYPE varchar(9);', 'changes the type'],
  ['ALTER TABLE "claim" ALTER COLUMN "tier" SET DATA TYPE TEXT;', 'changes the type'],
  ['ALTER TABLE claim ALTER COLUMN tier SET NOT NULL;', 'SET NOT NULL'],
  ['ALTER TABLE claim ADD COLUMN colour TEXT NOT NULL;', 'NOT NULL without DEFAULT'],
  ['ALTER TABLE claim ADD COLUMN token UUID NOT NULL DEFAULT gen_random_uuid();', 'every row'],
  ['ALTER TABLE claim ADD COLUMN year INT GENERATED ALWAYS AS (1) STORED;', 'every row'],
  ['ALTER TABLE claim ADD CONSTRAINT tall CHECK (version > 0);', 'NOT VALID'],
  ['CREATE INDEX claim_tier ON claim (tier);', 'CONCURRENTLY'],
  ['CREATE INDEX CONCURRENTLY a ON claim (tier); CREATE INDEX CONCURRENTLY b ON claim (stage);', 'alone'],
  ['REVOKE SELECT ON claim FROM kuaipei_api;', 'revokes'],
  ["ALTER TABLE claim ADD COLUMN colour TEXT; UPDATE claim SET colour = 'red';", 'changes rows'],
])('the gate bites: %s', (sql, word) => {
  expect(faultsOf(sql)).toEqual([expect.stringContaining(word)]);
  if (!sql.includes('CONCURRENTLY')) expect(faultsOf(`-- contract of v0.1.0\n${sql}`)).toEqual([]);
});

test.each([
  'ALTER TABLE claim ADD COLUMN colour TEXT;',
  "ALTER TABLE claim ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';",
  'ALTER TABLE claim ADD CONSTRAINT tall CHECK (version > 0) NOT VALID;',
  'ALTER TABLE claim VALIDATE CONSTRAINT tall;',
  'CREATE INDEX CONCURRENTLY claim_tier ON claim (tier);',
  'CREATE TABLE hue (id INT PRIMARY KEY, name TEXT NOT NULL); CREATE INDEX hue_name ON hue (name); ALTER TABLE hue ADD CONSTRAINT named CHECK (id > 0); GRANT SELECT ON hue TO kuaipei_api;',
  'CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM claim; ALTER TABLE x RENAME TO y $$; -- DROP TABLE claim',
  'DROP POLICY seen ON claim; CREATE POLICY seen ON claim USING (true); COMMENT ON COLUMN claim.tier IS \'RENAME; DROP TABLE\';',
])('what only adds passes: %s', (sql) => { expect(faultsOf(sql)).toEqual([]); });

test('FAULTS 22, "lock ≤ 2 s": a migration whose table is in use lets the others through, comes again, and stands once', async () => {
  const database = await createDatabase();
  const [writer, others] = [new Client({ connectionString: database.ownerUrl }), new Client({ connectionString: database.ownerUrl })];
  await Promise.all([writer.connect(), others.connect()]);
  try {
    // One that stands is taken back, and somebody has been writing to its table for long.
    await writer.query("DROP TRIGGER name_stays_sealed ON document; DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_names_stay_sealed'");
    await writer.query('BEGIN; LOCK TABLE document IN ROW EXCLUSIVE MODE');
    const migrating = spawn(process.execPath, ['--import', 'tsx', 'src/platform/database/migrate-main.ts'], { env: { ...process.env, DATABASE_URL: database.ownerUrl } });
    const ended = once(migrating, 'exit');
    let said = '';
    for (const stream of [migrating.stdout, migrating.stderr]) stream.on('data', (data: Buffer) => { said += data.toString(); });
    const waits: number[] = [];
    // Until it gave way once: otherwise nothing was in its way.
    for (const until = Date.now() + 40_000; Date.now() < until && !said.includes('trying again (1 of'); await pause(50)) {
      const from = Date.now();
      await others.query('BEGIN; LOCK TABLE document IN ROW EXCLUSIVE MODE; COMMIT');
      waits.push(Date.now() - from);
    }
    await writer.query('COMMIT');
    const [code] = await ended as [number];
    console.log(`the longest of ${waits.length} others waited ${Math.max(...waits)} ms behind a migration that waited`);
    expect(Math.max(...waits)).toBeGreaterThan(1_000);
    expect(Math.max(...waits)).toBeLessThan(2_500);
    expect([code, said]).toEqual([0, expect.stringMatching(/trying again \(1 of [\s\S]*names_stay_sealed applied/)]);
    expect((await others.query("SELECT FROM pg_trigger WHERE tgname = 'name_stays_sealed'")).rowCount).toBe(1);
  } finally {
    await Promise.all([writer.end(), others.end()]);
    await database.drop();
  }
});
