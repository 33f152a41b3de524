import { partOf } from '../../domain/retention';
import type { Database } from '../database';
import { NotGenuine } from '../keys/seal';
import { type ChainVerdict, type PersonalPart, type RecordedEvent, verifyChain } from './chain';

/**
 * The first place where the log was tampered with; `tail` when events are missing at its end, or there are more than the claim knows; `scrubbed` when a
 * personal part is gone that no event rules to be erased; `document` when the index of documents is not what that event recorded (version 0: no event did).
 */
export interface BrokenLink {
  claimNo: string;
  version: number;
  field: Extract<ChainVerdict, { ok: false }>['field'] | 'tail' | 'scrubbed' | 'document';
}

export interface AuditReport {
  claims: number;
  events: number;
  broken: BrokenLink | null;
}

/** Claims read at a time: some thousands of events in memory. */
const PAGE = 30;

/** Walks every claim in the order of numbers and stops at the first broken link. `database` is the worker's, opened with keys: it sees all. Throws KeyMissing. */
export async function verifyAudit(database: Database): Promise<AuditReport> {
  let claims = 0;
  let events = 0;
  let reading = readPage(database, '');
  for (;;) {
    const page = await reading;
    const last = page.at(-1);
    // The next page is read while this one is judged; where that ends early, nobody asks for it any more.
    if (last) (reading = readPage(database, last.claimNo)).catch(() => undefined);
    for (const claim of page) {
      const broken = brokenLinkOf(claim);
      if (broken) return { claims, events, broken };
      claims += 1;
      events += claim.events.length;
    }
    if (!last) return { claims, events, broken: await orphan(database) ?? await wrongDocument(database) };
  }
}

interface ClaimWithEvents { claimNo: string; version: number; events: RecordedEvent[] }

/** Claims and events of one moment: without the snapshot an event recorded in between would look like a broken tail. */
function readPage(database: Database, after: string): Promise<ClaimWithEvents[]> {
  return database.$transaction(async (tx) => {
    // Each claim's events as one text: a row for each, made by Prisma, takes longer than hashing it.
    const rows = await tx.$queryRaw<{ claimNo: string; version: number; events: string | null }[]>`
      SELECT c.claim_no AS "claimNo", c.version, (
        SELECT json_agg(json_build_object('claimNo', e.claim_no, 'version', e.version, 'type', e.type, 'at', e.at, 'saidAt', e.said_at, 'receivedAt', e.received_at, 'actId', e.act_id, 'actHash', e.act_hash,
          'actor', e.actor, 'data', e.data, 'personalHash', e.personal_hash, 'hospital', e.hospital, 'department', e.department, 'insurer', e.insurer, 'prevHash', e.prev_hash, 'hash', e.hash) ORDER BY e.version)::text
        FROM claim_event e WHERE (e.claim_no, e.hospital, e.department, e.insurer) = (c.claim_no, c.hospital, c.department, c.insurer)) AS events
      FROM claim c WHERE c.claim_no > ${after} ORDER BY c.claim_no LIMIT ${PAGE}`;
    const parts = await tx.claimEventPersonal.findMany({ where: { claimNo: { gt: after, lte: rows.at(-1)?.claimNo ?? after } } });
    const personal = new Map(parts.map((part) => [`${part.claimNo}/${part.version}`, part]));
    return rows.map(({ claimNo, version, events }) => ({
      claimNo, version,
      events: (JSON.parse(events ?? '[]') as Omit<RecordedEvent, 'personal'>[]).map((event) => ({ ...event, personal: opened(personal.get(`${event.claimNo}/${event.version}`)) })),
    }));
  }, { isolationLevel: 'RepeatableRead', timeout: 60_000 });
}

/** Events whose claim was removed: the walk over claims never meets them. */
async function orphan(database: Database): Promise<BrokenLink | null> {
  const [row] = await database.$queryRaw<{ claimNo: string; version: number }[]>`
    SELECT claim_no AS "claimNo", version FROM claim_event e WHERE NOT EXISTS (SELECT FROM claim WHERE claim.claim_no = e.claim_no)
    ORDER BY claim_no, version LIMIT 1`;
  return row ? { ...row, field: 'claimNo' } : null;
}

/** The documents that events attached, against the index by which their contents are found. */
async function wrongDocument(database: Database): Promise<BrokenLink | null> {
  const [row] = await database.$queryRaw<{ claimNo: string; version: number }[]>`
    SELECT coalesce(e.claim_no, d.claim_no) AS "claimNo", coalesce(e.version, 0) AS version
    FROM (SELECT * FROM claim_event WHERE type = 'document-attached') e
    FULL JOIN (SELECT * FROM document WHERE status = 'attached' OR (status = 'erased' AND attached_at IS NOT NULL)) d ON d.id::text = e.data ->> 'documentId'
    WHERE (e.claim_no, e.hospital, e.department, e.insurer, e.data ->> 'kind', e.data ->> 'sha256', e.data ->> 'bytes', e.data ->> 'mediaType', e.data ->> 'supersedes')
      IS DISTINCT FROM (d.claim_no, d.hospital, d.department, d.insurer, d.kind, d.sha256, d.bytes::text, d.media_type, d.supersedes::text)
    ORDER BY 1, 2 LIMIT 1`;
  return row ? { ...row, field: 'document' } : null;
}

function brokenLinkOf({ claimNo, version, events }: ClaimWithEvents): BrokenLink | null {
  const verdict = verifyChain(events);
  if (!verdict.ok) return { claimNo, version: verdict.version, field: verdict.field };
  if (events.length !== version) return { claimNo, version: Math.min(events.length, version) + 1, field: 'tail' };
  const scrubbed = events.find((event) => event.personalHash !== null && event.personal === null && !isErased(events, partOf(event.type)));
  return scrubbed ? { claimNo, version: scrubbed.version, field: 'scrubbed' } : null;
}

const isErased = (events: readonly RecordedEvent[], what: string): boolean => events.some((event) => event.type === 'data-erased' && (event.data as { what: string }).what === what);

/** What no salt and no content of ours hash to: a sealed part that was exchanged is a changed one. A missing key is no verdict and throws. */
const CHANGED: PersonalPart = { salt: '', content: null };

function opened(personal: PersonalPart | undefined): PersonalPart | null {
  if (personal === undefined) return null;
  try {
    return { salt: personal.salt, content: personal.content };
  } catch (error) {
    if (error instanceof NotGenuine) return CHANGED;
    throw error;
  }
}
