/** Live screens: `GET /v1/events`, server-sent events that say which claims changed; the screen reads them again by itself. */
import * as z from 'zod';
import type { Actor } from '../../domain/claim';
import { askInScope } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import type { Deps } from '../deps';
import { mustStand, stands } from '../directory';
import { route, type AnyRoute } from '../http/route';
import { fail } from '../problems';
import type { Change } from './changes';

const MOST_PER_PERSON = 5;
/** After a batch a stream rests twice as long as it took: where the database is busy, what comes meanwhile waits for the next. */
const REST = { times: 2, leastMs: 20, mostMs: 200 };
const HEARTBEAT_MS = 15_000;
/** Then the browser connects anew, with a token that is valid then. */
const LONGEST_MS = 15 * 60_000;

export function liveRoutes(deps: Deps): AnyRoute[] {
  const open = new Map<string, number>();
  return [route({
    method: 'get', path: '/v1/events', id: 'liveEvents', tag: 'events', summary: 'Changes of claims in your scope, as they happen (server-sent events)',
    description: 'Each event `claim` has data `{claimNo, version, stage}`. What changed while nobody was connected is not sent again: read the list after connecting.',
    answers: { 200: { description: 'An endless stream', schema: z.string(), mediaType: 'text/event-stream' } }, problems: [429],
    handle: ({ actor, res }) => {
      const mine = open.get(actor.personId) ?? 0;
      if (mine >= MOST_PER_PERSON) {
        fail({ status: 429, code: 'too-many-streams', retryAfter: 30, text: { zh: '同时打开的实时连接过多，请关闭一些页面。', en: `At most ${MOST_PER_PERSON} live connections at once: close some of your pages.` } });
      }
      open.set(actor.personId, mine + 1);
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', Connection: 'keep-alive', 'X-Accel-Buffering': 'no' });
      res.write('retry: 2000\n\n');

      const waiting = new Map<string, Change>();
      let batch: NodeJS.Timeout | undefined;
      let resting = false;
      const send = async (): Promise<void> => {
        const changes = new Map(waiting);
        waiting.clear();
        for (const { claimNo, version, stage } of await seenOf(deps, actor, [...changes.keys()])) {
          res.write(`id: ${claimNo}.${version}\nevent: claim\ndata: ${JSON.stringify({ claimNo, version, stage })}\n\n`);
          const at = changes.get(claimNo)?.at;
          if (at) deps.onShown?.(Math.max(0, Date.now() - Date.parse(at)) / 1000);
        }
      };
      // At once when nothing was sent lately, so that a click is seen as it is done; what comes thick and fast goes in batches.
      const sendThenRest = (): void => {
        resting = true;
        const began = Date.now();
        send().then(() => {
          batch = setTimeout(() => { resting = false; if (waiting.size > 0) sendThenRest(); }, Math.min(REST.mostMs, Math.max(REST.leastMs, REST.times * (Date.now() - began))));
        }, (error: unknown) => { deps.log.warn({ err: error }, 'a live batch was not sent'); res.end(); });
      };
      const unwatch = deps.changes.watch((change) => {
        if (isElsewhere(actor, change)) return;
        waiting.set(change.claimNo, change);
        if (!resting) sendThenRest();
      }, () => { res.end(); });
      const heartbeat = setInterval(() => { res.write(': here\n\n'); }, HEARTBEAT_MS);
      const longest = setTimeout(() => { res.end(); }, LONGEST_MS);
      res.once('close', () => {
        unwatch();
        clearInterval(heartbeat);
        clearTimeout(longest);
        clearTimeout(batch);
        const left = (open.get(actor.personId) ?? 1) - 1;
        if (left > 0) open.set(actor.personId, left);
        else open.delete(actor.personId);
      });
      return Promise.resolve(null);
    },
  })];
}

/** Of another house than the actor's? Then the database need not be asked for each of a thousand people who look on; where it says no more, it is. */
const isElsewhere = ({ hospital, insurer }: Actor, change: Change): boolean =>
  (hospital !== undefined && change.hospital !== undefined && change.hospital !== hospital) || (insurer !== undefined && change.insurer !== undefined && change.insurer !== insurer);

interface Seen { claimNo: string; version: number; stage: string }

/** Which of these claims the actor sees: the scope decides for each batch. Throws ProblemError (401) once they are nobody here any more. */
async function seenOf(deps: Deps, actor: Actor, claimNos: string[]): Promise<Seen[]> {
  const found = await askInScope<{ stands: boolean; seen: Seen[] | null }>(deps.database, actor, Prisma.sql`
    SELECT ${stands(actor)} AS stands, (SELECT json_agg(one) FROM (SELECT claim_no AS "claimNo", version, stage FROM claim WHERE claim_no = ANY (${claimNos})) one) AS seen`);
  mustStand(actor, found);
  return found?.seen ?? [];
}
