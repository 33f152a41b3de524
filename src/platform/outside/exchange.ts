import { SpanKind } from '@opentelemetry/api';
import type { ZodType } from 'zod';
import { inSpan } from '../tracing';
import { Ambiguous, Malformed, Refused, type OutsideParty } from './errors';
import { sign } from './signature';

/** Where a party is, the secret we share with it, and how long we wait for a whole answer. */
export interface PartyConnection {
  url: string;
  secret: string;
  timeoutMs: number;
}

/** One signed call; `statuses` are those whose body is an answer in the shape of `answer`. */
export interface Call<T> {
  party: OutsideParty;
  operation: string;
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  statuses: readonly number[];
  answer: ZodType<T>;
}

/** No answer of any party is near this; a longer one is not read to its end. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** 4xx that speak of the moment, not of the call: request time-out, too early, too many requests. */
const NOT_NOW = [408, 425, 429];

/**
 * Makes one signed call and returns the parsed answer.
 * Throws {@link Ambiguous} when no answer came (or 5xx), {@link Refused} on other 4xx, {@link Malformed} when the answer breaks the protocol.
 * None of them carries text of the other party, of the body, or of a parser: those may hold personal data.
 */
export function exchange<T>(connection: PartyConnection, call: Call<T>): Promise<T> {
  // The party is told nothing of the trace: who follows which claim is not its business.
  return inSpan(`${call.party}: ${call.operation}`, { kind: SpanKind.CLIENT, attributes: { 'http.request.method': call.method } }, () => ask(connection, call));
}

async function ask<T>(connection: PartyConnection, call: Call<T>): Promise<T> {
  const { party, operation } = call;
  const body = call.body === undefined ? '' : JSON.stringify(call.body);
  let status: number;
  let text: string | null;
  try {
    const response = await fetch(connection.url.replace(/\/$/, '') + call.path, {
      method: call.method,
      headers: { 'content-type': 'application/json', ...sign(body, connection.secret, new Date()) },
      ...(call.method === 'POST' ? { body } : {}),
      // A party that moves us elsewhere would be handed a signed body; it has to be configured instead.
      redirect: 'manual',
      signal: AbortSignal.timeout(connection.timeoutMs),
    });
    status = response.status;
    text = await readBounded(response);
  } catch (error) {
    throw new Ambiguous(party, operation, reasonOf(error));
  }

  if (call.statuses.includes(status)) {
    if (text === null) throw new Malformed(party, operation, `longer than ${ANSWER_LIMIT_BYTES} bytes`);
    return parseAnswer(call, text);
  }
  if (status >= 500 || NOT_NOW.includes(status)) throw new Ambiguous(party, operation, `HTTP ${status}`);
  if (status >= 400) throw new Refused(party, operation, status);
  throw new Malformed(party, operation, `unexpected HTTP ${status}`);
}

function parseAnswer<T>(call: Call<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Malformed(call.party, call.operation, 'not JSON');
  }
  const parsed = call.answer.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Malformed(call.party, call.operation, `${issue?.path.join('.') || 'body'}: ${issue?.code ?? 'wrong shape'}`);
}

/** The body as text, or null when it is longer than any honest answer. */
async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_LIMIT_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` hides the reason one level down; only its code is taken, never its message. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'time-out';
  const code = cause?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'network error';
}
