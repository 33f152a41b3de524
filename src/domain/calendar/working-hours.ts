import { type Calendar, countsAsWorked, isPublished, kindOf } from './calendar';
import { dayNamed, instantMs, isoOf, shanghaiDayNumber, startOfDayMs } from './days';

const HOUR_MS = 3_600_000;
/** Our decision: the pool is staffed 09:00–17:00 Shanghai on working days. */
const OPENS_MS = 9 * HOUR_MS;
const CLOSES_MS = 17 * HOUR_MS;

/**
 * The instant by which so many working hours have gone since `startedAt` (an unclaimed pool task: 2 h, 4 h; SPEC §1.6). ISO UTC; provisional when a day
 * on the way belongs to a year without a published notice. Throws RangeError for a malformed time, or hours not above 0 and at most 400.
 */
export function afterWorkingHours(cal: Calendar, startedAt: string, hours: number): { at: string; provisional: boolean } {
  if (!(hours > 0 && hours <= 400)) throw new RangeError('hours: not a number above 0 and at most 400');
  const startMs = instantMs(startedAt, 'startedAt');
  let left = Math.round(hours * HOUR_MS);
  let provisional = false;
  for (let number = shanghaiDayNumber(startMs); ; number++) {
    const opens = Math.max(startMs, startOfDayMs(number) + OPENS_MS);
    const closes = startOfDayMs(number) + CLOSES_MS;
    if (opens >= closes) continue; // the day of start, after hours
    const day = dayNamed(number);
    provisional ||= !isPublished(cal, Number(day.slice(0, 4)));
    if (!countsAsWorked(kindOf(cal, number, day))) continue;
    if (left <= closes - opens) return { at: isoOf(opens + left), provisional };
    left -= closes - opens;
  }
}

/** The working hours that lie, wholly or in part, between two instants, in their order; each from 09:00 (included) to 17:00 (not included). Throws RangeError for a malformed time. */
export function workingSpans(cal: Calendar, from: string, to: string): Array<{ opens: string; closes: string }> {
  const last = shanghaiDayNumber(instantMs(to, 'to'));
  const spans: Array<{ opens: string; closes: string }> = [];
  for (let number = shanghaiDayNumber(instantMs(from, 'from')); number <= last; number++) {
    if (countsAsWorked(kindOf(cal, number, dayNamed(number)))) spans.push({ opens: isoOf(startOfDayMs(number) + OPENS_MS), closes: isoOf(startOfDayMs(number) + CLOSES_MS) });
  }
  return spans;
}
