/** A claim's process as Temporal sees it from outside: no worker is needed to ask, and nothing of a payload is read. */
import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { claimWorkflowId } from '../../domain/claim';

export interface FailingActivity { activity: string; errorType: string; attempts: number; lastAttemptAt: string | null; nextAttemptAt: string | null }

/** An activity that no worker has in hand: it lies in its task queue, since then or from then on. */
export interface UntakenActivity { taskQueue: string; since: string | null }

/** A workflow task that is not done: `waiting` for a worker to take it, or `failing` again and again. */
export interface OpenWorkflowTask { state: 'waiting' | 'taken' | 'failing'; attempts: number; since: string | null }

export type Ending = 'completed' | 'terminated' | 'cancelled' | 'failed' | 'timed-out';

export type Process =
  | { kind: 'missing' }
  | { kind: 'ended'; runId: string; how: Ending; at: string | null }
  | { kind: 'running'; runId: string; failing: FailingActivity[]; untaken: UntakenActivity[]; workflowTask: OpenWorkflowTask | null };

/** Describes the claim's latest run. Throws what Temporal's client throws when the server cannot be reached. */
export async function lookAt(temporal: Client, claimNo: string): Promise<Process> {
  try {
    return read(await temporal.workflow.getHandle(claimWorkflowId(claimNo)).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'missing' };
    throw error;
  }
}

const ENDINGS: Partial<Record<WorkflowExecutionDescription['status']['name'], Ending>> = {
  COMPLETED: 'completed', TERMINATED: 'terminated', CANCELLED: 'cancelled', FAILED: 'failed', TIMED_OUT: 'timed-out',
};

function read({ status, runId, closeTime, raw }: WorkflowExecutionDescription): Process {
  const how = ENDINGS[status.name];
  if (how) return { kind: 'ended', runId, how, at: closeTime?.toISOString() ?? null };
  return { kind: 'running', runId, failing: (raw.pendingActivities ?? []).flatMap(failing), untaken: (raw.pendingActivities ?? []).flatMap(untaken), workflowTask: workflowTask(raw.pendingWorkflowTask) };
}

/** By Temporal's numbers, of workflow tasks and of activities alike. */
const SCHEDULED = 1;

type Raw = WorkflowExecutionDescription['raw'];
type PendingActivity = NonNullable<Raw['pendingActivities']>[number];
type Failure = NonNullable<PendingActivity['lastFailure']>;

function failing(pending: PendingActivity): FailingActivity[] {
  if (!pending.lastFailure) return [];
  return [{
    activity: pending.activityType?.name ?? 'unknown', errorType: typeOf(pending.lastFailure), attempts: pending.attempt ?? 1,
    lastAttemptAt: iso(pending.lastStartedTime), nextAttemptAt: iso(pending.nextAttemptScheduleTime),
  }];
}

function untaken({ state, activityOptions, scheduledTime, nextAttemptScheduleTime }: PendingActivity): UntakenActivity[] {
  const taskQueue = activityOptions?.taskQueue?.name;
  return (state as number) === SCHEDULED && taskQueue ? [{ taskQueue, since: iso(nextAttemptScheduleTime ?? scheduledTime) }] : [];
}

/** The type of a failure, never its message, which might quote what it met. A type that is no code is not shown either. */
function typeOf(failure: Failure): string {
  const type = failure.applicationFailureInfo?.type ?? (failure.timeoutFailureInfo ? 'timeout' : failure.canceledFailureInfo ? 'cancelled' : 'error');
  return /^[\w.-]{1,64}$/.test(type) ? type : 'error';
}

function workflowTask(pending: Raw['pendingWorkflowTask']): OpenWorkflowTask | null {
  if (!pending) return null;
  const attempts = pending.attempt ?? 1;
  const state = attempts > 1 ? 'failing' : (pending.state as number) === SCHEDULED ? 'waiting' : 'taken';
  return { state, attempts, since: iso(pending.originalScheduledTime ?? pending.scheduledTime) };
}

const iso = (time: Parameters<typeof optionalTsToDate>[0]): string | null => optionalTsToDate(time)?.toISOString() ?? null;

/** Where the Temporal UI shows this claim. */
export function uiLink(uiUrl: string, namespace: string, claimNo: string, runId: string | null): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(claimWorkflowId(claimNo))}${runId === null ? '' : `/${runId}/history`}`;
}
