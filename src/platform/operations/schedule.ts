/** The schedule that starts a round of reconciliation every ten minutes. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { CLAIMS_QUEUE } from '../../domain/claim';

export const RECONCILIATION = 'reconciliation';
/** The workflow type of one round. */
export const RECONCILE_WORKFLOW = 'reconcile';

/** Creates the schedule, or leaves it as operations have it (they may have paused it). */
export async function ensureReconciliation(temporal: Client): Promise<void> {
  try {
    await temporal.schedule.create({
      scheduleId: RECONCILIATION,
      spec: { intervals: [{ every: '10m' }] },
      // A round that takes longer than ten minutes is not overtaken; rounds missed while Temporal was away are not made up for.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow', workflowType: RECONCILE_WORKFLOW, workflowId: RECONCILIATION, taskQueue: CLAIMS_QUEUE, args: [],
        workflowExecutionTimeout: '1h', staticSummary: 'processes and records compared',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
