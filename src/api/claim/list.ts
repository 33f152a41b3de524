/** Lists of claims: `GET /v1/claims`, newest report first, answered by the read model alone. */
import * as z from 'zod';
import { inBoth, instant, sideOf, STAGE_NAMES, TIER_NAMES, type Actor } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { identityIndexes } from '../../platform/database/sealed';
import { Prisma } from '../../platform/database/generated/client';
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
const MOST_COUNTED = 1_000;
export const claimsPage = pageOf(claimLine).extend({
  total: z.int().nullable().meta({ description: `Claims in the whole list; null: more than ${MOST_COUNTED}` }), asOf: time.meta({ description: 'The time of the server at which the list was so' }),
}).meta({ id: 'ClaimsPage' });

const place = z.tuple([instant, claimNoSchema]);

/** Claims whose person was not erased: a patient who is kept for another claim does not lead back to them. */
export const notForgotten = { events: { none: { type: 'data-erased', data: { path: ['what'], equals: 'person' } } } } satisfies Prisma.ClaimWhereInput;

/**
 * Rows of a table (`t` or `c`) that can be in the actor's scope at all. Row-level security decides; this says it once more in a form that an index serves: policies
 * are joined by OR, and one of them (the auditor's) names no column.
 */
export function ofHouse(actor: Actor, table: 't' | 'c'): Prisma.Sql[] {
  const column = (name: string): Prisma.Sql => Prisma.raw(`${table}.${name}`);
  if (actor.onlyClaim !== undefined) return [Prisma.sql`${column('claim_no')} = ${actor.onlyClaim}`];
  if (actor.role === 'patient' || actor.role === 'mediator') return [Prisma.sql`${column('claim_no')} = ANY ((SELECT scope_named())::text[])`];
  if (actor.role === 'auditor' || actor.role === 'ops') return [];
  const side = sideOf(actor.role);
  return actor[side] === undefined ? [] : [Prisma.sql`${column(side)} = ${actor[side]}`];
}

interface Row {
  claimNo: string; version: number; stage: string; tier: string | null; closedAs: string | null; hospital: string; department: string; insurer: string; waitingFor: string[]; nextDeadline: Date | null;
  provisional: boolean; breached: boolean; stuck: boolean; reportedAt: Date; closedAt: Date | null; outcomeType: string; patientName: string | null; askedFen: bigint | null; approvedFen: bigint | null; paidFen: bigint | null;
}

/** One page of the claims in the transaction's scope, and how many the whole list has at `now` (ISO). */
export async function listClaims(tx: Tx, actor: Actor, { cursor, limit, q, ...filters }: z.infer<typeof claimsQuery>, now: string, keys: KeyRing): Promise<z.infer<typeof claimsPage>> {
  const after = readCursor(place, cursor);
  const where = Prisma.join([
    Prisma.sql`true`, ...ofHouse(actor, 'c'), ...Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [Prisma.sql`${Prisma.raw(`c.${name}`)} = ${value}`])),
  ], ' AND ');
  const from = q === undefined ? Prisma.sql`claim c` : Prisma.sql`(${numbersFound(q, actor, identityIndexes(keys, q))}) f CROSS JOIN LATERAL (SELECT * FROM claim WHERE claim.claim_no = f.claim_no OFFSET 0) c`;
  const [counted] = await tx.$queryRaw<Array<{ total: number }>>`SELECT count(*)::int AS total FROM (SELECT FROM ${from} WHERE ${where} LIMIT ${MOST_COUNTED + 1}) listed`;
  const beyond = after ? Prisma.sql`(c.reported_at, c.claim_no) < (${new Date(after[0])}, ${after[1]})` : Prisma.sql`true`;
  // A patient is kept for their other claims; of one that they were erased of, it does not say the name.
  const rows = await tx.$queryRaw<Row[]>`
    SELECT c.claim_no AS "claimNo", c.version, c.stage, c.tier, c.closed_as AS "closedAs", c.hospital, c.department, c.insurer, c.waiting_for AS "waitingFor", c.next_deadline AS "nextDeadline", c.provisional, c.breached, c.stuck,
      c.reported_at AS "reportedAt", c.closed_at AS "closedAt", c.outcome_type AS "outcomeType", c.asked_fen AS "askedFen", c.approved_fen AS "approvedFen", c.paid_fen AS "paidFen",
      CASE WHEN ${seesClinical(actor)} AND NOT (c.stage = 'closed' AND is_erased(c.claim_no, 'person')) THEN (SELECT p.name FROM patient p WHERE p.id = c.patient_id) END AS "patientName"
    FROM ${from} WHERE ${where} AND ${beyond} ORDER BY c.reported_at DESC, c.claim_no DESC LIMIT ${limit + 1}`;
  const total = counted?.total ?? 0;
  const lines = page(rows, limit, (row) => [row.reportedAt.toISOString(), row.claimNo], (row) => ({
    ...row, nextDeadline: row.nextDeadline?.toISOString() ?? null, reportedAt: row.reportedAt.toISOString(), closedAt: row.closedAt?.toISOString() ?? null, outcomeType: seesClinical(actor) ? row.outcomeType : null,
    askedFen: fen(actor, row.askedFen), approvedFen: fen(actor, row.approvedFen), paidFen: fen(actor, row.paidFen),
  }));
  return { ...lines, total: total > MOST_COUNTED ? null : total, asOf: now };
}

/**
 * Numbers of the claims that somebody looks for by `q`, each way through an index of its own. For finance and operations only the number can match: they see no
 * patients. A beginning is asked as a range: LIKE would look at every row that a policy lets through. OFFSET 0: row by row, by key (ITS_CLAIM in tasks/query.ts).
 */
export function numbersFound(q: string, actor: Actor, identities: string[] = []): Prisma.Sql {
  const byNumber = Prisma.sql`SELECT claim_no FROM claim WHERE ${beginsWith(Prisma.sql`claim_no`, q.toUpperCase())}`;
  if (!seesClinical(actor)) return byNumber;
  const patient = (how: Prisma.Sql): Prisma.Sql => Prisma.sql`SELECT p.id FROM patient p WHERE ${how}`;
  const patients = Prisma.join([
    patient(Prisma.sql`p.name = ${q}`), patient(Prisma.sql`p.identity_index = ANY (${identities})`), patient(beginsWith(Prisma.sql`p.record_no`, q)),
    patient(Prisma.sql`${beginsWith(Prisma.sql`p.record_no`, PORTAL)} AND right(p.record_no, length(${`:${q}`})) = ${`:${q}`}`),
  ], ' UNION ALL ');
  return Prisma.sql`${byNumber} UNION SELECT theirs.claim_no FROM (${patients}) one CROSS JOIN LATERAL (SELECT claim_no FROM claim WHERE claim.patient_id = one.id AND NOT is_erased(claim_no, 'person') OFFSET 0) theirs`;
}

const LAST = '\u{10ffff}';
/** In the order of bytes, whatever the database's own: the indexes of numbers are in that order too. */
const beginsWith = (column: Prisma.Sql, text: string): Prisma.Sql => Prisma.sql`(${column} ~>=~ ${text} AND ${column} ~<~ ${text + LAST})`;

const fen = (actor: Actor, amount: bigint | null): number | null => (amount === null || !seesAmounts(actor) ? null : Number(amount));
