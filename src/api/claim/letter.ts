/** The decision letter before it is sent: `POST /v1/claims/{claimNo}/letter-preview` for who is about to recommend or decide (SPEC §1.8). */
import * as z from 'zod';
import { BENEFITS, DECISIONS, previewOf, REASON_CODES, type Role } from '../../domain/claim';
import { inScope } from '../../platform/database';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { claimInScope, logClinicalRead } from './access';
import { contactOf } from './contact';
import { letter } from './view-schema';

export const PREVIEWERS: readonly Role[] = ['reviewer', 'senior-reviewer', 'approver'];

const fen = z.int().min(0).max(100_000_000_00);
const judged = z.strictObject({
  decision: z.enum(DECISIONS), lines: z.array(z.strictObject({ benefit: z.enum(BENEFITS), askedFen: fen, approvedFen: fen })).min(1).max(BENEFITS.length),
  reasons: z.array(z.enum(REASON_CODES)).max(10), exGratia: z.boolean().default(false),
}).meta({ id: 'LetterPreview', description: 'As in `recommend`; may be unfinished' });
export const previewExample: z.infer<typeof judged> = { decision: 'part', lines: [{ benefit: 'medical-costs', askedFen: 480_000, approvedFen: 300_000 }], reasons: ['Q02'], exGratia: false };

export function letterRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'post', path: '/v1/claims/{claimNo}/letter-preview', id: 'previewLetter', tag: 'claims', by: PREVIEWERS, summary: 'The letter that this decision would send', description: 'Changes nothing, so it needs no Idempotency-Key.',
    body: { schema: judged, example: previewExample }, answers: { 200: { description: 'The letter', schema: letter } }, problems: [403, 404],
    handle: ({ params, actor, at, body }) => inScope(deps.database, actor, async (tx) => {
      const state = await claimInScope(tx, actor, params['claimNo'] ?? '');
      await logClinicalRead(tx, actor, 'letter-preview', state);
      return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: previewOf(state, body, at, await contactOf(tx, state)) };
    }),
  })];
}
