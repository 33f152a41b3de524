/**
 * Days as people in Shanghai count them. An instant is an ISO time with its offset; a day is `YYYY-MM-DD`.
 * Shanghai is a fixed +08:00: it has had no summer time since 1991, long before any claim here.
 */
export const DAY_MS = 86_400_000;
const SHANGHAI_AHEAD_MS = 8 * 3_600_000;

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 of an ISO time. RangeError naming `field` when the time has no offset or does not exist. */
export function instantMs(iso: string, field: string): number {
  const day = INSTANT.exec(iso)?.[1];
  const ms = day === undefined ? NaN : Date.parse(iso);
  if (day === undefined || Number.isNaN(ms)) throw new RangeError(`${field}: not an ISO time with an offset; write it as 2026-02-13T09:00:00Z`);
  dayNumber(day, field);
  return ms;
}

/** ISO time in UTC of milliseconds since 1970. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Days since 1970-01-01 of a `YYYY-MM-DD`. RangeError naming `field` when there is no such day. */
export function dayNumber(day: string, field: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // 30 February parses, as 2 March: only a day that reads back as it was written exists.
  if (Number.isNaN(ms) || dayNamed(ms / DAY_MS) !== day) throw new RangeError(`${field}: not a day of the calendar; write it as 2026-02-13`);
  return ms / DAY_MS;
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dayNamed(number: number): string {
  return isoOf(number * DAY_MS).slice(0, 10);
}

/** Number of the Shanghai day an instant falls in: 24:00 of a day is 00:00 of the next and belongs to the next. */
export function shanghaiDayNumber(ms: number): number {
  return Math.floor((ms + SHANGHAI_AHEAD_MS) / DAY_MS);
}

/** First instant (00:00 Shanghai) of a day number; `startOfDayMs(n + 1)` is 24:00 of day n. */
export function startOfDayMs(number: number): number {
  return number * DAY_MS - SHANGHAI_AHEAD_MS;
}

/** The Shanghai day an instant falls in. Throws RangeError for a malformed time. SPEC §1.5. */
export function shanghaiDay(iso: string): string {
  return dayNamed(shanghaiDayNumber(instantMs(iso, 'time')));
}

/** 24:00 Shanghai of a day, as an ISO time in UTC. Throws RangeError for a day that does not exist. SPEC §1.5. */
export function endOfShanghaiDay(day: string): string {
  return isoOf(startOfDayMs(dayNumber(day, 'day') + 1));
}
