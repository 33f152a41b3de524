/** Lists of tasks: one statement reads the page and counts the whole, so that they can never disagree. */
import * as z from 'zod';
import { FLAGS, instant, OUTCOME_TYPES, ROLES, STAGE_NAMES, TASK_KINDS, TIER_NAMES, type Actor } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import { seesAssessment, seesClinical } from '../claim/sees';
import { page, pageOf, readCursor } from '../http/cursor';
import { fail } from '../problems';
import { isHeldFor, isLate, isReturned, ITS_CLAIM, notToAsk, tasksFrom, type tasksQuery, type TaskFilters } from './query';

const time = z.iso.datetime();
export const taskLine = z.object({
  taskId: z.string(), claimNo: z.string(), version: z.int().meta({ description: 'Of the claim' }), kind: z.enum(TASK_KINDS), roles: z.array(z.enum(ROLES)),
  assignee: z.string().nullable(), assigneeName: z.string().nullable().meta({ description: 'As far as the directory shows it to you' }),
  standIn: z.boolean().meta({ description: 'You stand in for its holder, who is away' }),
  openedAt: time, dueAt: time.nullable().meta({ description: 'Null while the clock is paused, and of a task that was done at once' }), closedAt: time.nullable(),
  provisional: z.boolean(), breached: z.boolean().meta({ description: 'Past due, now or at some time while the task was open' }), paused: z.boolean(),
  returned: z.boolean().meta({ description: 'Returned by an approver, or work of a kind that you had finished on this claim before' }),
  stage: z.enum(STAGE_NAMES), tier: z.enum(TIER_NAMES).nullable(), hospital: z.string(), department: z.string(),
  outcomeType: z.enum(OUTCOME_TYPES).nullable(), patientName: z.string().nullable(), flags: z.array(z.enum(Object.keys(FLAGS) as Array<keyof typeof FLAGS>)).nullable().meta({ description: 'What the claim was flagged for, each once; null for who does not see the assessment' }),
}).meta({ id: 'TaskLine', description: 'outcomeType and patientName are null for who does not see the clinical file' });
export type TaskLine = z.infer<typeof taskLine>;

export const tasksPage = pageOf(taskLine).extend({
  total: z.int().meta({ description: 'Tasks in the whole list' }), asOf: time.meta({ description: 'The time of the server at which the list was so' }),
}).meta({ id: 'TasksPage' });
export type TasksPage = z.infer<typeof tasksPage>;

interface Row {
  id: string; claimNo: string; version: number; kind: TaskLine['kind']; roles: TaskLine['roles']; assignee: string | null; assigneeName: string | null; standIn: boolean; openedAt: Date; dueAt: Date | null; closedAt: Date | null;
  provisional: boolean; marked: boolean; breached: boolean; returned: boolean; status: string; stage: TaskLine['stage']; tier: TaskLine['tier']; hospital: string; department: string;
  outcomeType: NonNullable<TaskLine['outcomeType']>; patientName: string | null; flags: string[] | null;
}

/** How a list runs, and where in it a page ends. */
interface Order { by: Prisma.Sql; place: (row: Row) => unknown; beyond: (cursor: string | undefined) => Prisma.Sql }

/** What the ladder has marked as breached first, then by due time: past due before the rest, paused clocks last. */
const BY_DUE: Order = {
  by: Prisma.sql`breached DESC, due_at ASC NULLS LAST, id ASC`,
  place: (row) => [row.marked, row.dueAt?.toISOString() ?? null, row.id],
  beyond(cursor) {
    const after = readCursor(z.tuple([z.boolean(), instant.nullable(), z.string().max(200)]), cursor);
    if (after === null) return Prisma.sql`true`;
    const [marked, dueAt, id] = after;
    const within = dueAt === null ? Prisma.sql`due_at IS NULL AND id > ${id}` : Prisma.sql`(due_at > ${new Date(dueAt)} OR due_at IS NULL OR due_at = ${new Date(dueAt)} AND id > ${id})`;
    return Prisma.sql`(breached < ${marked} OR breached = ${marked} AND ${within})`;
  },
};
const NEWEST_DONE: Order = {
  by: Prisma.sql`closed_at DESC, id DESC`,
  place: (row) => [row.closedAt?.toISOString(), row.id],
  beyond(cursor) {
    const after = readCursor(z.tuple([instant, z.string().max(200)]), cursor);
    return after === null ? Prisma.sql`true` : Prisma.sql`(closed_at, id) < (${new Date(after[0])}, ${after[1]})`;
  },
};

/** One page of the inbox. Throws ProblemError (422) for what the role may not ask and for a cursor of another list. */
export function listTasks(tx: Tx, actor: Actor, { cursor, limit, ...filters }: z.infer<typeof tasksQuery>, now: Date): Promise<TasksPage> {
  const refused = notToAsk(actor, filters);
  if (refused) fail(refused);
  return readTasks(tx, actor, tasksFrom(actor, filters, now), { order: filters.done ? NEWEST_DONE : BY_DUE, cursor, limit }, now);
}

/** Those of the tasks in scope that `from` names (what follows FROM, with `t` for the task), soonest due first unless told otherwise. */
export async function readTasks(tx: Tx, actor: Actor, from: Prisma.Sql, { order = BY_DUE, cursor, limit }: { order?: Order; cursor?: string | undefined; limit: number }, now: Date): Promise<TasksPage> {
  const rows = await tx.$queryRaw<Array<{ total: number } & (Row | { id: null })>>`
    WITH listed AS MATERIALIZED (SELECT t.id, t.breached, t.due_at, t.closed_at FROM ${from}),
         page AS (SELECT *, row_number() OVER (ORDER BY ${order.by}) AS n FROM listed WHERE ${order.beyond(cursor)} ORDER BY ${order.by} LIMIT ${limit + 1})
    SELECT whole.total, t.id, t.claim_no AS "claimNo", c.version, t.kind, t.roles, t.assignee, (SELECT p.name FROM person p WHERE p.person_id = t.assignee LIMIT 1) AS "assigneeName", coalesce(t.status = 'open' AND ${isHeldFor(actor.role)}, false) AS "standIn",
      t.opened_at AS "openedAt", t.due_at AS "dueAt", t.closed_at AS "closedAt", t.provisional, t.breached AS marked, ${isLate(now)} AS breached, ${isReturned(actor)} AS returned,
      t.status, c.stage, c.tier, t.hospital, t.department, c.outcome_type AS "outcomeType", (SELECT p.name FROM patient p WHERE p.id = c.patient_id) AS "patientName",
      CASE WHEN c.flagged THEN ARRAY(SELECT DISTINCT one ->> 'flag' FROM jsonb_array_elements(c.state -> 'flags') one) END AS flags
    FROM (SELECT count(*)::int AS total FROM listed) whole LEFT JOIN (page CROSS JOIN LATERAL (SELECT * FROM task WHERE task.id = page.id OFFSET 0) t ${ITS_CLAIM}) ON true
    ORDER BY page.n`;
  const found = rows.filter((row): row is { total: number } & Row => row.id !== null);
  return { ...page(found, limit, order.place, (row) => lineOf(row, actor)), total: rows[0]?.total ?? 0, asOf: now.toISOString() };
}

/** How many tasks the list of these filters has. */
export async function countTasks(tx: Tx, actor: Actor, filters: TaskFilters, now: Date): Promise<number> {
  const [row] = await tx.$queryRaw<Array<{ total: number }>>`SELECT count(*)::int AS total FROM ${tasksFrom(actor, filters, now)}`;
  return row?.total ?? 0;
}

const lineOf = (row: Row, actor: Actor): TaskLine => ({
  taskId: row.id, claimNo: row.claimNo, version: row.version, kind: row.kind, roles: row.roles, assignee: row.assignee, assigneeName: row.assigneeName, standIn: row.standIn,
  openedAt: row.openedAt.toISOString(), dueAt: row.dueAt?.toISOString() ?? null, closedAt: row.closedAt?.toISOString() ?? null,
  provisional: row.provisional, breached: row.breached, paused: row.status === 'open' && row.dueAt === null, returned: row.returned,
  stage: row.stage, tier: row.tier, hospital: row.hospital, department: row.department,
  outcomeType: seesClinical(actor) ? row.outcomeType : null, patientName: seesClinical(actor) ? row.patientName : null, flags: seesAssessment(actor) ? (row.flags ?? []) as NonNullable<TaskLine['flags']> : null,
});
