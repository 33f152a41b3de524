import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const TIME_HEADER = 'x-kuaipei-time';
export const SIGNATURE_HEADER = 'x-kuaipei-signature';

/** How far a call's time may lie from ours, before or after: long enough for clocks, short enough for a replayer. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;

/** The two headers of a signed call. */
export type SignatureHeaders = Record<typeof TIME_HEADER | typeof SIGNATURE_HEADER, string>;

/** What a check found; the rule says which part of an unsigned or wrongly signed call failed. */
export type SignatureVerdict =
  | { kind: 'valid' }
  | { kind: 'invalid'; rule: 'signature-missing' | 'time-malformed' | 'time-outside-window' | 'signature-wrong' };

function hmacOf(time: string, body: string | Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}

/** Signs a call between us and an outside party, either way: HMAC-SHA256 of `time.body`, hex. A call without a body signs the empty string. */
export function sign(body: string | Buffer, secret: string, now: Date): SignatureHeaders {
  const time = now.toISOString();
  return { [TIME_HEADER]: time, [SIGNATURE_HEADER]: hmacOf(time, body, secret).toString('hex') };
}

/**
 * Checks the signature of a call over the bytes as they arrived, in constant time.
 * A valid call can be replayed inside the window: what it does must be keyed (payment key, event id).
 */
export function verify(
  headers: IncomingHttpHeaders,
  rawBody: string | Buffer,
  secret: string,
  now: Date,
  windowMs: number = SIGNATURE_WINDOW_MS,
): SignatureVerdict {
  const time = headers[TIME_HEADER];
  const signature = headers[SIGNATURE_HEADER];
  if (typeof time !== 'string' || typeof signature !== 'string') return { kind: 'invalid', rule: 'signature-missing' };

  const sentAt = new Date(time);
  if (Number.isNaN(sentAt.getTime()) || sentAt.toISOString() !== time) return { kind: 'invalid', rule: 'time-malformed' };
  if (Math.abs(now.getTime() - sentAt.getTime()) > windowMs) return { kind: 'invalid', rule: 'time-outside-window' };

  const given = Buffer.from(/^[0-9a-f]{64}$/.test(signature) ? signature : '', 'hex');
  const expected = hmacOf(time, rawBody, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'invalid', rule: 'signature-wrong' };
  return { kind: 'valid' };
}
