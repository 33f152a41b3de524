import { anchorHeads } from '../platform/audit/ledger';
import type { Database } from '../platform/database';
import type { KeyRing } from '../platform/keys/key-ring';

/** What the hourly line of the ledger needs. */
export function createAnchorActivities({ database, keys, now = () => new Date() }: { database: Database; keys: KeyRing; now?: () => Date }) {
  return {
    /** Signs the heads of all claims that changed. Tried again in the same round it writes no second line. Answers the last line's number. */
    async anchorHeads({ startedAt }: { startedAt: string }): Promise<number> {
      return anchorHeads({ database, keys, now }, startedAt);
    },
  };
}

export type AnchorActivities = ReturnType<typeof createAnchorActivities>;
