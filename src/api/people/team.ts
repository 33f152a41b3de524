/** `GET /v1/team`: who of one's own house carries what, what lies in the pool, what is about to breach, and where the roster has holes (SPEC §1.6, §2). */
import * as z from 'zod';
import { HOSPITAL_ROLES, INSURER_ROLES, rosterHoles, ROLES, STAGE_NAMES, type Actor, type Role } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import { logRead } from '../claim/access';
import { ofHouse } from '../claim/list';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { readTasks, taskLine } from '../tasks/list';
import { endOfDay, isLate, LEADS } from '../tasks/query';

const load = { open: z.int(), dueToday: z.int().meta({ description: 'From now until 24:00 in Shanghai' }), breached: z.int(), paused: z.int() };
const member = z.object({
  personId: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)), departments: z.array(z.string()), active: z.boolean().meta({ description: 'False: the account is shut, and tasks still lie with it' }), ...load,
}).meta({ id: 'TeamMember' });
const pool = z.object({ role: z.enum(ROLES), ...load, oldestOpenedAt: z.iso.datetime() }).meta({ id: 'TeamPool', description: 'Tasks nobody holds; one that several roles may take counts for each' });
const hole = z.object({
  role: z.enum(ROLES), department: z.string().nullable().meta({ description: 'Null: the role is of the whole house' }), stages: z.array(z.enum(STAGE_NAMES)), needs: z.int(), has: z.int(),
}).meta({ id: 'RosterHole', description: 'Stages need this role, and fewer active persons hold it than they need' });
const team = z.object({
  asOf: z.iso.datetime(), house: z.string().meta({ description: 'Code of the hospital or insurer' }), people: z.array(member), pool: z.array(pool),
  aboutToBreach: z.object({ total: z.int(), items: z.array(taskLine) }).meta({ description: 'Due within 24 hours, by due time; the first hundred of `total`' }), holes: z.array(hole),
}).meta({ id: 'Team' });

const DAY_MS = 24 * 3_600_000;
const MOST_SHOWN = 100;

export function teamRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'get', path: '/v1/team', id: 'team', tag: 'people', summary: 'Load of your house, its pool, what is about to breach, holes in the roster', by: LEADS,
    answers: { 200: { description: 'The house as it stands', schema: team } },
    handle: ({ actor, at }) => inScope(deps.database, actor, async (tx) => {
      await logRead(tx, actor, 'team', null);
      return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: await teamOf(tx, actor, new Date(at)) };
    }),
  })];
}

async function teamOf(tx: Tx, actor: Actor, now: Date): Promise<z.infer<typeof team>> {
  const side = actor.role === 'senior-reviewer' ? 'insurer' : 'hospital';
  const house = actor[side] ?? '';
  const roles: Role[] = (side === 'insurer' ? [...INSURER_ROLES] : [...HOSPITAL_ROLES]).filter((role) => role !== 'his-feed');
  const staff = await staffOf(tx, side, house);
  const loads = await loadsOf(tx, staff.map((one) => one.personId), now);
  const people = staff.filter((one) => one.roles.some((role) => roles.includes(role)))
    .map((one) => ({ ...one, ...(loads.get(one.personId) ?? { open: 0, dueToday: 0, breached: 0, paused: 0 }) }))
    .filter((one) => one.active || one.open > 0)
    .sort((a, b) => b.breached - a.breached || b.dueToday - a.dueToday || b.open - a.open || (a.personId < b.personId ? -1 : 1));
  const inHouse = Prisma.join([Prisma.sql`true`, ...ofHouse(actor, 't')], ' AND ');
  const soon = await readTasks(tx, actor, Prisma.sql`task t WHERE t.status = 'open' AND ${inHouse} AND t.roles && ${roles}::text[] AND NOT ${isLate(now)} AND t.due_at <= ${new Date(now.getTime() + DAY_MS)}`, { limit: MOST_SHOWN }, now);
  const active = staff.filter((one) => one.active);
  return {
    asOf: now.toISOString(), house, people, pool: await poolOf(tx, inHouse, roles, now), aboutToBreach: { total: soon.total, items: soon.items },
    holes: rosterHoles(side, active, side === 'hospital' ? await departmentsOf(tx, house, active) : []),
  };
}

interface Staff { personId: string; name: string; roles: Role[]; departments: string[]; active: boolean }

/** The accounts of the house and of mediators, brought together by person; active when one of the accounts is. */
async function staffOf(tx: Tx, side: 'hospital' | 'insurer', house: string): Promise<Staff[]> {
  const accounts = await tx.person.findMany({ where: { OR: [{ [side]: house }, { roles: { has: 'mediator' } }] }, orderBy: [{ active: 'desc' }, { sub: 'asc' }] });
  const staff = new Map<string, Staff>();
  for (const { personId, name, roles, departments, active } of accounts) {
    const known = staff.get(personId);
    // What a shut account was good for, nobody holds any more.
    if (known && known.active && !active) continue;
    staff.set(personId, { personId, name, active, roles: [...new Set([...known?.roles ?? [], ...roles as Role[]])], departments: [...new Set([...known?.departments ?? [], ...departments])] });
  }
  return [...staff.values()];
}

const counts = (now: Date): Prisma.Sql => Prisma.sql`count(*)::int AS open, count(*) FILTER (WHERE t.due_at > ${now} AND t.due_at <= ${endOfDay(now, 0)})::int AS "dueToday",
  count(*) FILTER (WHERE ${isLate(now)})::int AS breached, count(*) FILTER (WHERE t.due_at IS NULL)::int AS paused`;
interface Load { open: number; dueToday: number; breached: number; paused: number }

async function loadsOf(tx: Tx, personIds: string[], now: Date): Promise<Map<string, Load>> {
  const rows = await tx.$queryRaw<Array<Load & { personId: string }>>`
    SELECT t.assignee AS "personId", ${counts(now)} FROM task t WHERE t.status = 'open' AND t.assignee = ANY (${personIds}::text[]) GROUP BY t.assignee`;
  return new Map(rows.map(({ personId, ...one }) => [personId, one]));
}

async function poolOf(tx: Tx, inHouse: Prisma.Sql, roles: Role[], now: Date): Promise<Array<z.infer<typeof pool>>> {
  const rows = await tx.$queryRaw<Array<Load & { role: Role; oldestOpenedAt: Date }>>`
    SELECT role, ${counts(now)}, min(t.opened_at) AS "oldestOpenedAt" FROM task t, unnest(t.roles) role
    WHERE t.status = 'open' AND ${inHouse} AND t.assignee IS NULL AND role = ANY (${roles}::text[]) GROUP BY role ORDER BY breached DESC, open DESC, role`;
  return rows.map((row) => ({ ...row, oldestOpenedAt: row.oldestOpenedAt.toISOString() }));
}

/** Departments of the house: those with open claims, and those that somebody is named for. */
async function departmentsOf(tx: Tx, hospital: string, staff: readonly Staff[]): Promise<string[]> {
  // In so many words: by a parameter, the index of open claims would not be known to serve.
  const rows = await tx.$queryRaw<Array<{ department: string }>>`SELECT DISTINCT department FROM claim WHERE hospital = ${hospital} AND stage <> 'closed'`;
  return [...new Set([...rows.map((row) => row.department), ...staff.flatMap((one) => one.departments)])].sort();
}
