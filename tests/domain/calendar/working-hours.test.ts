import { afterWorkingHours, calendarFor, workingSpans } from '../../../src/domain/calendar';

const cal = calendarFor([2026]);
const shanghai = (iso: string) => new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 19);
const after = (time: string, hours: number) => afterWorkingHours(cal, `${time}+08:00`, hours);

describe('SPEC §1.6: an unclaimed pool task is told after 2 working hours, 09:00–17:00 on working days', () => {
  test.each([
    ['within a day', '2026-03-02T10:30:00', 2, '2026-03-02T12:30:00'],
    ['to the last minute of a day', '2026-03-02T15:00:00', 2, '2026-03-02T17:00:00'],
    ['over the night', '2026-03-02T16:00:00', 2, '2026-03-03T10:00:00'],
    ['from before the day opens', '2026-03-02T06:00:00', 2, '2026-03-02T11:00:00'],
    ['from 17:00 sharp', '2026-03-02T17:00:00', 2, '2026-03-03T11:00:00'],
    ['over a weekend', '2026-03-06T16:30:00', 4, '2026-03-09T12:30:00'],
    ['into a make-up Saturday', '2026-02-13T16:00:00', 2, '2026-02-14T10:00:00'],
    ['over Spring Festival', '2026-02-14T16:00:00', 2, '2026-02-24T10:00:00'],
    ['over several days', '2026-03-02T09:00:00', 20, '2026-03-04T13:00:00'],
  ])('%s', (_, start, hours, expected) => {
    const { at, provisional } = after(start, hours);
    expect(shanghai(at)).toBe(expected);
    expect(provisional).toBe(false);
  });

  test('reaching a year without a notice is provisional', () => {
    expect(after('2026-12-31T16:00:00', 1).provisional).toBe(false);
    expect(after('2026-12-31T16:00:00', 2)).toEqual({ at: '2027-01-01T02:00:00.000Z', provisional: true });
  });

  test.each([0, -1, NaN, 1e309])('%d hours are refused', (hours) => {
    expect(() => after('2026-03-02T10:00:00', hours)).toThrow('hours: not a number above 0');
  });
});

test('issue 5 part 5, outside office hours: the working hours of each working day, make-up Saturdays too, festivals not', () => {
  const spans = workingSpans(cal, '2026-02-13T15:59:59Z', '2026-02-24T00:00:00Z').map(({ opens, closes }) => `${shanghai(opens)} ${shanghai(closes).slice(11)}`);
  expect(spans).toEqual(['2026-02-13T09:00:00 17:00:00', '2026-02-14T09:00:00 17:00:00', '2026-02-24T09:00:00 17:00:00']);
});
