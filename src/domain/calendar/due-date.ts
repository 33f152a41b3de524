import { type Calendar, type DayKind, countsAsWorked, isPublished, kindOf } from './calendar';
import { DAY_MS, dayNamed, instantMs, isoOf, shanghaiDayNumber, startOfDayMs } from './days';

/** A time the clock stood still: ISO times, `until` null while it still does, `by` the id of the request (or payee fault) that stopped it. SPEC §1.7. */
export interface Pause {
  from: string;
  until: string | null;
  by: string;
}

/** One line of a due date's ledger: what the day is, whether it counted, as which (1..N), and which request had the clock stopped at its end. */
export interface LedgerDay {
  day: string;
  kind: DayKind;
  counted: boolean;
  n: number | null;
  pausedBy?: string;
  /** The day's year has no published notice: its kind is assumed. */
  provisional?: true;
}

/** A clock in working days that can pause: started at an ISO time, owed after `workingDays` (1..366) counted days. SPEC §1.5. */
export interface WorkingDayClock {
  startedAt: string;
  workingDays: number;
  pauses: readonly Pause[];
}

/**
 * When a clock is due (24:00 Shanghai, as ISO UTC; null while an open pause keeps it from being known) and why, day by day from the day after the start
 * to the last counted day, or to the first day an open pause has taken.
 */
export interface DueDate {
  startedAt: string;
  workingDays: number;
  dueAt: string | null;
  provisional: boolean;
  calendarVersion: string;
  ledger: LedgerDay[];
}

interface PauseMs {
  from: number;
  until: number;
  by: string;
}

function parsePauses(pauses: readonly Pause[]): PauseMs[] {
  return pauses.map(({ from, until, by }, i) => {
    const parsed = { from: instantMs(from, `pauses.${i}.from`), until: until === null ? Infinity : instantMs(until, `pauses.${i}.until`), by };
    if (parsed.until < parsed.from) throw new RangeError(`pauses.${i}.until: before from; a pause ends when it began or later`);
    return parsed;
  });
}

/** The pause that has the clock stopped when a day ends. Stopping at 24:00 sharp leaves the day its own; resuming at 24:00 sharp is too late for it. */
function pauseAtEndOf(number: number, pauses: readonly PauseMs[]): PauseMs | undefined {
  const end = startOfDayMs(number + 1);
  return pauses.find((pause) => pause.from < end && end <= pause.until);
}

/**
 * The net clock: the day of start is not counted; a day counts when it is a working day and the clock runs at its end (24:00); due at the end of the
 * N-th counted day. The one place where days are counted. Throws RangeError naming the field for a malformed time or count. SPEC §1.5.
 */
export function dueAfterWorkingDays(cal: Calendar, { startedAt, workingDays, pauses }: WorkingDayClock): DueDate {
  if (!Number.isInteger(workingDays) || workingDays < 1 || workingDays > 366) throw new RangeError('workingDays: not a whole number from 1 to 366');
  const stops = parsePauses(pauses);
  const ledger: LedgerDay[] = [];
  let counted = 0;
  let dueAt: string | null = null;
  for (let number = shanghaiDayNumber(instantMs(startedAt, 'startedAt')) + 1; dueAt === null; number++) {
    const day = dayNamed(number);
    const kind = kindOf(cal, number, day);
    const pause = pauseAtEndOf(number, stops);
    const counts = countsAsWorked(kind) && pause === undefined;
    if (counts) counted++;
    ledger.push({
      day,
      kind,
      counted: counts,
      n: counts ? counted : null,
      ...(pause && { pausedBy: pause.by }),
      ...(!isPublished(cal, Number(day.slice(0, 4))) && { provisional: true }),
    });
    if (pause?.until === Infinity) break;
    if (counted === workingDays) dueAt = isoOf(startOfDayMs(number + 1));
  }
  const provisional = ledger.some((line) => line.provisional);
  return { startedAt, workingDays, dueAt, provisional, calendarVersion: cal.version, ledger };
}

/**
 * The instant at which a clock has counted so many days, for the rungs of a ladder (SPEC §1.6): 0 is the start, 2 the end of the second counted day,
 * 1.5 the middle of the second. The clock's own N is of no matter, so N + 2 works, counting on beyond the due date. A rung inside a pause waits for the
 * pause's end. ISO UTC, or null while an open pause keeps it from being known. Throws RangeError for a count outside 0..366.
 */
export function instantAt(cal: Calendar, { startedAt, pauses }: Omit<WorkingDayClock, 'workingDays'>, countedDays: number): string | null {
  if (!(countedDays >= 0 && countedDays <= 366)) throw new RangeError('countedDays: not a number from 0 to 366');
  // 80 % of a count must not miss a whole day (and the weekend after it) by the last bit of a float.
  const wanted = Math.round(countedDays * 1e6) / 1e6;
  const workingDays = Math.ceil(wanted);
  if (workingDays === 0) return isoOf(instantMs(startedAt, 'startedAt'));
  const { dueAt } = dueAfterWorkingDays(cal, { startedAt, workingDays, pauses });
  if (dueAt === null || workingDays === wanted) return dueAt;
  let at = Date.parse(dueAt) - Math.round((workingDays - wanted) * DAY_MS);
  for (const pause of parsePauses(pauses).sort((a, b) => a.from - b.from)) {
    if (pause.from <= at && at < pause.until) at = pause.until;
  }
  return isoOf(at);
}

/** End (24:00 Shanghai, ISO UTC) of the n-th calendar day (1..3660) after the day of start; weekends and holidays count. SPEC §1.1, §1.5. */
export function addCalendarDays(startedAt: string, n: number): string {
  if (!Number.isInteger(n) || n < 1 || n > 3660) throw new RangeError('n: not a whole number of days from 1 to 3660');
  return isoOf(startOfDayMs(shanghaiDayNumber(instantMs(startedAt, 'startedAt')) + n + 1));
}
