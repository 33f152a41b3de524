import { createHash } from 'node:crypto';
import { shanghaiDay } from '../domain/calendar';
import { asWorker, type Database } from '../platform/database';

/** One in so many straight-through claims is reviewed all the same (SPEC §1.1: 10 %). */
const ONE_IN = 10;

/** The draw that a straight-through candidate must pass. */
export function createSampleActivities({ database }: { database: Database }) {
  return {
    /**
     * SPEC §1.1: 10 % of candidates are reviewed, and the first of each month always. A file that stands in another claim is
     * reviewed too: that is only seen from here. The same claim always draws the same lot.
     */
    async drawSample({ claimNo, insurer, at }: { claimNo: string; insurer: string; at: string }): Promise<{ sampled: boolean; why: string }> {
      const month = shanghaiDay(at).slice(0, 7);
      return asWorker(database, async (tx) => {
        const [copy] = await tx.$queryRaw<Array<{ found: boolean }>>`
          SELECT EXISTS (SELECT FROM document mine JOIN document theirs ON theirs.sha256 = mine.sha256 AND theirs.claim_no <> mine.claim_no AND theirs.status = 'attached'
                         WHERE mine.claim_no = ${claimNo} AND mine.status = 'attached') AS found`;
        if (copy?.found) return { sampled: true, why: 'file-in-another-claim' };
        await tx.straightThroughMonth.createMany({ data: [{ insurer, month, claimNo }], skipDuplicates: true });
        const first = await tx.straightThroughMonth.findUnique({ where: { insurer_month: { insurer, month } } });
        if (first?.claimNo === claimNo) return { sampled: true, why: 'first-of-month' };
        const lot = createHash('sha256').update(claimNo).digest().readUInt32BE(0) % ONE_IN;
        return lot === 0 ? { sampled: true, why: 'lot-drawn' } : { sampled: false, why: 'lot-not-drawn' };
      });
    },
  };
}

export type SampleActivities = ReturnType<typeof createSampleActivities>;
