/**
 * `node build/src/platform/operations/rebuild-main.js`: every open claim whose process was lost, or has ended, is started from its recorded events at once, deadlines as they
 * were, and one that fell behind its record goes on from it: what two rounds of reconciliation do, without their pause. A worker must be up.
 */
import { ConfigurationError, readRebuildConfig } from '../config';
import { createDatabase } from '../database';
import { openKeyFile } from '../keys/key-ring';
import { createTemporalClient } from '../temporal';
import { compareClaims, compareProcesses, FROM_THE_START } from './compare';

async function main(): Promise<void> {
  const { databaseUrl, keyFile } = readRebuildConfig(process.env);
  const keys = openKeyFile(keyFile);
  const database = createDatabase(databaseUrl, { connections: 4, keys });
  const temporal = createTemporalClient(process.env, keys);
  const deps = { database, temporal, now: () => new Date() };
  try {
    // What is found lost now counts as found before: nobody has to look first.
    const { compared, raised, restarted } = await compareClaims(deps, new Date(Date.now() + 86_400_000).toISOString(), FROM_THE_START, ({ compared: so }) => { console.log(`${so} open claims looked at`); }, { everyProcess: true });
    const processes = await compareProcesses(deps, FROM_THE_START, () => undefined);
    console.log(`${compared} open claims: ${restarted} started from their events, ${raised} differences; ${processes.compared} running processes, ${processes.raised} differences.`);
  } finally {
    await temporal.connection.close();
    await database.$disconnect();
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof ConfigurationError ? error.message : `Rebuilding stopped: ${error instanceof Error ? error.name : 'unknown error'}. Run it again: what runs is left alone.`);
    process.exitCode = 1;
  });
}
