import { activityInfo, heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Database } from '../platform/database';
import { publishCalendar } from '../platform/operations/calendar';
import { compareClaims, compareProcesses, FROM_THE_START, type Walk } from '../platform/operations/compare';
import { forgetOldActs } from '../platform/operations/housekeeping';

/** What a round of reconciliation does. Each walk heartbeats where it is, and goes on from there when it is tried again. */
export function createReconciliationActivities({ database, temporal, now = () => new Date() }: { database: Database; temporal: Client; now?: () => Date }) {
  const deps = { database, temporal, now };
  const walked = (): Walk => (activityInfo().heartbeatDetails as Walk | undefined) ?? FROM_THE_START;
  return {
    /** Open claims against their processes; a process found lost or ended in an earlier round is started again. */
    async reconcileClaims({ roundStartedAt }: { roundStartedAt: string }): Promise<Walk> {
      return compareClaims(deps, roundStartedAt, walked(), heartbeat);
    },

    /** Running processes against their claims. */
    async reconcileProcesses(): Promise<Walk> {
      return compareProcesses(deps, walked(), heartbeat);
    },

    /** SPEC §1.5: years published or amended since reach the open claims. Answers how many claims were told. */
    async tellCalendar(): Promise<number> {
      return publishCalendar(deps, heartbeat);
    },

    /** Keys of acts are kept 30 days. Answers how many were forgotten. */
    async forgetActs(): Promise<number> {
      return forgetOldActs(database, now(), heartbeat);
    },
  };
}

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;
