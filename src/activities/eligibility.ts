import { ApplicationFailure } from '@temporalio/activity';
import { Ambiguous, Malformed, Refused } from '../platform/outside/errors';
import type { InsurerClient } from '../platform/outside/insurer';

/** The eligibility question of SPEC §1.1; `surgeryAt` is ISO UTC, `insuredRef` our reference to the patient (uuid). */
export interface EligibilityRequest {
  claimNo: string;
  hospital: string;
  department: string;
  insurer: string;
  insuredRef: string;
  surgeryAt: string;
}

/** The insurer's answer, to be frozen at acceptance. `doubts` are codes that become flags for the reviewer, never a refusal (SPEC §1.1). */
export interface EligibilityAnswer {
  insured: boolean;
  departmentCovered: boolean;
  limitLeftFen: number;
  policyNo: string | null;
  doubts: string[];
}

/** Asks the insurer. Every failure is retryable: an insurer that does not answer, or answers nonsense, says nothing about the patient's cover. */
export function createEligibilityActivities({ insurer: core }: { insurer: InsurerClient }) {
  return {
    /** Fails retryably as `insurer-unreachable`, `insurer-answer-malformed` or `insurer-refused`. */
    async askEligibility({ claimNo, ...question }: EligibilityRequest): Promise<EligibilityAnswer> {
      try {
        const { insured, departmentCovered, limitLeftFen, policyNo, doubts } = await core.askEligibility({ requestId: `eligibility:${claimNo}`, ...question });
        return { insured, departmentCovered, limitLeftFen, policyNo, doubts };
      } catch (error) {
        if (error instanceof Ambiguous) throw ApplicationFailure.retryable(error.message, 'insurer-unreachable');
        if (error instanceof Malformed) throw ApplicationFailure.retryable(error.message, 'insurer-answer-malformed');
        if (error instanceof Refused) {
          throw ApplicationFailure.retryable(`${error.message}; check INSURER_URL, INSURER_SECRET and the codes of ${claimNo}`, 'insurer-refused');
        }
        throw error;
      }
    },
  };
}

export type EligibilityActivities = ReturnType<typeof createEligibilityActivities>;
