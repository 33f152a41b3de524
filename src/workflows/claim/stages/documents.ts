import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: the hospital owes the documents of §1.3 within 3 working days; left when every must-have is there or its gap has a reason. */
export function documents(run: ClaimRun): Promise<Outcome<'documents'>> {
  return humanTask(run, 'documents');
}
