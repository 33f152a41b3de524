/** What must hold of everything after whatever happened (I1–I8): asked of the database, the bank, the processes, and the log of acts. */
import { gather, type Judged } from './evidence';
import { judge, type Looked } from './judge';

/** How long everything may take to come to rest once all parts are back: what a killed process had taken from the outbox is free after a minute. */
const REST_MS = 120_000;
/** A run that breaks one promise often breaks it many times. */
const MOST_SAID = 20;

/** Throws with every promise that is still broken when all should be at rest. All parts must be up. `byHand`: keys of payments that finance settled by the bank's papers. */
export async function checkEverything(stack: Judged, byHand: readonly string[] = [], restMs = REST_MS): Promise<Looked> {
  for (const giveUp = Date.now() + restMs; ;) {
    const { broken, looked } = judge(await gather(stack, byHand));
    if (broken.length === 0) return looked;
    if (Date.now() > giveUp) throw new Error(`${broken.length} promises broken:\n${broken.slice(0, MOST_SAID).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
