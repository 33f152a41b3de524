/** Prisma: cannot reach, timed out reaching, no TLS (a certificate that has expired), connection closed, no connection free, transaction could not start; and the sockets' own. */
const CODES = ['P1001', 'P1002', 'P1011', 'P1017', 'P2024', 'P2028', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];
/** PostgreSQL's own states: connection lost, too many connections, shutting down, crashed, starting up. */
const STATES = /^(08...|53300|57P0[123])$/;
/** The same of a statement in SQL, which Prisma calls P2010 whatever it failed of, by the driver's kind. */
const KINDS = ['DatabaseNotReachable', 'TlsConnectionError', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'];
/** What the driver says in words only: the connection broke under a transaction, or none was to be had in time. */
const WORDS = ['Connection terminated', 'Client has encountered a connection error', 'timeout exceeded when trying to connect', 'timeout expired'];

interface Failed { code?: unknown; message?: unknown; cause?: unknown; meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } } }

/** Does this failure mean that PostgreSQL cannot be reached at the moment, so that trying again later makes sense? */
export function isDatabaseAway(error: unknown): boolean {
  return anyCause(error, ({ code, message, state, kind }) => [code, state].some((one) => typeof one === 'string' && (CODES.includes(one) || STATES.test(one))) || KINDS.some((one) => one === kind)
    || (typeof message === 'string' && WORDS.some((words) => message.startsWith(words))));
}

/** PostgreSQL's state for a disk without room. */
const DISK_FULL = '53100';

/** Does it mean that PostgreSQL has no room to write, while it can still be read? */
export const isDatabaseFull = (error: unknown): boolean => anyCause(error, ({ code, state }) => code === DISK_FULL || state === DISK_FULL);

function anyCause(error: unknown, holds: (one: { code: unknown; message: unknown; state: unknown; kind: unknown }) => boolean): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, cause, meta } = error as Failed;
  const { originalCode: state, kind } = meta?.driverAdapterError?.cause ?? {};
  return holds({ code, message, state, kind }) || anyCause(cause, holds);
}
