import type { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { SpanKind } from '@opentelemetry/api';
import { Pool, type PoolClient } from 'pg';
import type { KeyRing } from '../keys/key-ring';
import { inSpan } from '../tracing';
import { Prisma, PrismaClient } from './generated/client';
import { sealing } from './sealed';

/** A pool of connections under one database role. */
export type Database = PrismaClient;

/** A transaction. Repositories take this, never a Database, so that nothing is read or written outside a scope. */
export type Tx = Prisma.TransactionClient;

/** Who acts, as row-level security sees them (SPEC §1.2). An actor of the domain fits. */
export interface PersonScope {
  personId: string;
  role: string;
  hospital?: string | undefined;
  departments?: readonly string[] | undefined;
  insurer?: string | undefined;
  /** A session from a patient's link: of all that the role sees, this claim only. */
  onlyClaim?: string | undefined;
}

/** Services inside the API process: `starter` starts workflows from the outbox, `bank` takes the bank's callbacks, `link` the codes of patients' links. */
export interface ServiceScope {
  role: 'starter' | 'bank' | 'link';
}

export type Scope = PersonScope | ServiceScope;

/** Waiting for a free connection, so that who waits in vain is told within five seconds, and the longest a transaction may hold one. In milliseconds. */
const TRANSACTION_LIMITS = { maxWait: 4_000, timeout: 15_000 };
/** Of a transaction as a whole: statements would quote what they ask for. */
const TRANSACTION_SPAN = { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } };

/**
 * Opens a pool lazily: nothing is connected until the first query. Close it with `$disconnect()`.
 * @param url the address of one database role: `API_DATABASE_URL` or `WORKER_DATABASE_URL`
 * @param keys open and seal the sealed columns; without them these are as the database holds them
 * @param patienceMs how long the server may say nothing to somebody who waits; then the connection is given up as lost. Without it, for ever
 */
export function createDatabase(url: string, { connections = 10, keys, patienceMs = 0 }: { connections?: number; keys?: KeyRing; patienceMs?: number } = {}): Database {
  const adapter = new PrismaPg(poolOf(url, connections, patienceMs), { statementNameGenerator: statementNames(), disposeExternalPool: true });
  // Minimal: the longer formats quote the call with its arguments, and those may be names.
  const database = new PrismaClient({ errorFormat: 'minimal', adapter });
  // The same types: what is sealed is a text, as what it seals.
  return keys === undefined ? database : database.$extends(sealing(keys)) as unknown as Database;
}

/**
 * A pool that gives up a connection whose server says nothing: frozen, or gone without closing. The system itself would wait a quarter of an
 * hour, and who waits for the answer with it.
 */
function poolOf(url: string, max: number, patienceMs: number): Pool {
  const pool = new Pool({ connectionString: url, max, keepAlive: true, connectionTimeoutMillis: patienceMs });
  // Between the pool and the adapter nobody listens for a moment, and a connection that breaks then would end the process. Whoever uses it learns of it from their query.
  pool.on('connect', (client) => { client.on('error', () => undefined); });
  if (patienceMs === 0) return pool;
  const streamOf = (client: PoolClient): Socket => (client as unknown as { connection: { stream: Socket } }).connection.stream;
  pool.on('connect', (client) => {
    const stream = streamOf(client);
    stream.on('timeout', () => stream.destroy(Object.assign(new Error('the database says nothing'), { code: 'ETIMEDOUT' })));
  });
  // Only while somebody has it: a connection at rest has nothing to say.
  pool.on('acquire', (client) => { streamOf(client).setTimeout(patienceMs); });
  pool.on('release', (_error, client) => { streamOf(client).setTimeout(0); });
  return pool;
}

/** Statements that keep a plan on a connection; the texts of lists with filters are many, and the rarest go without. */
const MOST_KEPT = 500;

/** Names for what is asked often, so that PostgreSQL plans it once for a connection: with row-level security planning costs several times what a read does. */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    // The driver takes no name too; only the adapter's type forgets it.
    if (known !== undefined || names.size === MOST_KEPT) return known as string;
    const name = `q${names.size}`;
    names.set(sql, name);
    return name;
  };
}

/**
 * Runs `work` in one transaction that sees and changes only the rows of `scope`. With `askInScope` the one place that sets `app.scope`:
 * the setting is local to the transaction, so a pooled connection never carries it to the next person.
 */
export function inScope<T>(database: Database, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inSpan('database transaction', TRANSACTION_SPAN, () => database.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT ${setting(scope)}`;
    return work(tx);
  }, TRANSACTION_LIMITS));
}

/**
 * The one row that a question finds among those of `scope`, or null: one way to the database, where a transaction takes four and each costs the API as
 * much as what it asks (bench/RESULTS.md). A statement alone is a transaction too. PostgreSQL promises of CASE that what it guards is evaluated
 * afterwards: no policy judges a row before the scope is set. Values arrive as JSON has them, times as texts; sealed columns as the database holds them.
 */
export async function askInScope<Row>(database: Database, scope: Scope, question: Prisma.Sql): Promise<Row | null> {
  const [row] = await inSpan('database transaction', TRANSACTION_SPAN, () => database.$queryRaw<[{ found: Row | null }]>`
    SELECT CASE WHEN ${setting(scope)} <> '' THEN (SELECT to_json(asked) FROM (${question}) asked) END AS found`);
  return row.found;
}

const setting = (scope: Scope): Prisma.Sql => Prisma.sql`set_config('app.scope', ${JSON.stringify(settingOf(scope))}, true)`;

/** Runs `work` in one transaction of the worker's role, which acts for all claims. `database` must be opened with `WORKER_DATABASE_URL`. */
export function asWorker<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inSpan('database transaction', TRANSACTION_SPAN, () => database.$transaction(work, TRANSACTION_LIMITS));
}

/** Only what policies read: an actor may carry more, and it need not reach the server's log of settings. */
function settingOf(scope: Scope): Record<string, unknown> {
  if (!('personId' in scope)) return { role: scope.role };
  const { personId, role, hospital, departments, insurer, onlyClaim } = scope;
  return { personId, role, hospital, departments, insurer, onlyClaim };
}
