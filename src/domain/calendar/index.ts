/** Clocks and days of SPEC §1.5: which days count, when a clock is due and why. Pure; every instant is handed in. */
export { type Calendar, type DayKind, type PublishedYear, calendarOf, isPublished, isWorkingDay, publishedYearSchema } from './calendar';
export { endOfShanghaiDay, shanghaiDay } from './days';
export { type DueDate, type LedgerDay, type Pause, type WorkingDayClock, addCalendarDays, dueAfterWorkingDays, instantAt } from './due-date';
export { PUBLISHED_YEARS, calendarFor } from './published';
export { afterWorkingHours, workingSpans } from './working-hours';
