/** Who is asking: bearer tokens of the configured OpenID Connect issuer, or of a patient's link (SPEC §1.2), and in which of their roles they act. */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { ROLES, type Actor, type Role } from '../domain/claim';
import { identityOfSession, saysItIsASession } from './patient/session';
import { fail, unauthenticated } from './problems';

/** A signed-in account with all its roles; `Actor` is one of them at work. */
export interface Identity {
  sub: string;
  personId: string;
  roles: Role[];
  hospital?: string;
  departments?: string[];
  insurer?: string;
  /** Signed in by a patient's link: this claim only. */
  onlyClaim?: string;
}

/** Proves tokens. Throws ProblemError (401) for one that does not hold, and an Error when the issuer cannot be reached. */
export type Authenticate = (req: Request) => Promise<Identity>;

/** Signatures by key pairs only: a shared secret or `none` would let anybody who knows the public key sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const LEEWAY_SECONDS = 5;
const DISCOVERY_TIMEOUT_MS = 5_000;

/** A proved token need not be proved again for this long, and never beyond its end: a key that the issuer takes back holds a minute longer at most. */
const SURE_FOR_MS = 60_000;
/** More accounts than a busy day has; beyond, all are proved again. */
const MOST_REMEMBERED = 10_000;

/** What PostgreSQL can keep and compare: a scope is handed to it as text. */
const word = (most: number) => z.string().min(1).max(most).regex(/^[^\p{Surrogate}\p{Cc}]+$/u);

const claims = z.object({
  sub: word(128),
  person_id: word(64),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  hospital: word(32).optional(),
  departments: z.array(word(64)).max(50).optional(),
  insurer: word(32).optional(),
});

/** Reads the issuer's keys when the first token comes, so that the API starts while the issuer is away. */
export function createAuthenticate({ issuer, audience, patientSessionSecret }: { issuer: string; audience: string; patientSessionSecret: string }): Authenticate {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keySet = (): Promise<JWTVerifyGetKey> => (keys ??= discoverKeys(issuer).catch((error: unknown) => { keys = undefined; throw error; }));
  // By their hash: whoever reads the memory of the process finds no token here.
  const proved = new Map<string, { identity: Identity; until: number }>();
  return async (req) => {
    const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(req.get('authorization') ?? '')?.[1];
    if (token === undefined) return fail(unauthenticated(req.get('authorization') === undefined ? 'missing' : 'not a bearer token'));
    if (saysItIsASession(token)) return identityOfSession(patientSessionSecret, token).catch((error: unknown) => fail(unauthenticated(error instanceof errors.JWTExpired ? 'expired' : 'not accepted')));
    const hash = createHash('sha256').update(token).digest('base64');
    const known = proved.get(hash);
    if (known && known.until > Date.now()) return known.identity;
    const key = await keySet();
    const verified = await jwtVerify(token, key, { issuer, audience, algorithms: ALGORITHMS, typ: 'at+jwt', clockTolerance: LEEWAY_SECONDS, requiredClaims: ['exp', 'sub'] })
      .catch((error: unknown) => {
        if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
        return fail(unauthenticated(error instanceof errors.JWTExpired ? 'expired' : 'not accepted'));
      });
    const parsed = claims.safeParse(verified.payload);
    if (!parsed.success) return fail(unauthenticated(`claim ${parsed.error.issues[0]?.path.join('.') ?? ''} missing or wrong`));
    const { sub, person_id: personId, roles, hospital, departments, insurer } = parsed.data;
    const identity = {
      sub, personId, roles,
      ...(hospital === undefined ? {} : { hospital }), ...(departments === undefined ? {} : { departments }), ...(insurer === undefined ? {} : { insurer }),
    };
    if (proved.size >= MOST_REMEMBERED) proved.clear();
    proved.set(hash, { identity, until: Math.min(Date.now() + SURE_FOR_MS, verified.payload.exp! * 1_000) });
    return identity;
  };
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { redirect: 'error', signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the issuer's configuration answered HTTP ${answer.status}`);
  const { jwks_uri } = z.object({ issuer: z.literal(issuer), jwks_uri: z.url() }).parse(await answer.json());
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS });
}

/** The header by which a person with several roles says which one they act in. */
export const ROLE_HEADER = 'x-role';

/** The identity in one role: the one named by the header if held, else the first that `by` lists, else the first held. */
export function actingAs(identity: Identity, asked: string | undefined, by: readonly Role[] = []): Actor {
  const { roles, ...person } = identity;
  if (asked !== undefined && !roles.some((role) => role === asked)) {
    return fail({ status: 403, code: 'role-not-held', rule: 'SPEC §1.2', field: 'X-Role', details: { roles }, text: { zh: '您没有 X-Role 所指的角色。', en: 'You do not hold the role named in X-Role. Name one of yours, or leave it out.' } });
  }
  const role = roles.find((held) => held === asked) ?? roles.find((held) => by.includes(held)) ?? roles[0]!;
  return { ...person, role };
}
