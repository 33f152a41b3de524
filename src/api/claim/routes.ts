/** The routes of claims: report, list, one claim, its events. */
import * as z from 'zod';
import { inScope } from '../../platform/database';
import { openerOf } from '../../platform/database/sealed';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { standingInFor } from '../people/standing-in';
import { fail, NOT_FOUND } from '../problems';
import { claimInScope, logClinicalRead, logPageRead, logRead } from './access';
import { etagOf } from './act';
import { EVENT_READERS, eventsPage, eventsQuery, listEvents } from './events';
import { claimsPage, claimsQuery, listClaims } from './list';
import { reportClaim, reportExample, REPORTERS, reportSchema } from './report';
import { rowsOf } from './rows';
import { viewOf } from './view';
import { claimView } from './view-schema';

export const reported = z.object({
  claimNo: z.string(), version: z.int(), duplicateOfEarlierReport: z.boolean().meta({ description: 'The event was reported before; this is the claim it has' }),
}).meta({ id: 'Reported' });

const PRIVATE = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization, X-Role' };

export function claimRoutes(deps: Deps): AnyRoute[] {
  const open = openerOf(deps.keys);
  return [
    route({
      method: 'post', path: '/v1/claims', id: 'report', tag: 'claims', summary: 'Report an abnormal surgery: opens a claim', keyed: true, by: REPORTERS,
      description: 'Taken even while Temporal is down; the process of the claim starts when it is back.',
      body: { schema: reportSchema, example: reportExample },
      answers: {
        200: { description: 'The event was reported before: the claim it has', schema: reported, headers: ['Location', 'ETag'] },
        201: { description: 'The claim was opened (the same answer for the same Idempotency-Key)', schema: reported, headers: ['Location', 'ETag'] },
      },
      problems: [403, 409, 422],
      handle: async ({ actor, actId, at, body }) => {
        const { claimNo, version, opened } = await reportClaim(deps, body, { actor, actId, at });
        return { status: opened ? 201 : 200, headers: { Location: `/v1/claims/${claimNo}`, ETag: etagOf(version) }, body: { claimNo, version, duplicateOfEarlierReport: !opened } };
      },
    }),
    route({
      method: 'get', path: '/v1/claims', id: 'listClaims', tag: 'claims', summary: 'Claims in your scope, newest first', query: claimsQuery,
      answers: { 200: { description: 'One page', schema: claimsPage } }, problems: [422],
      handle: ({ actor, query, at }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'claims', null);
        return { status: 200, headers: PRIVATE, body: await listClaims(tx, actor, query, at, deps.keys) };
      }),
    }),
    route({
      method: 'get', path: '/v1/claims/{claimNo}', id: 'getClaim', tag: 'claims', summary: 'A claim: who owes what until when, clocks with their ledgers, file, amounts, and what you may do',
      answers: { 200: { description: 'The claim, as your role sees it', schema: claimView, headers: ['ETag'] }, 304: { description: 'Not changed since the version in If-None-Match' } }, problems: [404],
      handle: async ({ actor, params, at, req }) => {
        const rows = await rowsOf(deps.database, actor, params['claimNo'] ?? '') ?? fail(NOT_FOUND);
        await logPageRead(deps.database, actor, rows);
        const headers = { ...PRIVATE, ETag: etagOf(rows.state.version) };
        const known = req.get('if-none-match')?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === headers.ETag) ?? false;
        return known ? { status: 304, headers } : { status: 200, headers, body: viewOf(rows, standingInFor(actor, rows.owners), at, { keeps: deps.keeps, open }) };
      },
    }),
    route({
      method: 'get', path: '/v1/claims/{claimNo}/events', id: 'claimEvents', tag: 'claims', summary: 'What happened to a claim, oldest first unless asked otherwise', by: EVENT_READERS, query: eventsQuery,
      answers: { 200: { description: 'One page', schema: eventsPage } }, problems: [403, 404, 422],
      handle: ({ actor, params, query }) => inScope(deps.database, actor, async (tx) => {
        const state = await claimInScope(tx, actor, params['claimNo'] ?? '');
        await logClinicalRead(tx, actor, 'events', state);
        return { status: 200, headers: PRIVATE, body: await listEvents(tx, actor, state, query) };
      }),
    }),
  ];
}
