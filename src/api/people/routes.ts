/** To whom an open task may be handed over: whoever the act `reassign-task` would accept, asked of the same rules. */
import * as z from 'zod';
import { allowed, COMMANDS, ROLES, type Actor, type ClaimState, type Role, type Task } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { claimInScope, logRead } from '../claim/access';
import { fitsTask } from '../claim/preflight';
import { seesClinical } from '../claim/sees';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND } from '../problems';

const person = z.object({
  personId: z.string(), name: z.string().nullable(), roles: z.array(z.enum(ROLES)), openTasks: z.int().meta({ description: 'Open tasks that you see this person hold' }),
}).meta({ id: 'Receiver' });
const people = z.object({ items: z.array(person).meta({ description: 'Least loaded first; nobody whose account is inactive' }) }).meta({ id: 'Receivers' });
type Person = z.infer<typeof person>;

const peopleQuery = z.strictObject({ task: z.string().min(1).max(100).meta({ description: 'Id of an open task', example: 'KP-2026-000123.review.1' }) });
const REASSIGN = COMMANDS['reassign-task'];

export function peopleRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'get', path: '/v1/people', id: 'peopleForTask', tag: 'people', summary: 'Who may be given an open task, least loaded first', by: REASSIGN.by as readonly Role[], query: peopleQuery,
    answers: { 200: { description: 'All of them', schema: people } }, problems: [404, 422],
    handle: ({ actor, query, at }) => inScope(deps.database, actor, async (tx) => {
      const row = await tx.task.findFirst({ where: { id: query.task, status: 'open' }, select: { claimNo: true } });
      const state = await claimInScope(tx, actor, row?.claimNo ?? fail(NOT_FOUND));
      await logRead(tx, actor, 'people', state);
      const task = state.tasks.find((one) => one.taskId === query.task) ?? fail(NOT_FOUND);
      return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: { items: await receivers(tx, state, task, actor, at) } };
    }),
  })];
}

async function receivers(tx: Tx, state: ClaimState, task: Task, actor: Actor, at: string): Promise<Person[]> {
  if (!allowed(state, actor, at).includes('reassign-task')) return [];
  const mayGet = (personId: string): boolean => REASSIGN.check?.(state, { taskId: task.taskId, to: personId }, { actor, at, actId: '' }) === null;
  const accounts = await tx.person.findMany({
    where: { active: true, roles: { hasSome: task.roles }, OR: [{ hospital: state.hospital }, { insurer: state.insurer }, { roles: { has: 'mediator' } }] },
    select: { personId: true, name: true, roles: true, hospital: true, departments: true, insurer: true },
  });
  const found = new Map<string, Omit<Person, 'openTasks'>>();
  for (const account of accounts) {
    if (!fitsTask(state, task, account) || !mayGet(account.personId)) continue;
    const roles = [...new Set([...found.get(account.personId)?.roles ?? [], ...account.roles as Role[]])];
    found.set(account.personId, { personId: account.personId, name: account.name, roles });
  }
  const patient = task.roles.includes('patient') ? state.patientPersonId : null;
  if (patient !== null && mayGet(patient)) {
    const row = seesClinical(actor) ? await tx.patient.findUnique({ where: { id: state.patientId }, select: { name: true } }) : null;
    found.set(patient, { personId: patient, name: row?.name ?? null, roles: ['patient'] });
  }
  const loads = await tx.task.groupBy({ by: ['assignee'], where: { status: 'open', assignee: { in: [...found.keys()] } }, _count: true });
  return [...found.values()].map((one) => ({ ...one, openTasks: loads.find(({ assignee }) => assignee === one.personId)?._count ?? 0 }))
    .sort((a, b) => a.openTasks - b.openTasks || (a.personId < b.personId ? -1 : 1));
}
