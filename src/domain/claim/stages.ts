/**
 * SPEC §1.1 as data: the stages of a claim, who owes what in each, and what each is left by.
 * `leavesBy` names every outcome of a stage and where it leads; 'back' is the stage that asked for the supplement.
 */
import type { Text } from './text';

export const STAGES = {
  collecting: {
    title: { zh: '收集事实', en: 'Collecting' },
    leavesBy: { 'facts-submitted': 'documents', withdrawn: 'closed', voided: 'closed' },
  },
  documents: {
    title: { zh: '上传材料', en: 'Documents' },
    leavesBy: { 'file-complete': 'acceptance', withdrawn: 'closed', voided: 'closed' },
  },
  acceptance: {
    title: { zh: '受理', en: 'Acceptance' },
    leavesBy: { accepted: 'review', asked: 'supplement', 'straight-through': 'payment', withdrawn: 'closed', voided: 'closed' },
  },
  review: {
    title: { zh: '审核', en: 'Review' },
    leavesBy: { recommended: 'approval', asked: 'supplement', 'risk-found': 'investigation', withdrawn: 'closed', voided: 'closed' },
  },
  supplement: {
    title: { zh: '补充材料', en: 'Supplement' },
    leavesBy: { answered: 'back', lapsed: 'back', withdrawn: 'closed', voided: 'closed' },
  },
  investigation: {
    title: { zh: '调查', en: 'Investigation' },
    leavesBy: { findings: 'review', withdrawn: 'closed', voided: 'closed' },
  },
  approval: {
    title: { zh: '审批', en: 'Approval' },
    leavesBy: { approved: 'payment', 'nothing-to-pay': 'closed', rejected: 'closed', returned: 'review', 'file-changed': 'review', withdrawn: 'closed', voided: 'closed' },
  },
  payment: {
    title: { zh: '付款', en: 'Payment' },
    leavesBy: { 'bank-confirmed': 'closed', withdrawn: 'closed' },
  },
  dispute: {
    title: { zh: '争议', en: 'Dispute' },
    leavesBy: { upheld: 'closed', overturned: 'review' },
  },
  closed: {
    title: { zh: '已结案', en: 'Closed' },
    leavesBy: { disputed: 'dispute', reopened: 'review' },
  },
} as const satisfies Record<string, { title: Text; leavesBy: Record<string, string> }>;

export type Stage = keyof typeof STAGES;
/** The named ways in which stage `S` can be left. */
export type Outcome<S extends Stage = Stage> = S extends Stage ? keyof (typeof STAGES)[S]['leavesBy'] & string : never;

export const STAGE_NAMES = Object.keys(STAGES) as Stage[];
export const OPEN_STAGES = STAGE_NAMES.filter((stage) => stage !== 'closed');
/** Stages "before `payment` starts" (SPEC §1.1): where a claim may be withdrawn or declared void. */
export const BEFORE_PAYMENT: readonly Stage[] = ['collecting', 'documents', 'acceptance', 'review', 'supplement', 'investigation', 'approval'];

export const CLOSED_AS = ['paid', 'rejected', 'withdrawn', 'void'] as const;
export type ClosedAs = (typeof CLOSED_AS)[number];

export const CLOSED_AS_TITLES: Record<ClosedAs, Text> = { paid: { zh: '已付款', en: 'paid' }, rejected: { zh: '已拒赔', en: 'rejected' }, withdrawn: { zh: '已撤回', en: 'withdrawn' }, void: { zh: '已作废', en: 'void' } };
