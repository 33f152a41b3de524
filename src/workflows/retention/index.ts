/** The nightly round of erasure by rule, started by its schedule: which closed claims have been kept their time. Each then rules for itself. */
import { proxyActivities } from '@temporalio/workflow';
import type { RetentionActivities } from '../../activities/retention';
import { UPKEEP_QUEUE } from '../../domain/claim';

const activities = proxyActivities<RetentionActivities>({
  taskQueue: UPKEEP_QUEUE, startToCloseTimeout: '2h', scheduleToCloseTimeout: '19h', heartbeatTimeout: '1m', retry: { initialInterval: '5s', maximumInterval: '5m' },
});

/** The workflow of one round. Answers counts only: `looked` at closed claims, `told` claims that something of them is due. */
export async function retention(): Promise<{ looked: number; told: number }> {
  return activities.tellWhatIsDue.executeWithOptions({ summary: 'closed claims against the rules of retention' }, []);
}
