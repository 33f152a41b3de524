import { createDatabase } from '../src/platform/database';
import { verifyAudit } from '../src/platform/audit/verify';
import { verifyLedger, type BrokenHead, type BrokenLine, type Told } from '../src/platform/audit/verify-ledger';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { requireStack } from './stack';

/**
 * `npm run verify:audit`: judges the whole event log of WORKER_DATABASE_URL, or of the running local stack, and its signed ledger; ends
 * with 1 and names the first thing that is wrong. `npm run verify:audit -- 412:<hash>` also compares line 412 with what an outsider was
 * told of it. KEY_FILE opens personal parts that are sealed, and is believed before the public keys of the database.
 */
async function main(): Promise<number> {
  const { url, keyFile } = process.env.WORKER_DATABASE_URL === undefined ? ofStack() : { url: process.env.WORKER_DATABASE_URL, keyFile: process.env.KEY_FILE };
  const told = process.argv.slice(2).map(toldBy);
  const keys = keyFile ? openKeyFile(keyFile) : null;
  const database = createDatabase(url, { connections: 1, ...(keys === null ? {} : { keys }) });
  try {
    const { claims, events, broken } = await verifyAudit(database);
    const ledger = await verifyLedger(database, keys, told);
    if (broken) console.error(`BROKEN: claim ${broken.claimNo}, event ${broken.version} (${broken.field}). ${claims} claims before it are in order.`);
    if (ledger.broken) console.error(`BROKEN: ${inWords(ledger.broken)} ${ledger.lines} lines of the ledger were in order.`);
    if (broken || ledger.broken) return 1;
    console.log(`In order: ${events} events of ${claims} claims; ${ledger.lines} lines of the ledger${ledger.lastAt === null ? '' : `, the last of ${ledger.lastAt}`}.`);
    return 0;
  } finally {
    await database.$disconnect();
  }
}

function ofStack(): { url: string; keyFile: string | undefined } {
  const { workerDatabaseUrl, environment } = requireStack();
  return { url: workerDatabaseUrl, keyFile: environment['KEY_FILE'] };
}

function toldBy(argument: string): Told {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(argument) ?? [];
  if (seq === undefined || hash === undefined) throw new Error('Give a line as an outsider was told it: <number>:<hash>.');
  return { seq: Number(seq), hash };
}

function inWords(broken: BrokenLine | BrokenHead): string {
  if (!('claimNo' in broken)) return `ledger line ${broken.seq} (${broken.field}).`;
  const what = { removed: 'the claim was removed', tail: 'the event was cut off', rewritten: 'the event was written anew' }[broken.field];
  return `claim ${broken.claimNo}, event ${broken.version}: ${what} after ledger line ${broken.seq} was signed.`;
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
