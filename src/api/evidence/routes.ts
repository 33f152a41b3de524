/** Proof for outsiders: `GET /v1/claims/{claimNo}/evidence-pack`, and the public keys to check it by: `GET /v1/evidence-keys` (issue 5 part 5). */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { Role } from '../../domain/claim';
import { evidenceKeys } from '../../platform/audit/evidence-keys';
import { inScope } from '../../platform/database';
import { currentSigner } from '../../platform/keys/sign';
import { claimInScope, recordRead } from '../claim/access';
import type { Deps } from '../deps';
import { contentDisposition } from '../documents/content-disposition';
import { route, type AnyRoute } from '../http/route';
import { fail, wrongInput } from '../problems';
import { gather } from './files';
import { packOf } from './pack';

/** Who takes a claim to court or mediation, on either side, and who judges it there. */
export const EVIDENCE_READERS: readonly Role[] = ['manager', 'senior-reviewer', 'mediator', 'auditor'];

const MOST_PER_PERSON = 2;
const RETRY_S = 30;

const query = z.strictObject({
  readsUntil: z.union([z.literal('now'), z.iso.datetime()]).optional().meta({ description: 'Readings recorded up to then are in the pack; without it up to the last event, so that a version of the claim has one pack' }),
});
const evidenceKey = z.strictObject({
  keyId: z.string(), publicKey: z.base64().meta({ description: 'Ed25519, 32 bytes' }), fingerprint: z.string().meta({ description: 'SHA-256 of the 32 bytes, hex' }),
  since: z.iso.datetime().nullable().meta({ description: 'When it first signed a line of the ledger; null: not yet' }), current: z.boolean(),
}).meta({ id: 'EvidenceKey' });

export function evidenceRoutes(deps: Deps): AnyRoute[] {
  const begun = new Map<string, number>();
  /** A pack reads every document of a claim, twice. Throws ProblemError (429). */
  const fewAtOnce = async <T>(personId: string, work: () => Promise<T>): Promise<T> => {
    const mine = begun.get(personId) ?? 0;
    if (mine >= MOST_PER_PERSON) {
      fail({ status: 429, code: 'too-many-packs', retryAfter: RETRY_S, text: { zh: `同时最多生成 ${MOST_PER_PERSON} 个证据包：请 ${RETRY_S} 秒后再试。`, en: `At most ${MOST_PER_PERSON} evidence packs at once: try again in ${RETRY_S} s.` } });
    }
    begun.set(personId, mine + 1);
    return work().finally(() => {
      const left = (begun.get(personId) ?? 1) - 1;
      if (left > 0) begun.set(personId, left);
      else begun.delete(personId);
    });
  };
  return [
    route({
      method: 'get', path: '/v1/claims/{claimNo}/evidence-pack', id: 'evidencePack', tag: 'claims', by: EVIDENCE_READERS, query,
      summary: 'The evidence pack of a claim: one signed ZIP of documents, letters, events, due dates and readings',
      description: 'Stored, not compressed; the same version of the claim, role, `readsUntil` and key give the same bytes once the claim stands in the ledger (it has a line an hour). Verified offline by `npx kuaipei-verify` or `/verify.html`. The reading is recorded first.',
      answers: { 200: { description: 'The ZIP', schema: z.string().meta({ format: 'binary' }), mediaType: 'application/zip' } }, problems: [403, 404, 422, 429, 503],
      handle: ({ actor, params, query: { readsUntil: asked }, at, req, res }) => fewAtOnce(actor.personId, async () => {
        if (asked !== undefined && asked !== 'now' && Date.parse(asked) > Date.parse(at)) fail(wrongInput([{ field: '?readsUntil', rule: { zh: '不能晚于现在', en: 'not in the future' } }]));
        const { state, gathered, readsUntil } = await inScope(deps.database, actor, async (tx) => {
          const found = await claimInScope(tx, actor, params['claimNo'] ?? '');
          const until = asked === undefined ? found.lastEventAt : asked === 'now' ? at : new Date(asked).toISOString();
          return { state: found, readsUntil: until, gathered: await gather(tx, actor, found, until, deps.keys) };
        });
        const { claimNo, version } = state;
        const pack = await packOf(gathered, { claimNo, version, seenAs: actor.role, readsUntil }, deps.store.objects, currentSigner(deps.keys));
        // Kept for good before anything is told.
        await inScope(deps.database, actor, (tx) => recordRead(tx, actor, `evidence-pack ${version}`, state));
        res.status(200).set({
          'Content-Type': 'application/zip', 'Content-Length': String(pack.length), 'Cache-Control': 'no-store', 'Content-Disposition': contentDisposition('attachment', `${claimNo}-v${version}-evidence.zip`),
        });
        if (req.method === 'HEAD') { res.end(); return null; }
        await pipeline(pack.stream(), res).catch((error: unknown) => {
          // A reader that goes away in the middle is no fault of ours; a store that does leaves the answer cut, and its length says so.
          if (!isPrematureClose(error)) deps.log.error({ err: error }, 'an evidence pack was not sent to its end');
        });
        return null;
      }),
    }),
    route({
      method: 'get', path: '/v1/evidence-keys', id: 'evidenceKeys', tag: 'claims', summary: 'The public keys under which evidence packs and the lines of the ledger are signed, old ones too',
      answers: { 200: { description: 'All of them', schema: z.strictObject({ items: z.array(evidenceKey) }) } },
      handle: ({ actor }) => inScope(deps.database, actor, async (tx) => {
        const items = (await evidenceKeys(tx, deps.keys)).map((one) => ({ ...one, fingerprint: createHash('sha256').update(Buffer.from(one.publicKey, 'base64')).digest('hex') }));
        return { status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: { items } };
      }),
    }),
  ];
}

const isPrematureClose = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
