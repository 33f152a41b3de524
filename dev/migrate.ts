import { migrate } from '../src/platform/database/migrate';
import { readMigrationConfig } from '../src/platform/config';
import { sentenceFor } from './sentence';

/** `npm run migrate`: applies the migrations to the database of DATABASE_URL. */
async function main(): Promise<void> {
  const applied = await migrate({ databaseUrl: readMigrationConfig(process.env).databaseUrl, log: (line) => { console.log(line); } });
  if (applied.length === 0) console.log('the database is up to date');
}

main().then(
  // Prisma's engine leaves a timer behind that would hold the process for ten seconds.
  () => process.exit(0),
  (error: unknown) => {
    console.error(sentenceFor(error) ?? error);
    process.exit(1);
  },
);
