import { type Calendar, calendarOf, PUBLISHED_YEARS, publishedYearSchema } from '../domain/calendar';
import type { Prisma } from './database/generated/client';

/**
 * The calendar a claim carries: the year it lives in, the one before and the one after (three years, under 3 KB). A year recorded in `calendar_year` wins
 * over the one shipped with this release, so a new or amended notice needs no release; a year that is in neither stays out, and its dates provisional.
 * Throws an Error naming the row and the rule when a recorded year is malformed: a wrong calendar would promise wrong dates. SPEC §1.5.
 */
export async function loadCalendar(tx: Pick<Prisma.TransactionClient, 'calendarYear'>, aroundYear: number): Promise<Calendar> {
  const years = [aroundYear - 1, aroundYear, aroundYear + 1];
  const rows = await tx.calendarYear.findMany({ where: { year: { in: years } }, select: { year: true, version: true, days: true } });
  const recorded = rows.map((row) => {
    const parsed = publishedYearSchema.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new Error(`calendar_year ${row.year}, ${issue?.path.join('.')}: ${issue?.message}. Correct the row`);
  });
  const shipped = PUBLISHED_YEARS.filter(({ year }) => years.includes(year) && !recorded.some((known) => known.year === year));
  return calendarOf([...recorded, ...shipped]);
}
