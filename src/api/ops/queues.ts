/** Workers, queues, rounds and the ledger's last line: `GET /v1/ops/queues`, `POST /v1/ops/reconcile`. */
import * as z from 'zod';
import { inScope } from '../../platform/database';
import { lookAtLedger } from '../../platform/operations/ledger';
import { lookAtQueues, lookAtRounds, startRound } from '../../platform/operations/queues';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { route, type AnyRoute } from '../http/route';
import { fail } from '../problems';

const time = z.iso.datetime();
const queue = z.object({
  taskQueue: z.string(), kind: z.enum(['workflows', 'activities']), backlog: z.int().meta({ description: 'Tasks that wait for a worker, about' }), oldestSeconds: z.int(),
  pollers: z.array(z.object({
    id: z.string().meta({ description: 'Tells workers apart; names neither machine nor person' }), lastSeenAt: time.nullable(), there: z.boolean(), version: z.string().nullable().meta({ description: 'The build it runs, where it says so' }),
  })),
  temporalUi: z.url(),
}).meta({ id: 'TaskQueue' });
const rounds = z.object({
  paused: z.boolean(), running: z.boolean(), nextAt: time.nullable(), lastAt: time.nullable(), temporalUi: z.url().nullable().meta({ description: 'The last round' }),
}).meta({ id: 'Reconciliation' });
const queues = z.object({
  asOf: time, queues: z.array(queue), versions: z.array(z.string()).meta({ description: 'Builds of the workers that are there; more than one while a release is rolled out' }),
  reconciliation: rounds.nullable().meta({ description: 'Null: no worker has made the schedule yet' }),
  ledger: z.object({
    line: z.int().meta({ description: '0: none yet' }), lastAt: time.nullable(), late: z.boolean().meta({ description: 'It has a line an hour; while none comes, nothing would show that the end of the log was cut off' }),
  }).meta({ id: 'LedgerState' }),
}).meta({ id: 'Queues' });

/** All of Temporal's answers must be there by then. */
const TEMPORAL_MS = 5_000;

export function queueRoutes(deps: Deps): AnyRoute[] {
  const { temporal } = deps;
  const ui = (path: string): string => `${deps.temporalUiUrl}/namespaces/${encodeURIComponent(temporal.options.namespace)}/${path}`;
  return [
    route({
      method: 'get', path: '/v1/ops/queues', id: 'queues', tag: 'operations', summary: 'Task queues with workers and backlog, the schedule of reconciliation, and the last line of the signed ledger', by: ['ops', 'auditor'],
      answers: { 200: { description: 'As Temporal sees it', schema: queues } },
      handle: async ({ actor, at }) => {
        const ledger = await inScope(deps.database, actor, async (tx) => {
          await logRead(tx, actor, 'queues', null);
          return lookAtLedger(tx, new Date(at));
        });
        const { found, round } = await temporal.withDeadline(Date.now() + TEMPORAL_MS, async () => ({ found: await lookAtQueues(temporal, new Date(at)), round: await lookAtRounds(temporal) }));
        const versions = [...new Set(found.flatMap((one) => one.pollers.flatMap((poller) => (poller.there && poller.version !== null ? [poller.version] : []))))].sort();
        const reconciliation = round && {
          paused: round.paused, running: round.running, nextAt: round.nextAt, lastAt: round.lastAt,
          temporalUi: round.lastWorkflowId === null ? null : ui(`workflows/${encodeURIComponent(round.lastWorkflowId)}`),
        };
        const body = { asOf: at, queues: found.map((one) => ({ ...one, temporalUi: ui(`task-queues/${encodeURIComponent(one.taskQueue)}`) })), versions, reconciliation, ledger };
        return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
      },
    }),
    route({
      method: 'post', path: '/v1/ops/reconcile', id: 'reconcileNow', tag: 'operations', keyed: true, by: ['ops'], summary: 'Start a round of reconciliation now',
      description: 'Harmless at any time; while a round runs, none is started beside it.',
      answers: { 202: { description: 'Asked for; see Location', schema: z.object({ requestedAt: time }).meta({ id: 'RoundRequested' }), headers: ['Location'] } }, problems: [409],
      handle: async ({ actor, actId, at }) => {
        const started = await temporal.withDeadline(Date.now() + TEMPORAL_MS, () => startRound(temporal, `${actor.personId}/${actId}`));
        if (!started) fail({ status: 409, code: 'no-schedule', text: { zh: '对账计划尚未建立：请先启动工作进程。', en: 'There is no schedule of reconciliation yet: start a worker, which makes it.' } });
        return { status: 202, headers: { Location: '/v1/ops/queues' }, body: { requestedAt: at } };
      },
    }),
  ];
}
