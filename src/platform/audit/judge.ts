/** What a chain of events must be, with no hash function of its own: the platform judges it with Node's, a verifier in a browser with its own. */
import { canonicalJson } from './canonical';
import type { ChainVerdict, EventToHash, PersonalPart, RecordedEvent } from './chain';

/** SHA-256 and HMAC-SHA-256 of texts as UTF-8, lower-case hex. */
export interface Hashes {
  sha256(text: string): string;
  hmac(key: string, text: string): string;
}

/** The text whose SHA-256 is the hash of an event after its predecessor's. Throws RangeError when a time is not one. */
export function eventText(prevHash: string, event: EventToHash): string {
  const { claimNo, version, type, at, saidAt, receivedAt, actId, actHash, actor, data, personalHash: personal, hospital, department, insurer } = event;
  return canonicalJson({
    prevHash, claimNo, version, type, at: instant(at), saidAt: saidAt === null ? null : instant(saidAt), receivedAt: instant(receivedAt), actId, actHash,
    actor, data, personalHash: personal, hospital, department, insurer,
  });
}

/** HMAC of a personal part under its own salt: what stands in the event for it. */
export const hashOfPersonal = ({ hmac }: Hashes, { salt, content }: PersonalPart): string => hmac(salt, canonicalJson(content));

/** Judges the events of one claim in their order; see verifyChain. */
export function judgeChain(hashes: Hashes, events: readonly RecordedEvent[]): ChainVerdict {
  const claimNo = events[0]?.claimNo;
  if (claimNo === undefined) return { ok: true };
  let prevHash = hashes.sha256(claimNo);
  for (const [index, event] of events.entries()) {
    const field = faultOf(hashes, event, { claimNo, version: index + 1, prevHash });
    if (field) return { ok: false, version: index + 1, field };
    prevHash = event.hash;
  }
  return { ok: true };
}

function faultOf(hashes: Hashes, event: RecordedEvent, expected: { claimNo: string; version: number; prevHash: string }) {
  if (event.claimNo !== expected.claimNo) return 'claimNo';
  if (event.version !== expected.version) return 'version';
  if (event.prevHash !== expected.prevHash) return 'prevHash';
  if (event.hash !== hashes.sha256(eventText(event.prevHash, event))) return 'hash';
  if (event.personal && event.personalHash !== hashOfPersonal(hashes, event.personal)) return 'personal';
  return null;
}

function instant(time: string): string {
  return new Date(time).toISOString();
}
