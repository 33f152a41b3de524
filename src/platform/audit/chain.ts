import { createHash, createHmac } from 'node:crypto';
import { canonicalJson } from './canonical';

/** The personal part of an event. Scrubbing removes it with its salt; the hash that stays cannot be guessed back. */
export interface PersonalPart {
  salt: string;
  content: unknown;
}

/** What the hash of an event covers: all of it. Times are ISO strings, no finer than the milliseconds that the database keeps. */
export interface EventToHash {
  claimNo: string;
  version: number;
  type: string;
  at: string;
  saidAt: string | null;
  receivedAt: string;
  actId: string;
  actHash: string;
  actor: unknown;
  data: unknown;
  personalHash: string | null;
  hospital: string;
  department: string;
  insurer: string;
}

/** A recorded event, and its personal part unless it has none or it was scrubbed. */
export interface RecordedEvent extends EventToHash {
  prevHash: string;
  hash: string;
  personal: PersonalPart | null;
}

/** The chain holds, or the first event that does not fit and what of it: nothing before it was touched. */
export type ChainVerdict = { ok: true } | { ok: false; version: number; field: 'claimNo' | 'version' | 'prevHash' | 'hash' | 'personal' };

/** What the first event of a claim follows: sha-256 of the claim number, hex. */
export function firstPrevHash(claimNo: string): string {
  return sha256(claimNo);
}

/** Stands in the event for its personal part: HMAC-SHA-256 under the part's own salt, hex. */
export function personalHash({ salt, content }: PersonalPart): string {
  return createHmac('sha256', salt).update(canonicalJson(content)).digest('hex');
}

/**
 * The hash of an event after its predecessor's: sha-256, hex (SPEC §3: append-only, hash-chained).
 * An instant counts, not its spelling: `12:00+08:00` comes back from the database as `04:00:00.000Z`.
 * @throws RangeError when a time is not one
 */
export function eventHash(prevHash: string, event: EventToHash): string {
  const { claimNo, version, type, at, saidAt, receivedAt, actId, actHash, actor, data, personalHash: personal, hospital, department, insurer } = event;
  return sha256(canonicalJson({
    prevHash, claimNo, version, type, at: instant(at), saidAt: saidAt === null ? null : instant(saidAt), receivedAt: instant(receivedAt), actId, actHash,
    actor, data, personalHash: personal, hospital, department, insurer,
  }));
}

/**
 * Judges the events of one claim in their order. A scrubbed personal part is in order; a changed one is not.
 * A cut tail leaves a chain that holds: compare its length with the claim's version (verify.ts does).
 */
export function verifyChain(events: readonly RecordedEvent[]): ChainVerdict {
  const claimNo = events[0]?.claimNo;
  if (claimNo === undefined) return { ok: true };
  let prevHash = firstPrevHash(claimNo);
  for (const [index, event] of events.entries()) {
    const field = faultOf(event, { claimNo, version: index + 1, prevHash });
    if (field) return { ok: false, version: index + 1, field };
    prevHash = event.hash;
  }
  return { ok: true };
}

function faultOf(event: RecordedEvent, expected: { claimNo: string; version: number; prevHash: string }) {
  if (event.claimNo !== expected.claimNo) return 'claimNo';
  if (event.version !== expected.version) return 'version';
  if (event.prevHash !== expected.prevHash) return 'prevHash';
  if (event.hash !== eventHash(event.prevHash, event)) return 'hash';
  if (event.personal && event.personalHash !== personalHash(event.personal)) return 'personal';
  return null;
}

function instant(time: string): string {
  return new Date(time).toISOString();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
