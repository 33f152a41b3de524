/** Acts on the file: facts of the event, documents, gaps, acceptance (SPEC §1.1, §1.3, §1.4). */
import * as z from 'zod';
import { gapsBeforeAcceptance, MATRIX_VERSION, mayUpload, OUTCOME_TYPES, type DocumentKind, type OutcomeType } from '../documents';
import { event } from '../events';
import type { Role } from '../people';
import { BENEFITS_OF, type Benefit } from '../reasons';
import { refuse, type Refusal } from '../refusals';
import { BEFORE_PAYMENT, STAGE_NAMES } from '../stages';
import { openRequest, type ClaimState } from '../state';
import type { Text } from '../text';
import { isLonger, isStraightThroughCandidate, tierOf, TIER_NAMES, FLAGS, type Flag } from '../tiers';
import { asked, documentKind, fen, id, instant, note, noted, noteOnly, uuid } from './inputs';
import { command, type ActContext } from './row';

export const GAP_REASONS = ['never-made', 'lost', 'held-by-authority', 'refused-by-patient', 'other'] as const;
export const GAP_REASON_TITLES: Record<(typeof GAP_REASONS)[number], Text> = {
  'never-made': { zh: '未曾制作', en: 'never made' }, lost: { zh: '已遗失', en: 'lost' }, 'held-by-authority': { zh: '由有关部门保管', en: 'held by an authority' },
  'refused-by-patient': { zh: '患者拒绝', en: 'refused by the patient' }, other: { zh: '其他原因', en: 'another reason' },
};

const attached = z.strictObject({
  documentId: uuid, kind: documentKind, sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(1), mediaType: z.string().max(100),
});
export type AttachedDocument = z.infer<typeof attached>;

const exampleDocument: AttachedDocument = { documentId: '0b8f0c8e-6c5d-4a53-9d7e-2f6f1d7a1c11', kind: 'medical-summary', sha256: 'a'.repeat(64), bytes: 51234, mediaType: 'application/pdf' };

function mayAttach(state: ClaimState, documents: AttachedDocument[], ctx: ActContext): Refusal | null {
  const wrong = documents.findIndex((d) => !mayUpload(ctx.actor.role as Role, d.kind));
  if (wrong >= 0) return refuse('wrong-document-kind', { field: `/documents/${wrong}/kind`, details: { kind: documents[wrong]!.kind } });
  const ids = documents.map((d) => d.documentId);
  const twice = documents.findIndex((d, i) => ids.indexOf(d.documentId) < i || state.documents.some((known) => known.documentId === d.documentId));
  return twice >= 0 ? refuse('already-there', { field: `/documents/${twice}/documentId` }) : null;
}

/** Can these benefits be asked for such an outcome (SPEC §1.3, §1.8)? */
function benefitsFit(outcome: OutcomeType, benefits: ReadonlyArray<{ benefit: Benefit }>): Refusal | null {
  const wrong = benefits.findIndex(({ benefit }) => !BENEFITS_OF[outcome].includes(benefit));
  return wrong < 0 ? null : refuse('benefit-not-of-outcome', { field: `/benefits/${wrong}/benefit`, details: { outcomeType: outcome, benefits: BENEFITS_OF[outcome] } });
}

/** After a decision stands a document is new evidence, not part of the file decided on (SPEC §1.7). */
const isLate = (state: ClaimState): boolean => state.decision !== null && ['payment', 'dispute', 'closed'].includes(state.stage);

const attach = (state: ClaimState, documents: AttachedDocument[], supersedes: string | null) => [
  ...documents.map((d) => event('document-attached', { ...d, supersedes, late: isLate(state) })),
  ...(isLate(state) && !state.flags.some((f) => f.flag === 'new-evidence') ? [event('flag-raised', { flag: 'new-evidence', about: documents[0]!.documentId })] : []),
];

const HOSPITAL_AND_PATIENT = ['patient', 'liaison', 'specialist', 'manager', 'medical-affairs'] as const;

export const fileCommands = {
  'submit-facts': command({
    title: { zh: '提交事实', en: 'Submit the facts' },
    causes: { zh: '进入材料阶段，医院有3个工作日上传材料。', en: 'The claim moves to documents; the hospital has 3 working days to upload them.' },
    schema: z.strictObject({
      occurredAt: instant, outcomeType: z.enum(OUTCOME_TYPES), benefits: asked,
      claimantIsInsured: z.boolean(), costsClaimed: z.boolean(), anaesthesia: z.boolean(), complication: z.boolean(),
      narrative: note.optional(),
    }),
    by: ['specialist', 'manager'], stages: ['collecting'],
    check: (state, input, ctx) => {
      if (input.occurredAt > ctx.at) return refuse('future-event', { field: '/occurredAt' });
      // SPEC §1.4: death never leaves D15, and nobody makes it something lesser alone.
      if (state.outcomeType === 'death' && input.outcomeType !== 'death') return refuse('death-stays', { field: '/outcomeType' });
      return benefitsFit(input.outcomeType, input.benefits);
    },
    effect: (_, { occurredAt, outcomeType, narrative, ...facts }) =>
      [event('facts-submitted', { occurredAt, outcomeType, facts }, narrative === undefined ? undefined : { narrative })],
    example: {
      occurredAt: '2026-03-02T02:30:00.000Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 480_000 }],
      claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血，已输血。',
    },
  }),

  'upload-documents': command({
    title: { zh: '上传材料', en: 'Upload documents' },
    causes: { zh: '材料进入案卷；必备材料齐全后进入受理。已有决定后上传的为新证据。', en: 'The documents join the file; when every must-have is there, acceptance begins. After a decision they are new evidence.' },
    schema: z.strictObject({ documents: z.array(attached).min(1).max(20) }),
    by: HOSPITAL_AND_PATIENT, stages: STAGE_NAMES,
    check: (state, input, ctx) => mayAttach(state, input.documents, ctx),
    effect: (state, input) => attach(state, input.documents, null),
    example: { documents: [exampleDocument] },
  }),

  'supersede-document': command({
    title: { zh: '替换材料', en: 'Supersede a document' },
    causes: { zh: '新文件取代旧文件，旧文件仍保留。', en: 'The new file takes the place of the old one, which is kept.' },
    schema: z.strictObject({ supersedes: uuid, document: attached, note: note.optional() }),
    by: HOSPITAL_AND_PATIENT, stages: STAGE_NAMES,
    check: (state, input, ctx) => {
      const old = state.documents.find((d) => d.documentId === input.supersedes);
      if (!old || old.kind !== input.document.kind) return refuse('unknown-document', { field: '/supersedes' });
      if (old.supersededBy) return refuse('already-there', { field: '/supersedes', details: { supersededBy: old.supersededBy } });
      return mayAttach(state, [input.document], ctx);
    },
    effect: (state, input) => attach(state, [input.document], input.supersedes),
    example: { supersedes: '0b8f0c8e-6c5d-4a53-9d7e-2f6f1d7a1c10', document: exampleDocument, note: '原扫描件缺页' },
  }),

  'declare-gap': command({
    title: { zh: '说明缺失原因', en: 'Say why it is missing' },
    causes: { zh: '说明该材料为何不能提供；受理时须补充或由保险公司双人豁免。', en: 'Says why a document cannot be had; at acceptance the insurer asks for it or two persons waive it.' },
    schema: z.strictObject({ kind: documentKind, reason: z.enum(GAP_REASONS), note: note.optional() }),
    by: ['liaison', 'medical-affairs'], stages: ['collecting', 'documents'],
    effect: (_, input) => [event('gap-declared', { kind: input.kind, reason: input.reason }, noted(input))],
    example: { kind: 'witness-pack', reason: 'never-made', note: '急诊手术，术前未录制' },
  }),

  'amend-benefits': command({
    title: { zh: '更正申请金额', en: 'Amend what is asked' },
    causes: { zh: '受理前按理赔申请书更正申请项目和金额。', en: 'Before acceptance, corrects benefits and amounts as the claim form says. The insurer never changes what is asked.' },
    schema: z.strictObject({ benefits: asked, note: note.optional() }),
    by: ['patient', 'specialist'], stages: ['documents', 'acceptance'],
    check: (state, input) => benefitsFit(state.outcomeType, input.benefits),
    effect: (_, input) => [event('benefits-amended', { benefits: input.benefits }, noted(input))],
    example: { benefits: [{ benefit: 'medical-costs', askedFen: 520_000 }], note: '补计输血费用' },
  }),

  'accept-file': command({
    title: { zh: '受理', en: 'Accept the file' },
    causes: { zh: '案卷完整，时效时钟开始计时，进入审核。', en: 'The file is complete: the fast-track clock starts and review begins.' },
    schema: noteOnly,
    by: ['reviewer', 'senior-reviewer'], stages: ['acceptance'], judges: true,
    available: (state) => {
      const missing = gapsBeforeAcceptance(state);
      if (missing.length > 0) return refuse('file-incomplete', { details: { missing } });
      if (unjudged(state)) return refuse('unjudged-answers');
      return state.eligibility === null ? refuse('eligibility-unknown') : null;
    },
    effect: (state, input) => [event('file-accepted', { matrixVersion: MATRIX_VERSION, fileVersion: state.fileVersion, tier: tierOf(state) }, noted(input))],
    example: { note: '材料齐全' },
  }),

  'waive-document': command({
    title: { zh: '豁免必备材料', en: 'Waive a must-have document' },
    causes: { zh: '需要第二人确认；确认后案件可在缺少该材料时继续。', en: 'Needs a second person; then the claim goes on without this document.' },
    schema: z.strictObject({ kind: documentKind, note }),
    by: ['reviewer', 'senior-reviewer'], stages: ['acceptance', 'review'], second: { by: ['senior-reviewer', 'approver'] },
    check: (state, input) => (gapsBeforeAcceptance(state).includes(input.kind) ? null : refuse('already-there', { field: '/kind' })),
    effect: (_, input) => [event('document-waived', { kind: input.kind })],
    example: { kind: 'anaesthesia-record', note: '局部麻醉，无单独记录' },
  }),

  'override-tier': command({
    title: { zh: '调整时效档位', en: 'Override the tier' },
    causes: { zh: '需要第二人确认；只能调整为更长的档位，并通知申请人。', en: 'Needs a second person; the tier becomes longer and the claimant is told.' },
    schema: z.strictObject({ tier: z.enum(TIER_NAMES as [string, ...string[]]).transform((t) => t as (typeof TIER_NAMES)[number]), note }),
    by: ['reviewer', 'senior-reviewer'], stages: ['review', 'investigation', 'approval', 'supplement'], second: { by: ['senior-reviewer', 'approver'] },
    check: (state, input) => (state.tier && state.outcomeType !== 'death' && isLonger(state.tier, input.tier) ? null : refuse('not-longer', { field: '/tier', details: { tier: state.tier } })),
    effect: (state, input) => [event('tier-overridden', { from: state.tier!, to: input.tier })],
    example: { tier: 'D15', note: '需要外部专家意见' },
  }),

  'eligibility-answered': command({
    title: { zh: '资格答复', en: 'Eligibility answered' },
    causes: { zh: '保险公司答复投保资格；疑问成为审核员的提示。', en: 'The insurer answered about eligibility; a doubt becomes a flag for the reviewer, never a refusal.' },
    schema: z.strictObject({ insured: z.boolean(), departmentCovered: z.boolean(), limitLeftFen: fen.nullable(), doubts: z.array(id).max(20) }),
    by: 'insurer', stages: BEFORE_PAYMENT,
    // SPEC §1.1: frozen at acceptance.
    available: (state) => (state.acceptance ? refuse('already-there') : null),
    // A doubt is flagged when the file comes to acceptance (`follow`): only then is the amount asked known.
    effect: (_, input) => [event('eligibility-answered', input)],
    example: { insured: true, departmentCovered: true, limitLeftFen: 50_000_000, doubts: [] },
  }),

  'sample-drawn': command({
    title: { zh: '抽样结果', en: 'Sample drawn' },
    causes: { zh: '未被抽中的案件按规则受理并批准；付款仍须两人。', en: 'A candidate that is not sampled is accepted and approved by rule; payment keeps its two persons.' },
    schema: z.strictObject({ sampled: z.boolean(), why: id }),
    by: 'rule', stages: ['acceptance'],
    available: (state) => (isStraightThroughCandidate(state) ? null : refuse('not-now')),
    effect: (state, input) => {
      const drawn = event('sample-drawn', input);
      if (input.sampled || !state.facts) return [drawn];
      return [
        drawn,
        event('file-accepted', { matrixVersion: MATRIX_VERSION, fileVersion: state.fileVersion, tier: 'F3' }),
        event('decided', {
          decision: 'approve', reasons: ['A03'], exGratia: false, fileVersion: state.fileVersion,
          lines: state.facts.benefits.map((b) => ({ ...b, approvedFen: b.askedFen })),
        }),
      ];
    },
    example: { sampled: false, why: 'not-in-sample' },
  }),

  'flag-document': command({
    title: { zh: '标记文件', en: 'Flag a document' },
    causes: { zh: '审核员会看到提示。', en: 'The reviewer sees the flag.' },
    schema: z.strictObject({ flag: z.enum(Object.keys(FLAGS) as [Flag, ...Flag[]]), about: id.nullable() }),
    by: 'storage', stages: STAGE_NAMES,
    check: (state, input) => (state.flags.some((f) => f.flag === input.flag && f.about === input.about) ? refuse('already-there') : null),
    effect: (_, input) => [event('flag-raised', input)],
    example: { flag: 'duplicate-file', about: '0b8f0c8e-6c5d-4a53-9d7e-2f6f1d7a1c11' },
  }),
};

/** Are there answers to supplements that the asker has not judged yet (SPEC §1.7)? */
export const unjudged = (state: ClaimState): boolean =>
  openRequest(state) === null && state.supplements.some((r) => r.items.some((item) => item.answer !== null && item.verdict === null));

/** Kinds asked for that are already in the file. */
export const alreadyInFile = (state: ClaimState, kind: DocumentKind): boolean => state.documents.some((d) => d.kind === kind && !d.supersededBy);
