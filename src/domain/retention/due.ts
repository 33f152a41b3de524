/** What of a claim is due for erasure, and what holds it: pure, from the claim's state. */
import { dayNamed, dayNumber, endOfShanghaiDay, shanghaiDay } from '../calendar/days';
import type { ClaimState } from '../claim/state';
import { RETENTION, type Erasable, type HoldReason, type Keeps, type RetentionRule } from './rules';

/** A legal hold that somebody set: only the side that set it lifts it. */
export interface Hold { holdId: string; reason: HoldReason; side: 'hospital' | 'insurer'; by: string; at: string }

/** What was ruled to be erased. `at`: from when on nobody reads it. */
export interface Erasure { what: Erasable; rule: RetentionRule; dueOn: string; at: string }

/** What keeps a claim whole by itself or by somebody's word. `open`: dispute, investigation and every other stage but closed. */
export type HeldBy = 'set' | 'open' | 'second-person';

/** Which rule keeps what of this claim, as it closed or, while it is open, as it would if it were paid. */
export function rulesOf(state: ClaimState): Array<{ what: Erasable; rule: RetentionRule }> {
  const decided: RetentionRule = ['death', 'severe-disability', 'disability'].includes(state.outcomeType) ? 'grave' : 'settled';
  const both = (rule: RetentionRule): Array<{ what: Erasable; rule: RetentionRule }> => [{ what: 'file', rule }, { what: 'person', rule }];
  if (state.paidFen > 0 || state.closedAs === null || state.closedAs === 'paid') return [{ what: 'file', rule: decided }, { what: 'person', rule: 'paid' }];
  // Withdrawn while it was looked into: kept as if it had been decided.
  if (state.closedAs === 'withdrawn') return both(state.investigations.length > 0 ? decided : 'withdrawn');
  return both(state.closedAs === 'void' ? 'void' : decided);
}

/** Months that a rule keeps in this claim: PIPL art. 15, 47: once consent is withdrawn, what the law asks for and no more. */
export const monthsOf = (state: Pick<ClaimState, 'consentWithdrawnAt'>, rule: RetentionRule, keeps: Keeps): number =>
  (state.consentWithdrawnAt === undefined ? Math.max(keeps[rule], RETENTION[rule].leastMonths) : RETENTION[rule].leastMonths);

/** The last day (Shanghai) on which something is kept; a month that is too short ends earlier. */
export function lastDayKept(closedAt: string, months: number): string {
  const [year = 0, month = 1, day = 1] = shanghaiDay(closedAt).split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const longest = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return dayNamed(dayNumber(first.toISOString().slice(0, 10), 'day') + Math.min(day, longest) - 1);
}

/** What is kept until when; `until` null while the claim is open. What was erased already is not in it. */
export function keptOf(state: ClaimState, keeps: Keeps): Array<{ what: Erasable; rule: RetentionRule; months: number; until: string | null }> {
  let longest = 0;
  // Papers name the person: the person is not forgotten before them.
  const all = rulesOf(state).map(({ what, rule }) => {
    longest = Math.max(longest, monthsOf(state, rule, keeps));
    return { what, rule, months: longest, until: state.closedAt === null ? null : lastDayKept(state.closedAt, longest) };
  });
  return all.filter(({ what }) => erasureOf(state, what) === null);
}

/** What holds the whole claim now; empty: nothing does. */
export function heldBy(state: ClaimState): HeldBy[] {
  return [
    ...(state.holds?.length ? ['set' as const] : []),
    ...(state.stage !== 'closed' || state.closedAt === null ? ['open' as const] : []),
    ...(state.proposals.length > 0 ? ['second-person' as const] : []),
  ];
}

/** What is due at `at` (ISO) and not held. The file goes before the person, or with them. */
export function erasable(state: ClaimState, keeps: Keeps, at: string): Array<{ what: Erasable; rule: RetentionRule; dueOn: string }> {
  if (heldBy(state).length > 0) return [];
  return keptOf(state, keeps).flatMap(({ what, rule, until }) => (until !== null && at >= endOfShanghaiDay(until) ? [{ what, rule, dueOn: until }] : []));
}

/** May this be erased now? Whatever an installation is configured to, never before the law's own term, and never what is held. */
export function mayErase(state: ClaimState, { what, rule, dueOn }: { what: Erasable; rule: RetentionRule; dueOn: string }, at: string): boolean {
  const isTheRule = rulesOf(state).some((one) => one.what === what && one.rule === rule);
  if (!isTheRule || state.closedAt === null || erasureOf(state, what) !== null || heldBy(state).length > 0) return false;
  return dueOn >= lastDayKept(state.closedAt, RETENTION[rule].leastMonths) && at >= endOfShanghaiDay(dueOn);
}

/** How this was erased, or null while it is there. */
export const erasureOf = (state: Pick<ClaimState, 'erased'>, what: Erasable): Erasure | null => state.erased?.find((one) => one.what === what) ?? null;

/** Which part of a claim the words beside an event of this type belong to: a payee's account is kept as long as the person. */
export const partOf = (eventType: string): Erasable => (eventType === 'payee-set' ? 'person' : 'file');
