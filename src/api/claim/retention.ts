/** What the API says of retention: what of a claim is kept until when, what was erased and why, what holds it (src/domain/retention). */
import { COMMANDS, type Actor, type ClaimState } from '../../domain/claim';
import { ERASABLE_TITLES, heldBy, keptInWords, keptOf, RETENTION, type Erasure, type Keeps } from '../../domain/retention';
import type { Problem } from '../problems';
import { seesAssessment } from './sees';
import type { ClaimView } from './view-schema';

/** Retention as this reader sees it. `at` (ISO): now. */
export function retentionOf(state: ClaimState, actor: Actor, keeps: Keeps, at: string): ClaimView['retention'] {
  const { check } = COMMANDS['lift-hold'];
  const mayLift = (holdId: string): boolean => (COMMANDS['lift-hold'].by as readonly string[]).includes(actor.role) && check?.(state, { holdId, note: '-' }, { actor, at, actId: '' }) === null;
  return {
    plain: keptInWords(state, keeps),
    kept: keptOf(state, keeps).map((one) => ({ what: one.what, title: ERASABLE_TITLES[one.what], rule: one.rule, because: RETENTION[one.rule].because, until: one.until })),
    erased: (state.erased ?? []).map((one) => ({ ...one, title: ERASABLE_TITLES[one.what], ruleTitle: RETENTION[one.rule].title, because: RETENTION[one.rule].because })),
    held: heldBy(state).length > 0,
    holds: seesAssessment(actor) ? (state.holds ?? []).map((hold) => ({ ...hold, mayLift: mayLift(hold.holdId) })) : null,
    consentWithdrawnAt: state.consentWithdrawnAt ?? null,
  };
}

/** 410: it was there, and by which rule it is gone. */
export function erasedProblem({ what: part, rule: by, at, dueOn }: Erasure): Problem {
  const { title } = RETENTION[by];
  const day = at.slice(0, 10);
  return {
    status: 410, code: 'erased-by-rule', rule: 'SPEC §3', details: { what: part, by, dueOn, at },
    text: { zh: `保存期限已满，已于 ${day} 按规定删除（${title.zh}）。记录和校验值仍在。`, en: `Kept its time and erased by rule on ${day} (${title.en}). The record and its hash remain.` },
  };
}
