import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: the senior reviewer owes findings within 10 working days; the fast track does not pause. */
export function investigation(run: ClaimRun): Promise<Outcome<'investigation'>> {
  return humanTask(run, 'investigation');
}
