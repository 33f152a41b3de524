/**
 * A ticket: leave to read one document for five minutes by its address alone, for what cannot send a bearer token: players that ask for
 * ranges of a recording, and downloads. Sealed with a key that no other token of ours uses, so that several API processes know each
 * other's tickets, and an address tells nothing about who reads (SPEC §3).
 */
import { hkdfSync } from 'node:crypto';
import type { Request } from 'express';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import * as z from 'zod';
import { ROLES, type Actor } from '../../domain/claim';
import type { Authenticate, Identity } from '../auth';
import { fail, unauthenticated } from '../problems';

export const TICKET_MINUTES = 5;
const TYPE = 'document-ticket+jwt';
const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const;

export const documentTicket = z.object({
  url: z.string().meta({ description: 'Address of the content, good without a token until then' }), expiresAt: z.iso.datetime(),
}).meta({ id: 'DocumentTicket' });

const sealed = z.object({
  documentId: z.string(),
  identity: z.object({
    sub: z.string(), personId: z.string(), roles: z.array(z.enum(ROLES)).length(1), hospital: z.string().optional(), departments: z.array(z.string()).optional(), insurer: z.string().optional(), onlyClaim: z.string().optional(),
  }),
});

/** A ticket for this document, as this actor; `now` is when it begins. */
export async function issueTicket(secret: string, documentId: string, { role, ...person }: Actor, now: Date): Promise<z.infer<typeof documentTicket>> {
  const expiresAt = new Date(now.getTime() + TICKET_MINUTES * 60_000);
  const ticket = await new EncryptJWT({ documentId, identity: { ...person, roles: [role] } }).setProtectedHeader({ ...ALGORITHMS, typ: TYPE }).setExpirationTime(expiresAt).encrypt(keyOf(secret));
  return { url: `/v1/documents/${documentId}?ticket=${ticket}`, expiresAt: expiresAt.toISOString() };
}

/** Authentication that also takes a ticket, where a document is read and no bearer token came with the request. */
export function byTicket(authenticate: Authenticate, secret: string, now: () => Date): Authenticate {
  return async (req) => {
    const ticket = req.query['ticket'];
    const documentId = req.method === 'GET' || req.method === 'HEAD' ? documentIdOf(req) : undefined;
    if (typeof ticket !== 'string' || documentId === undefined || req.get('authorization') !== undefined) return authenticate(req);
    return holderOf(secret, ticket, documentId, now()).catch((error: unknown) => fail(unauthenticated(error instanceof errors.JWTExpired ? 'expired' : 'not accepted')));
  };
}

/** Throws what jose throws, a ZodError, or an Error for another document. */
async function holderOf(secret: string, ticket: string, documentId: string, now: Date): Promise<Identity> {
  const { payload } = await jwtDecrypt(ticket, keyOf(secret), { keyManagementAlgorithms: [ALGORITHMS.alg], contentEncryptionAlgorithms: [ALGORITHMS.enc], typ: TYPE, requiredClaims: ['exp'], currentDate: now });
  const { identity, documentId: meant } = sealed.parse(payload);
  if (meant !== documentId) throw new Error('a ticket for another document');
  const { hospital, departments, insurer, onlyClaim, ...person } = identity;
  return { ...person, ...(hospital === undefined ? {} : { hospital }), ...(departments === undefined ? {} : { departments }), ...(insurer === undefined ? {} : { insurer }), ...(onlyClaim === undefined ? {} : { onlyClaim }) };
}

const documentIdOf = (req: Request): string | undefined => /^\/v1\/documents\/([^/]+)$/.exec(`${req.baseUrl}${req.path}`)?.[1];
const keyOf = (secret: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', TYPE, 32));
