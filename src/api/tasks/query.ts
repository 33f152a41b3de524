/** What may be asked of the inbox, and the rows that answer it: the list, its count and the counts of views come from the same condition. */
import * as z from 'zod';
import { endOfShanghaiDay, shanghaiDay } from '../../domain/calendar';
import { inBoth, kindsFor, ROLES, TASK_KINDS, type Actor, type Role } from '../../domain/claim';
import { Prisma } from '../../platform/database/generated/client';
import { claimsQuery, numbersFound, ofHouse } from '../claim/list';
import { seesAssessment } from '../claim/sees';
import { wrongInput, type Problem } from '../problems';

/** Present without a value (`?mine`), or with one. */
const present = z.enum(['', 'true', 'false']).optional().transform((value) => value !== undefined && value !== 'false');
const { stage, tier, hospital, department, breached: flag } = claimsQuery.shape;

const filters = {
  mine: present.meta({ description: 'Tasks that you hold, and those of colleagues for whom you stand in' }), pool: present.meta({ description: 'Tasks of your role that nobody holds' }),
  waiting: present.meta({ description: 'Open tasks of others, on claims on which you have acted' }),
  done: present.meta({ description: 'Tasks that you finished, newest first; not with mine, pool or waiting' }),
  holder: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/).optional().meta({ description: 'Open tasks that this person holds; `nobody`: that nobody holds. For who leads the house; not with mine, pool, waiting or done' }),
  role: z.enum(ROLES).optional().meta({ description: 'Tasks that this role may do' }),
  claimNo: z.string().max(20).optional(), stage, tier, hospital, department, kind: z.enum(TASK_KINDS).optional(),
  breached: flag.meta({ description: 'Past due, now or at some time while the task was open' }),
  flagged: flag.meta({ description: 'Of claims that carry a flag; for who sees the assessment' }),
  returned: flag.meta({ description: 'Returned by an approver, or work of a kind that you had finished on this claim before' }),
  due: z.enum(['overdue', 'today', '3d', 'paused']).optional().meta({ description: 'Shanghai days, each until its 24:00. today and 3d: due from now until the end of today, or of the third day from today on; paused: the clock stands still' }),
  q: claimsQuery.shape.q.meta({ description: 'Beginning of a claim number, a hospital code or, for who sees patients, a whole name or the beginning of a record number' }),
};
const doneAlone = (given: { done: boolean; mine: boolean; pool: boolean; waiting: boolean }): boolean => !given.done || !(given.mine || given.pool || given.waiting);
const DONE_ALONE = { path: ['done'], message: inBoth({ zh: '不能与 mine、pool、waiting 同用：那些是未完成的任务', en: 'not together with mine, pool or waiting: those are open' }) };
const holderAlone = ({ holder, ...own }: { holder?: string | undefined; done: boolean; mine: boolean; pool: boolean; waiting: boolean }): boolean => holder === undefined || !(own.done || own.mine || own.pool || own.waiting);
const HOLDER_ALONE = { path: ['holder'], message: inBoth({ zh: '不能与 mine、pool、waiting、done 同用：那些是您自己的任务', en: 'not together with mine, pool, waiting or done: those are your own' }) };

const MOST_TASKS = 500;
/** `GET /v1/tasks`. Without mine, pool, waiting and done: mine and pool. */
export const tasksQuery = z.strictObject({ ...filters, cursor: claimsQuery.shape.cursor, limit: z.coerce.number().int().min(1).max(MOST_TASKS).default(50) }).refine(doneAlone, DONE_ALONE).refine(holderAlone, HOLDER_ALONE);
/** What a view keeps of it. */
export const taskFilters = z.strictObject(filters).refine(doneAlone, DONE_ALONE).refine(holderAlone, HOLDER_ALONE);
export type TaskFilters = z.infer<typeof taskFilters>;

/** Who sees what each person of the own house carries. */
export const LEADS: readonly Role[] = ['manager', 'medical-affairs', 'senior-reviewer'];

/** Why this role may not ask so; null if it may. */
export function notToAsk(actor: Actor, { flagged, holder }: TaskFilters): Problem | null {
  if (flagged !== undefined && !seesAssessment(actor)) return wrongInput([{ field: '?flagged', rule: { zh: '您的角色看不到案件的审核内容', en: 'your role does not see the assessment of claims' } }]);
  return holder !== undefined && !LEADS.some((role) => role === actor.role) ? wrongInput([{ field: '?holder', rule: { zh: `仅限 ${LEADS.join('、')}`, en: `only for ${LEADS.join(', ')}` } }]) : null;
}

/** Past due at `now`, or marked so by the ladder (SPEC §1.6). */
export const isLate = (now: Date): Prisma.Sql => Prisma.sql`(t.breached OR coalesce(t.status = 'open' AND t.due_at <= ${now}, false))`;

/** Is it held by a colleague who is away, for whom whoever asks stands in, in this role? Null for no, too, so that the index of holders serves. */
export const isHeldFor = (role: Actor['role']): Prisma.Sql => Prisma.sql`(t.assignee = ANY ((SELECT scope_owners())::text[]) AND ${role} = ANY (t.roles))`;

/** Is the task back with whoever asks: done before by them, or sent back by an approver (which is part of the assessment)? */
export function isReturned(actor: Actor): Prisma.Sql {
  const sentBack = seesAssessment(actor) ? Prisma.sql`b.outcome = 'return-to-review' AND b.closed_at = t.opened_at` : Prisma.sql`false`;
  // Each proposal waits for a second person of its own.
  return Prisma.sql`EXISTS (SELECT FROM task b WHERE b.claim_no = t.claim_no AND (${sentBack}
    OR b.kind = t.kind AND b.closed_by = ${actor.personId} AND b.closed_at <= t.opened_at AND t.kind <> 'second-person') OFFSET 0)`;
}

/** Joins the claim `c` of a task `t`. OFFSET 0, here and in conditions: row by row, by key. Under row-level security the planner knows too little of the rows and would read all tasks again for each claim. */
export const ITS_CLAIM = Prisma.sql`CROSS JOIN LATERAL (SELECT * FROM claim WHERE claim.claim_no = t.claim_no OFFSET 0) c`;

/**
 * What a query means for who asks it: tasks `t`, and their claims `c` where a filter asks for them, as what follows FROM; `now` decides what is past due.
 * The house is row-level security's to judge; it is said again for the sake of the indexes of open tasks, which policies joined by OR cannot use.
 */
export function tasksFrom(actor: Actor, f: TaskFilters, now: Date): Prisma.Sql {
  // What is flagged and may still be owed on has an index; of what is done, or not flagged, each claim is asked.
  const flaggedNow = f.flagged === true && !f.done;
  const ofClaim = equal([[Prisma.sql`c.stage`, f.stage], [Prisma.sql`c.tier`, f.tier], [Prisma.sql`c.flagged`, flaggedNow ? undefined : f.flagged]]);
  const all = [
    ...ofClaim, ...equal([[Prisma.sql`t.department`, f.department], [isReturned(actor), f.returned]]), ...(f.role === undefined ? [] : [Prisma.sql`${f.role} = ANY (t.roles)`]),
  ];
  const listed = [
    ...(f.done ? [Prisma.sql`t.status = 'done'`, Prisma.sql`t.closed_by = ${actor.personId}`] : [Prisma.sql`t.status = 'open'`, ...ofHouse(actor, 't'), whose(actor, f)]),
    ...(flaggedNow ? [Prisma.sql`t.claim_no = ANY (ARRAY(SELECT c.claim_no FROM claim c WHERE ${Prisma.join([Prisma.sql`c.flagged AND (c.stage <> 'closed' OR cardinality(c.waiting_for) > 0)`, ...ofHouse(actor, 'c')], ' AND ')}))`] : []),
    ...equal([[Prisma.sql`t.claim_no`, f.claimNo], [Prisma.sql`t.hospital`, f.hospital], [Prisma.sql`t.kind`, f.kind], [isLate(now), f.breached]]), ...(f.due === undefined ? [] : [dueWithin(f.due, now)]),
    ...(f.q === undefined ? [] : [Prisma.sql`(t.hospital = ${f.q.toUpperCase()} OR t.claim_no = ANY (ARRAY(${numbersFound(f.q, actor)})))`]),
  ];
  return Prisma.sql`(SELECT * FROM task t WHERE ${Prisma.join(listed, ' AND ')} OFFSET 0) t ${ofClaim.length > 0 ? ITS_CLAIM : Prisma.empty} WHERE ${Prisma.join([Prisma.sql`true`, ...all], ' AND ')}`;
}

const equal = (pairs: ReadonlyArray<readonly [Prisma.Sql, string | boolean | undefined]>): Prisma.Sql[] =>
  pairs.flatMap(([column, value]) => (value === undefined ? [] : [Prisma.sql`${column} = ${value}`]));

/** Whose open tasks: one's own, those of the role's pool, those of others on claims on which one has acted; or those of one person of the house. */
function whose({ personId, role }: Actor, f: TaskFilters): Prisma.Sql {
  if (f.holder !== undefined) return f.holder === 'nobody' ? Prisma.sql`t.assignee IS NULL` : Prisma.sql`t.assignee = ${f.holder}`;
  const held = Prisma.sql`(t.assignee = ${personId} OR ${isHeldFor(role)})`;
  // The roles decide; the kinds lead to them by an index.
  const free = Prisma.sql`(t.assignee IS NULL AND t.kind = ANY (${kindsFor(role as Role)}) AND ${role} = ANY (t.roles))`;
  const others = Prisma.sql`(t.claim_no = ANY (ARRAY(SELECT a.claim_no FROM claim_actor a WHERE a.person_id = ${personId})) AND t.assignee IS DISTINCT FROM ${personId} AND NOT ${free} AND NOT coalesce(${isHeldFor(role)}, false))`;
  const chosen = [...(f.mine ? [held] : []), ...(f.pool ? [free] : []), ...(f.waiting ? [others] : [])];
  return Prisma.sql`(${Prisma.join(chosen.length > 0 ? chosen : [held, free], ' OR ')})`;
}

const DAY_MS = 86_400_000;

function dueWithin(due: NonNullable<TaskFilters['due']>, now: Date): Prisma.Sql {
  if (due === 'paused') return Prisma.sql`t.due_at IS NULL`;
  if (due === 'overdue') return Prisma.sql`t.due_at <= ${now}`;
  return Prisma.sql`t.due_at > ${now} AND t.due_at <= ${endOfDay(now, due === 'today' ? 0 : 2)}`;
}

/** 24:00 in Shanghai, so many days from the day of `now` on. */
export const endOfDay = (now: Date, days: number): Date => new Date(endOfShanghaiDay(shanghaiDay(new Date(now.getTime() + days * DAY_MS).toISOString())));
