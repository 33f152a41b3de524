/** `GET /v1/ops/stuck`: why each open claim is where it is: waiting for whom since when, or which part of ours is at fault (SPEC §1.1: never unseen). */
import * as z from 'zod';
import { inScope } from '../../platform/database';
import { CAUSES, stuckClaimSchema } from '../../platform/operations/causes';
import { findStuck } from '../../platform/operations/stuck';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { pageOf, pageQuery, readCursor } from '../http/cursor';
import { claimNoSchema, route, type AnyRoute } from '../http/route';

const stuckQuery = z.strictObject({ cause: z.enum(CAUSES).optional().meta({ description: 'Of the page, only claims that have this cause' }), ...pageQuery });
const stuckPage = pageOf(stuckClaimSchema).extend({ worker: z.enum(['up', 'none', 'unknown']) });

export function opsRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'get', path: '/v1/ops/stuck', id: 'stuckClaims', tag: 'operations', summary: 'Why each open claim is where it is', by: ['ops', 'auditor'], query: stuckQuery,
    answers: { 200: { description: 'One page of open claims, by number', schema: stuckPage } }, problems: [422],
    handle: async ({ actor, query: { cause, cursor, limit } }) => {
      const after = readCursor(claimNoSchema, cursor);
      await inScope(deps.database, actor, (tx) => logRead(tx, actor, 'stuck', null));
      const { claims, next, worker } = await findStuck(deps, actor, { after, limit });
      const items = claims.filter((claim) => cause === undefined || claim.causes.some((one) => one.kind === cause));
      const nextCursor = next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url');
      return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: { items, nextCursor, worker } };
    },
  })];
}
