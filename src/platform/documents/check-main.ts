/** Reads every stored document and compares it with what was recorded (docs/operations.md, "Checking the log"). Ends with 1 and names by their ids those that are missing or changed. */
import { ConfigurationError, readResealConfig } from '../config';
import { createDatabase } from '../database';
import { openKeyFile } from '../keys/key-ring';
import { checkContents } from './check';
import { createDocumentStore } from './create-store';

async function main(): Promise<number> {
  const { databaseUrl, keyFile, store } = readResealConfig(process.env);
  const database = createDatabase(databaseUrl, { connections: 1 });
  let wrong = 0;
  try {
    const genuine = await checkContents(database, createDocumentStore(store, openKeyFile(keyFile)).objects, ({ id, why }) => { wrong += 1; console.error(`document ${id}: ${why}`); });
    console.log(`${genuine} documents are what was recorded${wrong === 0 ? '' : `, ${wrong} are not`}.`);
    return wrong === 0 ? 0 : 1;
  } finally {
    await database.$disconnect();
  }
}

if (require.main === module) {
  main().then((code) => { process.exitCode = code; }, (error: unknown) => {
    console.error(error instanceof ConfigurationError ? error.message : `The documents could not all be read: ${error instanceof Error ? error.name : 'unknown error'}.`);
    process.exitCode = 1;
  });
}
