/** The hourly line of the signed ledger, started by its schedule. */
import { proxyActivities } from '@temporalio/workflow';
import type { AnchorActivities } from '../../activities/anchor';
import { UPKEEP_QUEUE } from '../../domain/claim';

const activities = proxyActivities<AnchorActivities>({ taskQueue: UPKEEP_QUEUE, startToCloseTimeout: '15m', scheduleToCloseTimeout: '50m', retry: { initialInterval: '5s', maximumInterval: '2m' } });

/** The workflow of one round; answers the number of the ledger's last line. */
export async function anchor(): Promise<{ line: number }> {
  const startedAt = new Date().toISOString();
  return { line: await activities.anchorHeads.executeWithOptions({ summary: 'heads of all claims signed' }, [{ startedAt }]) };
}
