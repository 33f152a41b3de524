import { proxyLocalActivities } from '@temporalio/workflow';
import type { SampleActivities } from '../../../activities/sample';
import { isStraightThroughCandidate, type Outcome } from '../../../domain/claim';
import { ONE_TURN, type ClaimRun } from '../run';
import { attend, humanTask } from '../waits';

const sampling = proxyLocalActivities<SampleActivities>(ONE_TURN);

/**
 * SPEC §1.1: the reviewer owes within 1 working day whether the file is complete. A candidate for F3 with nothing against it
 * goes straight through by rule, unless it is drawn for review (10 %, and the first of each month).
 */
export async function acceptance(run: ClaimRun): Promise<Outcome<'acceptance'>> {
  const left = (): boolean => run.state.stage !== 'acceptance';
  // The insurer's answer may come later than the file: then the claim becomes a candidate while the reviewer's task is open.
  await attend(run, () => left() || isStraightThroughCandidate(run.state));
  if (!left()) {
    const { claimNo, insurer } = run.state;
    const drawn = await run.locally('sampling', () => sampling.drawSample({ claimNo, insurer, at: new Date().toISOString() }));
    await run.fact('sample-drawn', drawn, 'rule', `sample:${claimNo}`);
  }
  return humanTask(run, 'acceptance');
}
