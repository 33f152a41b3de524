/**
 * Ports that fail (after FoundationDB's BUGGIFY): of what goes out by them one call in four fails before its effect, and one in four after it,
 * when only its answer is lost. Each failure looks as the port's own do when whoever is behind it cannot be reached.
 */
import { S3ServiceException } from '@aws-sdk/client-s3';
import type { Database, Tx } from '../../../src/platform/database';
import { Prisma } from '../../../src/platform/database/generated/client';
import type { DocumentStore } from '../../../src/platform/documents/store';
import { Ambiguous, Malformed, type OutsideParty } from '../../../src/platform/outside/errors';
import { dice } from '../../domain/claim/walk';
import { seedOf } from '../weather/seed';

export const seed = seedOf('ports');
const d = dice(seed);

/** How often a method was called while ports failed, and how often it failed before and after its effect. */
export interface Hits { called: number; before: number; after: number }
const hits = new Map<string, Hits>();
let failing: RegExp | null = null;

/** From now on the ports of such names fail, and the others do not; null: none does. */
export function fail(which: RegExp | null): void { failing = which; }
const fails = (method: string): boolean => failing?.test(method) === true;
export const tally = (): Record<string, Hits> => Object.fromEntries([...hits].sort(([a], [b]) => (a < b ? -1 : 1)));
/** Those of these methods that have not failed so often yet. */
export const spared = (methods: readonly string[], times: number): string[] => methods.filter((method) => { const { before, after } = of(method); return before + after < times; });

function of(method: string): Hits {
  const known = hits.get(method) ?? { called: 0, before: 0, after: 0 };
  hits.set(method, known);
  return known;
}

type Fate = 'before' | 'after' | null;
function fate(method: string): Fate {
  const drawn = fails(method) ? d.next() : 1;
  return drawn < 0.25 ? 'before' : drawn < 0.5 ? 'after' : null;
}

function thrown(method: string, when: 'before' | 'after', error: unknown): never {
  of(method)[when] += 1;
  throw error;
}

/** One call by a port. What came back and is not given on is let go. */
async function called<T>(method: string, error: (when: 'before' | 'after') => unknown, call: () => Promise<T>): Promise<T> {
  const drawn = fate(method);
  if (fails(method)) of(method).called += 1;
  if (drawn === 'before') thrown(method, drawn, error(drawn));
  const answer = await call();
  if (drawn !== 'after') return answer;
  if (typeof answer === 'object' && answer !== null && 'destroy' in answer) (answer.destroy as () => void)();
  return thrown(method, drawn, error(drawn));
}

type Method = (...args: unknown[]) => Promise<unknown>;
/** The same port, of which these methods fail. Methods are called on the port itself, which may have secrets. */
function port<P extends object>(name: string, real: P, methods: ReadonlyArray<keyof P & string>, error: (when: 'before' | 'after') => unknown, more: Partial<P> = {}): P {
  return new Proxy(real, {
    get(target, key) {
      if (key in more) return more[key as keyof P];
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!methods.some((one) => one === key)) return value.bind(target) as unknown;
      return (...args: unknown[]) => called(`${name}: ${String(key)}`, error, () => (value as Method).apply(target, args));
    },
  });
}

const lost = (code: string, words: string, more: object = {}): Error => Object.assign(new Error(words), { code, ...more });

/** How Prisma and the driver say that PostgreSQL is away. */
const DATABASE_AWAY: ReadonlyArray<() => Error> = [
  () => new Prisma.PrismaClientKnownRequestError('Server has closed the connection.', { code: 'P1017', clientVersion: Prisma.prismaVersion.client }),
  () => new Prisma.PrismaClientKnownRequestError('Raw query failed.', { code: 'P2010', clientVersion: Prisma.prismaVersion.client, meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } }),
  () => new Error('Connection terminated unexpectedly'),
  () => lost('ECONNRESET', 'read ECONNRESET'),
];
const databaseAway = (): Error => d.one(DATABASE_AWAY)();

/** Most transactions have fewer statements; one that has ended before its turn fails at its commit. */
const STATEMENTS = 3;

/**
 * A database of which transactions fail as a whole: if each statement drew, one of many would never get through. Before its effect, which is its
 * commit, it fails when it begins, at one of its statements (that was done or was not), or when it commits; after its effect it has committed and
 * nobody hears of it. What is asked outside of transactions draws for itself.
 */
export function faultyDatabase(name: string, real: Database): Database {
  const [begin, statement, commit, alone] = [`${name}: begin`, `${name}: statement`, `${name}: commit`, `${name}: outside of transactions`];

  async function transaction<T>(work: (tx: Tx) => Promise<T>, options: object): Promise<T> {
    const drawn = fate(name);
    const at = drawn === 'before' ? d.one([begin, begin, statement, statement, commit]) : null;
    if (fails(name)) for (const method of [begin, commit]) of(method).called += 1;
    if (at === begin) thrown(begin, 'before', d.happens(0.5) ? lost('P2028', 'Unable to start a transaction in the given time.') : databaseAway());
    const [turn, done] = [at === statement ? d.upTo(STATEMENTS) : -1, d.happens(0.5)];
    let broken: Error | null = null;
    let n = 0;
    /** A connection that is lost stays lost: whatever comes after fails, too. */
    const ask: Ask = async (query) => {
      if (broken) throw broken;
      if (fails(name)) of(statement).called += 1;
      if (n++ !== turn) return query();
      if (done) await query();
      broken = databaseAway();
      return thrown(statement, done ? 'after' : 'before', broken);
    };
    const result = await real.$transaction(async (tx) => {
      const worked = await work(asking(tx, ask));
      if (broken) throw broken;
      if (at !== null) thrown(commit, 'before', databaseAway());
      return worked;
    }, options);
    return drawn === 'after' ? thrown(commit, 'after', databaseAway()) : result;
  }

  return asking(real, (query) => called(alone, databaseAway, query), { $transaction: transaction as unknown as Database['$transaction'] });
}

type Ask = <T>(query: () => Promise<T>) => Promise<T>;
/** What Prisma offers of statements, each asked through `ask`. */
function asking<C extends object>(client: C, ask: Ask, more: Partial<C> = {}): C {
  const through = <T extends object>(target: T, isStatement: (key: string) => boolean, inner: (value: unknown) => unknown): T => new Proxy(target, {
    get(_, key) {
      if (key in more) return more[key as keyof C];
      const value: unknown = Reflect.get(target, key);
      if (typeof value === 'function') return (...args: unknown[]): unknown => (typeof key === 'string' && isStatement(key) ? ask(async () => (value as Method).apply(target, args)) : (value as Method).apply(target, args));
      return inner(value);
    },
  });
  const model = (value: unknown): unknown => (typeof value === 'object' && value !== null ? through(value, () => true, (one) => one) : value);
  return through(client, (key) => /^\$(query|execute)Raw/.test(key), model);
}

/** How the AWS SDK says that the store cannot be reached, or does not want to now. */
const STORE_AWAY: ReadonlyArray<() => Error> = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'].map((code) => () => lost(code, `${code} of the store`, { $metadata: { attempts: 3 } })),
  ...[['SlowDown', 503], ['InternalError', 500]].map(([name, status]) => () => new S3ServiceException({ name: String(name), message: 'of the store', $fault: 'server', $metadata: { httpStatusCode: Number(status) } })),
];
const storeAway = (): Error => d.one(STORE_AWAY)();

export function faultyStore({ objects, staging }: DocumentStore): DocumentStore {
  const dataStore = port('store: uploads', staging.dataStore, ['create', 'getUpload', 'write', 'remove'], storeAway);
  return {
    objects: port('store: objects', objects, ['put', 'stat', 'openRange', 'remove'], storeAway),
    staging: port('store: staging', staging, ['open', 'keep', 'end', 'finish', 'freeBytes', 'sweep'], storeAway, { dataStore }),
  };
}

/** Another house that cannot be reached, answers too late, or breaks off in its answer. */
export function faultyParty<P extends object>(party: OutsideParty, client: P): P {
  const methods = Object.keys(client) as Array<keyof P & string>;
  return port(party, client, methods, (when) => (when === 'before' ? new Ambiguous(party, 'call', 'ECONNREFUSED') : d.happens(0.5) ? new Ambiguous(party, 'call', 'time-out') : new Malformed(party, 'call', 'not JSON')));
}
