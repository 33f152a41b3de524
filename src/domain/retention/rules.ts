/**
 * How long what is personal in a claim is kept after it closed, and why: the whole table. Pure and dated; a claim's erasure names the version
 * under which it was ruled. The hospital's own originals are not ours: they stay with it for 15 and 30 years (Rules on Medical Records 2013,
 * art. 29), so our copies need not. Personal Information Protection Law (PIPL) art. 19: no longer than the purpose needs; art. 47: then erased.
 */
import type { Text } from '../claim/text';

/** Raised with every change of a number or a ground. */
export const RETENTION_VERSION = '2026-11-22.2';

/**
 * What is erased together. `file`: contents and names of documents, uploads never attached, everything in people's own words, notices, patients' links.
 * `person`: name, identity number, phone, birth, the hospital's record number, payees with their accounts. What stays: ids, codes, amounts, times, hashes.
 */
export const ERASABLE = ['file', 'person'] as const;
export type Erasable = (typeof ERASABLE)[number];

export const ERASABLE_TITLES: Record<Erasable, Text> = {
  file: { zh: '病历、材料和文字说明', en: 'papers, records and written remarks' }, person: { zh: '身份、联系方式和收款账户', en: 'identity, contact and account' },
};

interface Rule {
  title: Text;
  /** Months from the day of closing, unless configured longer or shorter. */
  keepMonths: number;
  /** What the law asks for, or what it takes to find a wrong: no configuration and no withdrawn consent goes below. */
  leastMonths: number;
  law: readonly string[];
  because: Text;
}

const INSURANCE_87 = 'Insurance Law (2015) art. 87: vouchers and papers of the business, 5 years from the end of a contract of up to one year';

export const RETENTION = {
  settled: {
    title: { zh: '已决定的案件', en: 'a decided claim' }, keepMonths: 60, leastMonths: 60,
    law: [INSURANCE_87, 'Insurance Law art. 26: 2 years to claim', 'Civil Code art. 188: 3 years to sue'],
    because: { zh: '保险业务资料至少保存五年；索赔和诉讼时效在此期间内。', en: "An insurer's papers are kept for five years at least; the time to claim and to sue lies within." },
  },
  grave: {
    title: { zh: '已决定的死亡或伤残案件', en: 'a decided claim after a death or a disability' }, keepMonths: 120, leastMonths: 60,
    // OD: art. 188 ends after 20 years at the latest; ten cover late knowledge, minors (art. 190) and suspended time (art. 194).
    law: [INSURANCE_87, 'Insurance Law art. 26: 5 years for life insurance', 'Civil Code art. 188, 190, 194: 3 years from knowledge, later for minors, at most 20'],
    because: { zh: '死亡或伤残的后果和诉讼往往较晚出现，保存十年（我方规定）。', en: 'What follows from a death or a disability, and suits over it, may come late: ten years (our decision).' },
  },
  paid: {
    title: { zh: '已付款案件的身份和账户', en: 'identity and account of a paid claim' }, keepMonths: 120, leastMonths: 120,
    law: ['Anti-Money-Laundering Law (2024) art. 34: identity and transactions, 10 years'],
    because: { zh: '反洗钱法要求付款的身份资料和交易记录保存十年。', en: 'Whom money went to is kept for ten years by the law against money laundering.' },
  },
  withdrawn: {
    title: { zh: '已撤回的案件', en: 'a withdrawn claim' }, keepMonths: 36, leastMonths: 24,
    // OD: the law names no term for what was never decided; never below the time in which it can be claimed again.
    law: ['Insurance Law art. 26: 2 years to claim again', 'Civil Code art. 188: 3 years to sue', 'PIPL art. 47'],
    because: { zh: '撤回后两年内仍可再次索赔（保险法），三年内可以起诉：保存三年（我方规定）；撤回同意后保存两年。', en: 'One may claim anew for two years (Insurance Law) and sue for three: three years (our decision), two once consent is withdrawn.' },
  },
  void: {
    title: { zh: '作废的重复案件', en: 'a void duplicate' }, keepMonths: 12, leastMonths: 12,
    law: ['PIPL art. 47: the purpose is gone, the surviving claim has the file'],
    because: { zh: '材料在保留的案件中；一年用于发现和更正误作废，撤回同意也不缩短（我方规定）。', en: 'The surviving claim has the file; a year to find and mend a wrong, whatever becomes of consent (our decision).' },
  },
} as const satisfies Record<string, Rule>;

export type RetentionRule = keyof typeof RETENTION;
export const RETENTION_RULES = Object.keys(RETENTION) as [RetentionRule, ...RetentionRule[]];

/** Months that each rule keeps, where an installation is configured. */
export type Keeps = Record<RetentionRule, number>;
export const DEFAULT_KEEPS: Keeps = Object.fromEntries(RETENTION_RULES.map((rule) => [rule, RETENTION[rule].keepMonths])) as Keeps;

/** Keeps as an installation writes them, `withdrawn=24 void=18` in months, the other rules as they stand; null: not so, or below what the law asks for. */
export function keepsFrom(text: string): Keeps | null {
  const keeps = { ...DEFAULT_KEEPS };
  for (const part of text.split(' ').filter((one) => one !== '')) {
    const [, rule = '', months = ''] = /^([a-z]+)=(\d{1,3})$/.exec(part) ?? [];
    if (!Object.hasOwn(RETENTION, rule) || Number(months) < RETENTION[rule as RetentionRule].leastMonths) return null;
    keeps[rule as RetentionRule] = Number(months);
  }
  return keeps;
}

/** What is of no claim's file and goes by days, wherever it lies. */
export const SHORT_LIVED = {
  /** An upload that nobody goes on with: a phone that was off over a long holiday. */
  unfinishedUploadDays: 7,
  /** The key of an act; after that the natural key still finds a duplicate report. */
  actKeyDays: 30,
} as const;

/** Why an erasure is held up for this claim by somebody's word. Codes only: what stands in a court's letter is said in the note. */
export const HOLD_REASONS = ['lawsuit', 'authority', 'complaint', 'investigation', 'other'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];
export const HOLD_REASON_TITLES: Record<HoldReason, Text> = {
  lawsuit: { zh: '诉讼或仲裁', en: 'lawsuit or arbitration' }, authority: { zh: '机关调取', en: 'asked for by an authority' }, complaint: { zh: '投诉', en: 'complaint' },
  investigation: { zh: '调查', en: 'investigation' }, other: { zh: '其他原因', en: 'another reason' },
};
