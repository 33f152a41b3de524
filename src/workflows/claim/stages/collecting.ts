import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { humanTask } from '../waits';

/** SPEC §1.1: the on-site specialist owes the facts of the event within 24 clock hours of the report; left when they are submitted. */
export function collecting(run: ClaimRun): Promise<Outcome<'collecting'>> {
  return humanTask(run, 'collecting');
}
