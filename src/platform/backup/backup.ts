/** Taking a set from a running system. The order is what makes its three parts agree (docs/decisions/0020-backup.md). */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { StoreConfig } from '../config';
import type { KeyRing } from '../keys/key-ring';
import { takeBaseBackup } from './base-backup';
import { copyDocuments } from './documents';
import { closeSet, type SetContents } from './set';
import { copySqlite } from './sqlite-copy';

/** Where each part of a set lies in it. */
export const PARTS = { postgres: 'postgres', temporal: join('temporal', 'temporal.db'), documents: 'documents' } as const;

export interface BackupFrom {
  /** A role with REPLICATION. */
  databaseUrl: string;
  store: StoreConfig;
  /** Database file of a one-file Temporal server; null where Temporal lives in the same PostgreSQL. */
  temporalFile: string | null;
}

/**
 * Takes a set into `folder`, which must be empty or new, while everybody works. Temporal first: a process may be behind its record, never
 * ahead of it, for the record is the truth. Documents last: what a record names is there. Throws, and leaves a folder that no restore takes.
 */
export async function backUp(from: BackupFrom, folder: string, keys: KeyRing, say: (line: string) => void): Promise<SetContents> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty: each backup has a folder of its own`);
  let temporalCopiedAt: string | null = null;
  if (from.temporalFile !== null) {
    await mkdir(join(folder, 'temporal'));
    temporalCopiedAt = await timeOf(from.databaseUrl);
    await copySqlite(from.temporalFile, join(folder, PARTS.temporal));
    say('Temporal copied');
  }
  const postgres = await takeBaseBackup(from.databaseUrl, join(folder, PARTS.postgres));
  say(`PostgreSQL copied as it stood at ${postgres.endedAt} (${postgres.endLsn})`);
  await copyDocuments(from.store, join(folder, PARTS.documents));
  say('documents copied');
  return closeSet(folder, keys, { postgres, temporalCopiedAt });
}

/** PostgreSQL's clock, by which everything in it is dated. */
async function timeOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: [row] } = await client.query<{ at: Date }>('SELECT now() AS at');
    return row!.at.toISOString();
  } finally {
    await client.end();
  }
}
