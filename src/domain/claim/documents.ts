/**
 * SPEC §1.3: outcome types, document kinds, and the matrix of what each outcome type needs.
 */
import type { ClaimState } from './state';
import type { Text } from './text';
import type { Role } from './people';

export const OUTCOME_TYPES = ['death', 'severe-disability', 'disability', 'serious-complication', 'minor-complication'] as const;
export type OutcomeType = (typeof OUTCOME_TYPES)[number];

export const OUTCOME_TITLES: Record<OutcomeType, Text> = {
  death: { zh: '死亡', en: 'death' }, 'severe-disability': { zh: '重度伤残（1至3级）', en: 'severe disability (grade 1–3)' }, disability: { zh: '伤残（4至10级）', en: 'disability (grade 4–10)' },
  'serious-complication': { zh: '严重并发症', en: 'serious complication' }, 'minor-complication': { zh: '轻微并发症', en: 'minor complication' },
};

export const DOCUMENT_KINDS = [
  'claim-form', 'insured-identity', 'claimant-identity', 'payee-account', 'informed-consent', 'intraoperative-record',
  'anaesthesia-record', 'medical-summary', 'event-report', 'complication-note', 'invoice', 'death-certificate',
  'disability-appraisal', 'witness-pack', 'other',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** The facts of a claim on which a conditional document depends (the "C" cells). */
export interface FileFacts {
  /** The person claiming is the insured person. */
  claimantIsInsured: boolean;
  /** Treatment costs are part of what is claimed. */
  costsClaimed: boolean;
  /** The operation was done under anaesthesia with its own record. */
  anaesthesia: boolean;
  /** A complication was diagnosed. */
  complication: boolean;
}

/** A cell of the matrix: M must · M* must, but its lack only flags · – not asked · or the condition under which it is a must (C). */
type Cell = 'M' | 'M*' | '–' | 'if-claimant-is-not-the-insured' | 'if-anaesthesia' | 'if-complication' | 'if-costs-claimed' | 'if-asked';

/** Changes with every edit of the matrix below; a claim keeps the version it was accepted under. */
export const MATRIX_VERSION = '2026-1';

/** Columns: death, severe disability, disability, serious complication, minor complication. */
export const MATRIX: Record<Exclude<DocumentKind, 'other'>, readonly [Cell, Cell, Cell, Cell, Cell]> = {
  'claim-form':            ['M', 'M', 'M', 'M', 'M'],
  'insured-identity':      ['M', 'M', 'M', 'M', 'M'],
  'claimant-identity':     ['M', 'if-claimant-is-not-the-insured', 'if-claimant-is-not-the-insured', 'if-claimant-is-not-the-insured', 'if-claimant-is-not-the-insured'],
  'payee-account':         ['M', 'M', 'M', 'M', 'M'],
  'informed-consent':      ['M', 'M', 'M', 'M', 'M'],
  'intraoperative-record': ['M', 'M', 'M', 'M', 'if-asked'],
  'anaesthesia-record':    ['M', 'M', 'M', 'if-anaesthesia', 'if-anaesthesia'],
  'medical-summary':       ['M', 'M', 'M', 'M', 'M'],
  'event-report':          ['M', 'M', 'M', 'M', 'if-asked'],
  'complication-note':     ['if-complication', 'M', 'M', 'M', 'M'],
  'invoice':               ['if-costs-claimed', 'if-costs-claimed', 'if-costs-claimed', 'M', 'M'],
  'death-certificate':     ['M', '–', '–', '–', '–'],
  'disability-appraisal':  ['–', 'M', 'M', '–', '–'],
  'witness-pack':          ['M*', 'M*', 'M*', 'M*', 'if-asked'],
};

/** Who can provide a document: the hospital's records, or the claimant's own papers (which the specialist helps with). */
const CLAIMANTS_PAPERS: readonly DocumentKind[] = [
  'claim-form', 'insured-identity', 'claimant-identity', 'payee-account', 'invoice', 'death-certificate', 'disability-appraisal', 'other',
];

/** May this role upload this kind of document? SPEC §1.2: a patient "uploads own papers", hospital roles upload all. */
export function mayUpload(role: Role, kind: DocumentKind): boolean {
  if (role === 'patient') return CLAIMANTS_PAPERS.includes(kind);
  return role === 'liaison' || role === 'specialist' || role === 'manager' || role === 'medical-affairs';
}

/** From whom a document is asked (SPEC §1.7): the claimant for own papers, the hospital for its records. */
export const providerOf = (kind: DocumentKind): 'hospital' | 'patient' => (CLAIMANTS_PAPERS.includes(kind) ? 'patient' : 'hospital');

export type Need = 'must' | 'must-or-flag' | 'not-asked';

/** Is this document needed for this outcome under these facts? `asked` holds the kinds a reviewer has asked for. */
export function need(kind: DocumentKind, outcome: OutcomeType, facts: FileFacts, asked: readonly DocumentKind[]): Need {
  if (kind === 'other') return 'not-asked';
  const cell = MATRIX[kind][OUTCOME_TYPES.indexOf(outcome)];
  const must = (holds: boolean): Need => (holds ? 'must' : 'not-asked');
  switch (cell) {
    case 'M': return 'must';
    case 'M*': return 'must-or-flag';
    case 'if-claimant-is-not-the-insured': return must(!facts.claimantIsInsured);
    case 'if-anaesthesia': return must(facts.anaesthesia);
    case 'if-complication': return must(facts.complication);
    case 'if-costs-claimed': return must(facts.costsClaimed);
    case 'if-asked': return must(asked.includes(kind));
    default: return 'not-asked';
  }
}

export interface ChecklistLine {
  kind: DocumentKind;
  need: Need;
  /** `gap`: the hospital declared with a reason that there is none. `waived`: two persons of the insurer do without it. */
  status: 'present' | 'gap' | 'waived' | 'missing' | 'not-asked';
  documentIds: string[];
}

/** The checklist of a claim's file by the matrix. Before the facts are known, only what every claim of this outcome needs. */
export function checklist(state: ClaimState): ChecklistLine[] {
  const facts: FileFacts = state.facts ?? { claimantIsInsured: true, costsClaimed: false, anaesthesia: false, complication: false };
  const asked = state.supplements.flatMap((request) => request.items.flatMap((item) => (item.document ? [item.document] : [])));
  return DOCUMENT_KINDS.map((kind) => {
    const documentIds = state.documents.filter((d) => d.kind === kind && !d.supersededBy).map((d) => d.documentId);
    const needed = need(kind, state.outcomeType, facts, asked);
    const status = documentIds.length > 0 ? 'present'
      : state.waived.includes(kind) ? 'waived'
      : state.gaps.some((gap) => gap.kind === kind) ? 'gap'
      : needed === 'not-asked' ? 'not-asked' : 'missing';
    return { kind, need: needed, status, documentIds };
  });
}

/** Must-haves neither present nor explained: what keeps a claim in `documents`. */
export const missingDocuments = (state: ClaimState): DocumentKind[] =>
  checklist(state).filter((line) => line.need !== 'not-asked' && line.status === 'missing').map((line) => line.kind);

/** Must-haves that are not there and not waived: what keeps a file from being accepted. A missing witness pack does not (M*). */
export const gapsBeforeAcceptance = (state: ClaimState): DocumentKind[] =>
  checklist(state).filter((line) => line.need === 'must' && line.status !== 'present' && line.status !== 'waived').map((line) => line.kind);

/** Is the M* document lacking? SPEC §1.3: then `witness-gap` is flagged and a second review is forced. */
export const lacksWitnessPack = (state: ClaimState): boolean =>
  checklist(state).some((line) => line.need === 'must-or-flag' && line.status !== 'present');

/** Is every must-have really present: no gap, no waiver, nothing missing (the condition of the straight-through path)? */
export const everyMustHavePresent = (state: ClaimState): boolean =>
  checklist(state).every((line) => line.need === 'not-asked' || line.status === 'present');

export const DOCUMENT_TITLES: Record<DocumentKind, Text> = {
  'claim-form': { zh: '理赔申请书', en: 'claim form' },
  'insured-identity': { zh: '被保险人身份证明', en: 'identity of the insured' },
  'claimant-identity': { zh: '申请人身份及关系证明', en: 'identity and relation of the claimant' },
  'payee-account': { zh: '收款账户', en: 'payee account' },
  'informed-consent': { zh: '手术及麻醉知情同意书', en: 'informed consent' },
  'intraoperative-record': { zh: '手术记录', en: 'intra-operative record' },
  'anaesthesia-record': { zh: '麻醉记录', en: 'anaesthesia record' },
  'medical-summary': { zh: '出院小结', en: 'medical summary' },
  'event-report': { zh: '不良事件报告', en: 'event report' },
  'complication-note': { zh: '并发症记录', en: 'complication note' },
  'invoice': { zh: '发票及费用清单', en: 'invoice and itemised bill' },
  'death-certificate': { zh: '死亡证明', en: 'death certificate' },
  'disability-appraisal': { zh: '伤残鉴定书', en: 'disability appraisal' },
  'witness-pack': { zh: '术前见证资料', en: 'witness pack' },
  'other': { zh: '其他材料', en: 'other document' },
};
