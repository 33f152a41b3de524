/** Views of the inbox: those of the role, and those that a person named. A view is a query of `GET /v1/tasks`; its count is that list's. */
import { parse as parseQuery } from 'node:querystring';
import * as z from 'zod';
import { text, type Actor, type Role } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { parse, queryName, route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND, type Problem } from '../problems';
import { countTasks } from '../tasks/list';
import { notToAsk, taskFilters, type TaskFilters } from '../tasks/query';
import { defaultViews } from './defaults';

const words = z.object({ zh: z.string(), en: z.string() });
const view = z.object({
  id: z.string(), own: z.boolean().meta({ description: 'Named by you; the others are those of your role' }), name: words,
  query: z.string().meta({ description: 'Search string of the inbox', example: 'mine&due=today' }),
  count: z.int().nullable().meta({ description: 'Tasks in its list now; null: your role may not ask so' }),
}).meta({ id: 'View' });
const views = z.object({ asOf: z.iso.datetime(), items: z.array(view) }).meta({ id: 'Views' });
const viewBody = z.strictObject({ name: text(60), query: z.string().max(1000) }).meta({ id: 'ViewBody' });

const MOST_VIEWS = 100;
const TOO_MANY: Problem = { status: 409, code: 'too-many-views', details: { most: MOST_VIEWS }, text: { zh: `最多保存 ${MOST_VIEWS} 个视图，请先删除不用的。`, en: `You have ${MOST_VIEWS} views: delete one that you no longer use.` } };

/** Throws ProblemError (422) naming the parameter at fault. */
const filtersOf = (query: string): TaskFilters => parse(taskFilters, parseQuery(query.replace(/^\?/, '')), (path) => `/query${queryName(path)}`);

const countOf = async (tx: Tx, actor: Actor, query: string, now: Date): Promise<number | null> => {
  const parsed = taskFilters.safeParse(parseQuery(query));
  // Kept under an older release, or in another of one's roles.
  return !parsed.success || notToAsk(actor, parsed.data) ? null : countTasks(tx, actor, parsed.data, now);
};

/** A view of one's own has a UUID; a session from a patient's link has none of its own. */
const ownId = (params: Record<string, string>, actor: Actor): string => (actor.onlyClaim === undefined ? z.uuid().safeParse(params['id']).data : undefined) ?? fail(NOT_FOUND);

export function viewRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'get', path: '/v1/views', id: 'listViews', tag: 'views', summary: 'Views of your inbox, those of your role and your own, each with its count',
      answers: { 200: { description: 'All of them', schema: views } },
      handle: ({ actor, at }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'views', null);
        const own = await tx.savedView.findMany({ where: { personId: actor.personId }, orderBy: [{ name: 'asc' }, { id: 'asc' }] });
        const all = [
          ...defaultViews(actor.role as Role).map((one) => ({ ...one, own: false })),
          ...own.map(({ id, name, query }) => ({ id, name: { zh: name, en: name }, query, own: true })),
        ];
        const items = [];
        for (const one of all) items.push({ ...one, count: await countOf(tx, actor, one.query, new Date(at)) });
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: { asOf: at, items } };
      }),
    }),
    route({
      method: 'put', path: '/v1/views/{id}', id: 'saveView', tag: 'views', summary: 'Keep a view under an id (UUID) that you made, or change it', description: `At most ${MOST_VIEWS} per person.`,
      body: { schema: viewBody, example: { name: '今天的 F3', query: 'mine&tier=F3&due=today' } },
      answers: { 200: { description: 'Kept', schema: view } }, problems: [404, 409],
      handle: ({ actor, params, body, at }) => {
        const id = ownId(params, actor);
        const query = body.query.replace(/^\?/, '');
        const filters = filtersOf(query);
        return inScope(deps.database, actor, async (tx) => {
          const refused = notToAsk(actor, filters);
          if (refused) fail(refused);
          // One at a time for each person: otherwise two at once would both find room.
          await tx.$queryRaw`SELECT FROM pg_advisory_xact_lock(hashtext('saved_view'), hashtext(${actor.personId}))`;
          const key = { personId_id: { personId: actor.personId, id } };
          const known = await tx.savedView.findUnique({ where: key, select: { id: true } });
          if (!known && await tx.savedView.count({ where: { personId: actor.personId } }) >= MOST_VIEWS) fail(TOO_MANY);
          const { name } = await tx.savedView.upsert({ where: key, create: { personId: actor.personId, id, name: body.name, query }, update: { name: body.name, query }, select: { name: true } });
          return { status: 200, body: { id, own: true, name: { zh: name, en: name }, query, count: await countTasks(tx, actor, filters, new Date(at)) } };
        });
      },
    }),
    route({
      method: 'delete', path: '/v1/views/{id}', id: 'deleteView', tag: 'views', summary: 'Forget a view of your own',
      answers: { 204: { description: 'Forgotten' } }, problems: [404],
      handle: ({ actor, params }) => inScope(deps.database, actor, async (tx) => {
        const { count } = await tx.savedView.deleteMany({ where: { personId: actor.personId, id: ownId(params, actor) } });
        return count === 1 ? { status: 204 } : fail(NOT_FOUND);
      }),
    }),
  ];
}
