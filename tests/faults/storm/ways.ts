/** What a claim's people do next, from what the claim's page shows: the ways of plan.ts, one act at a time. */
import { personaOf } from '../../../dev/personas';
import type { ClaimView } from '../../../src/api/claim/view-schema';
import { ago } from '../../support/journey';
import { between, chanceOf, oneOf, type PlannedClaim } from './plan';

/** An act to be done; `others` could do the same, at the same moment. */
export interface Doing { account: string; command: string; body: unknown; others?: string[] }

/** What is done next; `wait`: it is the turn of the insurer, the bank or the directory; `done`: the way has come to its end. */
export type Next = Doing | 'wait' | 'done';

/** How one claim goes, decided before it begins. */
export interface Way extends PlannedClaim {
  askedFen: number;
  /** Where the supplement is asked for, and where the patient withdraws. */
  askIn: 'acceptance' | 'review';
  withdrawIn: string;
  votes: Array<{ account: string; vote: 'uphold' | 'overturn' }>;
  /** What has been done once, and is not done again. */
  did: Set<'returned' | 'disputed'>;
}

export function wayOf(claim: PlannedClaim): Way {
  const chance = chanceOf(claim.seed, 'way');
  const vote = oneOf(chance, ['uphold', 'overturn'] as const);
  return {
    ...claim, askedFen: claim.journey === 'straight-through' ? between(chance, 1_000_00, 4_900_00) : between(chance, 5_100_00, 9_000_00),
    askIn: oneOf(chance, ['acceptance', 'review'] as const), withdrawIn: oneOf(chance, ['collecting', 'documents', 'acceptance', 'review', 'approval', 'payment']),
    votes: chance() < 0.5 ? [{ account: 'medical-affairs-a-h001', vote }, { account: 'senior-reviewer-a-i001', vote }] : [{ account: 'senior-reviewer-b-i001', vote }, { account: 'medical-affairs-b-h001', vote }],
    did: new Set(),
  };
}

const SPECIALIST = 'specialist-a-h001';
const REVIEWERS = ['reviewer-a-i001', 'reviewer-b-i001', 'reviewer-c-i001'];
const APPROVERS = ['approver-a-i001', 'approver-b-i001'];
const CASHIERS = ['finance-a-i001', 'finance-b-i001'];

/** Those who may still judge this claim in this round. */
const unseen = (view: ClaimView, accounts: string[]): string[] => accounts.filter((account) => !(view.assessment?.seenBy ?? []).includes(personaOf(account).personId));

/** The next act of a claim on its way; documents are left to whoever uploads them first (`missingOf`). */
export function nextOf(way: Way, view: ClaimView): Next {
  const { stage, clinical, assessment, amounts } = view;
  if (clinical === null || assessment === null || amounts === null) throw new Error('the auditor sees every part of a claim');
  const [reviewer, ...reviewers] = unseen(view, REVIEWERS);
  const [approver, ...approvers] = unseen(view, APPROVERS);
  // Where two rounds may be needed, the second round's people keep out of the first.
  const alone = way.journey === 'disputed';
  const also = (others: string[]): Pick<Doing, 'others'> => (alone ? {} : { others });
  if (way.journey === 'withdrawn' && stage === way.withdrawIn) {
    const [proposal] = assessment.proposals;
    return proposal ? { account: SPECIALIST, command: 'confirm-proposal', body: { proposalId: proposal.proposalId }, others: ['manager-h001'] } : { account: 'patient-a', command: 'withdraw', body: {} };
  }
  const lines = (clinical.facts?.benefits ?? []).map((line) => ({ ...line, approvedFen: way.journey === 'disputed' && view.round === 1 ? 0 : line.askedFen }));
  const { fileVersion } = clinical;
  const request = clinical.supplements.at(-1);
  const unjudged = clinical.supplements.flatMap((one) => one.items).find((item) => item.answer !== null && item.verdict === null);
  const ask: Doing = {
    account: reviewer!, command: 'ask-supplement', others: reviewers,
    body: { items: [{ fact: 'course-of-treatment', from: 'hospital', couldNotHaveBeenKnown: true, why: '手术记录与诊断不一致' }, { fact: 'earlier-illness', from: 'hospital', couldNotHaveBeenKnown: false, why: '请补充既往病史' }] },
  };
  switch (stage) {
    case 'collecting': return { account: SPECIALIST, command: 'submit-facts', others: ['specialist-b-h001'], body: {
      occurredAt: ago(60), outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: way.askedFen }],
      claimantIsInsured: true, costsClaimed: false, anaesthesia: false, complication: true, narrative: '术后出血，已输血。' } };
    case 'acceptance':
      if (assessment.eligibility === null) return 'wait';
      if (unjudged) return { account: reviewer!, command: 'accept-answer', body: { itemId: unjudged.itemId }, others: reviewers };
      if (way.journey === 'supplement' && way.askIn === stage && request === undefined) return ask;
      return { account: reviewer!, command: 'accept-file', body: {}, ...also(reviewers) };
    case 'supplement': {
      const item = request?.items.find((one) => one.answer === null);
      return item ? { account: SPECIALIST, command: 'answer-supplement', body: { itemId: item.itemId, answer: { kind: 'cannot-provide', note: '无此记录' } }, others: ['liaison-b-h001'] } : 'wait';
    }
    case 'review':
      if (unjudged) return { account: reviewer!, command: 'accept-answer', body: { itemId: unjudged.itemId }, others: reviewers };
      if (way.journey === 'supplement' && way.askIn === stage && request === undefined) return ask;
      if (lines.some((line) => line.approvedFen === 0)) return { account: reviewer!, command: 'recommend', body: { decision: 'reject', lines, reasons: ['C01'], evidence: [clinical.documents[0]!.documentId], fileVersion } };
      return { account: reviewer!, command: 'recommend', body: { decision: 'approve', lines, reasons: ['A01'], fileVersion }, ...also(reviewers) };
    case 'approval':
      if (way.journey === 'returned' && !way.did.has('returned')) return { account: approver!, command: 'return-to-review', body: { note: '请说明费用依据' }, others: approvers };
      return { account: approver!, command: assessment.recommendation?.decision === 'reject' ? 'reject' : 'approve', body: { lines, fileVersion }, ...also(approvers) };
    case 'payment': return nextPayment(way, amounts);
    case 'dispute': {
      const cast = clinical.dispute?.votes.map((one) => one.by) ?? [];
      const voter = way.votes.find(({ account }) => !cast.includes(personaOf(account).personId));
      return voter ? { account: voter.account, command: 'panel-decision', body: { vote: voter.vote, note: '依据材料' } } : 'wait';
    }
    case 'closed': return way.journey === 'disputed' && view.closedAs === 'rejected' && !way.did.has('disputed') ? { account: 'patient-a', command: 'dispute', body: { note: '费用应予赔付' } } : 'done';
    default: return 'wait';
  }
}

/** Payee, second person, maker, checker (SPEC §1.9); then the bank. */
function nextPayment({ n }: Way, { payees, payments, outstandingFen }: NonNullable<ClaimView['amounts']>): Next {
  const made = payments.find((one) => one.status === 'made');
  if (made) return { account: CASHIERS.find((account) => personaOf(account).personId !== made.madeBy)!, command: 'check-payment', body: {} };
  if (payments.some((one) => one.status === 'checked')) return 'wait';
  if (payees === null || payees.faulty) return { account: SPECIALIST, command: 'set-payee', body: { payees: [{ holder: `收款人${n}`, bank: '示例银行', account: `62220000000${String(n).padStart(5, '0')}` }] } };
  if (payees.confirmedBy === null) return { account: CASHIERS[1]!, command: 'confirm-payee', body: { payees: payees.list.map((one) => one.payeeId) }, others: [CASHIERS[0]!] };
  return { account: CASHIERS[0]!, command: 'make-payment', body: { amountFen: outstandingFen }, others: [CASHIERS[1]!] };
}

/** The kinds of documents that the file still needs. */
export const missingOf = (view: ClaimView): string[] => view.clinical!.checklist.filter((line) => line.need !== 'not-asked' && line.status === 'missing').map((line) => line.kind);
