/** The directory of accounts: a token outlives the day on which somebody leaves, an inactive account does not (SPEC §1.2). */
import type { Request } from 'express';
import { askInScope, type Database } from '../platform/database';
import { Prisma } from '../platform/database/generated/client';
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
    mustStand(identity, await askInScope(database, { ...person, role: roles[0]! }, Prisma.sql`SELECT ${stands(identity)} AS stands`));
    if (activeUntil.size >= MOST_REMEMBERED) activeUntil.clear();
    activeUntil.set(identity.sub, now().getTime() + SURE_FOR_MS);
    return identity;
  };
}

/** Does it stand, to be asked in its own scope: an account that was not shut, or a link that no newer one has ended: it was made because the older went astray, or is not needed any more. */
export const stands = ({ sub, onlyClaim }: Pick<Identity, 'sub' | 'onlyClaim'>): Prisma.Sql => (onlyClaim === undefined
  ? Prisma.sql`coalesce((SELECT p.active FROM person p WHERE p.sub = ${sub}), true)`
  : Prisma.sql`coalesce((SELECT l.ended_at IS NULL FROM patient_link l WHERE l.id = ${linkIdOf(sub)}::uuid), false)`);

/** Throws ProblemError (401) for what no longer stands. */
export function mustStand({ onlyClaim }: Pick<Identity, 'onlyClaim'>, found: { stands: boolean } | null): void {
  if (found?.stands !== true) fail(unauthenticated(onlyClaim === undefined ? 'account inactive' : 'link ended'));
}
