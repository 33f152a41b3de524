import { createDatabase } from '../src/platform/database';
import { verifyAudit } from '../src/platform/audit/verify';
import { requireStack } from './stack';

/**
 * `npm run verify:audit`: judges the whole event log of WORKER_DATABASE_URL, or of the running local stack; ends with 1 and
 * names claim and version of the first broken link.
 */
async function main(): Promise<number> {
  const url = process.env.WORKER_DATABASE_URL ?? requireStack().workerDatabaseUrl;
  const database = createDatabase(url, { connections: 1 });
  try {
    const { claims, events, broken } = await verifyAudit(database);
    if (broken) {
      console.error(`BROKEN: claim ${broken.claimNo}, event ${broken.version} (${broken.field}). ${claims} claims before it are in order.`);
      return 1;
    }
    console.log(`In order: ${events} events of ${claims} claims.`);
    return 0;
  } finally {
    await database.$disconnect();
  }
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
