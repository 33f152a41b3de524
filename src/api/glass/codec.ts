/**
 * The codec server of the Temporal UI: shows payloads in clear to operations who broke the glass, and to nobody else. It only decodes; what it
 * is sent comes from the UI in the browser of the person, so nothing passes through Temporal.
 */
import { Router, type Request, type Response } from 'express';
import * as z from 'zod';
import { createPayloadCodec, UnreadablePayload } from '../../platform/codec/payload-codec';
import { inScope } from '../../platform/database';
import { unseal } from '../../platform/keys/seal';
import { recordRead } from '../claim/access';
import type { Deps } from '../deps';
import { ORDINARY, readJson } from '../http/body';
import { bodyPointer, parse } from '../http/route';
import { fail, notAllowed, type Problem } from '../problems';

export const CODEC_PATH = '/v1/codec';
const COOKIE = 'kuaipei_codec';
/** Its name and where it goes, by how the API is seen: over TLS a browser takes it from this host alone (`__Host-`, which asks for the path `/`). */
export const codecCookie = (publicUrl: string): { name: string; attributes: string } =>
  publicUrl.startsWith('https:') ? { name: `__Host-${COOKIE}`, attributes: 'Path=/; Secure' } : { name: COOKIE, attributes: `Path=${CODEC_PATH}` };
export const CODEC_PLACE = 'codec cookie';

const MOST_BYTES = 4 * 1024 * 1024;
const PREFLIGHT_SECONDS = '600';

const base64 = z.base64();
export const payloadsSchema = z.object({ payloads: z.array(z.object({ metadata: z.record(z.string().max(100), base64).optional(), data: base64.optional() })).max(1000) }).meta({ id: 'Payloads', description: 'As the Temporal UI sends and takes them: bytes in base64' });
type Sent = z.infer<typeof payloadsSchema>['payloads'][number];

const CLOSED: Problem = { status: 403, code: 'glass-not-broken', text: { zh: '需先在控制台说明理由，方可查看流程内容（60 分钟）。', en: 'Say why in the console first, on the operations page: then payloads can be read for 60 minutes.' } };

/** Mount it before the routes that ask for a bearer token. */
export function codecRouter(deps: Deps): Router {
  const codec = createPayloadCodec(deps.keys);
  const origin = new URL(deps.temporalUiUrl).origin;
  const router = Router();
  router.use(CODEC_PATH, (req, res, next) => {
    res.locals['route'] = `${CODEC_PATH}/decode`;
    // The UI's own pages and no others; a browser tells from where it is asked, and cannot be made to lie.
    res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', 'Vary': 'Origin', 'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'same-site' });
    if (req.method !== 'OPTIONS') { next(); return; }
    res.set({ 'Access-Control-Allow-Methods': 'POST', 'Access-Control-Allow-Headers': 'content-type, x-namespace', 'Access-Control-Max-Age': PREFLIGHT_SECONDS }).status(204).end();
  });
  router.post(`${CODEC_PATH}/decode`, async (req, res) => {
    await broken(deps, req);
    const { payloads } = parse(payloadsSchema, await readJson(req, res, { ...ORDINARY, limitBytes: MOST_BYTES }), bodyPointer);
    const shown = await Promise.all(payloads.map(async (payload) => {
      const [plain] = await codec.decode([bytesOf(payload)]).catch((error: unknown) => {
        if (error instanceof UnreadablePayload) return [bytesOf(payload)]; // its key is gone: it stays as it is
        throw error;
      });
      return textOf(plain ?? {});
    }));
    sendJson(res, { payloads: shown });
  });
  router.all(`${CODEC_PATH}/decode`, () => fail(notAllowed(['POST'])));
  return router;
}

const sendJson = (res: Response, body: unknown): void => { res.status(200).type('application/json').send(JSON.stringify(body)); };

/** Throws ProblemError unless there is a cookie (401) and its glass is still open (403); records the reading. */
async function broken(deps: Deps, req: Request): Promise<void> {
  const given = openCookie(deps, req) ?? fail({ ...CLOSED, status: 401, headers: { 'WWW-Authenticate': `Cookie cookie-name=${codecCookie(deps.publicUrl).name}` } });
  const actor = { personId: given.personId, role: 'ops' as const };
  if (req.res) req.res.locals['personId'] = actor.personId;
  const now = deps.now().getTime(), news = isNews(given.id, now);
  await inScope(deps.database, actor, async (tx) => {
    const row = await tx.breakGlass.findUnique({ where: { personId_id: given } });
    const account = await tx.person.findFirst({ where: { personId: given.personId, active: true, roles: { has: 'ops' } }, select: { sub: true } });
    if (row?.what !== 'payloads' || row.until <= deps.now() || account === null) fail(CLOSED);
    if (news) await recordRead(tx, actor, `payloads ${given.id}`, null);
  });
  if (news) lastReadings.set(given.id, now);
}

/** A page of the UI asks once for each payload: one reading a minute is what a person does. */
const READING_MS = 60_000;
const lastReadings = new Map<string, number>();
function isNews(id: string, now: number): boolean {
  for (const [known, at] of lastReadings) if (now - at > READING_MS) lastReadings.delete(known);
  return !lastReadings.has(id);
}

const holder = z.object({ personId: z.string().min(1).max(64), id: z.string().min(1).max(64) });

function openCookie({ keys, publicUrl }: Deps, req: Request): z.infer<typeof holder> | null {
  const value = new RegExp(`(?:^|; )${codecCookie(publicUrl).name}=([a-z0-9-]{1,32})\\.([\\w-]{1,800})(?:;|$)`).exec(req.get('cookie') ?? '');
  if (value === null) return null;
  try {
    const [, keyId = '', sealed = ''] = value;
    return holder.parse(JSON.parse(unseal(keys.byId('temporal', keyId).key, Buffer.from(sealed, 'base64url'), CODEC_PLACE).toString()));
  } catch {
    return null;
  }
}

const bytesOf = ({ metadata = {}, data = '' }: Sent) => ({ metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])), data: Buffer.from(data, 'base64') });
const textOf = ({ metadata, data }: { metadata?: Record<string, Uint8Array> | null; data?: Uint8Array | null }): Sent => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')])), data: Buffer.from(data ?? []).toString('base64'),
});
