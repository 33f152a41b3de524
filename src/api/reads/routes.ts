/** Who read what, across claims: `GET /v1/reads`, `GET /v1/reads/people` (issue 5 part 5: "seen by the auditor's screen"). The readings of one claim: claim/look.ts. */
import * as z from 'zod';
import { ROLES, type Role } from '../../domain/claim';
import { shanghaiDay, workingSpans } from '../../domain/calendar';
import { inScope, type Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import { loadCalendar } from '../../platform/published-calendar';
import { logRead, namesOf } from '../claim/access';
import type { Deps } from '../deps';
import { page, pageOf, pageQuery, readCursor } from '../http/cursor';
import { claimNoSchema, route, type AnyRoute } from '../http/route';

/** How far back they look at once; older readings by claim. */
const MOST_DAYS = 366;
const MOST_PEOPLE = 100;
const DAY_MS = 86_400_000;

const days = z.coerce.number().int().min(1).max(MOST_DAYS).default(30).meta({ description: 'Readings of the last so many days' });
const only = z.enum(['outside-hours', 'broken-glass']);
const readsQuery = z.strictObject({ days, person: z.string().min(1).max(64).optional(), claimNo: claimNoSchema.optional(), only: only.optional(), ...pageQuery });
const peopleQuery = z.strictObject({ days });

const by = z.strictObject({ personId: z.string(), role: z.enum(ROLES), name: z.string().nullable() });
const outsideHours = z.boolean().meta({ description: 'Not between 09:00 and 17:00 of a working day' });
const line = z.strictObject({ at: z.iso.datetime(), by, what: z.string(), claimNo: z.string().nullable().meta({ description: 'Null when a list was read, or payloads' }), outsideHours, brokenGlass: z.boolean() })
  .meta({ id: 'RecordedRead', description: 'A reading: of a list by auditors, of a claim, its events and documents, whole accounts, letters and evidence packs by everybody' });
const reader = z.strictObject({ by, reads: z.int(), claims: z.int(), outsideHours: z.int(), brokenGlass: z.int(), lastAt: z.iso.datetime() }).meta({ id: 'Reader' });
const readers = z.strictObject({ items: z.array(reader).meta({ description: `Who read most first, ${MOST_PEOPLE} at most` }) }).meta({ id: 'Readers' });

interface Row { id: bigint; at: Date; personId: string; role: Role; what: string; claimNo: string | null; outsideHours: boolean; brokenGlass: boolean }

export function readsRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'get', path: '/v1/reads', id: 'listReads', tag: 'operations', by: ['auditor'], query: readsQuery, summary: 'Who read what, over all claims, newest first',
      answers: { 200: { description: 'One page', schema: pageOf(line) } }, problems: [403, 422],
      handle: ({ actor, at, query: { days: back, person, claimNo, only: kind, cursor, limit } }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'reads', null);
        const before = readCursor(z.string().regex(/^\d{1,18}$/), cursor);
        const where = [
          person === undefined ? Prisma.sql`true` : Prisma.sql`person_id = ${person}`, claimNo === undefined ? Prisma.sql`true` : Prisma.sql`claim_no = ${claimNo}`,
          before === null ? Prisma.sql`true` : Prisma.sql`id < ${BigInt(before)}`, kind === undefined ? Prisma.sql`true` : kind === 'outside-hours' ? Prisma.sql`"outsideHours"` : Prisma.sql`"brokenGlass"`,
        ];
        const rows = await tx.$queryRaw<Row[]>`
          SELECT id, at, person_id AS "personId", role, what, claim_no AS "claimNo", "outsideHours", "brokenGlass" FROM ${await judgedReads(tx, at, back)} WHERE ${Prisma.join(where, ' AND ')} ORDER BY id DESC LIMIT ${limit + 1}`;
        const names = await namesOf(tx, rows.map((row) => row.personId));
        const body = page(rows, limit, (row) => String(row.id), ({ at: when, personId, role, what, claimNo: of, outsideHours: late, brokenGlass }): z.infer<typeof line> => (
          { at: when.toISOString(), by: { personId, role, name: names[personId] ?? null }, what, claimNo: of, outsideHours: late, brokenGlass }));
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body };
      }),
    }),
    route({
      method: 'get', path: '/v1/reads/people', id: 'whoReads', tag: 'operations', by: ['auditor'], query: peopleQuery, summary: 'Who read most: each person with their readings, claims, readings outside office hours and through a broken glass',
      answers: { 200: { description: 'In the order of how much they read', schema: readers } }, problems: [403, 422],
      handle: ({ actor, at, query }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'readers', null);
        const rows = await tx.$queryRaw<Array<Omit<z.infer<typeof reader>, 'by' | 'lastAt'> & { personId: string; role: Role; lastAt: Date }>>`
          SELECT person_id AS "personId", role, count(*)::int AS reads, count(DISTINCT claim_no)::int AS claims, (count(*) FILTER (WHERE "outsideHours"))::int AS "outsideHours",
            (count(*) FILTER (WHERE "brokenGlass"))::int AS "brokenGlass", max(at) AS "lastAt"
          FROM ${await judgedReads(tx, at, query.days)} GROUP BY person_id, role ORDER BY reads DESC, person_id, role LIMIT ${MOST_PEOPLE}`;
        const names = await namesOf(tx, rows.map((row) => row.personId));
        const items = rows.map(({ personId, role, lastAt, ...counts }) => ({ by: { personId, role, name: names[personId] ?? null }, ...counts, lastAt: lastAt.toISOString() }));
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: { items } };
      }),
    }),
  ];
}

/** The readings of so many days before `now` (ISO), each judged by the clock and by the glass. */
async function judgedReads(tx: Tx, now: string, back: number): Promise<Prisma.Sql> {
  const from = new Date(Date.parse(now) - back * DAY_MS).toISOString();
  const spans = workingSpans(await loadCalendar(tx, Number(shanghaiDay(now).slice(0, 4))), from, now);
  return Prisma.sql`(
    SELECT r.*, r.what LIKE 'broken-glass %' OR r.what LIKE 'payloads %' AS "brokenGlass",
      NOT EXISTS (SELECT FROM unnest(${spans.map(({ opens }) => opens)}::timestamptz[], ${spans.map(({ closes }) => closes)}::timestamptz[]) AS worked(opens, closes) WHERE r.at >= opens AND r.at < closes) AS "outsideHours"
    FROM read_log r WHERE r.at >= ${from}::timestamptz) AS judged`;
}
