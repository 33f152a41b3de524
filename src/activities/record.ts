import type { Act, ClaimEvent, ClaimState, Refusal } from '../domain/claim';
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

    /**
     * Keeps why an act that came while no worker was up was refused, for the person who asks what became of it. Whoever handed it over
     * may not have written down yet that it waits: then this is the first that is known of it. Where the record is further than `version`, by
     * which it was refused, nothing is kept and the recorded state is answered: it is the truth.
     */
    async recordRefusal({ claimNo, act, refusal, version }: { claimNo: string; act: Act; refusal: Refusal; version: number }): Promise<ClaimState | null> {
      const result = { ...refusal } as Prisma.InputJsonObject;
      return asWorker(database, async (tx) => {
        const { state, ...tenant } = await tx.claim.findUniqueOrThrow({ where: { claimNo }, select: { state: true, hospital: true, department: true, insurer: true } });
        const recorded = state as unknown as ClaimState;
        if (recorded.version > version) return recorded;
        await tx.act.createMany({ data: [{ claimNo, id: act.id, command: act.command, bodyHash: act.hash, personId: act.actor.personId, at: act.receivedAt, status: 'refused', result, ...tenant }], skipDuplicates: true });
        await tx.act.updateMany({ where: { claimNo, id: act.id, status: 'queued' }, data: { status: 'refused', result } });
        return null;
      });
    },
  };
}

export type RecordActivities = ReturnType<typeof createRecordActivities>;
