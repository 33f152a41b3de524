/**
 * SPEC §1.4: the fast track's tiers.
 */
import type { ClaimState } from './state';
import { everyMustHavePresent } from './documents';

export const TIERS = {
  /** Working days from acceptance: `decide` to the decision, `settle` to the bank's confirmation. */
  F3: { decide: 2, settle: 3 },
  F5: { decide: 3, settle: 5 },
  F10: { decide: 7, settle: 10 },
  D15: { decide: 12, settle: 15 },
} as const;
export type Tier = keyof typeof TIERS;
export const TIER_NAMES = Object.keys(TIERS) as Tier[];

/** Flags that a claim can carry; `risk` flags alone make a claim D15, any flag keeps it from F3. */
export const FLAGS = {
  'witness-gap': { risk: false, title: { zh: '缺少术前见证资料', en: 'witness pack missing' } },
  'duplicate-file': { risk: true, title: { zh: '同一文件出现在其他案件', en: 'the same file stands in another claim' } },
  'eligibility-doubt': { risk: false, title: { zh: '保险资格存疑', en: 'eligibility in doubt' } },
  'unreadable-file': { risk: false, title: { zh: '文件检查发现异常', en: 'inspection found something in a file' } },
  'fraud-suspected': { risk: true, title: { zh: '疑似欺诈', en: 'fraud suspected' } },
  'possible-duplicate-claim': { risk: false, title: { zh: '可能重复报案', en: 'possibly reported twice' } },
  'new-evidence': { risk: false, title: { zh: '决定后收到新证据', en: 'new evidence after the decision' } },
} as const;
export type Flag = keyof typeof FLAGS;

/** Limits of what is asked, in fen (OD). */
const UP_TO = { F3: 5_000_00, F5: 30_000_00, F10: 200_000_00 } as const;

/**
 * The tier of a claim at acceptance, first match of SPEC §1.4. The words of D15 (death, severe disability, over 200 000,
 * risk flag) are read as exclusions from the shorter tiers: otherwise a severe disability below 200 000 would never be D15.
 */
export function tierOf(state: ClaimState): Tier {
  const asked = state.askedFen ?? 0;
  const risk = state.flags.some(({ flag }) => FLAGS[flag].risk);
  if (state.outcomeType === 'death' || state.outcomeType === 'severe-disability' || asked > UP_TO.F10 || risk) return 'D15';
  if (everyMustHavePresent(state) && state.flags.length === 0 && asked <= UP_TO.F3) return 'F3';
  if (asked <= UP_TO.F5 && state.outcomeType === 'minor-complication') return 'F5';
  return 'F10';
}

/** Is `to` a longer tier than `from`? A tier moves only to a longer one. */
export const isLonger = (from: Tier, to: Tier): boolean => TIERS[to].settle > TIERS[from].settle;

/** SPEC §1.1, eligibility: insured on the day, department covered, limit left. A doubt becomes a flag for the reviewer, never a refusal. */
export function eligibilityInDoubt({ eligibility: e, askedFen }: ClaimState): boolean {
  return e !== null && (!e.insured || !e.departmentCovered || e.doubts.length > 0 || (e.limitLeftFen !== null && e.limitLeftFen < (askedFen ?? 0)));
}

/**
 * SPEC §1.1, the straight-through path: candidate for F3, every must-have present, no flag, eligible.
 * What remains is the draw of the 10 % sample, which needs the month's other claims.
 */
export function isStraightThroughCandidate(state: ClaimState): boolean {
  return state.stage === 'acceptance' && state.round === 1 && state.sample === null && state.proposals.length === 0
    && state.eligibility !== null && !eligibilityInDoubt(state) && state.supplements.length === 0 && tierOf(state) === 'F3';
}
