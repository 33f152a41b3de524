import { ConfigurationError, readMigrationConfig } from '../config';
import { createLog } from '../log';
import { migrate, MigrationError } from './migrate';

/**
 * The migrations as a process of its own: applies what is missing to the database of DATABASE_URL, then ends with 0. A deployment
 * runs it before the API and the worker; several at once queue behind each other.
 */
async function main(): Promise<void> {
  const { databaseUrl, logLevel } = readMigrationConfig(process.env);
  const log = createLog('migrations', logLevel);
  const applied = await migrate({ databaseUrl, log: (line) => { log.info(line); } });
  log.info({ applied: applied.length }, applied.length === 0 ? 'migrations: the database is up to date' : 'migrations: done');
}

main().then(
  // Prisma's engine leaves a timer behind that would hold the process for ten seconds.
  () => process.exit(0),
  (error: unknown) => {
    const known = error instanceof ConfigurationError || error instanceof MigrationError;
    process.stderr.write(`${known ? error.message : `Migrating failed: ${error instanceof Error ? error.message : 'unknown error'}`}\n`);
    process.exit(1);
  },
);
