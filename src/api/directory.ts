/** The directory of accounts: a token outlives the day on which somebody leaves, an inactive account does not (SPEC §1.2). */
import type { Request } from 'express';
import { inScope, type Database } from '../platform/database';
import type { Authenticate, Identity } from './auth';
import { fail, unauthenticated } from './problems';

/** Authentication that also asks the directory. Who is not in it is taken at the issuer's word. */
export function withDirectory(authenticate: Authenticate, database: Database): (req: Request) => Promise<Identity> {
  return async (req) => {
    const identity = await authenticate(req);
    const { roles, ...person } = identity;
    const entry = await inScope(database, { ...person, role: roles[0]! }, (tx) => tx.person.findUnique({ where: { sub: identity.sub }, select: { active: true } }));
    if (entry?.active === false) fail(unauthenticated('account inactive'));
    return identity;
  };
}
