import { z } from 'zod';
import { dayNumber } from './days';

function isWeekend(number: number): boolean {
  const weekday = (number + 4) % 7; // 1970-01-01 was a Thursday
  return weekday === 0 || weekday === 6;
}

const dayField = z.string().refine(
  (day) => {
    try {
      dayNumber(day, 'day');
      return true;
    } catch {
      return false;
    }
  },
  { error: 'not a day of the calendar; write it as 2026-02-13', abort: true },
);
const weekday = dayField.refine((day) => !isWeekend(dayNumber(day, 'day')), 'already a weekend; list only the weekdays that are off');
const weekendDay = dayField.refine((day) => isWeekend(dayNumber(day, 'day')), 'not a Saturday or Sunday; list only the weekend days that are worked');

/** One year's notice as it is kept: weekdays that are off, weekend days that are worked (`YYYY-MM-DD`); `version` names year and revision (`2026.1`). SPEC §1.5. */
export const publishedYearSchema = z
  .strictObject({
    year: z.int().min(2000).max(2100),
    version: z.string(),
    days: z.strictObject({ holidays: z.array(weekday).max(120), makeUp: z.array(weekendDay).max(104) }),
  })
  .superRefine(({ year, version, days }, context) => {
    if (!new RegExp(`^${year}\\.\\d{1,3}$`).test(version)) context.addIssue({ code: 'custom', path: ['version'], message: `not ${year} and a revision; write it as ${year}.1` });
    const stray = [...days.holidays, ...days.makeUp].find((day) => !day.startsWith(`${year}-`));
    // 2018-12-31 is off by the notice for 2019 and still a day of 2018: days are looked up by their own year.
    if (stray !== undefined) context.addIssue({ code: 'custom', path: ['days'], message: `${stray} is not of ${year}; list it under its own year` });
  });
export type PublishedYear = z.infer<typeof publishedYearSchema>;

/**
 * The years whose notices are known, as data that travels in a workflow's input, so that replay never meets another calendar.
 * A year that is absent has no notice: its dates are provisional. SPEC §1.5.
 */
export interface Calendar {
  /** Changes whenever a notice comes or is amended: `2025.1+2026.1`. */
  version: string;
  years: Record<string, PublishedYear['days']>;
}

/** A calendar of these years; its version names each (`2025.1+2026.1`), so a notice that comes or is amended shows in it. */
export function calendarOf(published: readonly PublishedYear[]): Calendar {
  const ascending = [...published].sort((a, b) => a.year - b.year);
  return {
    version: ascending.length === 0 ? 'none' : ascending.map(({ version }) => version).join('+'),
    years: Object.fromEntries(ascending.map(({ year, days }) => [String(year), days])),
  };
}

/** What a day is, and so whether it can count. `weekend` includes the weekend days inside a festival. */
export type DayKind = 'working' | 'weekend' | 'holiday' | 'make-up';

/** Is the State Council's notice for this year known? Where it is not, weekdays are assumed worked and the date is provisional. SPEC §1.5. */
export function isPublished(cal: Calendar, year: number): boolean {
  return Object.hasOwn(cal.years, String(year));
}

/** The kind of a day given by number and name (both are at hand wherever days are walked). */
export function kindOf(cal: Calendar, number: number, day: string): DayKind {
  const notice = cal.years[day.slice(0, 4)];
  if (isWeekend(number)) return notice?.makeUp.includes(day) ? 'make-up' : 'weekend';
  return notice?.holidays.includes(day) ? 'holiday' : 'working';
}

/** Does a day of this kind count? A make-up Saturday does, a holiday does not. SPEC §1.5. */
export function countsAsWorked(kind: DayKind): boolean {
  return kind === 'working' || kind === 'make-up';
}

/** Is `day` (`YYYY-MM-DD`) a working day? Only assumed where its year is not published. Throws RangeError for a day that does not exist. */
export function isWorkingDay(cal: Calendar, day: string): boolean {
  return countsAsWorked(kindOf(cal, dayNumber(day, 'day'), day));
}
