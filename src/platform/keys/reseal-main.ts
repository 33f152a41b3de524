/** `npm run reseal`: seals anew under the key that seals now, as the worker, while everything runs (docs/operations.md, "Keys"). Prints counts and ids, never a value. */
import { ConfigurationError, readResealConfig } from '../config';
import { createDatabase } from '../database';
import { createDocumentStore } from '../documents/create-store';
import { resealContents } from '../documents/reseal';
import { openKeyFile } from './key-ring';
import { countByKey, reseal } from './reseal';

/** Longer than a process goes on with the ring it has read (10 s) and a transaction may take (15 s): what was still sealed as before is found by a second walk. */
const EVERYBODY_KNOWS_MS = 30_000;

async function main(): Promise<number> {
  const { databaseUrl, keyFile, store } = readResealConfig(process.env);
  const keys = openKeyFile(keyFile);
  const database = createDatabase(databaseUrl, { connections: 1 });
  const { objects } = createDocumentStore(store, keys);
  const say = (line: string): void => { console.log(line); };
  try {
    await reseal(database, keys, say);
    await resealContents({ database, objects, keys, say });
    say(`waiting ${EVERYBODY_KNOWS_MS / 1000} s for who does not yet seal with ${keys.current('columns').id}`);
    await new Promise((resolve) => setTimeout(resolve, EVERYBODY_KNOWS_MS));
    const { unreadable } = await reseal(database, keys, say);
    const contents = await resealContents({ database, objects, keys, say });
    const counts = await countByKey(database);
    for (const [id, total] of Object.entries(counts)) say(`${id}: ${total} values`);
    if (unreadable > 0) say(`${unreadable} rows hold what no key of the ring opens: they were left as they are`);
    if (contents.unreadable > 0) say(`${contents.unreadable} documents were left as they are`);
    const current = keys.current('columns').id;
    return contents.unreadable === 0 && Object.keys(counts).every((id) => id === current) ? 0 : 1;
  } finally {
    await database.$disconnect();
  }
}

if (require.main === module) {
  main().then((code) => { process.exitCode = code; }, (error: unknown) => {
    console.error(error instanceof ConfigurationError ? error.message : `Sealing anew stopped: ${error instanceof Error ? error.name : 'unknown error'}. What was done stays done; run it again.`);
    process.exitCode = 1;
  });
}
