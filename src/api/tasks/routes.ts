/** What people owe: the inbox and the pool; taking, giving back and handing over are acts on the task's claim (SPEC §1.6). */
import * as z from 'zod';
import { COMMANDS, text, type CommandName, type Role } from '../../domain/claim';
import { inScope } from '../../platform/database';
import { actAnswer, actStatus, inputOf, performAct } from '../claim/act';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND } from '../problems';
import { listTasks, tasksPage } from './list';
import { tasksQuery } from './query';

const ACTS = [['claim', 'claim-task'], ['release', 'release-task'], ['reassign', 'reassign-task']] as const satisfies ReadonlyArray<readonly [string, CommandName]>;
const exampleId = 'KP-2026-000123.review.1';

export function taskRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'get', path: '/v1/tasks', id: 'listTasks', tag: 'tasks', summary: 'Your tasks, the pool of your role, what you wait for or have done; breached first, then soonest due', query: tasksQuery,
      answers: { 200: { description: 'One page', schema: tasksPage } }, problems: [422],
      handle: ({ actor, query, at }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'tasks', null);
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: await listTasks(tx, actor, query, new Date(at)) };
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
