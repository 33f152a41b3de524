/** What Temporal says of a claim's process; ids, types and counts only. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { CLAIMS_QUEUE, claimWorkflowId } from '../../domain/claim';
import { isAway } from '../claim/process';

export interface ProcessState {
  kind: 'running' | 'missing' | 'ended' | 'unknown';
  /** How it ended, in Temporal's word. */
  status?: string;
  /** Activities that are being tried again, with the type of their last failure: never its message. */
  failing?: Array<{ activity: string; attempt: number; failure: string }>;
}

const ASK_MS = 2_000;
const WORKFLOW_TASKS = 1;
/** A poll lasts a minute at most; Temporal goes on naming a poller for minutes after it died. */
const POLLED_WITHIN_MS = 75_000;

/** The process of one claim; `unknown` while Temporal is away. */
export async function processOf(client: Client, claimNo: string): Promise<ProcessState> {
  try {
    const { status, raw } = await client.withDeadline(Date.now() + ASK_MS, () => client.workflow.getHandle(claimWorkflowId(claimNo)).describe());
    if (status.name !== 'RUNNING') return { kind: 'ended', status: status.name };
    const failing = (raw.pendingActivities ?? []).filter((one) => one.lastFailure).map((one) => ({
      activity: one.activityType?.name ?? 'unknown', attempt: one.attempt ?? 0, failure: one.lastFailure?.applicationFailureInfo?.type ?? 'failed',
    }));
    return { kind: 'running', failing };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'missing' };
    if (isAway(error)) return { kind: 'unknown' };
    throw error;
  }
}

/** Does any worker ask for the claims' work? */
export async function workerIsUp(client: Client): Promise<'up' | 'none' | 'unknown'> {
  try {
    const { pollers } = await client.withDeadline(Date.now() + ASK_MS, () =>
      client.workflowService.describeTaskQueue({ namespace: client.options.namespace, taskQueue: { name: CLAIMS_QUEUE }, taskQueueType: WORKFLOW_TASKS }));
    const seconds = (Date.now() - POLLED_WITHIN_MS) / 1000;
    return (pollers ?? []).some((one) => Number(one.lastAccessTime?.seconds ?? 0) > seconds) ? 'up' : 'none';
  } catch (error) {
    if (isAway(error)) return 'unknown';
    throw error;
  }
}
