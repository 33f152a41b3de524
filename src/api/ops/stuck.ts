/** `GET /v1/ops/stuck`: why each open claim is where it is: waiting for whom since when, or which part of ours is at fault (SPEC §1.1: never unseen). */
import * as z from 'zod';
import { waitingFor, type ClaimState } from '../../domain/claim';
import { inScope } from '../../platform/database';
import { logRead } from '../claim/access';
import type { Deps } from '../deps';
import { page, pageOf, pageQuery, readCursor } from '../http/cursor';
import { route, type AnyRoute } from '../http/route';
import { processOf, workerIsUp, type ProcessState } from './process-state';

const CAUSES = [
  'workflow-missing', 'workflow-ended', 'not-started', 'activity-failing', 'no-worker', 'stuck', 'calendar-unknown', 'overdue', 'waiting', 'workflows-away',
] as const;
type Cause = (typeof CAUSES)[number];

const time = z.iso.datetime();
const stuckQuery = z.strictObject({ cause: z.enum(CAUSES).optional().meta({ description: 'Only these, of the page' }), ...pageQuery });
const stuckLine = z.object({
  claimNo: z.string(), stage: z.string(), hospital: z.string(), department: z.string(), insurer: z.string(), since: time, breached: z.boolean(),
  cause: z.enum(CAUSES), detail: z.string().nullable(),
  waitingFor: z.array(z.string()),
  tasks: z.array(z.object({ taskId: z.string(), kind: z.string(), roles: z.array(z.string()), assignee: z.string().nullable(), openedAt: time, dueAt: time.nullable(), overdue: z.boolean() })),
  process: z.object({ kind: z.enum(['running', 'missing', 'ended', 'unknown']), status: z.string().optional(), failing: z.array(z.object({ activity: z.string(), attempt: z.int(), failure: z.string() })).optional() }),
}).meta({ id: 'StuckLine' });
const stuckPage = pageOf(stuckLine).extend({ worker: z.enum(['up', 'none', 'unknown']) });

export function opsRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'get', path: '/v1/ops/stuck', id: 'stuckClaims', tag: 'operations', summary: 'Why each open claim is where it is', by: ['ops', 'auditor'], query: stuckQuery,
    answers: { 200: { description: 'One page of open claims', schema: stuckPage } }, problems: [422],
    handle: async ({ actor, query: { cause, cursor, limit }, at }) => {
      const after = readCursor(z.string(), cursor);
      const { rows, starting } = await inScope(deps.database, actor, async (tx) => {
        await logRead(tx, actor, 'stuck', null);
        const found = await tx.claim.findMany({
          where: { OR: [{ stage: { not: 'closed' } }, { waitingFor: { isEmpty: false } }], ...(after === null ? {} : { claimNo: { gt: after } }) },
          orderBy: { claimNo: 'asc' }, take: limit + 1, include: { tasks: { where: { status: 'open' } } },
        });
        const waiting = await tx.outbox.findMany({ where: { kind: 'start-claim', doneAt: null, claimNo: { in: found.map((row) => row.claimNo) } }, select: { claimNo: true, lastError: true } });
        return { rows: found, starting: new Map(waiting.map((row) => [row.claimNo, row.lastError])) };
      });
      const worker = await workerIsUp(deps.temporal);
      const processes = new Map(await Promise.all(rows.slice(0, limit).map(async (row) => [row.claimNo, await processOf(deps.temporal, row.claimNo)] as const)));
      const lines = page(rows, limit, (row) => row.claimNo, (row): z.infer<typeof stuckLine> => {
        const state = row.state as unknown as ClaimState;
        const process = processes.get(row.claimNo) ?? { kind: 'unknown' };
        const tasks = row.tasks.map((task) => ({
          taskId: task.id, kind: task.kind, roles: task.roles, assignee: task.assignee, openedAt: task.openedAt.toISOString(), dueAt: task.dueAt?.toISOString() ?? null,
          overdue: task.dueAt !== null && task.dueAt.toISOString() < at,
        }));
        const facts = { process, worker, starting: starting.get(row.claimNo), isStarting: starting.has(row.claimNo), stuck: row.stuckCause, provisional: row.provisional, overdue: tasks.some((task) => task.overdue) };
        return {
          claimNo: row.claimNo, stage: row.stage, hospital: row.hospital, department: row.department, insurer: row.insurer, since: state.stageSince, breached: row.breached,
          ...causeOf(facts), waitingFor: waitingFor(state), tasks, process,
        };
      });
      return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: { ...lines, items: lines.items.filter((line) => cause === undefined || line.cause === cause), worker } };
    },
  })];
}

interface Facts { process: ProcessState; worker: 'up' | 'none' | 'unknown'; isStarting: boolean; starting: string | null | undefined; stuck: string | null; provisional: boolean; overdue: boolean }

/** The gravest first: what keeps a claim from moving at all, before what keeps it waiting for people. */
function causeOf({ process, worker, isStarting, starting, stuck, provisional, overdue }: Facts): { cause: Cause; detail: string | null } {
  const failing = process.failing?.[0];
  if (process.kind === 'unknown') return { cause: 'workflows-away', detail: null };
  if (isStarting && process.kind === 'missing') return { cause: 'not-started', detail: starting ?? null };
  if (process.kind === 'missing') return { cause: 'workflow-missing', detail: null };
  if (process.kind === 'ended') return { cause: 'workflow-ended', detail: process.status ?? null };
  if (worker === 'none') return { cause: 'no-worker', detail: null };
  if (failing) return { cause: 'activity-failing', detail: `${failing.activity}: ${failing.failure}, attempt ${failing.attempt}` };
  if (stuck !== null) return { cause: 'stuck', detail: stuck };
  if (overdue) return { cause: 'overdue', detail: null };
  return provisional ? { cause: 'calendar-unknown', detail: 'a due date reaches a year without a published notice' } : { cause: 'waiting', detail: null };
}
