import type { ClaimEvent, ClaimState, Refusal } from '../domain/claim';
import { asWorker, type Database } from '../platform/database';
import type { Prisma } from '../platform/database/generated/client';
import { recordEvents } from '../platform/claims/record';

/** Writing down what happened to a claim: local activities, one transaction each (DESIGN, idea 4). */
export function createRecordActivities({ database }: { database: Database }) {
  return {
    /** Appends events and brings the read model up to `state`; repeating it changes nothing. Answers the recorded state instead when that is another. */
    async recordEvents(batch: { claimNo: string; events: ClaimEvent[]; state: ClaimState }): Promise<ClaimState | null> {
      return asWorker(database, (tx) => recordEvents(tx, batch));
    },

    /** Keeps why an act that came while no worker was up was refused, for the person who asks what became of it. */
    async recordRefusal({ claimNo, actId, refusal }: { claimNo: string; actId: string; refusal: Refusal }): Promise<void> {
      await asWorker(database, (tx) => tx.act.updateMany({ where: { claimNo, id: actId, status: 'queued' }, data: { status: 'refused', result: { ...refusal } as Prisma.InputJsonObject } }));
    },
  };
}

export type RecordActivities = ReturnType<typeof createRecordActivities>;
