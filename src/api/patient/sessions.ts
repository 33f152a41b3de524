/** Opening a link: `POST /v1/patient-sessions`, for whoever has the code. No bearer token; one answer for every code that opens nothing. */
import { Router } from 'express';
import * as z from 'zod';
import { inScope } from '../../platform/database';
import type { Deps } from '../deps';
import { ORDINARY, readJson } from '../http/body';
import type { Limiters } from '../http/limits';
import { bodyPointer, parse } from '../http/route';
import { fail, notAllowed, type Problem } from '../problems';
import { hashOf, SESSION_HOURS, signSession } from './session';

export const SESSIONS_PATH = '/v1/patient-sessions';
export const sessionRequest = z.strictObject({ code: z.string().min(1).max(200) }).meta({ id: 'PatientSessionRequest' });
export const patientSession = z.object({ token: z.string(), expiresAt: z.iso.datetime(), claimNo: z.string() })
  .meta({ id: 'PatientSession', description: 'A bearer token for this one claim' });

const NO_SUCH_LINK: Problem = {
  status: 404, code: 'no-such-link', rule: 'SPEC §1.2',
  text: { zh: '链接无效或已过期，请向医院驻点专员索取新链接。', en: 'This link is not valid, or no longer. Ask the on-site specialist of the hospital for a new one.' },
};

/** The router; mount it before anybody must be signed in. */
export function sessionsRouter({ database, patientSessionSecret, now }: Deps, { wrongCode }: Limiters): Router {
  const router = Router();
  router.post(SESSIONS_PATH, async (req, res) => {
    res.locals['route'] = SESSIONS_PATH;
    const { code } = parse(sessionRequest, await readJson(req, res, ORDINARY), bodyPointer);
    const link = await inScope(database, { role: 'link' }, (tx) => tx.patientLink.findUnique({ where: { codeHash: hashOf(code) }, select: { id: true, claimNo: true, expiresAt: true, endedAt: true } }));
    // Only codes that open nothing are counted, and a right one opens whatever was tried before it: one phone must not shut out a ward behind its address.
    if (!link || link.endedAt !== null || link.expiresAt <= now()) return fail(await wrongCode(req, NO_SUCH_LINK));
    const { claimNo } = link;
    // Where nobody follows the claim with an account, the link has a person of its own: the same for every link of the claim.
    const nobody = `link-${claimNo}`;
    const claim = await inScope(database, { role: 'patient', personId: nobody, onlyClaim: claimNo }, (tx) => tx.claim.findUniqueOrThrow({ where: { claimNo }, select: { patientPersonId: true } }));
    const expiresAt = new Date(now().getTime() + SESSION_HOURS * 3_600_000).toISOString();
    const token = await signSession(patientSessionSecret, { linkId: link.id, personId: claim.patientPersonId ?? nobody, claimNo }, expiresAt);
    res.set('Cache-Control', 'no-store').status(200).json({ token, expiresAt, claimNo });
  });
  router.all(SESSIONS_PATH, () => fail(notAllowed(['POST'])));
  return router;
}
