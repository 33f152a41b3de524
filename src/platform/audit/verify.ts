import type { Database } from '../database';
import type { Prisma } from '../database/generated/client';
import { NotGenuine } from '../keys/seal';
import { type ChainVerdict, type PersonalPart, type RecordedEvent, verifyChain } from './chain';

/** The first place where the log was tampered with; `tail` when events are missing at its end, or there are more than the claim knows. */
export interface BrokenLink {
  claimNo: string;
  version: number;
  field: Extract<ChainVerdict, { ok: false }>['field'] | 'tail';
}

export interface AuditReport {
  claims: number;
  events: number;
  broken: BrokenLink | null;
}

/** Claims read at a time: some thousands of events in memory. */
const PAGE = 100;

/** Walks every claim in the order of numbers and stops at the first broken link. `database` is the worker's, opened with keys: it sees all. Throws KeyMissing. */
export async function verifyAudit(database: Database): Promise<AuditReport> {
  let claims = 0;
  let events = 0;
  let after = '';
  for (;;) {
    const page = await readPage(database, after);
    for (const claim of page) {
      const broken = brokenLinkOf(claim);
      if (broken) return { claims, events, broken };
      claims += 1;
      events += claim.events.length;
    }
    const last = page.at(-1);
    if (!last) return { claims, events, broken: await orphan(database) };
    after = last.claimNo;
  }
}

const claimWithEvents = {
  claimNo: true,
  version: true,
  events: { orderBy: { version: 'asc' }, include: { personal: true } },
} satisfies Prisma.ClaimSelect;
type ClaimWithEvents = Prisma.ClaimGetPayload<{ select: typeof claimWithEvents }>;

/** Claim and events of one moment: without the snapshot an event recorded in between would look like a broken tail. */
function readPage(database: Database, after: string): Promise<ClaimWithEvents[]> {
  return database.$transaction(
    (tx) => tx.claim.findMany({ where: { claimNo: { gt: after } }, orderBy: { claimNo: 'asc' }, take: PAGE, select: claimWithEvents }),
    { isolationLevel: 'RepeatableRead', timeout: 60_000 });
}

/** Events whose claim was removed: the walk over claims never meets them. */
async function orphan(database: Database): Promise<BrokenLink | null> {
  const [row] = await database.$queryRaw<{ claimNo: string; version: number }[]>`
    SELECT claim_no AS "claimNo", version FROM claim_event e WHERE NOT EXISTS (SELECT FROM claim WHERE claim.claim_no = e.claim_no)
    ORDER BY claim_no, version LIMIT 1`;
  return row ? { ...row, field: 'claimNo' } : null;
}

function brokenLinkOf({ claimNo, version, events }: ClaimWithEvents): BrokenLink | null {
  const verdict = verifyChain(events.map(recordedEventOf));
  if (!verdict.ok) return { claimNo, version: verdict.version, field: verdict.field };
  if (events.length !== version) return { claimNo, version: Math.min(events.length, version) + 1, field: 'tail' };
  return null;
}

function recordedEventOf(row: ClaimWithEvents['events'][number]): RecordedEvent {
  return { ...row, at: row.at.toISOString(), saidAt: row.saidAt?.toISOString() ?? null, receivedAt: row.receivedAt.toISOString(), personal: row.personal && opened(row.personal) };
}

/** What no salt and no content of ours hash to: a sealed part that was exchanged is a changed one. A missing key is no verdict and throws. */
const CHANGED: PersonalPart = { salt: '', content: null };

function opened(personal: PersonalPart): PersonalPart {
  try {
    return { salt: personal.salt, content: personal.content };
  } catch (error) {
    if (error instanceof NotGenuine) return CHANGED;
    throw error;
  }
}
