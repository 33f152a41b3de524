/**
 * A whole PostgreSQL cluster as it stood at one moment, while everybody goes on working: what pg_basebackup does, over the same replication
 * protocol, because the machine that takes the backup need not have PostgreSQL's programs.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type Connection, type Submittable } from 'pg';

/** The files a base backup leaves in its folder: the cluster, and PostgreSQL's own list of what is in it. */
export const BASE_TAR = 'base.tar';
const OWN_MANIFEST = 'backup_manifest';

/** `startLsn`..`endLsn`: the write-ahead log that makes it one moment, which is that of `endLsn`; it is in the backup. Times are PostgreSQL's. */
export interface BaseBackup { version: string; systemIdentifier: string; startedAt: string; endedAt: string; startLsn: string; endLsn: string }

/**
 * Takes it into `folder`, which is made. `url`: a role with REPLICATION; it can read everything and change nothing.
 * Throws when PostgreSQL refuses, the line breaks or the disk is full; what was written by then is worth nothing.
 */
export async function takeBaseBackup(url: string, folder: string): Promise<BaseBackup> {
  await mkdir(folder, { recursive: true });
  const address = new URL(url);
  address.searchParams.set('replication', 'database');
  const client = new Client({ connectionString: address.href, keepAlive: true });
  client.on('error', () => undefined); // what breaks the line also fails the query
  await client.connect();
  try {
    const now = async (): Promise<string> => (await client.query<{ at: Date }>('SELECT now() AS at')).rows[0]!.at.toISOString();
    const { rows: [system] } = await client.query<{ systemid: string }>('IDENTIFY_SYSTEM');
    const { rows: [server] } = await client.query<{ server_version: string }>('SHOW server_version');
    const startedAt = await now();
    const query = new BaseBackupQuery(folder);
    client.query(query);
    const { startLsn, endLsn } = await query.done;
    return { version: server!.server_version, systemIdentifier: system!.systemid, startedAt, endedAt: await now(), startLsn, endLsn };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The command, answered by rows (where it starts), a copy of archives (https://www.postgresql.org/docs/current/protocol-replication.html), rows (where it ends). */
class BaseBackupQuery implements Submittable {
  readonly done: Promise<{ startLsn: string; endLsn: string }>;
  private settle!: { resolve(found: { startLsn: string; endLsn: string }): void; reject(error: Error): void };
  private rows: string[][] = [];
  private connection!: Connection;
  private file: WriteStream | null = null;
  private readonly written: Array<Promise<unknown>> = [];
  private failure: Error | null = null;

  constructor(private readonly folder: string) {
    this.done = new Promise((resolve, reject) => { this.settle = { resolve, reject }; });
    this.done.catch(() => undefined);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    (connection as Connection & { query(text: string): void }).query(
      "BASE_BACKUP (LABEL 'kuaipei', CHECKPOINT 'fast', WAL true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')");
  }

  handleRowDescription(): void { /* the columns are those of the protocol */ }
  handleDataRow({ fields }: { fields: string[] }): void { this.rows.push(fields); }
  handleCommandComplete(): void { /* more may follow */ }

  /** One message of the copy: its first letter says what the rest is. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    if (kind === 'n') {
      const [name = '', location = ''] = chunk.toString('utf8', 1).split('\0');
      if (name !== BASE_TAR || location !== '') this.failure ??= new Error(`the cluster has a tablespace outside its folder (${name}): it is not backed up by this`);
      this.open(BASE_TAR);
    } else if (kind === 'm') this.open(OWN_MANIFEST);
    // The parser uses its buffer again.
    else if (kind === 'd' && this.file && !this.file.write(Buffer.from(chunk.subarray(1)))) this.waitForTheDisk(this.file);
  }

  handleError(error: Error): void {
    this.failure ??= error;
    this.finish();
  }

  handleReadyForQuery(): void { this.finish(); }

  private open(name: string): void {
    this.close();
    const file = createWriteStream(join(this.folder, name), { flags: 'wx', mode: 0o600, flush: true });
    file.on('error', (error) => { this.failure ??= error; this.connection.stream.destroy(error); });
    this.written.push(once(file, 'close'));
    this.file = file;
  }

  private waitForTheDisk(file: WriteStream): void {
    // What was read from the line already still arrives.
    if (this.connection.stream.isPaused()) return;
    this.connection.stream.pause();
    file.once('drain', () => { this.connection.stream.resume(); });
  }

  /** A file that was ended drains no more: the line goes on when it is closed. */
  private close(): void {
    this.file?.end(() => { this.connection.stream.resume(); });
  }

  private finish(): void {
    this.close();
    void Promise.allSettled(this.written).then(() => {
      const lsns = this.rows.flatMap((fields) => (/^[0-9A-F]+\/[0-9A-F]+$/.test(fields[0] ?? '') ? [fields[0]!] : []));
      const [startLsn, endLsn] = [lsns[0], lsns.at(-1)];
      if (this.failure) this.settle.reject(this.failure);
      else if (startLsn === undefined || endLsn === undefined || this.written.length !== 2) this.settle.reject(new Error('PostgreSQL ended the backup before it was whole'));
      else this.settle.resolve({ startLsn, endLsn });
    });
  }
}
