import { type Pause, addCalendarDays, calendarFor, calendarOf, dueAfterWorkingDays, endOfShanghaiDay, instantAt, shanghaiDay, PUBLISHED_YEARS } from '../../../src/domain/calendar';

const cal = calendarFor([2025, 2026, 2027]);
const at = (day: string, time = '10:00:00') => `${day}T${time}+08:00`;
const due = (startedAt: string, workingDays: number, pauses: Pause[] = []) => dueAfterWorkingDays(cal, { startedAt, workingDays, pauses });

describe('SPEC §1.5: the vectors', () => {
  test.each([
    ['Fri 2026-02-13', 3, '2026-02-25', 'across Spring Festival and its make-up Saturday'],
    ['Sat 2026-02-14', 3, '2026-02-26', 'from a make-up Saturday'],
    ['Thu 2026-04-30', 5, '2026-05-11', 'across Labour Day'],
    ['Fri 2026-09-18', 15, '2026-10-15', 'across Mid-Autumn and National Day'],
    ['Wed 2026-09-30', 3, '2026-10-10', 'ending on a make-up Saturday'],
  ])('accepted %s + %i → %s (%s)', (accepted, workingDays, day) => {
    expect(due(at(accepted.slice(4)), workingDays)).toMatchObject({ dueAt: endOfShanghaiDay(day), provisional: false, calendarVersion: '2025.1+2026.1' });
  });

  test('accepted Mon 2026-03-02, 5 WD, paused Wed 03-04 11:00, resumed Mon 03-09 16:00 → counts 3, 9, 10, 11, 12 March', () => {
    const result = due(at('2026-03-02'), 5, [{ from: at('2026-03-04', '11:00:00'), until: at('2026-03-09', '16:00:00'), by: 'ask-1' }]);
    expect(result.ledger.filter((line) => line.counted).map((line) => line.day.slice(8))).toEqual(['03', '09', '10', '11', '12']);
    expect(result.dueAt).toBe('2026-03-12T16:00:00.000Z');
    expect(result.ledger.find((line) => line.day === '2026-03-04')).toEqual({ day: '2026-03-04', kind: 'working', counted: false, n: null, pausedBy: 'ask-1' });
  });

  test('accepted Fri 2026-12-11 + 15 → in 2027, provisional', () => {
    const result = due(at('2026-12-11'), 15);
    expect(result).toMatchObject({ dueAt: endOfShanghaiDay('2027-01-01'), provisional: true });
    expect(result.ledger.filter((line) => line.provisional).map((line) => line.day)).toEqual(['2027-01-01']);
  });
});

describe('SPEC §1.5: a year without a published notice', () => {
  const notice2027 = { year: 2027, version: '2027.1', days: { holidays: ['2027-01-01'], makeUp: ['2027-01-03'] } };
  const known = PUBLISHED_YEARS.filter(({ year }) => year === 2026);

  test('a due date on 31 December of the last published year is not provisional, one WD more is', () => {
    expect(due(at('2026-12-11'), 14)).toMatchObject({ dueAt: endOfShanghaiDay('2026-12-31'), provisional: false });
    expect(due(at('2026-12-31'), 1).provisional).toBe(true);
  });

  test('is recomputed when the notice comes', () => {
    const result = dueAfterWorkingDays(calendarOf([...known, notice2027]), { startedAt: at('2026-12-11'), workingDays: 15, pauses: [] });
    expect(result).toMatchObject({ dueAt: endOfShanghaiDay('2027-01-03'), provisional: false, calendarVersion: '2026.1+2027.1' });
    expect(result.ledger.slice(-3)).toEqual([
      { day: '2027-01-01', kind: 'holiday', counted: false, n: null },
      { day: '2027-01-02', kind: 'weekend', counted: false, n: null },
      { day: '2027-01-03', kind: 'make-up', counted: true, n: 15 },
    ]);
  });

  test('an amended notice moves the due date and shows in its calendar version', () => {
    const amended = calendarOf([{ year: 2026, version: '2026.2', days: { holidays: ['2026-03-04'], makeUp: [] } }]);
    const clock = { startedAt: at('2026-03-02'), workingDays: 3, pauses: [] };
    expect(dueAfterWorkingDays(cal, clock).dueAt).toBe(endOfShanghaiDay('2026-03-05'));
    expect(dueAfterWorkingDays(amended, clock)).toMatchObject({ dueAt: endOfShanghaiDay('2026-03-06'), calendarVersion: '2026.2' });
  });

  test('a weekend skipped in an unpublished year is provisional too: it may be a make-up day', () => {
    expect(due(at('2027-03-05'), 1).ledger.map((line) => line.provisional)).toEqual([true, true, true]);
  });
});

describe('SPEC §1.5: midnight in Shanghai', () => {
  test('accepted 23:59:59 belongs to that day, 00:00:00 to the next', () => {
    expect(due('2026-03-02T15:59:59Z', 3).dueAt).toBe(endOfShanghaiDay('2026-03-05'));
    expect(due('2026-03-02T15:59:59.999Z', 3).dueAt).toBe(endOfShanghaiDay('2026-03-05'));
    expect(due('2026-03-02T16:00:00Z', 3).dueAt).toBe(endOfShanghaiDay('2026-03-06'));
    expect([shanghaiDay('2026-03-02T15:59:59Z'), shanghaiDay('2026-03-02T16:00:00Z')]).toEqual(['2026-03-02', '2026-03-03']);
  });

  test('24:00 of 31 December is 16:00 UTC of the same day', () => {
    expect(endOfShanghaiDay('2026-12-31')).toBe('2026-12-31T16:00:00.000Z');
  });

  test.each([
    ['paused at 24:00 sharp: the day was run to its end and counts', '2026-03-04T00:00:00', '2026-03-05T12:00:00', ['03', '05', '06']],
    ['paused a second before 24:00: the day does not count', '2026-03-03T23:59:59', '2026-03-05T12:00:00', ['05', '06', '09']],
    ['resumed a second before 24:00: the day counts', '2026-03-03T10:00:00', '2026-03-04T23:59:59', ['04', '05', '06']],
    ['resumed at 24:00 sharp: too late for the day', '2026-03-03T10:00:00', '2026-03-05T00:00:00', ['05', '06', '09']],
    ['a pause of no length takes nothing', '2026-03-04T00:00:00', '2026-03-04T00:00:00', ['03', '04', '05']],
  ])('%s', (_, from, until, days) => {
    const result = due(at('2026-03-02'), 3, [{ from: `${from}+08:00`, until: `${until}+08:00`, by: 'ask-1' }]);
    expect(result.ledger.filter((line) => line.counted).map((line) => line.day.slice(8))).toEqual(days);
  });
});

describe('SPEC §1.5: an open pause', () => {
  const open: Pause = { from: at('2026-03-05', '11:00:00'), until: null, by: 'ask-1' };

  test('leaves no due date, and a ledger up to the first day it has taken', () => {
    const result = due(at('2026-03-02'), 5, [open]);
    expect(result.dueAt).toBeNull();
    expect(result.ledger.map((line) => [line.day.slice(8), line.n, line.pausedBy])).toEqual([['03', 1, undefined], ['04', 2, undefined], ['05', null, 'ask-1']]);
  });

  test('does not touch a clock already due', () => {
    expect(due(at('2026-03-02'), 2, [open]).dueAt).toBe(endOfShanghaiDay('2026-03-04'));
  });

  test('keeps the rungs beyond it unknown, not those before it', () => {
    const clock = { startedAt: at('2026-03-02'), pauses: [open] };
    expect(instantAt(cal, clock, 2)).toBe(endOfShanghaiDay('2026-03-04'));
    expect(instantAt(cal, clock, 2.5)).toBeNull();
  });
});

describe('SPEC §1.6: rungs of a working-day ladder', () => {
  const clock = { startedAt: at('2026-03-02', '15:00:00'), pauses: [] };

  test.each([
    ['the start', 0, '2026-03-02T15:00:00+08:00'],
    ['50 % of 3', 1.5, '2026-03-04T12:00:00+08:00'],
    ['80 % of 3', 3 * 0.8, '2026-03-05T09:36:00+08:00'],
    ['1 WD before', 2, '2026-03-05T00:00:00+08:00'],
    ['due', 3, '2026-03-06T00:00:00+08:00'],
    ['+2 WD', 5, '2026-03-10T00:00:00+08:00'],
    ['+5 WD', 8, '2026-03-13T00:00:00+08:00'],
  ])('%s (%d counted days)', (_, countedDays, expected) => {
    expect(instantAt(cal, clock, countedDays)).toBe(new Date(expected).toISOString());
  });

  test('a count off by the last bit of a float does not jump over a weekend', () => {
    expect(instantAt(cal, clock, 4 + Number.EPSILON * 4)).toBe(instantAt(cal, clock, 4));
  });

  test('a rung inside a pause waits for its end', () => {
    const pauses = [{ from: at('2026-03-04', '11:00:00'), until: at('2026-03-04', '16:00:00'), by: 'ask-1' }];
    expect(instantAt(cal, { ...clock, pauses }, 1.5)).toBe('2026-03-04T08:00:00.000Z');
  });
});

describe('SPEC §1.1: calendar days', () => {
  test('10 calendar days end at 24:00 of the tenth day after the start, holidays or not', () => {
    expect(addCalendarDays(at('2026-02-13', '23:59:59'), 10)).toBe(endOfShanghaiDay('2026-02-23'));
  });
});

describe('hostile input is refused with the field and the rule', () => {
  test.each(['2026-02-13', '2026-02-13T10:00:00', '2026-02-30T10:00:00Z', '2026-13-01T10:00:00Z', 'Fri Feb 13 2026', '', '2026-02-13T10:00:00Z\n'])('a start of %j', (startedAt) => {
    expect(() => due(startedAt, 3)).toThrow(/^startedAt: not an ISO time|^startedAt: not a day/);
  });
  test.each([0, -1, 1.5, NaN, 1e309, 367])('%d working days', (workingDays) => {
    expect(() => due(at('2026-03-02'), workingDays)).toThrow('workingDays: not a whole number from 1 to 366');
  });
  test.each([-1, NaN, 1e309])('%d counted days', (countedDays) => {
    expect(() => instantAt(cal, { startedAt: at('2026-03-02'), pauses: [] }, countedDays)).toThrow('countedDays:');
  });
  test.each([0, 0.5, NaN, 1e309])('%d calendar days', (n) => {
    expect(() => addCalendarDays(at('2026-03-02'), n)).toThrow('n: ');
  });
  test('a pause that ends before it began', () => {
    expect(() => due(at('2026-03-02'), 3, [{ from: at('2026-03-04'), until: at('2026-03-03'), by: 'ask-1' }])).toThrow('pauses.0.until: before from');
  });
  test('a day that does not exist', () => {
    expect(() => endOfShanghaiDay('2026-02-29')).toThrow('day: not a day of the calendar');
  });
});
