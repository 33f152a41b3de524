import { activityInfo, heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Keeps } from '../domain/retention';
import type { Database } from '../platform/database';
import { FROM_THE_FIRST, tellWhatIsDue, type Told } from '../platform/retention/due';

/** What the nightly round needs. `keeps`: months by rule. */
export function createRetentionActivities({ database, temporal, keeps, now = () => new Date() }: { database: Database; temporal: Client; keeps: Keeps; now?: () => Date }) {
  return {
    /** Walks the closed claims and tells each what of it is due; it heartbeats where it is, and goes on from there when it is tried again. */
    async tellWhatIsDue(): Promise<{ looked: number; told: number }> {
      const { looked, told } = await tellWhatIsDue({ database, temporal, keeps, now }, (activityInfo().heartbeatDetails as Told | undefined) ?? FROM_THE_FIRST, heartbeat);
      return { looked, told };
    },
  };
}

export type RetentionActivities = ReturnType<typeof createRetentionActivities>;
