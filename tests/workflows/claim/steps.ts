/** The steps that stories share: how a claim comes to each stage when everybody does what they owe. */
import { randomUUID } from 'node:crypto';
import { mayUpload, missingDocuments, outstandingFen, type Benefit, type ClaimState, type DocumentKind, type Line, type OutcomeType, type Role } from '../../../src/domain/claim';
import type { TestClaim } from './harness';
import { approver, checker, liaison, maker, patient, reviewer, specialist } from './people';

export interface Facts { outcomeType: OutcomeType; benefits: Array<{ benefit: Benefit; askedFen: number }>; claimantIsInsured: boolean; costsClaimed: boolean; anaesthesia: boolean; complication: boolean }

/** SPEC §1.3: a minor complication with anaesthesia needs exactly eight documents; above 5 000 CNY it is reviewed. */
export const MINOR: Facts = { outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 1_200_000 }], claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true };
/** A candidate for F3. */
export const SMALL: Facts = { ...MINOR, benefits: [{ benefit: 'medical-costs', askedFen: 480_000 }] };
export const DEATH: Facts = { outcomeType: 'death', benefits: [{ benefit: 'death', askedFen: 60_000_000 }], claimantIsInsured: false, costsClaimed: false, anaesthesia: true, complication: true };

export const documentOf = (kind: DocumentKind) => ({ documentId: randomUUID(), kind, sha256: randomUUID().replaceAll('-', '').repeat(2), bytes: 51_234, mediaType: 'application/pdf' });

export async function submitFacts(claim: TestClaim, facts: Facts = MINOR): Promise<void> {
  const { occurredAt } = claim.known();
  await claim.act('submit-facts', { occurredAt, ...facts }, specialist);
}

/** All that is missing: the claimant's papers by the patient, the hospital's by the liaison, in one batch each or each by itself. */
export async function uploadAll(claim: TestClaim, { oneByOne = false, without = [] as DocumentKind[] } = {}): Promise<void> {
  const kinds = missingDocuments(claim.known()).filter((kind) => !without.includes(kind));
  for (const actor of [patient, liaison]) {
    const theirs = kinds.filter((kind) => (mayUpload('patient', kind) ? 'patient' : 'liaison') === (actor.role as Role)).map(documentOf);
    for (const documents of oneByOne ? theirs.map((one) => [one]) : [theirs]) {
      if (documents.length > 0) await claim.act('upload-documents', { documents }, actor);
    }
  }
}

export async function toAcceptance(claim: TestClaim, facts: Facts = MINOR): Promise<void> {
  await submitFacts(claim, facts);
  await uploadAll(claim);
}

export async function toReview(claim: TestClaim, facts: Facts = MINOR): Promise<void> {
  await toAcceptance(claim, facts);
  await claim.act('accept-file', {}, reviewer);
}

const linesOf = (state: ClaimState, part: number): Line[] => (state.facts?.benefits ?? []).map((b) => ({ ...b, approvedFen: Math.floor(b.askedFen * part) }));

/** What a reviewer recommends: everything that is asked, a part of it, or nothing. */
export function judgement(state: ClaimState, part = 1) {
  const decision = part === 1 ? 'approve' as const : part === 0 ? 'reject' as const : 'part' as const;
  return {
    decision, lines: linesOf(state, part), reasons: [part === 1 ? 'A01' as const : 'C01' as const], exGratia: false,
    evidence: part === 1 ? [] : [state.documents[0]!.documentId], fileVersion: state.fileVersion,
  };
}

export async function recommend(claim: TestClaim, part = 1, by = reviewer): Promise<void> {
  await claim.act('recommend', judgement(claim.known(), part), by);
}

/** The approver decides as recommended. */
export async function decide(claim: TestClaim, by = approver): Promise<void> {
  const { recommendation, fileVersion } = claim.known();
  await claim.act(recommendation?.decision === 'reject' ? 'reject' : 'approve', { lines: recommendation?.lines, fileVersion }, by);
}

export async function toApproval(claim: TestClaim, part = 1, facts: Facts = MINOR): Promise<void> {
  await toReview(claim, facts);
  await recommend(claim, part);
}

export async function toPayment(claim: TestClaim, facts: Facts = MINOR): Promise<void> {
  await toApproval(claim, 1, facts);
  await decide(claim);
}

const ACCOUNT = { holder: '示例', bank: '示例银行', account: '6222000000000000' };

/** Payee, confirmation, maker and checker: the bank is told at the end of it. */
export async function pay(claim: TestClaim, shares: number[] = [1]): Promise<void> {
  await claim.act('set-payee', { payees: shares.map((share) => ({ ...ACCOUNT, share })) }, patient);
  await claim.act('confirm-payee', {}, maker);
  await payAgain(claim);
}

export async function payAgain(claim: TestClaim): Promise<void> {
  await claim.act('make-payment', { amountFen: outstandingFen(claim.known()) }, maker);
  await claim.act('check-payment', {}, checker);
}

export async function toInvestigation(claim: TestClaim): Promise<void> {
  await toReview(claim);
  await claim.act('open-investigation', { reason: 'documents-doubtful' }, reviewer);
}

/** Closed as rejected, and disputed by the patient in a new run. */
export async function toDispute(claim: TestClaim): Promise<void> {
  await toApproval(claim, 0);
  await decide(claim);
  await claim.end();
  await claim.resume('dispute', { note: '我不同意' }, patient);
}

/** One item, asked of the hospital, that could not have been known before: it pauses the fast track. */
export const ASKED = { items: [{ document: 'event-report', from: 'hospital', couldNotHaveBeenKnown: true, why: '手术记录提到' }] };

export async function toSupplement(claim: TestClaim): Promise<void> {
  await toReview(claim);
  await claim.act('ask-supplement', ASKED, reviewer);
}
