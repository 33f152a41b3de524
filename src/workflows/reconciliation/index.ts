/** One round of reconciliation, started by its schedule: processes and records compared, calendars told, old keys forgotten. */
import { proxyActivities } from '@temporalio/workflow';
import type { ReconciliationActivities } from '../../activities/reconciliation';
import { UPKEEP_QUEUE } from '../../domain/claim';

const activities = proxyActivities<ReconciliationActivities>({
  taskQueue: UPKEEP_QUEUE, startToCloseTimeout: '30m', scheduleToCloseTimeout: '45m', heartbeatTimeout: '1m', retry: { initialInterval: '5s', maximumInterval: '1m', maximumAttempts: 10 },
});

/** Counts only: this stands in the Temporal UI. */
export interface Round { claims: number; processes: number; differences: number; restarted: number; toldOfCalendar: number; actsForgotten: number }

/** The workflow of one round. Fails when a part of it did, after the other parts were done. */
export async function reconcile(): Promise<Round> {
  const roundStartedAt = new Date().toISOString();
  const parts = await Promise.allSettled([
    activities.reconcileClaims.executeWithOptions({ summary: 'open claims against their processes' }, [{ roundStartedAt }]),
    activities.reconcileProcesses.executeWithOptions({ summary: 'running processes against their claims' }, []),
    activities.tellCalendar.executeWithOptions({ summary: 'published years to open claims' }, []),
    activities.forgetActs.executeWithOptions({ summary: 'keys of acts older than 30 days' }, []),
  ]);
  const [claims, processes, toldOfCalendar, actsForgotten] = [done(parts[0]), done(parts[1]), done(parts[2]), done(parts[3])];
  return {
    claims: claims.compared, processes: processes.compared, differences: claims.raised + processes.raised, restarted: claims.restarted, toldOfCalendar, actsForgotten,
  };
}

function done<T>(part: PromiseSettledResult<T>): T {
  if (part.status === 'rejected') throw part.reason;
  return part.value;
}
