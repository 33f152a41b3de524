/** The database of a one-file Temporal server (SQLite), copied while the server writes it. In production Temporal lives in PostgreSQL and comes with the base backup. */
import { copyFile, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 50;
const WAIT_MS = 100;
/** The header of a write-ahead log (https://www.sqlite.org/walformat.html): its salts change when the log begins anew. */
const LOG_HEADER = 32;

/**
 * Copies `from` with its write-ahead log to `to`. Pages that are carried from the log into the file while it is copied are all still in the
 * log, which is copied after it: so the two together are as sound as after a power cut, unless the log began anew meanwhile. Then the copy
 * is taken again. Throws when the database keeps no such log, or begins it anew again and again.
 */
export async function copySqlite(from: string, to: string): Promise<void> {
  if (!(await writesAhead(from))) throw new Error(`${from} is not an SQLite database with a write-ahead log: it cannot be copied while it is in use`);
  for (let n = 0; n < TRIES; n++) {
    const before = await headOf(`${from}-wal`, 0, LOG_HEADER);
    await copyFile(from, to);
    await copyFile(`${from}-wal`, `${to}-wal`).catch(unlessAbsent);
    if (before.equals(await headOf(`${from}-wal`, 0, LOG_HEADER))) return;
    await sleep(WAIT_MS);
  }
  throw new Error(`the write-ahead log of ${from} began anew during each of ${TRIES} copies: take the backup at a quieter time`);
}

/** Byte 18 of the file's header: 2 is write-ahead logging. */
const writesAhead = async (file: string): Promise<boolean> => (await headOf(file, 18, 1))[0] === 2;

async function headOf(file: string, offset: number, length: number): Promise<Buffer> {
  const opened = await open(file).catch(unlessAbsent);
  if (!opened) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await opened.close();
  }
}

function unlessAbsent(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
