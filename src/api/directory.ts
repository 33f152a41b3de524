/** The directory of accounts: a token outlives the day on which somebody leaves, an inactive account does not (SPEC §1.2). */
import type { Request } from 'express';
import { inScope, type Database, type Tx } from '../platform/database';
import type { Authenticate, Identity } from './auth';
import { linkIdOf } from './patient/session';
import { fail, unauthenticated } from './problems';

/** An account that was active is taken to be so for this long: a quarter of the database's work for each request is saved by it. */
const SURE_FOR_MS = 5_000;
/** More accounts than a busy day has; beyond, all are asked again. */
const MOST_REMEMBERED = 10_000;

/** Authentication that also asks the directory. Who is not in it is taken at the issuer's word. */
export function withDirectory(authenticate: Authenticate, database: Database, now: () => Date): (req: Request) => Promise<Identity> {
  const activeUntil = new Map<string, number>();
  return async (req) => {
    const identity = await authenticate(req);
    const { roles, ...person } = identity;
    if ((activeUntil.get(identity.sub) ?? 0) > now().getTime()) return identity;
    await inScope(database, { ...person, role: roles[0]! }, (tx) => mustStand(tx, identity));
    if (activeUntil.size >= MOST_REMEMBERED) activeUntil.clear();
    activeUntil.set(identity.sub, now().getTime() + SURE_FOR_MS);
    return identity;
  };
}

/** Throws ProblemError (401) once the account was shut or the link ended, in the transaction of its scope. */
export const mustStand = (tx: Tx, { sub, onlyClaim }: Pick<Identity, 'sub' | 'onlyClaim'>): Promise<void> => (onlyClaim === undefined ? isActive(tx, sub) : linkStands(tx, sub));

async function isActive(tx: Tx, sub: string): Promise<void> {
  const entry = await tx.person.findUnique({ where: { sub }, select: { active: true } });
  if (entry?.active === false) fail(unauthenticated('account inactive'));
}

/** A newer link ends the sessions of the older: it was made because the older went astray, or is not needed any more. */
async function linkStands(tx: Tx, sub: string): Promise<void> {
  const link = await tx.patientLink.findUnique({ where: { id: linkIdOf(sub) }, select: { endedAt: true } });
  if (link?.endedAt !== null) fail(unauthenticated('link ended'));
}
