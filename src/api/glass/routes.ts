/** Breaking the glass, and who did: `POST` and `GET /v1/break-glass`. */
import * as z from 'zod';
import type { Actor, Role } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { seal } from '../../platform/keys/seal';
import { logRead, namesOf } from '../claim/access';
import type { Deps } from '../deps';
import { page, pageOf, pageQuery, readCursor } from '../http/cursor';
import { route, type AnyRoute } from '../http/route';
import { fail, refusalProblem, type Problem } from '../problems';
import { codecCookie, CODEC_PLACE } from './codec';
import { glass, glassBody, GLASS_BREAKERS, GLASS_MINUTES, type GlassBody } from './schema';

const listQuery = z.strictObject(pageQuery);
type Row = Awaited<ReturnType<Tx['breakGlass']['findUniqueOrThrow']>>;

const shown = (names: Record<string, string>) => (row: Row): z.infer<typeof glass> => ({
  id: row.id, what: row.what as GlassBody['what'], claimNo: row.claimNo, reason: row.reason, at: row.at.toISOString(), until: row.until.toISOString(),
  by: { personId: row.personId, role: row.role as Role, name: names[row.personId] ?? null },
});

export function glassRoutes(deps: Deps): AnyRoute[] {
  /** The Temporal UI sends it to the codec, from the same site only; it says who, and the database says until when. */
  const cookieOf = ({ personId, id, until }: Row): string => {
    const { id: keyId, key } = deps.keys.current('temporal');
    const value = `${keyId}.${seal(key, Buffer.from(JSON.stringify({ personId, id })), CODEC_PLACE).toString('base64url')}`;
    const { name, attributes } = codecCookie(deps.publicUrl);
    return `${name}=${value}; ${attributes}; Expires=${until.toUTCString()}; HttpOnly; SameSite=Strict`;
  };
  return [
    route({
      method: 'post', path: '/v1/break-glass', id: 'breakGlass', tag: 'operations', keyed: true, by: GLASS_BREAKERS, summary: `Read outside your scope for ${GLASS_MINUTES} minutes, with a reason; the auditor is told`,
      description: 'Liaisons: a claim of another department of their hospital. Operations: the payloads of workflows, in the Temporal UI; the answer sets the cookie that its codec asks for. Reading only; every reading is recorded.',
      body: { schema: glassBody, example: { what: 'claim', claimNo: 'KP-2026-000123', reason: '夜间抢救，值班专员需要核对手术时间' } },
      answers: { 201: { description: 'Broken', schema: glass } }, problems: [403, 409, 429],
      handle: async ({ actor, actId, body, at }) => {
        const may = actor.role === 'ops' ? 'payloads' : 'claim';
        if (body.what !== may) fail(refusalProblem({ code: 'not-your-role', field: '/what' }));
        const row = await inScope(deps.database, actor, (tx) => breakOnce(tx, actor, actId, body, at));
        return { status: 201, headers: { 'Cache-Control': 'no-store', ...(row.what === 'payloads' ? { 'Set-Cookie': cookieOf(row) } : {}) }, body: shown({})(row) };
      },
    }),
    route({
      method: 'get', path: '/v1/break-glass', id: 'listBrokenGlass', tag: 'operations', by: ['auditor', ...GLASS_BREAKERS], query: listQuery, summary: 'Who broke the glass, newest first: the auditor sees all, others their own',
      answers: { 200: { description: 'One page', schema: pageOf(glass) } }, problems: [422],
      handle: ({ actor, query: { cursor, limit } }) => inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'break-glass', null);
        const [at, id] = readCursor(z.tuple([z.iso.datetime(), z.string().max(64).regex(/^[\w-]+$/)]), cursor) ?? [null, null];
        const rows = await tx.breakGlass.findMany({
          where: at === null ? {} : { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] }, orderBy: [{ at: 'desc' }, { id: 'desc' }], take: limit + 1,
        });
        const names = await namesOf(tx, rows.map((row) => row.personId));
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: page(rows, limit, (row) => [row.at.toISOString(), row.id], shown(names)) };
      }),
    }),
  ];
}

const HOUR_MS = 3_600_000;
/** An emergency is one claim or a few; who needs more than this in an hour is looking around. */
const MOST_PER_HOUR = 10;
const tooOften = (first: Date, at: string): Problem => {
  const wait = Math.max(1, Math.ceil((first.getTime() + HOUR_MS - Date.parse(at)) / 1000));
  return { status: 429, code: 'too-many-broken-glasses', retryAfter: wait, details: { mostPerHour: MOST_PER_HOUR }, text: { zh: `一小时内最多 ${MOST_PER_HOUR} 次：请 ${wait} 秒后再试，或联系本科室负责人。`, en: `At most ${MOST_PER_HOUR} an hour: try again in ${wait} s, or ask somebody of that department.` } };
};

/** Written once per id, together with what tells the auditor. Throws ProblemError: 409 when the id came with another body, 429 too many in an hour. */
async function breakOnce(tx: Tx, { personId, role }: Actor, id: string, body: GlassBody, at: string): Promise<Row> {
  const { what, reason } = body;
  const claimNo = body.what === 'claim' ? body.claimNo : null;
  const until = new Date(Date.parse(at) + GLASS_MINUTES * 60_000);
  // One at a time for each person: otherwise many at once would all be within the hour's number.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('break_glass'), hashtext(${personId}))`;
  const known = await tx.breakGlass.findUnique({ where: { personId_id: { personId, id } }, select: { id: true } });
  const hour = await tx.breakGlass.findMany({ where: { personId, at: { gt: new Date(Date.parse(at) - HOUR_MS) } }, orderBy: { at: 'asc' }, select: { at: true } });
  if (known === null && hour.length >= MOST_PER_HOUR) fail(tooOften(hour[0]!.at, at));
  const { count } = await tx.breakGlass.createMany({ data: [{ personId, id, role, what, claimNo, reason, at, until }], skipDuplicates: true });
  const row = await tx.breakGlass.findUniqueOrThrow({ where: { personId_id: { personId, id } } });
  if (row.what !== what || row.claimNo !== claimNo || row.reason !== reason || row.role !== role) fail(refusalProblem({ code: 'same-id-other-body' }));
  // The words of the reason stay here: they might name somebody.
  if (count > 0) await tx.outbox.createMany({ data: [{ kind: 'break-glass', key: `break-glass:${personId}:${id}`, payload: { personId, role, what, claimNo, until: until.toISOString() } }] });
  return row;
}
