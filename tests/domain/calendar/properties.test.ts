import chineseDays from 'chinese-days';
import fc from 'fast-check';
import { type DueDate, type Pause, type WorkingDayClock, PUBLISHED_YEARS, calendarFor, dueAfterWorkingDays, endOfShanghaiDay, instantAt } from '../../../src/domain/calendar';

const cal = calendarFor(PUBLISHED_YEARS.map(({ year }) => year));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
fc.configureGlobal({ numRuns: 1_000 });
const iso = (ms: number) => new Date(ms).toISOString();
const orNever = (at: string | null) => (at === null ? Infinity : Date.parse(at));

/** Offsets that fall on midnight, beside it, and anywhere. */
const withinDay = fc.oneof(fc.constantFrom(0, 1, DAY - 1, 12 * HOUR), fc.integer({ min: 0, max: DAY - 1 }));
const instant = fc
  .tuple(fc.integer({ min: Date.parse('2018-01-01T00:00:00+08:00') / HOUR, max: Date.parse('2026-06-30T00:00:00+08:00') / HOUR }), withinDay)
  .map(([hours, ms]) => Math.floor((hours * HOUR + 8 * HOUR) / DAY) * DAY - 8 * HOUR + ms);
const pausesFrom = (start: number) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), withinDay, fc.integer({ min: 0, max: 9 }), withinDay, fc.boolean()), { maxLength: 3 }).map((rows) =>
    rows.map(([day, fromMs, length, untilMs, open], i): Pause => {
      const midnight = Math.floor((start + 8 * HOUR) / DAY) * DAY - 8 * HOUR;
      const from = midnight + day * DAY + fromMs;
      return { from: iso(from), until: open && i === 2 ? null : iso(Math.max(from, midnight + (day + length) * DAY + untilMs)), by: `ask-${i}` };
    }),
  );
const clocks: fc.Arbitrary<WorkingDayClock> = instant.chain((start) =>
  fc.record({ startedAt: fc.constant(iso(start)), workingDays: fc.integer({ min: 1, max: 20 }), pauses: pausesFrom(start) }),
);
const due = (clock: WorkingDayClock): DueDate => dueAfterWorkingDays(cal, clock);

describe('SPEC §1.5: properties of the net clock', () => {
  test('the ledger has N counted days, numbered 1..N, without a gap, and the due date is 24:00 of the last', () => {
    fc.assert(
      fc.property(clocks, (clock) => {
        const { dueAt, ledger } = due(clock);
        const counted = ledger.filter((line) => line.counted);
        expect(counted.map((line) => line.n)).toEqual(counted.map((_, i) => i + 1));
        ledger.slice(1).forEach((line, i) => expect(Date.parse(line.day) - Date.parse(ledger[i]!.day)).toBe(DAY));
        if (dueAt === null) {
          expect(counted.length).toBeLessThan(clock.workingDays);
          return;
        }
        expect(counted).toHaveLength(clock.workingDays);
        expect(ledger.at(-1)!.counted).toBe(true);
        expect(dueAt).toBe(endOfShanghaiDay(ledger.at(-1)!.day));
      }),
    );
  });

  test('a later start, or more working days, is never due earlier', () => {
    fc.assert(
      fc.property(clocks, fc.integer({ min: 0, max: 20 * DAY }), (clock, later) => {
        const at = orNever(due(clock).dueAt);
        expect(orNever(due({ ...clock, startedAt: iso(Date.parse(clock.startedAt) + later) }).dueAt)).toBeGreaterThanOrEqual(at);
        const more = orNever(due({ ...clock, workingDays: clock.workingDays + 1 }).dueAt);
        expect(more === Infinity || more > at).toBe(true);
      }),
    );
  });

  test('pausing never makes it earlier, in whatever order pauses are listed', () => {
    fc.assert(
      fc.property(clocks, ({ pauses, ...rest }) => {
        const at = orNever(due({ ...rest, pauses }).dueAt);
        for (const [i] of pauses.entries()) expect(orNever(due({ ...rest, pauses: pauses.toSpliced(i, 1) }).dueAt)).toBeLessThanOrEqual(at);
        expect(orNever(due({ ...rest, pauses: pauses.toReversed() }).dueAt)).toBe(at);
      }),
    );
  });

  test('SPEC §1.6: rungs climb in order, never inside a pause, and the N-th stands on the due date', () => {
    fc.assert(
      fc.property(clocks, fc.array(fc.double({ min: 0, max: 25, noNaN: true }), { minLength: 2, maxLength: 6 }), (clock, counts) => {
        expect(instantAt(cal, clock, clock.workingDays)).toBe(due(clock).dueAt);
        const rungs = counts.toSorted((a, b) => a - b).map((count) => orNever(instantAt(cal, clock, count)));
        expect(rungs).toEqual(rungs.toSorted((a, b) => a - b));
        const inside = rungs.filter((at) => at > Date.parse(clock.startedAt) && (at + 8 * HOUR) % DAY !== 0);
        for (const at of inside) expect(clock.pauses.some((pause) => Date.parse(pause.from) <= at && at < orNever(pause.until))).toBe(false);
      }),
    );
  });
});

const inShanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });

/** The same rule written the slow way, on another calendar: walk days by name, ask chinese-days, look at the last millisecond of each. */
function oracle({ startedAt, workingDays, pauses }: WorkingDayClock, worked: ReadonlyMap<string, boolean>): string {
  const day = new Date(inShanghai.format(new Date(startedAt)));
  const ledger: string[] = [];
  let left = workingDays;
  while (left > 0) {
    day.setUTCDate(day.getUTCDate() + 1);
    const name = day.toISOString().slice(0, 10);
    const lastMoment = new Date(`${name}T23:59:59.999+08:00`);
    const stoppedForGood = pauses.some((pause) => pause.until === null && new Date(pause.from) <= lastMoment);
    const stopped = stoppedForGood || pauses.some((pause) => pause.until !== null && new Date(pause.from) <= lastMoment && new Date(pause.until) > lastMoment);
    const counts = worked.get(name) === true && !stopped;
    if (counts) left--;
    ledger.push(`${name}${counts ? '+' : '-'}${stopped ? 'p' : ''}`);
    if (stoppedForGood) return `never ${ledger.join(' ')}`;
  }
  return `${new Date(`${day.toISOString().slice(0, 10)}T24:00:00+08:00`).toISOString()} ${ledger.join(' ')}`;
}

describe('SPEC §1.5, two independent implementations on two calendars: every start day × 3..15 WD × 0–3 pauses', () => {
  const worked = new Map<string, boolean>();
  for (let ms = Date.parse('2018-01-01'); ms <= Date.parse('2026-12-31'); ms += DAY) worked.set(iso(ms).slice(0, 10), chineseDays.isWorkday(iso(ms).slice(0, 10)));

  // The long form goes over every year that both calendars know whole.
  const years = process.env['FAULTS_ROUNDS'] ? [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025] : [2020, 2025];
  test.each(years)('0 differences over %i', (year) => {
    const seed = 20_260_213 + year;
    const random = fc.sample(fc.tuple(withinDay, withinDay, withinDay, withinDay, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 8 })), { seed, numRuns: 2_000 });
    let drawn = 0;
    const draw = () => random[drawn++ % random.length]!;
    const differences: string[] = [];
    for (let midnight = Date.parse(`${year}-01-01T00:00:00+08:00`); midnight < Date.parse(`${year + 1}-01-01T00:00:00+08:00`); midnight += DAY) {
      for (let workingDays = 3; workingDays <= 15; workingDays++) {
        for (let count = 0; count <= 3; count++) {
          const pauses = Array.from({ length: count }, (_, i): Pause => {
            const [fromMs, untilMs, , , day, length] = draw();
            const from = midnight + day * DAY + fromMs;
            const open = i === 2 && drawn % 5 === 0;
            return { from: iso(from), until: open ? null : iso(Math.max(from, midnight + (day + length) * DAY + untilMs)), by: `ask-${i}` };
          });
          const clock = { startedAt: iso(midnight + draw()[2]), workingDays, pauses };
          const { dueAt, ledger } = due(clock);
          const ours = `${dueAt ?? 'never'} ${ledger.map((line) => `${line.day}${line.counted ? '+' : '-'}${line.pausedBy ? 'p' : ''}`).join(' ')}`;
          if (ours !== oracle(clock, worked)) differences.push(JSON.stringify(clock));
        }
      }
    }
    expect(differences.slice(0, 3)).toEqual([]);
  });
});
