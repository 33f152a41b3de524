/** `npm run backup -- SET`: takes a set of the running local stack into a new folder, while it works. Elsewhere: src/platform/backup/main.ts. */
import { join, resolve } from 'node:path';
import { backUp } from '../src/platform/backup/backup';
import { inWords } from '../src/platform/backup/main';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { postgresUrl } from './postgres';
import { sentenceFor } from './sentence';
import { readSettings } from './settings';
import { requireStack } from './stack';

async function main(set: string | undefined): Promise<void> {
  if (set === undefined) throw new Error('Say into which folder: npm run backup -- SET');
  const { environment } = requireStack();
  const { folder, ports } = readSettings(process.env);
  const from = {
    databaseUrl: postgresUrl('postgres', ports.postgres), store: { kind: 'folder' as const, folder: environment['STORE_DIR']! },
    temporalFile: join(folder, 'temporal', 'temporal.db'),
  };
  console.log(inWords(await backUp(from, resolve(set), openKeyFile(environment['KEY_FILE']!), (line) => { console.log(line); })));
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(sentenceFor(error) ?? (error instanceof Error ? error.message : error));
  process.exitCode = 1;
});
