/**
 * SPEC §1.1 column "clock", §1.4 and §1.5: how long each thing may take, and the due dates that follow for a claim.
 */
import { addCalendarDays, dueAfterWorkingDays, type DueDate } from '../calendar';
import type { Text } from './text';
import { TIERS } from './tiers';
import type { ClaimState, ClockRun } from './state';

/** How each clock counts. `tier` clocks take their working days from the tier of the claim. */
export const CLOCKS = {
  collection: { counts: 'hours', length: 24 },
  documents: { counts: 'working-days', length: 3 },
  acceptance: { counts: 'working-days', length: 1 },
  'hospital-answers': { counts: 'working-days', length: 3 },
  'patient-answers': { counts: 'calendar-days', length: 10 },
  investigation: { counts: 'working-days', length: 10 },
  panel: { counts: 'working-days', length: 10 },
  'second-person': { counts: 'working-days', length: 2 },
  'bank-answer': { counts: 'working-days', length: 1 },
  decision: { counts: 'tier', length: 'decide' },
  settlement: { counts: 'tier', length: 'settle' },
} as const;
export type ClockName = keyof typeof CLOCKS;

export const CLOCK_TITLES: Record<ClockName, Text> = {
  collection: { zh: '24小时收集', en: '24-hour collection' }, documents: { zh: '医院材料', en: 'hospital documents' }, acceptance: { zh: '受理', en: 'acceptance' }, 'hospital-answers': { zh: '医院答复', en: 'hospital answers' },
  'patient-answers': { zh: '申请人答复', en: 'claimant answers' }, investigation: { zh: '调查', en: 'investigation' }, panel: { zh: '裁决', en: 'panel' }, 'second-person': { zh: '第二人确认', en: 'second person' },
  'bank-answer': { zh: '银行答复', en: 'bank answer' }, decision: { zh: '决定', en: 'decision' }, settlement: { zh: '给付', en: 'settlement' },
};

/** The clocks of the fast track start together at acceptance and pause together. */
export const FAST_TRACK: readonly ClockName[] = ['decision', 'settlement'];

/** The length of a clock that counts days, in its own days; a tier clock takes it from the claim's tier. */
export function daysOf(state: ClaimState, name: ClockName): number {
  const clock = CLOCKS[name];
  return clock.counts === 'tier' ? TIERS[state.tier ?? 'D15'][clock.length] : clock.length;
}

/** A due date with the ledger of its days; clocks of hours and calendar days have an empty ledger. `dueAt` is null while paused. */
export function dueOf(state: ClaimState, run: ClockRun): DueDate {
  const clock = CLOCKS[run.name];
  switch (clock.counts) {
    case 'hours': return plain(state, run, new Date(Date.parse(run.startedAt) + clock.length * 3_600_000).toISOString());
    case 'calendar-days': return plain(state, run, addCalendarDays(run.startedAt, clock.length));
    case 'working-days': case 'tier': return dueAfterWorkingDays(state.calendar, { startedAt: run.startedAt, workingDays: daysOf(state, run.name), pauses: run.pauses });
  }
}

const plain = (state: ClaimState, run: ClockRun, dueAt: string): DueDate =>
  ({ startedAt: run.startedAt, workingDays: 0, dueAt, provisional: false, calendarVersion: state.calendar.version, ledger: [] });

export const isPaused = (run: ClockRun): boolean => run.pauses.some((pause) => pause.until === null);

/** SPEC §1.5, the gross clock: from report to paid (or to closing), in whole and part days; never pauses. */
export function grossDays(state: ClaimState, now: string): number {
  return (Date.parse(state.closedAt ?? now) - Date.parse(state.reportedAt)) / 86_400_000;
}

/** Legal floor of SPEC §1.5 (PRC Insurance Law 22–25), in calendar days. */
export const LEGAL = {
  /** To assess, supplement time excluded. */
  assess: 30,
  /** To pay after agreement. */
  pay: 10,
  /** To send a refusal with reasons. */
  refuse: 3,
  /** After this the undisputed part is paid in advance. */
  advance: 60,
  /** A closed claim may be disputed this long. */
  dispute: 30,
} as const;

/** SPEC §1.1: until when (ISO) a claim closed at that time may be disputed. */
export const disputableUntil = (closedAt: string): string => addCalendarDays(closedAt, LEGAL.dispute);
