import { Client } from 'pg';
import { NO_FILTER, readMigrations, withEngine } from './engine';

/** The address the migrations go to (the owner's), and a place for one line per step. */
export interface MigrateOptions {
  databaseUrl: string;
  log: (line: string) => void;
}

/** Any number, the same in every process of ours: two deployments at once queue behind each other. */
const ADVISORY_LOCK = 20_261_122;

/** Migrations could not be applied; the message is one sentence for the person who started the program. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Applies what is missing and returns the names of the migrations applied, oldest first; an empty list when all stood.
 * @throws MigrationError when the database cannot be reached, a migration fails, or an earlier one never finished
 */
export async function migrate({ databaseUrl, log }: MigrateOptions): Promise<string[]> {
  const lock = await connect(databaseUrl);
  try {
    await inTurn(lock);
    await refuseUnfinished(lock);
    const before = await standing(lock);
    await patiently(() => apply(databaseUrl), log);
    const applied = (await standing(lock)).filter((name) => !before.includes(name));
    for (const name of applied) log(`migration ${name} applied`);
    return applied;
  } finally {
    await lock.end();
  }
}

/** Asked again and again: who waits in a statement is waited for by an index that is built CONCURRENTLY in the migration of the other, and neither would ever go on. */
async function inTurn(lock: Client): Promise<void> {
  for (;;) {
    const { rows: [row] } = await lock.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [ADVISORY_LOCK]);
    if (row?.got === true) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Under load a table is rarely free for long: a migration that did not get its lock in two seconds lets the others through, and comes again. */
const ATTEMPTS = 30;
const LOCK_NOT_AVAILABLE = '55P03';

async function patiently(attempt: () => Promise<void>, log: (line: string) => void): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      const { cause } = error as MigrationError;
      if (n === ATTEMPTS || !(cause instanceof Error && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE)) throw error;
      log(`a table is in use and was not waited for any longer; trying again (${n} of ${ATTEMPTS})`);
      await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_000));
    }
  }
}

/** The migrations that stand, oldest first. */
async function standing(client: Client): Promise<string[]> {
  if (!(await hasHistory(client))) return [];
  const { rows } = await client.query<{ migration_name: string }>('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL');
  return rows.map((row) => row.migration_name).sort();
}

async function hasHistory(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS there");
  return rows[0]?.there === true;
}

/** A migration runs as one transaction: when it fails nothing of it stands, so it is marked rolled back and may be tried again. */
async function apply(databaseUrl: string): Promise<void> {
  const migrationsList = readMigrations();
  await withEngine(databaseUrl, async (engine) => {
    try {
      return await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    } catch (error) {
      const { failedMigrationNames } = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NO_FILTER });
      for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
      throw error;
    }
  }).catch((error: unknown) => {
    throw new MigrationError(`A migration failed and nothing of it stands: ${firstLine(error)}`, { cause: error });
  });
}

async function connect(databaseUrl: string): Promise<Client> {
  let where = 'the address in DATABASE_URL';
  try {
    const url = new URL(databaseUrl);
    where = `${url.host}${url.pathname}`; // never the password
  } catch {
    throw new MigrationError('DATABASE_URL is not an address; it should look like postgres://user:password@host:5432/database.');
  }
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new MigrationError(`The database at ${where} cannot be reached (${firstLine(error)}): check that PostgreSQL runs and DATABASE_URL is right.`, { cause: error });
  }
}

/** A process killed in a migration leaves a row without an end, and the engine would only answer with a code. */
async function refuseUnfinished(client: Client): Promise<void> {
  if (!(await hasHistory(client))) return;
  const unfinished = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at');
  const name = unfinished.rows[0]?.migration_name;
  if (name === undefined) return;
  throw new MigrationError(`Migration ${name} was begun by a process that ended before it did. It runs as one transaction, so it stands wholly or not at all: look whether its`
    + ` tables are there, then set finished_at (they are) or rolled_back_at (they are not) to now() in its row of _prisma_migrations, and start again.`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
  return text.split('\n').find((line) => line.trim() !== '')?.trim() ?? 'no reason given';
}
