/**
 * Backing up and restoring where no local stack is (docs/operations.md, "Backup and restore"): `backup SET`, `unpack SET FOLDER`, `settle SET`.
 * Configuration: environment only. Prints ids, counts and times.
 */
import { ConfigurationError, readBackupConfig, type BackupConfig } from '../config';
import { KeyMissing, openKeyFile } from '../keys/key-ring';
import { backUp } from './backup';
import { restoreSet } from './restore';
import { NotWhole, openSet, type SetContents } from './set';
import { settle, type Settled } from './settle';

const USAGE = 'backup SET | unpack SET FOLDER | settle SET';
const say = (line: string): void => { console.log(line); };

async function main([what, set, folder]: string[]): Promise<void> {
  if (set === undefined || (what === 'unpack') !== (folder !== undefined)) throw new ConfigurationError(USAGE);
  const config: BackupConfig = readBackupConfig(process.env);
  const keys = openKeyFile(config.keyFile);
  if (what === 'backup') say(inWords(await backUp(config, set, keys, say)));
  else if (what === 'unpack') say(inWords(await restoreSet(set, folder!, config.store.kind === 's3' ? config.store : null, keys, async () => undefined)));
  else if (what === 'settle') say(settledInWords(await settle(config.databaseUrl, (await openSet(set, keys)).temporalCopiedAt)));
  else throw new ConfigurationError(USAGE);
}

/** A set in one line. */
export const inWords = ({ postgres, documents, keyIds, files }: SetContents): string =>
  `A whole set: PostgreSQL ${postgres.version} as it stood at ${postgres.endedAt}, ${documents.files} documents (${documents.bytes} bytes), ${Object.keys(files).length} files in all. `
  + `It needs the keys ${keyIds.join(', ')} of the key file, which is not in it.`;

/** What was settled, for whoever goes on from here. */
export const settledInWords = ({ lastEventAt, toldAgain, lostActs }: Settled): string => [
  `The last event that stands is of ${lastEventAt ?? 'never'}: what was answered later is lost.`,
  `${toldAgain} facts are handed to their processes again.`,
  `${lostActs.length} acts that waited for a worker are lost${lostActs.map(({ claimNo, id, command }) => `\n  ${claimNo} ${command} ${id}`).join('')}`,
  "No payment goes out for a claim that stands now until somebody has compared with the bank's statement since then (docs/operations.md).",
].join('\n');

/** Why it did not go on, for people; null for a fault of ours. */
export const refusalInWords = (error: unknown): string | null =>
  (error instanceof NotWhole || error instanceof KeyMissing || error instanceof ConfigurationError ? error.message : null);

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(refusalInWords(error) ?? (error instanceof Error ? error.message : 'unknown error'));
    process.exitCode = 1;
  });
}
