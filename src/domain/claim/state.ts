/**
 * The state of a claim: plain JSON, rebuilt by `events.reduce(evolve)`. It holds ids, codes, times and amounts only;
 * names, accounts and clinical text never enter it.
 */
import type { Calendar, Pause } from '../calendar';
import type { Benefit, Decision, Line, ReasonCode } from './reasons';
import type { DocumentKind, FileFacts, OutcomeType } from './documents';
import type { ClosedAs, Stage } from './stages';
import type { Flag, Tier } from './tiers';
import type { Role } from './people';
import type { ClockName } from './clocks';
import type { AskReason } from './one-ask';
import type { Text } from './text';
import type { Erasure, Hold } from '../retention/due';

export interface ClaimDocument {
  documentId: string;
  kind: DocumentKind;
  sha256: string;
  bytes: number;
  mediaType: string;
  by: string;
  at: string;
  supersededBy: string | null;
  /** Came after a decision stood: new evidence, not part of the file decided on. */
  late: boolean;
}

export interface SupplementItem {
  itemId: string;
  document: DocumentKind | null;
  /** Code of the fact asked for, when it is not a document. */
  fact: string | null;
  from: 'hospital' | 'patient';
  couldNotHaveBeenKnown: boolean;
  /** The reason, where it is one that was proposed; own words stand beside the event and not in the state. */
  why?: AskReason;
  answer: { kind: 'upload'; documentIds: string[] } | { kind: 'cannot-provide' } | { kind: 'already-given'; documentId: string } | null;
  answeredAt: string | null;
  verdict: 'accepted' | 'rejected' | 'waived' | null;
}

export const ANSWER_TITLES: Record<NonNullable<SupplementItem['answer']>['kind'], Text> = {
  upload: { zh: '上传材料', en: 'upload it' }, 'cannot-provide': { zh: '无法提供', en: 'cannot provide it' }, 'already-given': { zh: '已经提供', en: 'already given' },
};
export const VERDICT_TITLES: Record<NonNullable<SupplementItem['verdict']>, Text> = { accepted: { zh: '认可', en: 'accepted' }, rejected: { zh: '不认可', en: 'not accepted' }, waived: { zh: '免除', en: 'waived' } };
export const ASKED_FROM_TITLES: Record<SupplementItem['from'], Text> = { hospital: { zh: '医院', en: 'hospital' }, patient: { zh: '申请人', en: 'claimant' } };

export interface SupplementRequest {
  requestNo: number;
  askedIn: 'acceptance' | 'review';
  askedBy: string;
  askedAt: string;
  /** SPEC §1.7: only the first request of a stage pauses, and only for what could not have been known before. */
  pauses: boolean;
  deliveredAt: string | null;
  items: SupplementItem[];
  endedAt: string | null;
}

/** A clock that was started; its due dates follow from it, the pauses and the calendar (`clocks.ts`). */
export interface ClockRun { name: ClockName; startedAt: string; pauses: Pause[]; stoppedAt: string | null }

export interface Task {
  taskId: string;
  kind: TaskKind;
  roles: Role[];
  /** The run of a clock that says until when, and so which ladder. */
  clock: string;
  openedAt: string;
  assignee: string | null;
  /** What the task is about, where the kind alone does not say it: proposal or supplement request. */
  about: string | null;
}

export const TASK_KINDS = [
  'collect-facts', 'upload-documents', 'accept-file', 'review', 'answer-as-hospital', 'answer-as-patient', 'investigate', 'approve',
  'set-payee', 'confirm-payee', 'make-payment', 'check-payment', 'await-bank', 'decide-as-panel', 'second-person',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export const TASK_TITLES: Record<TaskKind, Text> = {
  'collect-facts': { zh: '收集事实', en: 'Collect the facts' }, 'upload-documents': { zh: '上传材料', en: 'Upload documents' }, 'accept-file': { zh: '受理', en: 'Accept the file' }, review: { zh: '审核', en: 'Review' },
  'answer-as-hospital': { zh: '医院答复补充要求', en: 'Answer for the hospital' }, 'answer-as-patient': { zh: '申请人答复补充要求', en: 'Answer as the claimant' }, investigate: { zh: '调查', en: 'Investigate' },
  approve: { zh: '审批', en: 'Approve' }, 'set-payee': { zh: '登记收款人', en: 'Name the payee' }, 'confirm-payee': { zh: '确认收款人', en: 'Confirm the payee' }, 'make-payment': { zh: '制单', en: 'Make the payment' },
  'check-payment': { zh: '复核放行', en: 'Check the payment' }, 'await-bank': { zh: '等待银行', en: 'Await the bank' }, 'decide-as-panel': { zh: '裁决异议', en: 'Decide on the panel' }, 'second-person': { zh: '第二人确认', en: 'Confirm as second person' },
};

/** An act that needs two persons, done by the first: who may be the second, and in which stages it still makes sense. */
export interface Proposal { proposalId: string; command: string; input: unknown; roles: Role[]; stages: Stage[]; by: string; at: string }

export interface Payment {
  key: string;
  sequence: number;
  benefit: Benefit;
  payeeId: string;
  amountFen: number;
  status: 'made' | 'checked' | 'confirmed' | 'failed' | 'returned';
  madeBy: string;
  checkedBy: string | null;
  bankReference: string | null;
}

export const PAYMENT_STATUS_TITLES: Record<Payment['status'], Text> = {
  made: { zh: '待复核', en: 'to be checked' }, checked: { zh: '已发往银行', en: 'with the bank' }, confirmed: { zh: '已付款', en: 'paid' }, failed: { zh: '付款失败', en: 'failed' }, returned: { zh: '已退回', en: 'returned' },
};

/** SPEC §1.1: the panel of three. */
export const SEATS = ['medical-affairs', 'insurer', 'neutral'] as const;
export type Seat = (typeof SEATS)[number];

export const SEAT_TITLES: Record<Seat, Text> = { 'medical-affairs': { zh: '医院医务', en: 'hospital' }, insurer: { zh: '保险公司', en: 'insurer' }, neutral: { zh: '中立方', en: 'neutral side' } };

export interface ClaimState {
  claimNo: string;
  version: number;
  hospital: string;
  department: string;
  insurer: string;
  patientId: string;
  patientPersonId: string | null;
  mediators: string[];
  /** Who has acted here for whom. Missing where nobody has. */
  standIns?: Array<{ by: string; for: string }>;

  stage: Stage;
  stageSince: string;
  closedAs: ClosedAs | null;
  closedAt: string | null;
  /** 1 at first; a dispute overturned or a reopening begins the next round with people who have not seen the claim. */
  round: number;
  /** Persons who judged the claim in an earlier round. */
  seenBy: string[];
  /** Persons who have judged it in this round: they do not sit on its panel, and do not judge it in the next. */
  judgedBy: string[];

  outcomeType: OutcomeType;
  reportedAt: string;
  reportedBy: string;
  occurredAt: string;
  surgeryAt: string;
  facts: (FileFacts & { benefits: Array<{ benefit: Benefit; askedFen: number }> }) | null;
  askedFen: number | null;

  calendar: Calendar;
  clocks: Record<string, ClockRun>;
  tasks: Task[];
  /** How many tasks of each kind were ever opened: the number in the next task's id. */
  taskCount: Partial<Record<TaskKind, number>>;
  /** Keys of the rungs that have been climbed: each fires once. */
  climbed: string[];
  breached: boolean;

  documents: ClaimDocument[];
  /** Grows with every document attached: what a decision pins. */
  fileVersion: number;
  gaps: Array<{ kind: DocumentKind; reason: string }>;
  waived: DocumentKind[];
  flags: Array<{ flag: Flag; about: string | null; at: string }>;
  eligibility: { insured: boolean; departmentCovered: boolean; limitLeftFen: number | null; doubts: string[]; at: string } | null;
  sample: { sampled: boolean; why: string } | null;

  acceptance: { by: string; at: string; matrixVersion: string; fileVersion: number } | null;
  tier: Tier | null;
  supplements: SupplementRequest[];
  investigations: Array<{ openedBy: string; closedBy: string | null; finding: 'fraud' | 'no-fraud' | 'inconclusive' | null }>;
  recommendation: { decision: Decision; lines: Line[]; reasons: ReasonCode[]; exGratia: boolean; fileVersion: number; by: string; proposedBy: string | null } | null;
  decision: { decision: Decision; lines: Line[]; reasons: ReasonCode[]; exGratia: boolean; fileVersion: number; by: string; at: string; round: number } | null;

  payees: { list: Array<{ payeeId: string; share: number }>; setBy: string; confirmedBy: string | null; faulty: boolean } | null;
  payments: Payment[];
  paidFen: number;
  /** Answers of the bank that fit no payment and were raised: asked again and again, the bank says them again and again. */
  raised: string[];

  proposals: Proposal[];
  /** The dispute before the panel; `disputedRounds` remembers that each round was disputed once at most. */
  dispute: { by: string; at: string; votes: Array<{ seat: Seat; vote: 'uphold' | 'overturn'; by: string }> } | null;
  disputedRounds: number[];
  reopening: boolean;
  ending: 'withdrawn' | 'voided' | null;
  survivor: string | null;

  /** Retention (src/domain/retention). Absent until it happens, so that claims from before are as they were. */
  holds?: Hold[];
  consentWithdrawnAt?: string;
  erased?: Erasure[];

  stuck: { cause: string; since: string } | null;
  lastAct: { command: string; by: string; role: string; at: string } | null;
  lastEventAt: string;
  /** Acts already done, newest last: an act repeated with the same id and body changes nothing. */
  handled: Array<{ id: string; hash: string; version: number; stage: Stage }>;
}

/** The request that is being waited for, if any. */
export const openRequest = (state: ClaimState): SupplementRequest | null => state.supplements.find((request) => request.endedAt === null) ?? null;

/** SPEC §1.2, reviewer and approver: whoever recommended (or first proposed it, where two reviewers are needed) or accepted the file. */
export const reviewersOf = (state: ClaimState): Array<string | null | undefined> => [state.recommendation?.by, state.recommendation?.proposedBy, state.acceptance?.by];

/** One answer of the bank that was raised, told from another. */
export const raisedAs = ({ key, what, amountFen, bankReference }: { key: string; what: string; amountFen: number; bankReference: string }): string => [key, what, amountFen, bankReference].join(' ');

/** What remains to be paid of the decision, in fen: after a dispute or a reopening, only the difference. */
export function outstandingFen(state: ClaimState): number {
  const approved = state.decision?.lines.reduce((sum, line) => sum + line.approvedFen, 0) ?? 0;
  return Math.max(0, approved - state.paidFen);
}
