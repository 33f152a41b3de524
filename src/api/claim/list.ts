/** Lists of claims: `GET /v1/claims`, newest report first, answered by the read model alone. */
import * as z from 'zod';
import { inBoth, instant, STAGE_NAMES, TIER_NAMES, type Actor } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { identityIndexes } from '../../platform/database/sealed';
import type { Prisma } from '../../platform/database/generated/client';
import type { KeyRing } from '../../platform/keys/key-ring';
import { page, pageOf, pageQuery, readCursor } from '../http/cursor';
import { claimNoSchema } from '../http/route';
import { PORTAL } from './report';
import { seesAmounts, seesClinical } from './sees';

const code = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const claimsQuery = z.strictObject({
  stage: z.enum(STAGE_NAMES as [string, ...string[]]).optional(), tier: z.enum(TIER_NAMES as [string, ...string[]]).optional(),
  hospital: code.optional(), department: code.optional(), breached: flag.optional(), stuck: flag.optional(),
  q: z.string().trim().min(1).max(100).regex(/^[^\u0000]*$/, inBoth({ zh: '不能含控制字符', en: 'no control characters' })).optional().meta({ description: 'Beginning of a claim number or, for who sees patients, of a record number, or a whole name or identity number; of a record number that a patient gave, the whole' }),
  ...pageQuery,
});

const time = z.iso.datetime();
export const claimLine = z.object({
  claimNo: z.string(), version: z.int(), stage: z.string(), tier: z.string().nullable(), closedAs: z.string().nullable(), hospital: z.string(), department: z.string(), insurer: z.string(),
  waitingFor: z.array(z.string()), nextDeadline: time.nullable(), provisional: z.boolean(), breached: z.boolean(), stuck: z.boolean(), reportedAt: time, closedAt: time.nullable(),
  outcomeType: z.string().nullable(), patientName: z.string().nullable(), askedFen: z.int().nullable(), approvedFen: z.int().nullable(), paidFen: z.int().nullable(),
}).meta({ id: 'ClaimLine', description: 'outcomeType and patientName are null for who does not see the clinical file, amounts for operations' });
/** Counting goes no further: nobody reads a list of more, and the count would be the dearest part of it. */
const MOST_COUNTED = 10_000;
export const claimsPage = pageOf(claimLine).extend({
  total: z.int().nullable().meta({ description: `Claims in the whole list; null: more than ${MOST_COUNTED}` }), asOf: time.meta({ description: 'The time of the server at which the list was so' }),
}).meta({ id: 'ClaimsPage' });

const place = z.tuple([instant, claimNoSchema]);

/** Claims whose person was not erased: a patient who is kept for another claim does not lead back to them. */
export const notForgotten = { events: { none: { type: 'data-erased', data: { path: ['what'], equals: 'person' } } } } satisfies Prisma.ClaimWhereInput;

/** One page of the claims in the transaction's scope, and how many the whole list has at `now` (ISO). */
export async function listClaims(tx: Tx, actor: Actor, { cursor, limit, q, ...filters }: z.infer<typeof claimsQuery>, now: string, keys: KeyRing): Promise<z.infer<typeof claimsPage>> {
  const after = readCursor(place, cursor);
  const where: Prisma.ClaimWhereInput[] = [Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))];
  // Row-level security hides patients from who may not see them: for finance and operations only the number can match.
  if (q !== undefined) where.push({ OR: [{ claimNo: { startsWith: escapeLike(q.toUpperCase()) } }, { ...notForgotten, patient: { OR: [{ name: q }, { identityIndex: { in: identityIndexes(keys, q) } }, { recordNo: { startsWith: escapeLike(q) } }, { recordNo: { startsWith: escapeLike(PORTAL), endsWith: escapeLike(`:${q}`) } }] } }] });
  const total = await tx.claim.count({ where: { AND: where }, take: MOST_COUNTED + 1 });
  const beyond: Prisma.ClaimWhereInput = after ? { OR: [{ reportedAt: { lt: after[0] } }, { reportedAt: after[0], claimNo: { lt: after[1] } }] } : {};
  const rows = await tx.claim.findMany({ where: { AND: [...where, beyond] }, orderBy: [{ reportedAt: 'desc' }, { claimNo: 'desc' }], take: limit + 1, omit: { state: true, naturalKey: true } });
  const names = new Map(seesClinical(actor) ? (await tx.patient.findMany({ where: { id: { in: rows.map(({ patientId }) => patientId) } }, select: { id: true, name: true } })).map(({ id, name }) => [id, name]) : []);
  // A patient is kept for their other claims; of this one they were erased.
  const closed = names.size === 0 ? [] : rows.filter(({ stage }) => stage === 'closed').map(({ claimNo }) => claimNo);
  const erased = closed.length === 0 ? [] : (await tx.claimEvent.findMany({ where: { claimNo: { in: closed }, type: 'data-erased', data: { path: ['what'], equals: 'person' } }, select: { claimNo: true } })).map(({ claimNo }) => claimNo);
  const found = page(rows, limit, (row) => [row.reportedAt.toISOString(), row.claimNo], (row) => ({
    claimNo: row.claimNo, version: row.version, stage: row.stage, tier: row.tier, closedAs: row.closedAs, hospital: row.hospital, department: row.department, insurer: row.insurer,
    waitingFor: row.waitingFor, nextDeadline: row.nextDeadline?.toISOString() ?? null, provisional: row.provisional, breached: row.breached, stuck: row.stuck,
    reportedAt: row.reportedAt.toISOString(), closedAt: row.closedAt?.toISOString() ?? null,
    outcomeType: seesClinical(actor) ? row.outcomeType : null, patientName: erased.includes(row.claimNo) ? null : names.get(row.patientId) ?? null,
    askedFen: fen(actor, row.askedFen), approvedFen: fen(actor, row.approvedFen), paidFen: fen(actor, row.paidFen),
  }));
  return { ...found, total: total > MOST_COUNTED ? null : total, asOf: now };
}

const fen = (actor: Actor, amount: bigint | null): number | null => (amount === null || !seesAmounts(actor) ? null : Number(amount));
/** Prisma hands the text of `startsWith` to LIKE as it is. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
