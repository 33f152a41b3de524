import { createHash, createHmac } from 'node:crypto';
import { eventText, hashOfPersonal, judgeChain, type Hashes } from './judge';

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
export function personalHash(part: PersonalPart): string {
  return hashOfPersonal(NODE_HASHES, part);
}

/**
 * The hash of an event after its predecessor's: sha-256, hex (SPEC §3: append-only, hash-chained).
 * An instant counts, not its spelling: `12:00+08:00` comes back from the database as `04:00:00.000Z`.
 * @throws RangeError when a time is not one
 */
export function eventHash(prevHash: string, event: EventToHash): string {
  return sha256(eventText(prevHash, event));
}

/**
 * Judges the events of one claim in their order. A scrubbed personal part is in order; a changed one is not.
 * A cut tail leaves a chain that holds: compare its length with the claim's version (verify.ts does).
 */
export function verifyChain(events: readonly RecordedEvent[]): ChainVerdict {
  return judgeChain(NODE_HASHES, events);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Node's own hash functions, for whatever the platform judges. */
export const NODE_HASHES: Hashes = { sha256, hmac: (key, text) => createHmac('sha256', key).update(text).digest('hex') };
