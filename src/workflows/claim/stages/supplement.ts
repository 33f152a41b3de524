import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: whoever each item names owes an answer; left when all are answered or the due time passes, back to who asked. Never a rejection. */
export function supplement(run: ClaimRun): Promise<Outcome<'supplement'>> {
  return humanTask(run, 'supplement');
}
