/** A claim's usual way from report to payment, one act per step, so that a test can stop, kill or vary at each. */
import { paper } from '../../dev/paper';
import type { ClaimState } from '../../src/domain/claim';
import { eventually } from './parties';
import type { TestStack } from './stack';

/** What a step needs to know of its claim. */
export interface Travelling { claimNo: string; n: number; asked: Asked; documents: unknown[] | null }
export interface Asked { outcomeType: string; benefits: Array<{ benefit: string; askedFen: number }> }

/** Where claims travel: people who act, and a way to look at the record. */
export type Peopled = Pick<TestStack, 'person' | 'database'>;

export interface Step {
  /** The act; `report` opens the claim. */
  command: string;
  account: string;
  body(stack: Peopled, claim: Travelling): Promise<unknown>;
}

/** A minor complication above the straight-through limit, so that every role has its turn. */
export const ORDINARY: Asked = { outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 600_000 }] };

export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** A report of a patient of its own; `n` tells them apart. */
export const aReport = (n: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  department: 'general-surgery', surgeryAt: ago(180), occurredAt: ago(120), outcomeType: 'minor-complication', surgeryCode: '80146002',
  patient: { recordNo: `MR-J-${n}`, name: `旅行者${n}`, sex: 'female', birthDate: '1961-04-05', personId: 'P-PATIENT-A' }, ...more,
});

/** The recorded state of a claim, as the read model has it. */
export async function stateOf(stack: Peopled, claimNo: string): Promise<ClaimState> {
  const { state } = await stack.database.claim.findUniqueOrThrow({ where: { claimNo }, select: { state: true } });
  return state as unknown as ClaimState;
}

/** Waits until the recorded state is so; fails after `timeoutMs`. */
export const until = (stack: Peopled, claimNo: string, holds: (state: ClaimState) => boolean, timeoutMs = 30_000): Promise<ClaimState> =>
  eventually(async () => { const state = await stateOf(stack, claimNo); return holds(state) ? state : undefined; }, timeoutMs);

const fullLines = (claim: Travelling): unknown[] => claim.asked.benefits.map((line) => ({ ...line, approvedFen: line.askedFen }));

/** From report to the payment that is released; then it is the bank's turn. */
export const STEPS: readonly Step[] = [
  { command: 'report', account: 'specialist-a-h001', body: (_, { n, asked }) => Promise.resolve(aReport(n, { outcomeType: asked.outcomeType })) },
  {
    command: 'submit-facts', account: 'specialist-a-h001',
    body: (_, { asked }) => Promise.resolve({ occurredAt: ago(60), ...asked, claimantIsInsured: asked.outcomeType !== 'death', costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血，已输血。' }),
  },
  {
    command: 'upload-documents', account: 'specialist-a-h001',
    async body(stack, claim) {
      const specialist = await stack.person('specialist-a-h001');
      const { clinical } = await specialist.get<{ clinical: { checklist: Array<{ kind: string; need: string }> } }>(`/v1/claims/${claim.claimNo}`);
      const kinds = clinical.checklist.filter((line) => line.need !== 'not-asked').map((line) => line.kind);
      // The files are stored once; the act that attaches them may be sent again.
      claim.documents ??= await Promise.all(kinds.map((kind) => specialist.upload(claim.claimNo, kind, `${kind}.pdf`, paper(kind, [`Claim ${claim.claimNo}`]))));
      return { documents: claim.documents };
    },
  },
  {
    command: 'accept-file', account: 'reviewer-a-i001',
    async body(stack, { claimNo }) { await until(stack, claimNo, (state) => state.eligibility !== null); return {}; },
  },
  {
    command: 'recommend', account: 'reviewer-a-i001',
    body: async (stack, claim) => ({ decision: 'approve', lines: fullLines(claim), reasons: ['A01'], fileVersion: (await stateOf(stack, claim.claimNo)).fileVersion }),
  },
  {
    command: 'approve', account: 'approver-a-i001',
    body: async (stack, claim) => ({ lines: fullLines(claim), fileVersion: (await stateOf(stack, claim.claimNo)).fileVersion }),
  },
  { command: 'set-payee', account: 'specialist-a-h001', body: (_, { n }) => Promise.resolve({ payees: [{ holder: `收款人${n}`, bank: '示例银行', account: `62220000000${String(n).padStart(5, '0')}` }] }) },
  { command: 'confirm-payee', account: 'finance-b-i001', body: () => Promise.resolve({}) },
  { command: 'make-payment', account: 'finance-a-i001', body: (_, { asked }) => Promise.resolve({ amountFen: asked.benefits.reduce((sum, line) => sum + line.askedFen, 0) }) },
  { command: 'check-payment', account: 'finance-b-i001', body: () => Promise.resolve({}) },
];

export type StepName = (typeof STEPS)[number]['command'];
const indexOf = (command: StepName): number => STEPS.findIndex((step) => step.command === command);

let travelled = 0;
/** A claim that has not been reported yet. */
export const newClaim = (asked: Asked = ORDINARY): Travelling => ({ claimNo: '', n: (travelled += 1), asked, documents: null });

/** Takes one step, patiently. */
export async function take(stack: Peopled, claim: Travelling, step: Step): Promise<void> {
  const [person, body] = await Promise.all([stack.person(step.account), step.body(stack, claim)]);
  if (step.command === 'report') claim.claimNo = await person.report(body);
  else await person.act(claim.claimNo, step.command, body);
}

/** Takes every step before `end`, from where `start` says; `end` itself is left to the test. Null: to the release of the payment. */
export async function travel(stack: Peopled, claim: Travelling, end: StepName | null, start: StepName = 'report'): Promise<Travelling> {
  for (const step of STEPS.slice(indexOf(start), end === null ? undefined : indexOf(end))) await take(stack, claim, step);
  return claim;
}

/** Waits for the bank's confirmation. */
export const paid = (stack: Peopled, claimNo: string, timeoutMs = 60_000): Promise<ClaimState> => until(stack, claimNo, (state) => state.closedAs === 'paid', timeoutMs);
