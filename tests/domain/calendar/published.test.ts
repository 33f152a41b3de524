import chineseDays from 'chinese-days';
import { PUBLISHED_YEARS, calendarFor, dueAfterWorkingDays, isPublished, isWorkingDay, publishedYearSchema } from '../../../src/domain/calendar';
import { dayNamed, dayNumber } from '../../../src/domain/calendar/days';

const all = calendarFor(PUBLISHED_YEARS.map(({ year }) => year));

test.each(PUBLISHED_YEARS.map(({ year }) => year))('SPEC §1.5: every day of %i is what the notice says, as chinese-days has it', (year) => {
  const differing: string[] = [];
  for (let number = dayNumber(`${year}-01-01`, 'day'); number <= dayNumber(`${year}-12-31`, 'day'); number++) {
    const day = dayNamed(number);
    if (isWorkingDay(all, day) !== chineseDays.isWorkday(day)) differing.push(day);
  }
  expect(differing).toEqual([]);
});

test('the published years are 2018 to 2026, each once, well-formed and under its own year', () => {
  expect(PUBLISHED_YEARS.map(({ year }) => year)).toEqual([2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
  for (const year of PUBLISHED_YEARS) expect(publishedYearSchema.parse(year)).toEqual(year);
});

test('SPEC §1.5: a make-up Saturday counts, a holiday and a plain Saturday do not', () => {
  expect(['2026-02-14', '2026-02-17', '2026-02-07', '2018-12-29', '2018-12-31'].map((day) => isWorkingDay(all, day))).toEqual([true, false, false, true, false]);
});

test('SPEC §1.5: a library answers confidently for 2027, where there is no notice; we say provisional', () => {
  // Monday 8 February 2027 is the third day of the lunar year, a statutory holiday whatever the notice will say.
  expect(chineseDays.isWorkday('2027-02-08')).toBe(true);
  expect(isPublished(all, 2027)).toBe(false);
  expect(dueAfterWorkingDays(all, { startedAt: '2027-02-05T02:00:00Z', workingDays: 3, pauses: [] }).provisional).toBe(true);
});

test('a claim carries only the years it needs: three published years stay under 3 KB', () => {
  const cal = calendarFor([2024, 2025, 2026]);
  expect(Object.keys(cal.years)).toEqual(['2024', '2025', '2026']);
  expect(JSON.stringify(cal).length).toBeLessThan(3_000);
  expect(calendarFor([2030])).toEqual({ version: 'none', years: {} });
});

const notice = { year: 2026, version: '2026.2', days: { holidays: ['2026-02-16'], makeUp: ['2026-02-14'] } };

test.each([
  ['a day that does not exist', { days: { holidays: ['2026-02-30'], makeUp: [] } }, 'days.holidays.0: not a day of the calendar; write it as 2026-02-13'],
  ['a weekend day among the holidays', { days: { holidays: ['2026-02-14'], makeUp: [] } }, 'days.holidays.0: already a weekend; list only the weekdays that are off'],
  ['a weekday among the make-up days', { days: { holidays: [], makeUp: ['2026-02-13'] } }, 'days.makeUp.0: not a Saturday or Sunday; list only the weekend days that are worked'],
  ['a day of another year', { days: { holidays: ['2025-01-01'], makeUp: [] } }, 'days: 2025-01-01 is not of 2026; list it under its own year'],
  ["another year's version", { version: '2025.1' }, 'version: not 2026 and a revision; write it as 2026.1'],
  ['a field nobody knows', { extra: [] }, ': Unrecognized key: "extra"'],
])('a notice with %s is refused', (_, change, message) => {
  expect(publishedYearSchema.safeParse(notice).success).toBe(true);
  const issues = publishedYearSchema.safeParse({ ...notice, ...change }).error?.issues ?? [];
  expect(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([message]);
});
