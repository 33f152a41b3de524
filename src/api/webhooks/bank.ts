/** The bank calls back: signed, at least once, in any order, maybe about a payment that is not ours (SPEC §1.9). */
import express, { Router } from 'express';
import { system } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { canonicalJson } from '../../platform/audit/canonical';
import { bankCallbackSchema, type BankCallback } from '../../platform/outside/bank';
import { verify } from '../../platform/outside/signature';
import type { Deps } from '../deps';
import { parseJson } from '../http/body';
import { bodyPointer, parse } from '../http/route';
import { fail, notAllowed, refusalProblem, TEMPORAL_AWAY } from '../problems';

export const BANK_PATH = '/v1/webhooks/bank';
const BANK = { role: 'bank' } as const;
const MOST_BYTES = 64 * 1024;

/** The router; mount it before anything reads the body: the signature is over the bytes as they came. */
export function bankRouter(deps: Deps, secret: string): Router {
  const router = Router();
  router.post(BANK_PATH, express.raw({ type: () => true, limit: MOST_BYTES, inflate: false }), async (req, res) => {
    res.locals['route'] = BANK_PATH;
    const raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const verdict = verify(req.headers, raw, secret, deps.now());
    if (verdict.kind === 'invalid') {
      fail({ status: 401, code: verdict.rule, text: { zh: '签名无效。', en: 'The call is not signed with our shared secret, or its time is not ours.' }, headers: { 'WWW-Authenticate': 'Signature' } });
    }
    const callback = parse(bankCallbackSchema, parseJson(raw), bodyPointer);
    res.status(200).json({ taken: await take(deps, callback) });
  });
  router.all(BANK_PATH, () => fail(notAllowed(['POST'])));
  return router;
}

/**
 * Keeps the event under its id, then tells the claim. `kept`: no payment of ours has this key, or the claim has ended: raised as a
 * difference, once, for people to look at. Throws ProblemError: 409 the id came with another body before, 503 while Temporal is away, so
 * that the bank calls again.
 */
async function take({ database, process, now }: Deps, callback: BankCallback): Promise<'applied' | 'kept'> {
  const { eventId, key, status, amountFen, bankReference } = callback;
  const receivedAt = now().toISOString();
  const { applied, payment } = await inScope(database, BANK, async (tx) => {
    const { count } = await tx.bankEvent.createMany({ data: [{ eventId, paymentKey: key, body: callback, receivedAt }], skipDuplicates: true });
    const event = await tx.bankEvent.findUniqueOrThrow({ where: { eventId }, select: { applied: true, body: true } });
    if (saidIn(event.body) !== saidIn(callback)) fail(refusalProblem({ code: 'same-id-other-body', field: '/eventId' }));
    const ours = await tx.payment.findUnique({ where: { key } });
    if (ours === null && count > 0) await raise(tx, callback, 'bank-unknown-payment', '-', receivedAt);
    return { applied: event.applied, payment: ours };
  });
  if (applied) return 'applied';
  if (payment === null) return 'kept';
  // The same confirmation under another event id says nothing new.
  const known = payment.status === 'confirmed' && status === 'confirmed' && payment.bankReference === bankReference && Number(payment.amountFen) === amountFen;
  const delivered = known ? 'delivered' : await process.deliver(payment.claimNo, {
    id: `bank:${eventId}`, command: 'bank-answered', actor: system('bank'), receivedAt, saidAt: callback.at, hash: '',
    input: { key, status, amountFen, bankReference, ...(callback.status === 'failed' ? { fault: callback.fault } : {}) },
  });
  if (delivered === 'away') return fail(TEMPORAL_AWAY);
  return inScope(database, BANK, async (tx) => {
    // Raised is dealt with, too: the next call of the same event finds nothing left to do.
    const { count } = await tx.bankEvent.updateMany({ where: { eventId, applied: false }, data: { applied: true } });
    if (delivered === 'delivered') return 'applied';
    if (count > 0) await raise(tx, callback, 'bank-after-the-end', payment.claimNo, receivedAt);
    return 'kept';
  });
}

/** SPEC §1.9: recorded, raised, never paid twice. The key is ours or a stranger's words, so it stays in the event and out of the difference. */
async function raise(tx: Tx, { eventId, status, amountFen }: BankCallback, kind: 'bank-unknown-payment' | 'bank-after-the-end', claimNo: string, foundAt: string): Promise<void> {
  await tx.difference.createMany({ data: [{ foundAt, claimNo, kind, detail: { eventId, status, amountFen } }] });
}

/** What an event says, spelled for comparing. Its time is not part of it: a bank may give each call the time of that call. */
function saidIn(body: unknown): string {
  const { at: _, ...said } = body as BankCallback;
  return canonicalJson(said);
}
