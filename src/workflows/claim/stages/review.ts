import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: the reviewer owes a recommendation by the tier's decision day; left by it, by asking for supplements, or by finding a risk. */
export function review(run: ClaimRun): Promise<Outcome<'review'>> {
  return humanTask(run, 'review');
}
