import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: the approver, never the reviewer, owes a decision by the tier's decision day; a file changed since goes back to review. */
export function approval(run: ClaimRun): Promise<Outcome<'approval'>> {
  return humanTask(run, 'approval');
}
