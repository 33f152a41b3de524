import { createHash } from 'node:crypto';
import { z } from 'zod';
import { eligibilityQuestionSchema, eligibilityReportSchema, type EligibilityQuestion, type EligibilityReport } from '../../src/platform/outside/insurer';
import { runAlone } from './alone';
import { claimNoIn, createFaults, LINE_FAULTS, type FaultRule } from './faults';
import { createJournal, type Stamped } from './journal';
import { bodyOf, createParty, type PartyOptions, type RunningParty } from './party';

/** Beside the faults of the line: the insurer does not know the insured (`unknown`), or has another limit left (`other-amount` with `amountFen`). */
const INSURER_FAULTS = [...LINE_FAULTS, 'unknown', 'other-amount'] as const;
type InsurerFault = FaultRule<(typeof INSURER_FAULTS)[number]>;

const entrySchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('received'), requestId: z.string(), insurer: z.string(), fault: z.string().optional() }),
  z.object({ what: z.literal('answered'), report: eligibilityReportSchema }),
]);
export type InsurerEntry = Stamped<z.infer<typeof entrySchema>>;

/** What every policy of this insurer still pays: 500 000 yuan. */
const LIMIT_LEFT_FEN = 50_000_000;

/** The insurers' core system. Its answer follows from the question and the faults alone: everybody is insured, in every department but `unknown`. */
export async function startInsurer({ port, secret, dataFile }: PartyOptions): Promise<RunningParty> {
  const journal = createJournal(entrySchema, dataFile);
  const faults = createFaults(INSURER_FAULTS);
  const party = createParty('insurer', secret, faults, journal);

  party.app.post('/eligibility', async (req, res) => {
    const question = eligibilityQuestionSchema.parse(bodyOf(req));
    const fault = faults.take('submit', { key: question.requestId, claimNo: claimNoIn(question.requestId) });
    journal.add({ what: 'received', requestId: question.requestId, insurer: question.insurer, fault: fault?.do });
    await party.answer(res, fault, () => {
      const report = reportOn(question, fault);
      journal.add({ what: 'answered', report });
      return { status: 200, body: report };
    });
  });
  return party.listen(port);
}

function reportOn({ requestId, policyNo, insuredRef, department }: EligibilityQuestion, fault: InsurerFault | undefined): EligibilityReport {
  if (fault?.do === 'unknown') return { requestId, insured: false, departmentCovered: false, limitLeftFen: 0, policyNo: null, doubts: ['insured-not-found'] };
  const departmentCovered = department !== 'unknown';
  const limitLeftFen = fault?.do === 'other-amount' ? (fault.amountFen ?? 1) : LIMIT_LEFT_FEN;
  return {
    requestId, insured: true, departmentCovered, limitLeftFen,
    policyNo: policyNo ?? `POL-${createHash('sha256').update(insuredRef).digest('hex').slice(0, 10)}`,
    doubts: departmentCovered ? [] : ['department-not-covered'],
  };
}

if (require.main === module) runAlone('insurer', startInsurer);
