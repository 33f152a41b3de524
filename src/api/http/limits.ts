/**
 * How much one person or one address may ask of this process (docs/decisions/0019-limits.md). Nobody can use a limit against somebody else:
 * who is signed in counts for themselves alone, and failures count against the address they come from, never against whom they name.
 */
import { isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Identity } from '../auth';
import { fail, type Problem } from '../problems';

/** So many times in so many seconds, counted from the first. */
export interface Limit { times: number; seconds: number }

export interface Limits {
  /** Requests of a person who is signed in, whatever their address. */
  person: Limit;
  /** Requests of an address to what nobody must sign in for: the console's files, the OpenAPI document, patients' codes. */
  address: Limit;
  /** Requests of an address that no sign-in, signature or ticket stands behind (401). */
  failures: Limit;
  /** Codes of patients' links that opened nothing, from one address. */
  codes: Limit;
}

/** A console with live lists asks some ten times a second at most; a ward behind one address loads it a few hundred files at a time. */
export const LIMITS: Limits = {
  person: { times: 600, seconds: 10 },
  address: { times: 2_000, seconds: 10 },
  failures: { times: 60, seconds: 60 },
  codes: { times: 10, seconds: 60 },
};

export interface Limiters {
  /** Throws ProblemError (429). */
  person: (identity: Identity) => Promise<void>;
  /** Throws ProblemError (429). Not for what a token is asked for: a good one must be served whatever others of its address do. */
  address: RequestHandler;
  /** Counts a failure of the request's address: the problem itself, or 429 in its place once there were too many. */
  failed: (req: Request, problem: Problem) => Promise<Problem>;
  /** The same for a code that opened nothing. */
  wrongCode: (req: Request, problem: Problem) => Promise<Problem>;
}

/** Counters of this process: they begin anew with it, and several processes count each for itself. */
export function createLimiters(limits: Limits = LIMITS): Limiters {
  const person = counter(limits.person), address = counter(limits.address), failures = counter(limits.failures), codes = counter(limits.codes);
  return {
    person: async ({ personId }) => {
      const wait = await person(personId);
      if (wait !== null) fail(tooMany('too-many-requests', wait, { zh: '您的请求过于频繁', en: 'You ask too often' }));
    },
    address: async (req, _res, next) => {
      const wait = await address(addressOf(req));
      if (wait !== null) fail(tooMany('too-many-requests', wait, { zh: '您所在网络地址的请求过于频繁', en: 'Too many requests come from your address' }));
      next();
    },
    failed: async (req, problem) => {
      const wait = await failures(addressOf(req));
      return wait === null ? problem : tooMany('too-many-failures', wait, { zh: '您所在网络地址的无效登录过多', en: 'Too many requests without a valid sign-in come from your address' });
    },
    wrongCode: async (req, problem) => {
      const wait = await codes(addressOf(req));
      return wait === null ? problem : tooMany('too-many-codes', wait, { zh: '此链接无效，且您所在网络地址的尝试次数过多', en: 'This link is not valid, and too many others were tried from your address' });
    },
  };
}

/** Counts one more for a key; answers the seconds to wait when that was one too many. */
function counter({ times, seconds }: Limit): (key: string) => Promise<number | null> {
  const limiter = new RateLimiterMemory({ points: times, duration: seconds });
  return (key) => limiter.consume(key).then(() => null, (refused: unknown) => {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
  });
}

const tooMany = (code: string, wait: number, { zh, en }: { zh: string; en: string }): Problem => ({
  status: 429, code, retryAfter: wait, text: { zh: `${zh}：请 ${wait} 秒后再试。`, en: `${en}: try again in ${wait} s.` },
});

/** The address; of IPv6 its /64, which is one house or phone and holds more addresses than could be counted. */
export function addressOf(req: Pick<Request, 'ip'>): string {
  const address = (req.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const behind = tail === undefined ? [] : groups(tail);
  // A dotted end stands for two groups; it is never among the first four.
  const missing = tail === undefined ? 0 : 8 - groups(head).length - behind.length - (address.includes('.') ? 1 : 0);
  return [...groups(head), ...Array<string>(missing).fill('0'), ...behind].slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':');
}
