/** Lists of claims: `GET /v1/claims`, newest report first, answered by the read model alone. */
import * as z from 'zod';
import { instant, STAGE_NAMES, TIER_NAMES, type Actor } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import type { Prisma } from '../../platform/database/generated/client';
import { page, pageOf, pageQuery, readCursor, type Page } from '../http/cursor';
import { claimNoSchema } from '../http/route';
import { PORTAL } from './report';
import { seesAmounts, seesClinical } from './sees';

const code = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const claimsQuery = z.strictObject({
  stage: z.enum(STAGE_NAMES as [string, ...string[]]).optional(), tier: z.enum(TIER_NAMES as [string, ...string[]]).optional(),
  hospital: code.optional(), department: code.optional(), breached: flag.optional(), stuck: flag.optional(),
  q: z.string().trim().min(1).max(100).regex(/^[^\u0000]*$/, 'no control characters').optional().meta({ description: 'Beginning of a claim number or, for who sees patients, of a record number, or a whole name; of a record number that a patient gave, the whole' }),
  ...pageQuery,
});

const time = z.iso.datetime();
export const claimLine = z.object({
  claimNo: z.string(), version: z.int(), stage: z.string(), tier: z.string().nullable(), closedAs: z.string().nullable(), hospital: z.string(), department: z.string(), insurer: z.string(),
  waitingFor: z.array(z.string()), nextDeadline: time.nullable(), provisional: z.boolean(), breached: z.boolean(), stuck: z.boolean(), reportedAt: time, closedAt: time.nullable(),
  outcomeType: z.string().nullable(), askedFen: z.int().nullable(), approvedFen: z.int().nullable(), paidFen: z.int().nullable(),
}).meta({ id: 'ClaimLine', description: 'outcomeType is null for who does not see the clinical file, amounts for operations' });
export const claimsPage = pageOf(claimLine);

const place = z.tuple([instant, claimNoSchema]);

/** One page of the claims in the transaction's scope. */
export async function listClaims(tx: Tx, actor: Actor, { cursor, limit, q, ...filters }: z.infer<typeof claimsQuery>): Promise<Page<z.infer<typeof claimLine>>> {
  const after = readCursor(place, cursor);
  const where: Prisma.ClaimWhereInput[] = [Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))];
  if (after) where.push({ OR: [{ reportedAt: { lt: after[0] } }, { reportedAt: after[0], claimNo: { lt: after[1] } }] });
  // Row-level security hides patients from who may not see them: for finance and operations only the number can match.
  if (q !== undefined) where.push({ OR: [{ claimNo: { startsWith: escapeLike(q.toUpperCase()) } }, { patient: { OR: [{ name: q }, { recordNo: { startsWith: escapeLike(q) } }, { recordNo: { startsWith: escapeLike(PORTAL), endsWith: escapeLike(`:${q}`) } }] } }] });
  const rows = await tx.claim.findMany({ where: { AND: where }, orderBy: [{ reportedAt: 'desc' }, { claimNo: 'desc' }], take: limit + 1, omit: { state: true, naturalKey: true } });
  return page(rows, limit, (row) => [row.reportedAt.toISOString(), row.claimNo], (row) => ({
    claimNo: row.claimNo, version: row.version, stage: row.stage, tier: row.tier, closedAs: row.closedAs, hospital: row.hospital, department: row.department, insurer: row.insurer,
    waitingFor: row.waitingFor, nextDeadline: row.nextDeadline?.toISOString() ?? null, provisional: row.provisional, breached: row.breached, stuck: row.stuck,
    reportedAt: row.reportedAt.toISOString(), closedAt: row.closedAt?.toISOString() ?? null,
    outcomeType: seesClinical(actor) ? row.outcomeType : null,
    askedFen: fen(actor, row.askedFen), approvedFen: fen(actor, row.approvedFen), paidFen: fen(actor, row.paidFen),
  }));
}

const fen = (actor: Actor, amount: bigint | null): number | null => (amount === null || !seesAmounts(actor) ? null : Number(amount));
/** Prisma hands the text of `startsWith` to LIKE as it is. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
