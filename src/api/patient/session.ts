/**
 * What a patient's link is made of, and the session it opens: a token of our own, kept strictly apart from the issuer's by its type, its
 * algorithm, its issuer and a secret that nobody else has (SPEC §1.2: the patient sees own claims; by link, one).
 */
import { createHash, createHmac } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Identity } from '../auth';

/** How long a link can be opened, and how long what it opens lasts. In hours. */
export const LINK_HOURS = 72;
export const SESSION_HOURS = 2;

const TYPE = 'patient-session+jwt';
const ISSUER = 'kuaipei:patient-link';
const CODE_LENGTH = 32;

/** The code of a link, 192 bits: it follows from the link's random id only for who has the secret, so that the same link can be told again without being kept. */
export const codeOf = (secret: string, linkId: string): string => createHmac('sha256', secret).update(`patient-link:${linkId}`).digest('base64url').slice(0, CODE_LENGTH);

/** Under which a code is found. */
export const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');

const claims = z.object({ sub: z.string().startsWith('link:'), person_id: z.string().min(1).max(64), claim_no: z.string().min(1).max(20) });

export interface Session { linkId: string; personId: string; claimNo: string }

/** A token for this session until `expiresAt` (ISO). */
export const signSession = (secret: string, { linkId, personId, claimNo }: Session, expiresAt: string): Promise<string> =>
  new SignJWT({ person_id: personId, claim_no: claimNo }).setProtectedHeader({ alg: 'HS256', typ: TYPE }).setIssuer(ISSUER).setAudience(ISSUER)
    .setSubject(`link:${linkId}`).setIssuedAt().setExpirationTime(new Date(expiresAt)).sign(keyOf(secret));

/** Does the token say that it is one of ours? Nothing is proved by that: it chooses who must prove it. */
export function saysItIsASession(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === TYPE;
  } catch {
    return false;
  }
}

/** The identity of a session: the patient, on one claim. Throws what jose throws, or a ZodError, for a token that does not hold. */
export async function identityOfSession(secret: string, token: string): Promise<Identity> {
  const { payload } = await jwtVerify(token, keyOf(secret), { issuer: ISSUER, audience: ISSUER, algorithms: ['HS256'], typ: TYPE, requiredClaims: ['exp', 'sub'] });
  const { sub, person_id: personId, claim_no: onlyClaim } = claims.parse(payload);
  return { sub, personId, roles: ['patient'], onlyClaim };
}

/** The link that a session's account stands for. */
export const linkIdOf = (sub: string): string => sub.slice('link:'.length);

/** Codes and tokens are made with two keys of one secret: neither can be taken for the other. */
const keyOf = (secret: string): Uint8Array => createHmac('sha256', secret).update('patient-session').digest();
