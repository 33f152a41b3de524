/**
 * `KEY_FILE=… npm run restore -- SET`: builds a set into the data folder of KUAIPEI_DATA, which must be empty or new, settles what the world
 * knows better by now, and proves the log. `npm start` then goes on from there, and reconciliation brings processes
 * and records together within two rounds; src/platform/operations/rebuild-main.ts does so at once.
 */
import { copyFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { verifyAudit } from '../src/platform/audit/verify';
import { inWords, refusalInWords, settledInWords } from '../src/platform/backup/main';
import { restoreSet } from '../src/platform/backup/restore';
import type { SetContents } from '../src/platform/backup/set';
import { settle } from '../src/platform/backup/settle';
import { createDatabase } from '../src/platform/database';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { freePort } from './ports';
import { postgresUrl, startPostgres } from './postgres';
import { sentenceFor } from './sentence';
import { readSettings } from './settings';

const say = (line: string): void => { console.log(line); };

async function main(set: string | undefined, keyFile: string | undefined): Promise<void> {
  if (set === undefined) throw new Error('Say from which folder: KEY_FILE=… npm run restore -- SET');
  if (keyFile === undefined || keyFile === '') throw new Error('KEY_FILE must name the file with the keys of the set: it is kept apart from every backup.');
  const { folder } = readSettings(process.env);
  const said = await restoreSet(resolve(set), folder, null, openKeyFile(keyFile), async (there, contents) => {
    await copyFile(keyFile, join(there, 'keys.json'));
    await prove(there, contents);
  });
  say(inWords(said));
  say(`It stands in ${folder}: start it with npm start. Reconciliation brings processes and records together within 20 minutes; how at once: docs/operations.md.`);
}

/** PostgreSQL once, with nobody else on it: settled, every chain walked, every document there. */
async function prove(there: string, { temporalCopiedAt }: SetContents): Promise<void> {
  const port = await freePort();
  const { child } = await startPostgres({ folder: join(there, 'postgres'), port, logFile: join(there, 'logs', 'restore.log') });
  const database = createDatabase(postgresUrl('kuaipei_worker', port), { connections: 1, keys: openKeyFile(join(there, 'keys.json')) });
  try {
    say(settledInWords(await settle(postgresUrl('postgres', port), temporalCopiedAt)));
    const { claims, events, broken } = await verifyAudit(database);
    if (broken) throw new Error(`the log of the set is broken: claim ${broken.claimNo}, event ${broken.version} (${broken.field}). Take an older set.`);
    say(`The log is in order: ${events} events of ${claims} claims.`);
    const kept = new Set(await readdir(join(there, 'documents', 'objects'), { recursive: true }));
    const rows = await database.$queryRaw<Array<{ id: string; key: string }>>`SELECT id::text, storage_key AS key FROM document WHERE status IN ('stored', 'attached')`;
    const missing = rows.filter(({ key }) => !kept.has(key));
    say(missing.length === 0 ? `All ${rows.length} documents are there.` : `NOT THERE: documents ${missing.map(({ id }) => id).join(', ')}`);
  } finally {
    await database.$disconnect();
    await child.stop();
  }
}

main(process.argv[2], process.env['KEY_FILE']).catch((error: unknown) => {
  console.error(refusalInWords(error) ?? sentenceFor(error) ?? (error instanceof Error ? error.message : error));
  process.exitCode = 1;
});
