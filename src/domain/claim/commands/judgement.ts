/** Judging a claim: recommendation, investigation, decision (SPEC §1.1, §1.8). */
import * as z from 'zod';
import { event } from '../events';
import { BENEFITS, DECISIONS, familyOf, FAMILIES_FOR, REASON_CODES, REASONS, type Decision, type Line, type ReasonCode } from '../reasons';
import { refuse, type Refusal } from '../refusals';
import { reviewersOf, type ClaimState } from '../state';
import type { Text } from '../text';
import { lacksWitnessPack } from '../documents';
import { unjudged } from './file';
import { fen, note, noted, uuid } from './inputs';
import { command } from './row';

export const INVESTIGATION_REASONS = ['documents-doubtful', 'event-doubtful', 'identity-doubtful', 'other'] as const;
export const INVESTIGATION_REASON_TITLES: Record<(typeof INVESTIGATION_REASONS)[number], Text> = {
  'documents-doubtful': { zh: '材料存疑', en: 'documents in doubt' }, 'event-doubtful': { zh: '事件经过存疑', en: 'event in doubt' }, 'identity-doubtful': { zh: '身份存疑', en: 'identity in doubt' }, other: { zh: '其他原因', en: 'another reason' },
};
export const FINDINGS = ['fraud', 'no-fraud', 'inconclusive'] as const;
export const FINDING_TITLES: Record<(typeof FINDINGS)[number], Text> = { fraud: { zh: '存在欺诈', en: 'fraud' }, 'no-fraud': { zh: '未发现欺诈', en: 'no fraud' }, inconclusive: { zh: '无法确定', en: 'inconclusive' } };

const lines = z.array(z.strictObject({ benefit: z.enum(BENEFITS), askedFen: fen, approvedFen: fen })).min(1).max(BENEFITS.length);
const reasons = z.array(z.enum(REASON_CODES as [ReasonCode, ...ReasonCode[]])).min(1).max(10)
  .meta({ description: REASON_CODES.map((code) => `${code}: ${REASONS[code].en} ${REASONS[code].zh}`).join('\n') });
const fileVersion = z.int().min(0).meta({ description: 'The version of the file that was read; an act on another version is refused' });

interface Judgement { decision: Decision; lines: Line[]; reasons: ReasonCode[]; exGratia: boolean; evidence: string[]; fileVersion: number }

/** SPEC §1.8: whatever is not paid in full names the documents it stands on. */
export const needsEvidence = (decision: Decision): boolean => decision !== 'approve';

/** SPEC §1.8: amounts per benefit line beside what is asked; reasons, clause and evidence for a part or a rejection. */
function judgementHolds(state: ClaimState, j: Judgement): Refusal | null {
  if (j.fileVersion !== state.fileVersion) return refuse('file-changed', { field: '/fileVersion', details: { fileVersion: state.fileVersion } });
  const asked = state.facts?.benefits ?? [];
  const fits = j.lines.length === asked.length && asked.every((a) => j.lines.filter((l) => l.benefit === a.benefit && l.askedFen === a.askedFen).length === 1);
  if (!fits) return refuse('lines-mismatch', { field: '/lines', details: { asked } });
  const above = j.lines.findIndex((l) => l.approvedFen > l.askedFen);
  if (above >= 0) return refuse('amount-above-asked', { field: `/lines/${above}/approvedFen` });
  // Line by line: one benefit refused is a part, whatever the sum.
  const means: Decision = j.lines.every((l) => l.approvedFen === 0) ? 'reject' : j.lines.every((l) => l.approvedFen === l.askedFen) ? 'approve' : 'part';
  if (j.decision !== means) return refuse('decision-mismatch', { field: '/decision' });
  const wrong = j.reasons.findIndex((code) => !FAMILIES_FOR[j.decision].includes(familyOf(code)));
  if (wrong >= 0 || (j.decision !== 'approve' && !j.reasons.some((code) => familyOf(code) !== 'A'))) return refuse('reasons-needed', { field: wrong >= 0 ? `/reasons/${wrong}` : '/reasons', details: { families: FAMILIES_FOR[j.decision] } });
  if (j.exGratia !== j.reasons.includes('A02')) return refuse('reasons-needed', { field: '/reasons', details: { exGratia: 'A02' } });
  if (j.reasons.some((code) => familyOf(code) === 'F') && state.investigations.at(-1)?.finding !== 'fraud') return refuse('fraud-not-investigated', { field: '/reasons' });
  if (!j.evidence.every((d) => state.documents.some((known) => known.documentId === d))) return refuse('unknown-document', { field: '/evidence' });
  return needsEvidence(j.decision) && j.evidence.length === 0 ? refuse('evidence-needed', { field: '/evidence' }) : null;
}

/** The approver decides on what was recommended; whoever sees it differently returns the claim to review. */
function asRecommended(state: ClaimState, j: { lines: Line[]; fileVersion: number }): Refusal | null {
  const r = state.recommendation;
  if (j.fileVersion !== state.fileVersion) return refuse('file-changed', { field: '/fileVersion', details: { fileVersion: state.fileVersion } });
  const same = r !== null && r.lines.length === j.lines.length && r.lines.every((l) => j.lines.some((m) => m.benefit === l.benefit && m.askedFen === l.askedFen && m.approvedFen === l.approvedFen));
  return same ? null : refuse('not-as-recommended', { field: '/lines' });
}

export const judgementCommands = {
  'recommend': command({
    title: { zh: '提出审核建议', en: 'Recommend' },
    causes: { zh: '进入审批，由另一人决定。缺少术前见证资料时先由第二人复核。', en: 'The claim goes to approval, decided by another person. Where the witness pack is missing a second reviewer confirms first.' },
    schema: z.strictObject({ decision: z.enum(DECISIONS), lines, reasons, exGratia: z.boolean().default(false), evidence: z.array(uuid).max(50).default([]), fileVersion, note: note.optional() }),
    by: ['reviewer', 'senior-reviewer'], stages: ['review'], judges: true,
    second: { by: ['reviewer', 'senior-reviewer'], when: (state) => lacksWitnessPack(state) },
    available: (state) => (unjudged(state) ? refuse('unjudged-answers') : null),
    check: judgementHolds,
    effect: (_, { note: text, ...judgement }, { proposedBy = null }) => [event('recommended', { ...judgement, proposedBy }, noted({ note: text }))],
    example: { decision: 'approve', lines: [{ benefit: 'medical-costs', askedFen: 480_000, approvedFen: 480_000 }], reasons: ['A01'], exGratia: false, evidence: [], fileVersion: 8 },
  }),

  'open-investigation': command({
    title: { zh: '开启调查', en: 'Open an investigation' },
    causes: { zh: '由高级审核员在10个工作日内调查，时效不暂停。', en: 'A senior reviewer investigates within 10 working days; the fast track does not pause.' },
    schema: z.strictObject({ reason: z.enum(INVESTIGATION_REASONS), note: note.optional() }),
    by: ['reviewer', 'senior-reviewer'], stages: ['review'], judges: true,
    effect: (state, input) => [
      event('investigation-opened', { reason: input.reason }, noted(input)),
      ...(state.flags.some((f) => f.flag === 'fraud-suspected') ? [] : [event('flag-raised', { flag: 'fraud-suspected', about: null })]),
    ],
    example: { reason: 'documents-doubtful', note: '同一文件出现在两个案件' },
  }),

  'close-investigation': command({
    title: { zh: '结束调查', en: 'Close the investigation' },
    causes: { zh: '结论进入案卷，案件回到审核。', en: 'The findings join the file and the claim goes back to review.' },
    schema: z.strictObject({ finding: z.enum(FINDINGS), note }),
    by: ['senior-reviewer'], stages: ['investigation'], judges: true,
    effect: (_, input) => [event('investigation-closed', { finding: input.finding }, noted(input))],
    example: { finding: 'no-fraud', note: '经核实材料真实' },
  }),

  'approve': command({
    title: { zh: '批准', en: 'Approve' },
    causes: { zh: '按建议全额或部分给付，进入付款。', en: 'Pays what was recommended, in full or in part; payment begins.' },
    schema: z.strictObject({ lines, fileVersion, note: note.optional() }),
    by: ['approver'], stages: ['approval'], judges: true, apart: reviewersOf,
    available: (state) => (state.recommendation?.decision === 'reject' ? refuse('not-as-recommended') : null),
    check: asRecommended,
    effect: (state, input) => [event('decided', { ...decisionOf(state), lines: input.lines, fileVersion: input.fileVersion }, noted(input))],
    example: { lines: [{ benefit: 'medical-costs', askedFen: 480_000, approvedFen: 480_000 }], fileVersion: 8 },
  }),

  'reject': command({
    title: { zh: '拒赔', en: 'Reject' },
    causes: { zh: '案件以拒赔结案，三日内送达理由，30日内可提出异议。', en: 'The claim closes as rejected; the letter with reasons goes out within 3 days, and it can be disputed for 30.' },
    schema: z.strictObject({ lines, fileVersion, note: note.optional() }),
    by: ['approver'], stages: ['approval'], judges: true, apart: reviewersOf,
    available: (state) => (state.recommendation?.decision === 'reject' ? null : refuse('not-as-recommended')),
    check: asRecommended,
    effect: (state, input) => [event('decided', { ...decisionOf(state), lines: input.lines, fileVersion: input.fileVersion }, noted(input))],
    example: { lines: [{ benefit: 'medical-costs', askedFen: 480_000, approvedFen: 0 }], fileVersion: 8, note: '与手术无因果关系' },
  }),

  'return-to-review': command({
    title: { zh: '退回审核', en: 'Return to review' },
    causes: { zh: '案件回到审核，时效继续计时。', en: 'The claim goes back to review; the clock runs on.' },
    schema: z.strictObject({ note }),
    by: ['approver'], stages: ['approval'], judges: true, apart: reviewersOf,
    effect: (_, input) => [event('returned-to-review', { why: 'approver' }, noted(input))],
    example: { note: '请说明第二项费用的依据' },
  }),
};

const decisionOf = (state: ClaimState): { decision: Decision; reasons: ReasonCode[]; exGratia: boolean } =>
  ({ decision: state.recommendation!.decision, reasons: state.recommendation!.reasons, exGratia: state.recommendation!.exGratia });
