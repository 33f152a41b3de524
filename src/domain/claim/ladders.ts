/**
 * SPEC §1.6: who hears about it when somebody does not do what is owed. Ladders are data; `agenda` lays a claim's rungs on
 * absolute times. Each rung is climbed once: its key stays in `state.climbed`.
 */
import { addCalendarDays, afterWorkingHours, instantAt } from '../calendar';
import { CLOCKS, daysOf, dueOf, FAST_TRACK, isPaused, LEGAL, type ClockName } from './clocks';
import { openRequest, type ClaimState, type ClockRun, type Task } from './state';

/** Who is told: a role, or one of the lists and relations of SPEC §1.6. */
export type Audience = 'owner' | 'supervisor' | 'claimant' | 'specialist' | 'manager' | 'liaison' | 'medical-affairs' | 'reviewer' | 'senior-reviewer'
  | 'approver' | 'finance' | 'ops' | 'risk-committee' | 'steering-list' | 'compliance';

interface Rung { rung: string; tells: readonly Audience[]; breach?: true }
interface HourRung extends Rung { atHour: number }
interface DayRung extends Rung { at: { fraction: number } | { before: number } | { after: number } }

/** Collection, in hours from the report. */
export const COLLECTION_LADDER: readonly HourRung[] = [
  { atHour: 0, rung: 'told', tells: ['specialist'] },
  { atHour: 12, rung: 'reminded', tells: ['specialist'] },
  { atHour: 20, rung: 'manager', tells: ['manager', 'liaison'] },
  { atHour: 24, rung: 'breach', tells: ['manager', 'medical-affairs'], breach: true },
  { atHour: 36, rung: 'insurer', tells: ['senior-reviewer'] },
  { atHour: 48, rung: 'risk-committee', tells: ['risk-committee'] },
];

/** Clocks that count days: parts of the days to count, working days before and after the due date. */
export const DAY_LADDER: readonly DayRung[] = [
  { at: { fraction: 0.5 }, rung: 'half-time', tells: ['owner'] },
  { at: { fraction: 0.8 }, rung: 'four-fifths', tells: ['supervisor'] },
  { at: { before: 1 }, rung: 'one-day-left', tells: ['approver', 'manager'] },
  { at: { after: 0 }, rung: 'breach', tells: ['owner', 'supervisor', 'claimant'], breach: true },
  { at: { after: 2 }, rung: 'steering', tells: ['steering-list'] },
  { at: { after: 5 }, rung: 'compliance', tells: ['compliance'] },
];

/** A pool task that nobody takes: after 2 working hours the lead is told, after 4 the least loaded eligible person gets it. */
export const UNCLAIMED = { tellLead: 2, assign: 4 } as const;

export type AgendaItem =
  | { do: 'climb'; key: string; at: string; tells: readonly Audience[]; breach: boolean; taskId: string | null; rung: string }
  | { do: 'assign'; key: string; at: string; taskId: string }
  | { do: 'lapse-supplement'; key: string; at: string; requestNo: number }
  | { do: 'lapse-proposal'; key: string; at: string; proposalId: string };

/** All that is still to happen by itself on this claim, soonest first. A paused clock contributes nothing until it runs again. */
export function agenda(state: ClaimState): AgendaItem[] {
  const items: AgendaItem[] = [];
  for (const task of state.tasks) {
    const run = state.clocks[task.clock];
    if (run) items.push(...ladder(state, task, task.clock, run), ...unclaimed(state, task));
  }
  items.push(...fastTrackBeyondTheTask(state), ...legalFloor(state), ...lapses(state));
  return items.filter((item) => !state.climbed.includes(item.key)).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function ladder(state: ClaimState, task: Task, runId: string, run: ClockRun): AgendaItem[] {
  const climb = (rung: Rung, at: string): AgendaItem =>
    ({ do: 'climb', key: `${runId}/${rung.rung}`, at, tells: rung.tells, breach: rung.breach === true, taskId: task.taskId, rung: rung.rung });
  if (CLOCKS[run.name].counts === 'hours') {
    return COLLECTION_LADDER.map((rung) => climb(rung, new Date(Date.parse(run.startedAt) + rung.atHour * 3_600_000).toISOString()));
  }
  return DAY_LADDER.flatMap((rung) => {
    if (state.climbed.includes(`${runId}/${rung.rung}`)) return []; // counting days is what costs here
    const at = timeOfRung(state, run, rung);
    // A task is not greeted with reminders that fall on its opening or passed before it was there.
    const stale = at === null || (at <= task.openedAt && !('after' in rung.at));
    return stale ? [] : [climb(rung, at)];
  });
}

/** Where on the time line a rung of a day-counting clock stands; null while it cannot be said. */
function timeOfRung(state: ClaimState, run: ClockRun, rung: DayRung): string | null {
  const n = daysOf(state, run.name);
  if (CLOCKS[run.name].counts === 'calendar-days' && 'fraction' in rung.at) return new Date(Date.parse(run.startedAt) + rung.at.fraction * n * 86_400_000).toISOString();
  const days = 'fraction' in rung.at ? rung.at.fraction * n : 'before' in rung.at ? n - rung.at.before : n + rung.at.after;
  return CLOCKS[run.name].counts === 'calendar-days' ? addCalendarDays(run.startedAt, days) : instantAt(state.calendar, { startedAt: run.startedAt, pauses: run.pauses }, days);
}

function unclaimed(state: ClaimState, task: Task): AgendaItem[] {
  if (task.assignee !== null) return [];
  return [
    { do: 'climb', key: `${task.taskId}/unclaimed`, at: afterWorkingHours(state.calendar, task.openedAt, UNCLAIMED.tellLead).at, tells: ['supervisor'], breach: false, taskId: task.taskId, rung: 'unclaimed' },
    { do: 'assign', key: `${task.taskId}/assign`, at: afterWorkingHours(state.calendar, task.openedAt, UNCLAIMED.assign).at, taskId: task.taskId },
  ];
}

/** The fast track can break its promises while the claim is in another's hands: from the due date on its ladders are always climbed. */
function fastTrackBeyondTheTask(state: ClaimState): AgendaItem[] {
  return Object.entries(state.clocks).flatMap(([id, run]) => {
    if (!FAST_TRACK.includes(run.name) || run.stoppedAt !== null || isPaused(run) || state.tasks.some((task) => task.clock === id)) return [];
    return DAY_LADDER.filter((rung) => 'after' in rung.at && !state.climbed.includes(`${id}/${rung.rung}`)).flatMap((rung): AgendaItem[] => {
      const at = timeOfRung(state, run, rung);
      return at === null ? [] : [{ do: 'climb', key: `${id}/${rung.rung}`, at, tells: rung.tells, breach: rung.breach === true, taskId: state.tasks[0]?.taskId ?? null, rung: rung.rung }];
    });
  });
}

/** SPEC §1.5, legal floor: 30 days to assess (supplement time excluded), after 60 the undisputed part is owed in advance. */
function legalFloor(state: ClaimState): AgendaItem[] {
  if (state.acceptance === null || state.decision !== null || state.stage === 'closed') return [];
  const waited = state.supplements.reduce((ms, r) => ms + (r.askedIn === 'review' && r.endedAt ? Date.parse(r.endedAt) - Date.parse(r.askedAt) : 0), 0);
  const waiting = openRequest(state) !== null;
  const rung = (name: string, days: number, shiftMs: number): AgendaItem => ({
    do: 'climb', key: `legal/${state.round}/${name}`, at: new Date(Date.parse(addCalendarDays(state.acceptance!.at, days)) + shiftMs).toISOString(),
    tells: ['approver', 'compliance'], breach: false, taskId: state.tasks[0]?.taskId ?? null, rung: name,
  });
  return [...(waiting ? [] : [rung('legal-assessment', LEGAL.assess, waited)]), rung('legal-advance', LEGAL.advance, 0)];
}

/** What ends by itself at its due time: a supplement request goes back to who asked; a proposal that no second person confirmed falls. */
function lapses(state: ClaimState): AgendaItem[] {
  const items: AgendaItem[] = [];
  const request = openRequest(state);
  const dues = state.tasks.filter((t) => t.kind === 'answer-as-hospital' || t.kind === 'answer-as-patient').flatMap((t) => dueOf(state, state.clocks[t.clock]!).dueAt ?? []);
  if (request && dues.length > 0) items.push({ do: 'lapse-supplement', key: `supplement.${request.requestNo}/lapse`, at: dues.sort().at(-1)!, requestNo: request.requestNo });
  for (const task of state.tasks) {
    const due = task.kind === 'second-person' ? dueOf(state, state.clocks[task.clock]!).dueAt : null;
    if (due && task.about) items.push({ do: 'lapse-proposal', key: `${task.about}/lapse`, at: due, proposalId: task.about });
  }
  return items;
}

/** The next due date of what is owed now, for lists and for `NextDeadline`; null only while every clock is paused or nothing is owed. */
export function nextDeadline(state: ClaimState): { at: string; provisional: boolean; clock: ClockName } | null {
  const dues = state.tasks.flatMap((task) => {
    const run = state.clocks[task.clock];
    const due = run ? dueOf(state, run) : null;
    return run && due?.dueAt ? [{ at: due.dueAt, provisional: due.provisional, clock: run.name }] : [];
  });
  return dues.sort((a, b) => (a.at < b.at ? -1 : 1))[0] ?? null;
}
