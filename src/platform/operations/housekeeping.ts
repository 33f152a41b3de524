/** What need not be kept any longer. */
import { SHORT_LIVED } from '../../domain/retention';
import { asWorker, type Database } from '../database';

const AT_ONCE = 1_000;

/** Removes the keys of acts that are done or refused and older than 30 days; one that still waits for its worker stays (an act that stands in the log waits no longer, whatever its row says). Answers how many. */
export async function forgetOldActs(database: Database, now: Date, onPage: () => void): Promise<number> {
  const before = new Date(now.getTime() - SHORT_LIVED.actKeyDays * 86_400_000);
  for (let forgotten = 0; ;) {
    const removed = await asWorker(database, (tx) => tx.$executeRaw`
      DELETE FROM act WHERE (claim_no, id) IN (SELECT claim_no, id FROM act WHERE at < ${before}
        AND (status <> 'queued' OR EXISTS (SELECT 1 FROM claim_event e WHERE e.claim_no = act.claim_no AND e.act_id = act.id)) LIMIT ${AT_ONCE})`);
    forgotten += removed;
    if (removed < AT_ONCE) return forgotten;
    onPage();
  }
}
