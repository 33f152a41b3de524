/** The link by which a patient follows one claim without an account: `POST /v1/claims/{claimNo}/patient-link`. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isElsewhere, type Actor, type Role } from '../../domain/claim';
import { erasureOf } from '../../domain/retention';
import { inScope, type Tx } from '../../platform/database';
import { claimToActOn } from '../claim/access';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { fail, refusalProblem } from '../problems';
import { codeOf, hashOf, LINK_HOURS } from './session';

/** Who is with the patient and can hand it over. */
export const LINK_MAKERS: readonly Role[] = ['specialist', 'liaison', 'manager'];

const patientLink = z.object({
  url: z.string().meta({ description: 'What the patient opens; the code stands behind #, which browsers send to nobody' }),
  code: z.string(), expiresAt: z.iso.datetime(),
}).meta({ id: 'PatientLink' });

export function linkRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'post', path: '/v1/claims/{claimNo}/patient-link', id: 'makePatientLink', tag: 'claims', keyed: true, by: LINK_MAKERS,
    summary: 'A link by which the patient follows this claim', description: `Good for ${LINK_HOURS} hours. A new one ends the older ones and the sessions they opened.`,
    body: { schema: z.strictObject({}), example: {} },
    answers: { 201: { description: 'The link; the same for the same Idempotency-Key', schema: patientLink } }, problems: [403, 404, 409],
    handle: async ({ params, actor, actId, at }) => {
      const { id, expiresAt } = await inScope(deps.database, actor, (tx) => makeLink(tx, deps.patientSessionSecret, params['claimNo'] ?? '', { actor, actId, at }));
      const code = codeOf(deps.patientSessionSecret, id);
      return { status: 201, headers: { 'Cache-Control': 'no-store' }, body: { url: `${deps.publicUrl}/p#${code}`, code, expiresAt: expiresAt.toISOString() } };
    },
  })];
}

/** Keeps a link of the claim, or finds the one that the same key made. Throws ProblemError: 404 outside the scope, 403 seen as a stand-in only, 409 the file was erased or the key was used for another claim. */
async function makeLink(tx: Tx, secret: string, claimNo: string, { actor, actId, at }: { actor: Actor; actId: string; at: string }): Promise<{ id: string; expiresAt: Date }> {
  const state = await claimToActOn(tx, actor, claimNo);
  // A task was handed over, not the patient.
  if (isElsewhere(actor, state)) fail(refusalProblem({ code: 'not-handed-over' }));
  if (erasureOf(state, 'file')) fail(refusalProblem({ code: 'erased' }));
  const { hospital, department, insurer } = state;
  // One at a time, so that the older ones are all seen and only the newest stands.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`patient-link:${claimNo}`}))`;
  const before = await tx.patientLink.findUnique({ where: { createdBy_actId: { createdBy: actor.personId, actId } }, select: { id: true, claimNo: true, expiresAt: true } });
  if (before) return before.claimNo === claimNo ? before : fail(refusalProblem({ code: 'same-id-other-body' }));
  await tx.patientLink.updateMany({ where: { claimNo, endedAt: null }, data: { endedAt: at } });
  const id = randomUUID();
  const expiresAt = new Date(Date.parse(at) + LINK_HOURS * 3_600_000);
  await tx.patientLink.create({
    data: { id, claimNo, codeHash: hashOf(codeOf(secret, id)), actId, createdBy: actor.personId, createdAt: at, expiresAt, hospital, department, insurer }, select: { id: true },
  });
  return { id, expiresAt };
}
