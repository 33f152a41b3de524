/** A look at a whole account, and who looked at what: `…/payees/{payeeId}/look`, `…/reads` (SPEC §1.2, UX: who saw it, not only who changed it). */
import * as z from 'zod';
import type { Actor, Role } from '../../domain/claim';
import { ROLES } from '../../domain/claim';
import { inScope, type Tx } from '../../platform/database';
import { erasureOf } from '../../domain/retention';
import type { Deps } from '../deps';
import { page, pageOf, pageQuery, readCursor, type Page } from '../http/cursor';
import { route, type AnyRoute } from '../http/route';
import { fail, NOT_FOUND } from '../problems';
import { claimInScope, logRead, namesOf, recordRead } from './access';
import { erasedProblem } from './retention';

/** Who pays, and who audits. */
export const ACCOUNT_LOOKERS: readonly Role[] = ['finance', 'auditor'];
/** Who answers for a claim, on either side, and who audits. */
export const READS_READERS: readonly Role[] = ['manager', 'senior-reviewer', 'auditor'];

const account = z.strictObject({ payeeId: z.string(), holder: z.string(), bank: z.string(), account: z.string() }).meta({ id: 'PayeeAccount' });
const read = z.strictObject({ at: z.iso.datetime(), by: z.strictObject({ personId: z.string(), role: z.enum(ROLES), name: z.string().nullable() }), what: z.string().meta({ example: 'document 0b8f0c8e-6c5d-4a53-9d7e-2f6f1d7a1c11' }) })
  .meta({ id: 'Read', description: 'One recorded reading: of the claim by auditors, of documents and whole accounts by everybody' });
const readsQuery = z.strictObject(pageQuery);

export function lookRoutes(deps: Deps): AnyRoute[] {
  return [
    route({
      method: 'post', path: '/v1/claims/{claimNo}/payees/{payeeId}/look', id: 'lookAtAccount', tag: 'claims', by: ACCOUNT_LOOKERS, summary: 'The whole account of a payee; the look is recorded first',
      body: { schema: z.strictObject({}), example: {} }, answers: { 200: { description: 'The account', schema: account } }, problems: [403, 404, 410, 503],
      handle: async ({ params, actor }) => {
        const { claimNo = '', payeeId = '' } = params;
        const found = await inScope(deps.database, actor, async (tx) => {
          const state = await claimInScope(tx, actor, claimNo);
          const erasure = erasureOf(state, 'person');
          if (erasure) fail(erasedProblem(erasure));
          const row = await tx.payee.findUnique({ where: { claimNo_id: { claimNo, id: payeeId } }, select: { id: true, holder: true, bank: true, account: true } });
          return row ? { state, row } : fail(NOT_FOUND);
        });
        // Kept for good before anything is told.
        await inScope(deps.database, actor, (tx) => recordRead(tx, actor, `account ${payeeId}`, found.state));
        const { id, holder, bank, account: whole } = found.row;
        return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: { payeeId: id, holder, bank, account: whole } };
      },
    }),
    route({
      method: 'get', path: '/v1/claims/{claimNo}/reads', id: 'claimReads', tag: 'claims', by: READS_READERS, query: readsQuery, summary: 'Who read what of a claim, newest first',
      answers: { 200: { description: 'One page', schema: pageOf(read) } }, problems: [403, 404, 422],
      handle: ({ params, actor, query }) => inScope(deps.database, actor, async (tx) => {
        const state = await claimInScope(tx, actor, params['claimNo'] ?? '');
        await logRead(tx, actor, 'reads', state);
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: await listReads(tx, state.claimNo, query) };
      }),
    }),
  ];
}

async function listReads(tx: Tx, claimNo: string, { cursor, limit }: z.infer<typeof readsQuery>): Promise<Page<z.infer<typeof read>>> {
  const before = readCursor(z.string().regex(/^\d{1,18}$/), cursor);
  const rows = await tx.readLog.findMany({ where: { claimNo, ...(before === null ? {} : { id: { lt: BigInt(before) } }) }, orderBy: { id: 'desc' }, take: limit + 1 });
  const names = await namesOf(tx, rows.map((row) => row.personId));
  return page(rows, limit, (row) => String(row.id), (row) => ({ at: row.at.toISOString(), by: { personId: row.personId, role: row.role as Exclude<Actor['role'], 'system'>, name: names[row.personId] ?? null }, what: row.what }));
}
