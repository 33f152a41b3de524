import { isNativeError } from 'node:util/types';
import { pino, type DestinationStream, type Logger } from 'pino';

/** Structured log of one process; one JSON object per line. */
export type Log = Logger;

/**
 * Names under which personal or clinical data travel (SPEC §3: never in logs). Nobody should log such an object;
 * this list is the net under that rule, one level deep because deeper wildcards cost time on every line.
 */
const PERSONAL = ['name', 'identityNumber', 'phone', 'birthDate', 'holder', 'account', 'personal', 'text', 'note', 'fileName'];
const SECRET = ['authorization', 'cookie', 'password', 'token', 'secret', 'databaseUrl'];
const REDACTED = [...PERSONAL, ...SECRET].flatMap((field) => [field, `*.${field}`])
  .concat('req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]');

/**
 * A process's log. `service` stands on each line (`api`, `worker`, …); `destination` is for tests.
 * Errors are written under `err`; see `describeError` for what of them is kept.
 */
export function createLog(service: string, level = 'info', destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface ErrorLine {
  type: string;
  code?: string;
  message?: string;
  stack?: string;
  cause?: ErrorLine;
}

/**
 * What a log may keep of an error. Database errors quote rows and query arguments in their text ("Key (phone)=(…) already exists"),
 * so of those only type, code and the place in our code stay.
 */
export function describeError(error: unknown): ErrorLine {
  // Some of Node's own errors are of another realm where modules are loaded anew, as in tests.
  if (!(error instanceof Error || isNativeError(error))) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const quotesRows = error.name.startsWith('PrismaClient') || error.name === 'DriverAdapterError' || 'severity' in error;
  const places = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')).join('\n');
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    ...(quotesRows ? {} : { message: error.message }),
    stack: places,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
