/** What people owe: the inbox and the pool; taking, giving back and handing over are acts on the task's claim (SPEC §1.6). */
import * as z from 'zod';
import { COMMANDS, instant, text, type Actor, type CommandName, type Role } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import type { Prisma } from '../../platform/database/generated/client';
import { actAnswer, actStatus, inputOf, performAct } from '../claim/act';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { page, pageOf, pageQuery, readCursor, type Page } from '../http/cursor';
import { route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND } from '../problems';

/** Present without a value (`?mine`), or with one. */
const present = z.enum(['', 'true', 'false']).optional().transform((value) => value !== undefined && value !== 'false');
const tasksQuery = z.strictObject({
  mine: present.meta({ description: 'Tasks that you hold' }), pool: present.meta({ description: 'Tasks of your role that nobody holds' }),
  claimNo: z.string().max(20).optional(), ...pageQuery,
});

const time = z.iso.datetime();
const taskLine = z.object({
  taskId: z.string(), claimNo: z.string(), kind: z.string(), roles: z.array(z.string()), assignee: z.string().nullable(), openedAt: time, dueAt: time.nullable(),
  provisional: z.boolean(), breached: z.boolean(), stage: z.string(), tier: z.string().nullable(), hospital: z.string(), department: z.string(),
}).meta({ id: 'TaskLine' });

const place = z.tuple([instant.nullable(), text(200)]);

/** Open tasks in scope, soonest due first, those of paused clocks last. */
async function listTasks(tx: Tx, actor: Actor, { mine, pool, claimNo, cursor, limit }: z.infer<typeof tasksQuery>): Promise<Page<z.infer<typeof taskLine>>> {
  const held: Prisma.TaskWhereInput = { assignee: actor.personId };
  const free: Prisma.TaskWhereInput = { assignee: null, roles: { has: actor.role } };
  const after = readCursor(place, cursor);
  const rows = await tx.task.findMany({
    where: {
      status: 'open', ...(claimNo === undefined ? {} : { claimNo }),
      AND: [{ OR: mine === pool ? [held, free] : mine ? [held] : [free] }, ...(after ? [beyond(after)] : [])],
    },
    orderBy: [{ dueAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }], take: limit + 1, include: { claim: { select: { stage: true, tier: true } } },
  });
  return page(rows, limit, (row) => [row.dueAt?.toISOString() ?? null, row.id], (row) => ({
    taskId: row.id, claimNo: row.claimNo, kind: row.kind, roles: row.roles, assignee: row.assignee, openedAt: row.openedAt.toISOString(), dueAt: row.dueAt?.toISOString() ?? null,
    provisional: row.provisional, breached: row.breached, stage: row.claim.stage, tier: row.claim.tier, hospital: row.hospital, department: row.department,
  }));
}

function beyond([dueAt, id]: z.infer<typeof place>): Prisma.TaskWhereInput {
  if (dueAt === null) return { dueAt: null, id: { gt: id } };
  return { OR: [{ dueAt: { gt: dueAt } }, { dueAt, id: { gt: id } }, { dueAt: null }] };
}

const ACTS = [['claim', 'claim-task'], ['release', 'release-task'], ['reassign', 'reassign-task']] as const satisfies ReadonlyArray<readonly [string, CommandName]>;
const exampleId = 'KP-2026-000123.review.1';

export function taskRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'get', path: '/v1/tasks', id: 'listTasks', tag: 'tasks', summary: 'Your tasks and the pool of your role, soonest due first', query: tasksQuery,
      answers: { 200: { description: 'One page', schema: pageOf(taskLine) } }, problems: [422],
      handle: ({ actor, query }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'tasks', null);
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: await listTasks(tx, actor, query) };
      }),
    }),
    ...ACTS.map(([verb, command]) => {
      const reassign = command === 'reassign-task';
      const body = reassign ? z.strictObject({ to: z.string().min(1).max(64), note: text(2000).optional() }) : z.strictObject({});
      return route<Record<string, unknown>>({
        method: 'post', path: `/v1/tasks/{id}/${verb}`, id: `${verb}Task`, tag: 'tasks', keyed: true, prefers: COMMANDS[command].by as readonly Role[],
        summary: `${COMMANDS[command].title.en} · ${COMMANDS[command].title.zh}`, description: `The act \`${command}\` on the claim of the task ${exampleId}.`,
        body: { schema: body, example: reassign ? { to: 'p-reviewer-2' } : {} },
        answers: { 200: { description: 'Done', schema: actAnswer, headers: ['ETag'] }, 202: { description: 'Kept until a worker is up; see Location', schema: actStatus, headers: ['Location'] } },
        problems: [403, 404, 409, 422, 503],
        handle: async ({ params, actor, actId, at, body: given }) => {
          const taskId = params['id'] ?? '';
          const claimNo = await inScope(deps.database, actor, async (tx) => (await tx.task.findFirst({ where: { id: taskId }, select: { claimNo: true } }))?.claimNo ?? fail(NOT_FOUND));
          return performAct(deps, claimNo, command, inputOf(command, { taskId, ...given }), { actor, actId, at, saidAt: null, ifMatch: undefined });
        },
      });
    }),
  ];
}
