/** Who does whose work while they are away: `GET`, `POST /v1/delegations`, ended early by `…/{id}/end` (SPEC §1.2: persons; the owner stays). */
import * as z from 'zod';
import { endOfShanghaiDay, shanghaiDay } from '../../domain/calendar';
import { DELEGATED_ROLES, inBoth, leads, MOST_DAYS_AWAY, ROLES, type Actor, type Role } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { logRead, namesOf } from '../claim/access';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND, refusalProblem, wrongInput, type Problem } from '../problems';
import { LEADS } from '../tasks/query';

const time = z.iso.datetime();
const someone = z.object({ personId: z.string(), name: z.string().nullable() });
const delegation = z.object({
  id: z.uuid(), owner: someone.meta({ description: 'Whose tasks they are, and stay' }), delegate: someone, role: z.enum(ROLES), at: time, until: time.meta({ description: '24:00 in Shanghai of the last day' }),
  endedAt: time.nullable(), mayEnd: z.boolean(),
}).meta({ id: 'Delegation' });
type Shown = z.infer<typeof delegation>;
const delegations = z.object({
  items: z.array(delegation).meta({ description: 'Those that run, soonest to end first' }), leads: z.array(z.enum(ROLES)).meta({ description: 'Roles of those whose work you may hand over besides your own' }),
}).meta({ id: 'Delegations' });
const receivers = z.object({
  items: z.array(z.object({ personId: z.string(), name: z.string(), departments: z.array(z.string()) })), firstDay: z.iso.date(), lastDay: z.iso.date().meta({ description: 'The last day that may be named, in Shanghai' }),
}).meta({ id: 'StandIns' });

const personId = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, inBoth({ zh: '人员编号', en: 'the id of a person' }));
const body = z.strictObject({
  owner: personId.optional().meta({ description: 'A person whom you lead; without it, yourself' }), role: z.enum(ROLES), to: personId,
  until: z.iso.date().meta({ description: `The last day, in Shanghai; at most ${MOST_DAYS_AWAY} days from today`, example: '2026-12-05' }),
});
type Body = z.infer<typeof body>;
const receiversQuery = z.strictObject({ role: z.enum(ROLES), owner: personId.optional() });

const PRIVATE = { 'Cache-Control': 'private, no-cache' };
const ALREADY_AWAY: Problem = { status: 409, code: 'already-handed-over', field: '/owner', text: { zh: '此项工作已有人代办：请先结束原来的代办。', en: 'Somebody does this work already: end that first.' } };

export function delegationRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'get', path: '/v1/delegations', id: 'listDelegations', tag: 'people', by: [...DELEGATED_ROLES, 'auditor'], summary: 'Who stands in for whom now: yours, those of your house if you lead it, all for the auditor',
      answers: { 200: { description: 'All of them', schema: delegations } },
      handle: ({ actor, at }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'delegations', null);
        const all = actor.role === 'auditor' || LEADS.some((role) => role === actor.role);
        const rows = await tx.delegation.findMany({
          where: { endedAt: null, until: { gt: at }, ...(all ? {} : { OR: [{ owner: actor.personId }, { delegate: actor.personId }] }) }, orderBy: [{ until: 'asc' }, { id: 'asc' }],
        });
        return { status: 200, headers: PRIVATE, body: { items: await shown(tx, actor, rows), leads: DELEGATED_ROLES.filter((role) => leads(actor.role, role)) } };
      }),
    }),
    route({
      method: 'get', path: '/v1/delegations/receivers', id: 'peopleToStandIn', tag: 'people', by: DELEGATED_ROLES, query: receiversQuery, summary: 'Who may stand in: active colleagues of the role in the same house who are not away themselves',
      answers: { 200: { description: 'All of them', schema: receivers } }, problems: [403, 422],
      handle: ({ actor, query: { role, owner = actor.personId }, at }) => inScope(deps.database, actor, async (tx) => {
        mayHandOver(actor, owner, role);
        return { status: 200, headers: PRIVATE, body: { items: await colleagues(tx, actor, { owner, role, at }), ...daysFrom(at) } };
      }),
    }),
    route({
      method: 'post', path: '/v1/delegations', id: 'handOver', tag: 'people', keyed: true, by: DELEGATED_ROLES, summary: 'Hand your work over to a colleague until a day, or that of somebody whom you lead',
      description: 'Tasks stay the owner\'s. The colleague sees them, and may do on them what the owner may; the record says who acted and for whom. It ends by itself, and is not handed on.',
      body: { schema: body, example: { role: 'reviewer', to: 'P-I001-REVIEWER-B', until: '2026-12-05' } },
      answers: { 201: { description: 'Handed over, from now on', schema: delegation } }, problems: [403, 409, 422],
      handle: ({ actor, actId, body: given, at }) => inScope(deps.database, actor, async (tx) => ({ status: 201, headers: PRIVATE, body: await handOver(tx, actor, actId, given, at) })),
    }),
    route({
      method: 'post', path: '/v1/delegations/{id}/end', id: 'endDelegation', tag: 'people', keyed: true, by: DELEGATED_ROLES, summary: 'End it now: the owner, who stands in, or who leads them',
      body: { schema: z.strictObject({}), example: {} }, answers: { 200: { description: 'Ended, now or before', schema: delegation } }, problems: [404],
      handle: ({ actor, params, at }) => inScope(deps.database, actor, async (tx) => {
        const id = z.uuid().safeParse(params['id']).data ?? fail(NOT_FOUND);
        const row = await tx.delegation.findUnique({ where: { id } });
        if (!row || !mayEnd(actor, row)) return fail(NOT_FOUND);
        await tx.delegation.updateMany({ where: { id, endedAt: null }, data: { endedAt: new Date(Math.max(Date.parse(at), row.at.getTime())), endedBy: actor.personId } });
        await tellScreens(tx, row.owner);
        const [ended] = await shown(tx, actor, [await tx.delegation.findUniqueOrThrow({ where: { id } })]);
        return { status: 200, headers: PRIVATE, body: ended };
      }),
    }),
  ];
}

type Row = Awaited<ReturnType<Tx['delegation']['findUniqueOrThrow']>>;
const mayEnd = (actor: Actor, { owner, delegate, role }: Row): boolean => owner === actor.personId || delegate === actor.personId || leads(actor.role, role as Role);

async function shown(tx: Tx, actor: Actor, rows: readonly Row[]): Promise<Shown[]> {
  const names = await namesOf(tx, rows.flatMap((row) => [row.owner, row.delegate]));
  const who = (personId: string): Shown['owner'] => ({ personId, name: names[personId] ?? null });
  return rows.map((row) => ({
    id: row.id, owner: who(row.owner), delegate: who(row.delegate), role: row.role as Role, at: row.at.toISOString(), until: row.until.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null, mayEnd: row.endedAt === null && mayEnd(actor, row),
  }));
}

/** One's own work in the role one acts in, or that of somebody whom one leads. Throws ProblemError (403). */
function mayHandOver(actor: Actor, owner: string, role: Role): void {
  if (!(owner === actor.personId && role === actor.role) && !leads(actor.role, role)) fail(refusalProblem({ code: 'not-your-role', field: '/role' }));
}

const lastDayOf = ({ until }: Row): string => shanghaiDay(new Date(until.getTime() - 1).toISOString());

/** Between which days of Shanghai it can end. */
const daysFrom = (at: string): { firstDay: string; lastDay: string } => ({ firstDay: shanghaiDay(at), lastDay: shanghaiDay(new Date(Date.parse(at) + MOST_DAYS_AWAY * 86_400_000).toISOString()) });

const houseOf = (actor: Actor): string => (leads('manager', actor.role as Role) ? actor.hospital : actor.insurer) ?? '';

async function colleagues(tx: Tx, actor: Actor, { owner, role, at }: { owner: string; role: Role; at: string }): Promise<Array<{ personId: string; name: string; departments: string[] }>> {
  const house = houseOf(actor);
  const accounts = await tx.person.findMany({ where: { active: true, roles: { has: role }, OR: [{ hospital: house }, { insurer: house }] }, orderBy: { personId: 'asc' } });
  const away = new Set((await tx.delegation.findMany({ where: { role, house, endedAt: null, until: { gt: at } }, select: { owner: true } })).map((row) => row.owner));
  if (!accounts.some((one) => one.personId === owner)) fail(wrongInput([{ field: '/owner', rule: { zh: '须为本单位该角色的在职人员', en: 'must be an active person of your house in that role' } }]));
  const others = accounts.filter((one) => one.personId !== owner && !away.has(one.personId));
  return [...new Map(others.map(({ personId, name, departments }) => [personId, { personId, name, departments }])).values()];
}

/** Written once per id. Throws ProblemError: 403 not theirs to hand over, 409 somebody does it already or the id came with another body, 422 day or person. */
async function handOver(tx: Tx, actor: Actor, actId: string, { owner = actor.personId, role, to, until: day }: Body, at: string): Promise<Shown> {
  mayHandOver(actor, owner, role);
  // One after the other for each person: two that come together must not both find nobody.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('delegation'), hashtext(${owner}))`;
  const madeBy = actor.personId;
  const known = await tx.delegation.findUnique({ where: { madeBy_actId: { madeBy, actId } } });
  if (known && (known.owner !== owner || known.role !== role || known.delegate !== to || lastDayOf(known) !== day)) return fail(refusalProblem({ code: 'same-id-other-body' }));
  if (!known) {
    const { firstDay, lastDay } = daysFrom(at);
    if (day < firstDay || day > lastDay) {
      fail(wrongInput([{ field: '/until', rule: { zh: `从今天起，最多 ${MOST_DAYS_AWAY} 天`, en: `from today on, at most ${MOST_DAYS_AWAY} days` } }]));
    }
    const may = await colleagues(tx, actor, { owner, role, at });
    const until = endOfShanghaiDay(day);
    if (await tx.delegation.findFirst({ where: { owner, role, endedAt: null, until: { gt: at } }, select: { id: true } })) fail(ALREADY_AWAY);
    if (!may.some((one) => one.personId === to)) fail(wrongInput([{ field: '/to', rule: NOT_TO_THEM }]));
    await tx.delegation.createMany({ data: [{ owner, delegate: to, role, house: houseOf(actor), at, until, madeBy, actId }] });
    await tellScreens(tx, owner);
  }
  const [made] = await shown(tx, actor, [await tx.delegation.findUniqueOrThrow({ where: { madeBy_actId: { madeBy, actId } } })]);
  return made!;
}

/** Nothing has happened to these claims, but whose lists they stand in: screens that are open read them again. */
async function tellScreens(tx: Tx, owner: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify('claim_changed', claim_no || ' ' || version)::text FROM claim WHERE claim_no IN (SELECT claim_no FROM task WHERE assignee = ${owner} AND status = 'open')`;
}

const NOT_TO_THEM = { zh: '须为本单位同一角色的其他在职人员，且本人未离开', en: 'must be another active person of the same house and role, who is not away' };
