import { calendarFor } from '../../src/domain/calendar';
import { loadCalendar } from '../../src/platform/published-calendar';

type Reader = Parameters<typeof loadCalendar>[0];
type Row = { year: number; version: string; days: unknown };

/** The table, read as Prisma reads it: the rows of the years that were asked for. */
const table = (...rows: Row[]) =>
  ({ calendarYear: { findMany: async ({ where }: { where: { year: { in: number[] } } }) => rows.filter(({ year }) => where.year.in.includes(year)) } }) as unknown as Reader;

test('an empty table: the years of this release, one on either side', async () => {
  expect(await loadCalendar(table(), 2025)).toEqual(calendarFor([2024, 2025, 2026]));
  expect(await loadCalendar(table(), 2026)).toEqual(calendarFor([2025, 2026]));
});

test('SPEC §1.5: a notice that came is there without a release, and an amended one wins', async () => {
  const days = { holidays: ['2027-01-01'], makeUp: [] };
  const amended = { holidays: ['2026-01-01'], makeUp: [] };
  const cal = await loadCalendar(table({ year: 2027, version: '2027.1', days }, { year: 2026, version: '2026.2', days: amended }, { year: 2030, version: '2030.1', days }), 2026);
  expect(cal.version).toBe('2025.1+2026.2+2027.1');
  expect(cal.years).toEqual({ ...calendarFor([2025]).years, '2026': amended, '2027': days });
});

test('a malformed row is named, not guessed around', async () => {
  await expect(loadCalendar(table({ year: 2027, version: '2027.1', days: { holidays: ['2027-01-32'], makeUp: [] } }), 2026)).rejects.toThrow(
    'calendar_year 2027, days.holidays.0: not a day of the calendar; write it as 2026-02-13. Correct the row',
  );
});
