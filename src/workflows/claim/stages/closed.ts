import type { Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { attend } from '../waits';

/** SPEC §1.1: nobody owes anything, unless a reopening waits for its second person. Null: the claim rests, and so does its workflow. */
export async function closed(run: ClaimRun): Promise<Outcome<'closed'> | null> {
  await attend(run, () => run.state.stage !== 'closed' || run.state.tasks.length === 0);
  return run.state.stage === 'closed' ? null : run.leftBy as Outcome<'closed'>;
}
