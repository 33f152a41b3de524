/** Puts the table of routes into Express: parse → authorise → one call → map. */
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Actor } from '../../domain/claim';
import { actingAs, ROLE_HEADER, type Identity } from '../auth';
import { fail, NOT_FOUND, notAllowed, refusalProblem } from '../problems';
import { ORDINARY, readJson } from './body';
import { actIdOf, bodyPointer, isForLinks, parse, queryName, type AnyRoute, type Call } from './route';

export interface Served { now: () => Date; identify: (req: Request) => Promise<Identity> }

/** A router of all these routes, each known path refusing other methods with 405 and `Allow`. */
export function serve(routes: readonly AnyRoute[], served: Served): Router {
  const router = Router();
  const paths = [...new Set(routes.map((one) => one.path))].sort(concreteFirst);
  for (const path of paths) {
    const ofPath = routes.filter((one) => one.path === path);
    const place = router.route(path.replace(/\{(\w+)\}/g, ':$1'));
    place.all((_req, res, next) => { res.locals['route'] = path; next(); });
    for (const one of ofPath) place[one.method](handler(one, served));
    const methods = ofPath.flatMap((one) => (one.method === 'get' ? ['GET', 'HEAD'] : [one.method.toUpperCase()]));
    place.all(() => fail(notAllowed(methods)));
  }
  return router;
}

/** `/acts/approve` before `/acts/{id}`. */
const concreteFirst = (a: string, b: string): number => (a.replace(/\{/g, '\uffff') < b.replace(/\{/g, '\uffff') ? -1 : 1);

function handler(route: AnyRoute, { now, identify }: Served): RequestHandler {
  return async (req: Request, res: Response) => {
    const at = now().toISOString();
    res.set('Cache-Control', 'no-store'); // unless the route says what may be kept
    const identity = await identify(req);
    const actor = authorise(route, identity, req);
    const actId = route.keyed ? actIdOf(req) : '';
    const query = route.query ? parse(route.query, req.query, queryName) : undefined;
    const body = route.body ? parse(route.body.schema, await readJson(req, res, { ...ORDINARY, ...route.body }), bodyPointer) : undefined;
    const call = { identity, actor, params: req.params as Record<string, string>, query, body, actId, at, req, res };
    const answer = await route.handle(call as unknown as Call<never, never>);
    if (answer === null) return;
    if (answer.headers) res.set(answer.headers);
    if (answer.body === undefined) res.status(answer.status).end();
    else res.status(answer.status).type('application/json').send(JSON.stringify(answer.body));
  };
}

function authorise(route: AnyRoute, identity: Identity, req: Request): Actor {
  if (identity.onlyClaim !== undefined && !isForLinks(route)) fail(NOT_FOUND);
  const actor = actingAs(identity, req.get(ROLE_HEADER), route.by ?? route.prefers);
  if (route.by && !route.by.some((role) => role === actor.role)) fail(refusalProblem({ code: 'not-your-role', details: { roles: route.by } }));
  return actor;
}
