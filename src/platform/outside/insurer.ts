import { z } from 'zod';
import { Malformed } from './errors';
import { exchange, type PartyConnection } from './exchange';

/** Free text in an answer would reach the claim's state; only codes may (SPEC §3: no names or clinical text). */
const code = z.string().regex(/^[a-z0-9-]{1,60}$/);
const requestId = z.string().min(1).max(200);

/** The eligibility question of SPEC §1.1. `insuredRef` is our reference to the patient, never a name or identity number. */
export const eligibilityQuestionSchema = z.object({
  requestId,
  insurer: z.string().min(1).max(40),
  policyNo: z.string().min(1).max(40).optional(),
  insuredRef: z.string().min(1).max(100),
  department: z.string().min(1).max(60),
  hospital: z.string().min(1).max(40),
  surgeryAt: z.iso.datetime(),
});
export type EligibilityQuestion = z.infer<typeof eligibilityQuestionSchema>;

/** The insurer's answer. `limitLeftFen` is what the policy still pays; `doubts` are codes for the reviewer, never a refusal by themselves. */
export const eligibilityReportSchema = z.object({
  requestId,
  insured: z.boolean(),
  departmentCovered: z.boolean(),
  limitLeftFen: z.int().nonnegative(),
  policyNo: z.string().regex(/^[\w-]{1,40}$/).nullable(),
  doubts: z.array(code).max(20),
});
export type EligibilityReport = z.infer<typeof eligibilityReportSchema>;

export type InsurerClient = ReturnType<typeof createInsurerClient>;

/** Our side of the insurer's core system. */
export function createInsurerClient(connection: PartyConnection) {
  return {
    /** Asks once; asking again changes nothing at the insurer. Throws `Ambiguous`, `Refused` or `Malformed`. */
    async askEligibility(question: EligibilityQuestion): Promise<EligibilityReport> {
      const report = await exchange(connection, {
        party: 'insurer', operation: 'ask eligibility', method: 'POST', path: '/eligibility', body: question, statuses: [200], answer: eligibilityReportSchema,
      });
      if (report.requestId !== question.requestId) throw new Malformed('insurer', 'ask eligibility', 'requestId: not the one asked');
      return report;
    },
  };
}
