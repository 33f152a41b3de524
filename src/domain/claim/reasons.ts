/**
 * SPEC §1.8: what is decided, per benefit line, and the reasons that must carry a part payment or a rejection.
 */
import type { OutcomeType } from './documents';
import type { Text } from './text';

export const BENEFITS = ['medical-costs', 'complication-lump-sum', 'disability', 'death'] as const;
export type Benefit = (typeof BENEFITS)[number];

export const BENEFIT_TITLES: Record<Benefit, Text> = {
  'medical-costs': { zh: '医疗费用', en: 'treatment costs' },
  'complication-lump-sum': { zh: '并发症定额给付', en: 'lump sum for the complication' },
  disability: { zh: '伤残给付', en: 'disability benefit' },
  death: { zh: '身故给付', en: 'death benefit' },
};

/** What can be asked for each outcome (OD): treatment costs always, beside them the benefit of the outcome itself. */
export const BENEFITS_OF: Record<OutcomeType, readonly Benefit[]> = {
  death: ['medical-costs', 'death'],
  'severe-disability': ['medical-costs', 'disability'],
  disability: ['medical-costs', 'disability'],
  'serious-complication': ['medical-costs', 'complication-lump-sum'],
  'minor-complication': ['medical-costs', 'complication-lump-sum'],
};

export const DECISIONS = ['approve', 'part', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

export const DECISION_TITLES: Record<Decision, Text> = { approve: { zh: '全额给付', en: 'pay in full' }, part: { zh: '部分给付', en: 'pay in part' }, reject: { zh: '拒赔', en: 'reject' } };

/** One benefit as asked and as approved, both in fen. */
export interface Line { benefit: Benefit; askedFen: number; approvedFen: number }

export const FAMILIES = { E: 'eligibility', C: 'causation', D: 'documents', Q: 'quantum', X: 'administrative', F: 'fraud', A: 'approval' } as const;

/** Reason codes: text of the letter, in plain words, and the clause of the policy they stand on (OD: our model wording). */
export const REASONS = {
  E01: { clause: '2.1', zh: '手术当日不在保险期间内', en: 'The insured was not covered on the day of the surgery.' },
  E02: { clause: '2.2', zh: '投保时手术已经开始', en: 'Cover was taken out after the surgery had begun.' },
  E03: { clause: '2.3', zh: '手术科室不在承保范围内', en: 'The department is not covered by the policy.' },
  E04: { clause: '3.4', zh: '保险金额已经用完', en: 'The limit of the policy has been used up.' },
  E05: { clause: '2.4', zh: '仍在等待期内', en: 'The waiting period had not ended.' },
  C01: { clause: '4.1', zh: '结果与手术意外没有因果关系', en: 'The outcome was not caused by the surgical accident.' },
  C02: { clause: '4.2', zh: '结果由手术前已有的疾病造成', en: 'The outcome comes from an illness that existed before the surgery.' },
  D01: { clause: '6.2', zh: '必要材料未能提供', en: 'Necessary documents could not be provided.' },
  D02: { clause: '6.3', zh: '材料内容相互矛盾', en: 'The documents contradict each other.' },
  Q01: { clause: '3.1', zh: '超出该项责任的限额', en: 'The amount asked is above the limit of this benefit.' },
  Q02: { clause: '3.2', zh: '部分费用不在保障范围内', en: 'Part of the costs is not covered.' },
  Q03: { clause: '3.3', zh: '已从其他途径获得补偿', en: 'Part of the costs was already paid by others.' },
  X01: { clause: '7.1', zh: '与另一案件重复', en: 'The event is already the subject of another claim.' },
  X02: { clause: '7.2', zh: '超过申请时限', en: 'The claim was made after the time allowed.' },
  F01: { clause: '8.1', zh: '经调查确认材料不实', en: 'An investigation found that documents are not genuine.' },
  F02: { clause: '8.2', zh: '经调查确认事故系故意造成', en: 'An investigation found that the event was caused on purpose.' },
  A01: { clause: '1.1', zh: '符合保险责任，全额给付', en: 'Covered by the policy; paid in full.' },
  A02: { clause: '1.2', zh: '通融给付', en: 'Paid as a gesture of goodwill, without obligation.' },
  A03: { clause: '1.3', zh: '按规则快速给付', en: 'Paid by rule on the fast track.' },
} as const satisfies Record<string, Text & { clause: string }>;
export type ReasonCode = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as ReasonCode[];

export type ReasonFamily = keyof typeof FAMILIES;

export const FAMILY_TITLES: Record<ReasonFamily, Text> = {
  E: { zh: '保险资格', en: 'eligibility' }, C: { zh: '因果关系', en: 'causation' }, D: { zh: '材料', en: 'documents' }, Q: { zh: '金额', en: 'quantum' },
  X: { zh: '行政', en: 'administrative' }, F: { zh: '欺诈', en: 'fraud' }, A: { zh: '给付', en: 'approval' },
};
export const familyOf = (code: ReasonCode): ReasonFamily => code[0] as ReasonFamily;

/** The families a decision may be based on: approvals on A alone; a part on Q, C, D, E or A; a rejection never on A. */
export const FAMILIES_FOR: Record<Decision, readonly ReasonFamily[]> = {
  approve: ['A'],
  part: ['A', 'E', 'C', 'D', 'Q'],
  reject: ['E', 'C', 'D', 'Q', 'X', 'F'],
};
