/** What operations look at first: who takes work off the task queues, what waits in them, and when the rounds of reconciliation run. */
import { createHash } from 'node:crypto';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { CLAIMS_QUEUE, OUTSIDE_QUEUE, UPKEEP_QUEUE, WORK_KINDS } from '../../domain/claim';
import { abreast } from './abreast';
import { RECONCILIATION } from './schedule';

/** A worker asks for work at least once a minute; Temporal remembers one that has gone for five. */
const SILENT_MS = 90_000;

/** By the numbers of Temporal's TaskQueueType. */
const KINDS = { workflows: 1, activities: 2 } as const;
export type QueueKind = keyof typeof KINDS;

/** Each half of a queue that holds work. Activities of before there were several queues still lie on the claims'. */
const HALVES = [
  { taskQueue: CLAIMS_QUEUE, kind: 'workflows' }, { taskQueue: CLAIMS_QUEUE, kind: 'activities' }, { taskQueue: OUTSIDE_QUEUE, kind: 'activities' }, { taskQueue: UPKEEP_QUEUE, kind: 'activities' },
] as const;

/** A worker that asked for work in the last minutes. `id` tells two apart and says nothing of machine or person; `version` is the build it runs, where it says so. */
export interface Poller { id: string; lastSeenAt: string | null; there: boolean; version: string | null }
export interface Queue { taskQueue: string; kind: QueueKind; backlog: number; oldestSeconds: number; pollers: Poller[] }
export interface Rounds { paused: boolean; running: boolean; nextAt: string | null; lastAt: string | null; lastWorkflowId: string | null }

/** The claims' queue first. Throws what Temporal's client throws when the server cannot be reached. */
export const lookAtQueues = (temporal: Client, now: Date): Promise<Queue[]> => abreast(HALVES.length, HALVES, async ({ taskQueue, kind }): Promise<Queue> => {
  const { pollers, stats } = await temporal.workflowService.describeTaskQueue({ namespace: temporal.options.namespace, taskQueue: { name: taskQueue }, taskQueueType: KINDS[kind], reportStats: true });
  return {
    taskQueue, kind, backlog: Number(stats?.approximateBacklogCount ?? 0), oldestSeconds: Number(stats?.approximateBacklogAge?.seconds ?? 0),
    pollers: (pollers ?? []).map((poller) => {
      const lastSeen = optionalTsToDate(poller.lastAccessTime);
      return {
        id: nameless(poller.identity ?? ''), lastSeenAt: lastSeen?.toISOString() ?? null, there: lastSeen !== undefined && now.getTime() - lastSeen.getTime() < SILENT_MS,
        version: poller.deploymentOptions?.buildId || poller.workerVersionCapabilities?.buildId || null,
      };
    }),
  };
});

/** When a worker last asked a queue for work (ISO, null: not for five minutes), and whether that was lately enough to count as there. */
export interface Service { there: boolean; lastSeenAt: string | null }

/** Who takes work off each queue, by its name. One is served when every half of it is. */
export async function lookForWorkers(temporal: Client, now: Date): Promise<ReadonlyMap<string, Service>> {
  const halves = await lookAtQueues(temporal, now);
  const seen = ({ pollers }: Queue): number => Math.max(0, ...pollers.map(({ lastSeenAt }) => (lastSeenAt === null ? 0 : Date.parse(lastSeenAt))));
  return new Map(WORK_KINDS.map((taskQueue) => {
    const last = Math.min(...halves.filter((one) => one.taskQueue === taskQueue).map(seen));
    return [taskQueue, { there: now.getTime() - last < SILENT_MS, lastSeenAt: last === 0 ? null : new Date(last).toISOString() }];
  }));
}

/** Identities are process and machine, and machines are named after people. */
const nameless = (identity: string): string => createHash('sha256').update(identity).digest('hex').slice(0, 12);

/** The schedule of reconciliation; null when no worker has made it yet. */
export async function lookAtRounds(temporal: Client): Promise<Rounds | null> {
  try {
    const { state, info } = await temporal.schedule.getHandle(RECONCILIATION).describe();
    const last = info.recentActions.at(-1);
    return {
      paused: state.paused, running: info.runningActions.length > 0, nextAt: info.nextActionTimes[0]?.toISOString() ?? null,
      lastAt: last?.takenAt.toISOString() ?? null, lastWorkflowId: last?.action.workflow.workflowId ?? null,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

const SKIP_WHILE_ONE_RUNS = 1; // ScheduleOverlapPolicy

/** Starts a round now; `requestId` makes a repeated call the same call. False: there is no schedule yet. */
export async function startRound(temporal: Client, requestId: string): Promise<boolean> {
  if (await lookAtRounds(temporal) === null) return false;
  await temporal.workflowService.patchSchedule({
    namespace: temporal.options.namespace, scheduleId: RECONCILIATION, requestId, identity: 'kuaipei-api', patch: { triggerImmediately: { overlapPolicy: SKIP_WHILE_ONE_RUNS } },
  });
  return true;
}
