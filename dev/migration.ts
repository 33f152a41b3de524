import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { NO_FILTER, PRISMA_FOLDER, readMigrations, readSchema, withEngine } from '../src/platform/database/engine';

/**
 * `npm run db:migration -- <name>` writes the next migration: what schema.prisma says and the migrations do not yet.
 * `npm run db:migration -- --check` only tells whether there is such a difference, and ends with 1 when there is.
 * DATABASE_URL names the server and an owner who may create a scratch database there.
 *
 * Add to what is written: row-level security (ENABLE, FORCE, policies) and grants of each new table. The owner is under
 * row-level security too: a migration that changes rows of a tenant table says NO FORCE before and FORCE after.
 */

/** The SQL that is missing between the sum of the migrations and schema.prisma; null when they agree. */
export async function pendingChanges(databaseUrl: string): Promise<string | null> {
  return withScratchDatabase(databaseUrl, (scratch) => withEngine(scratch, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', ...readSchema() },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    });
    return exitCode === 0 ? null : stdout;
  }));
}

/** The engine replays the migrations where it is connected, so it gets a database of its own. */
async function withScratchDatabase<T>(databaseUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `scratch_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
    try {
      const scratch = new URL(databaseUrl);
      scratch.pathname = `/${name}`;
      return await use(scratch.href);
    } finally {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}

async function main(argument: string | undefined): Promise<number> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('DATABASE_URL is missing: give the address of a PostgreSQL server as its owner.');
  if (argument !== '--check' && !/^[a-z][a-z0-9_]*$/.test(argument ?? '')) throw new Error('Give the migration a name in snake_case, or --check.');
  const sql = await pendingChanges(databaseUrl);
  if (sql === null) {
    console.log('schema.prisma and the migrations agree.');
    return 0;
  }
  if (argument === '--check') {
    console.log(`schema.prisma says more than the migrations:\n${sql}\nWrite it: npm run db:migration -- <name>`);
    return 1;
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(PRISMA_FOLDER, 'migrations', `${stamp}_${argument}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  console.log(`Wrote ${join(folder, 'migration.sql')}: now add policies and grants of new tables.`);
  return 0;
}

if (require.main === module) {
  main(process.argv[2]).then((code) => { process.exitCode = code; }, (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
