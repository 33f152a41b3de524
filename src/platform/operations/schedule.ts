/** The schedules: a round of reconciliation every ten minutes, a line of the signed ledger every hour, erasure by rule every night. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { CLAIMS_QUEUE } from '../../domain/claim';

export const RECONCILIATION = 'reconciliation';
/** The workflow type of one round. */
export const RECONCILE_WORKFLOW = 'reconcile';

export const ANCHORING = 'anchor';
/** The workflow type of the hourly line. */
export const ANCHOR_WORKFLOW = 'anchor';

/** Creates the schedule of reconciliation, or leaves it as operations have it (they may have paused it). */
export const ensureReconciliation = (temporal: Client): Promise<void> => ensure(temporal, {
  scheduleId: RECONCILIATION,
  spec: { intervals: [{ every: '10m' }] },
  // A round that takes longer than ten minutes is not overtaken; rounds missed while Temporal was away are not made up for.
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
  action: {
    type: 'startWorkflow', workflowType: RECONCILE_WORKFLOW, workflowId: RECONCILIATION, taskQueue: CLAIMS_QUEUE, args: [],
    workflowExecutionTimeout: '1h', staticSummary: 'processes and records compared',
  },
});

/** Creates the schedule of the ledger, or leaves it as operations have it. A line that was missed while Temporal was away is made up for, once. */
export const ensureAnchoring = (temporal: Client): Promise<void> => ensure(temporal, {
  scheduleId: ANCHORING,
  spec: { intervals: [{ every: '1h' }] },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' },
  action: {
    type: 'startWorkflow', workflowType: ANCHOR_WORKFLOW, workflowId: ANCHORING, taskQueue: CLAIMS_QUEUE, args: [],
    workflowExecutionTimeout: '1h', staticSummary: 'heads of all claims signed',
  },
});

export const RETENTION_ROUND = 'retention';
/** The workflow type of the nightly round. */
export const RETENTION_WORKFLOW = 'retention';

/** Creates the schedule of erasure by rule, or leaves it as operations have it. 02:30 in Shanghai, when a day has ended and nobody waits; a night that was missed is made up for. */
export const ensureRetention = (temporal: Client): Promise<void> => ensure(temporal, {
  scheduleId: RETENTION_ROUND,
  spec: { calendars: [{ hour: 2, minute: 30 }], timezone: 'Asia/Shanghai' },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
  action: {
    type: 'startWorkflow', workflowType: RETENTION_WORKFLOW, workflowId: RETENTION_ROUND, taskQueue: CLAIMS_QUEUE, args: [],
    workflowExecutionTimeout: '20h', staticSummary: 'what has been kept its time',
  },
});

async function ensure(temporal: Client, schedule: ScheduleOptions): Promise<void> {
  try {
    await temporal.schedule.create(schedule);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
