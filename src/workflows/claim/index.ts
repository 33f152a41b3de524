/**
 * The life of a claim (SPEC §1.1), on one screen: build the state, register the handlers before the first wait, then go
 * from stage to stage. State, acts and recording: `run.ts`. Waiting: `waits.ts`. One file per stage: `stages/`.
 */
import { CancellationScope, condition, continueAsNew, defineQuery, defineSignal, defineUpdate, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import { COMMANDS, DELIVER, OUTSIDE_QUEUE, PERSONS_ACTS, STATE, type Act, type ActAnswer, type ClaimInput, type ClaimState } from '../../domain/claim';
import type { EligibilityActivities, EligibilityRequest } from '../../activities/eligibility';
import { openRun, shouldRoll, type ClaimRun } from './run';
import { stages } from './stages';

// As a rule the insurer's core answers at once: then the first turn does it all. It may be away for hours, too; nothing waits for it but acceptance.
const insurerAtOnce = proxyLocalActivities<EligibilityActivities>({ startToCloseTimeout: '2s', retry: { maximumAttempts: 1 } });
const insurer = proxyActivities<EligibilityActivities>({
  taskQueue: OUTSIDE_QUEUE, startToCloseTimeout: '30s', scheduleToCloseTimeout: '1h', retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** How a claim's process ended. */
interface Ended { claimNo: string; closedAs: string | null; version: number }

/**
 * The workflow of one claim. Ends when the claim is closed; a dispute or a reopening starts it again from its events.
 * Nobody cancels a claim: it is withdrawn or declared void (SPEC §1.1). A cancellation of the process is without effect.
 */
export function claim(input: ClaimInput): Promise<Ended> {
  return CancellationScope.nonCancellable(() => live(input));
}

async function live(input: ClaimInput): Promise<Ended> {
  const run = openRun(input);
  for (const name of PERSONS_ACTS) {
    setHandler(defineUpdate<ActAnswer, [Act]>(name), (act) => CancellationScope.nonCancellable(() => run.perform(act)), { validator: run.validate, description: COMMANDS[name].title.en });
  }
  setHandler(defineSignal<[Act]>(DELIVER), (act) => CancellationScope.nonCancellable(() => run.deliver(act)), { description: "a fact of a system, or a person's act that no worker was there to take" });
  setHandler(defineQuery<ClaimState>(STATE), () => run.state, { description: 'the whole state' });

  void askEligibility(run);
  do {
    while (run.state.stage !== 'closed' || run.state.tasks.length > 0) {
      await stages[run.state.stage](run);
      if (shouldRoll(input)) await rollOver(run, input);
    }
    await condition(run.isRecorded);
    // A dispute may have come while the last act was being recorded.
  } while (run.state.stage !== 'closed' || run.state.tasks.length > 0);
  return { claimNo: run.state.claimNo, closedAs: run.state.closedAs, version: run.state.version };
}

/** SPEC §1.1: eligibility is asked at report; an insurer that does not answer holds nothing up but acceptance. */
async function askEligibility(run: ClaimRun): Promise<void> {
  if (run.state.eligibility !== null || run.state.stage === 'closed') return;
  const { claimNo, hospital, department, insurer: code, patientId, surgeryAt } = run.state;
  const question: [EligibilityRequest] = [{ claimNo, hospital, department, insurer: code, insuredRef: patientId, surgeryAt }];
  const summary = 'is the patient insured?';
  const { insured, departmentCovered, limitLeftFen, doubts } = await run.atOnce(() => insurerAtOnce.askEligibility.executeWithOptions({ summary }, question))
    ?? await run.getThrough('insurer', () => insurer.askEligibility.executeWithOptions({ summary }, question));
  await run.fact('eligibility-answered', { insured, departmentCovered, limitLeftFen, doubts }, 'insurer', `eligibility:${claimNo}`);
}

/** Continues as new at a stage's edge, carrying everything: the state holds the handled acts too. */
async function rollOver(run: ClaimRun, input: ClaimInput): Promise<void> {
  if (run.state.stage === 'closed') return;
  run.roll();
  await condition(run.isRecorded);
  await continueAsNew<typeof claim>({ ...input, state: run.state });
}
