import { isDeepStrictEqual } from 'node:util';
import { agenda, type Act } from '../../../src/domain/claim';
import { checkClaim } from '../../domain/claim/invariants';
import type { Scenario } from '../../domain/claim/scenario';
import { dice, start, step, type Dice } from '../../domain/claim/walk';
import { LONG } from './place';
import { seedOf } from './seed';

const HOUR_MS = 3_600_000;
const DEVICES = LONG ? 20_000 : 1_000;
const STEPS = LONG ? 5_000 : 200;

/** Walks claims by chance until so many acts were done: `begin` sees each claim first, `before` ahead of every step, `end` last. */
function walks(cases: number, d: Dice, { begin, before, end }: { begin?(s: Scenario): void; before?(s: Scenario): void; end?(s: Scenario): void }): void {
  for (let done = 0; done < cases;) {
    const s = start(d);
    begin?.(s);
    for (let n = 0; n < 25 && s.state.stage !== 'closed'; n++) {
      before?.(s);
      if (step(s, d).decided.kind === 'done') done += 1;
    }
    end?.(s);
  }
}

test(`FAULTS 19: device clocks up to 48 h ahead or behind, ${DEVICES} acts: no deadline, no state and no refusal depends on what the device says`, () => {
  const d = dice(seedOf('device clocks'));
  let kept = 0;
  walks(DEVICES, d, { begin(s) {
    const { tries } = s;
    s.tries = (given) => {
      const act = { ...given, id: given.id! };
      const saidAt = new Date(Date.parse(s.now) + (d.next() * 2 - 1) * 48 * HOUR_MS).toISOString();
      const [onTime, byDevice] = [tries(act), tries({ ...act, saidAt } satisfies Partial<Act>)];
      const heard = byDevice.kind === 'done' ? { ...byDevice, events: byDevice.events.map((event) => ({ ...event, saidAt: null })) } : byDevice;
      // Jest's own comparing takes longer than the deciding: only for showing what differs.
      if (!isDeepStrictEqual(heard, onTime)) expect(heard).toEqual(onTime);
      // Kept as what somebody said, and as nothing else.
      if (byDevice.kind === 'done' && byDevice.events.length > 0 && byDevice.events.every((event) => event.saidAt === saidAt)) kept += 1;
      return byDevice;
    };
  } });
  expect(kept).toBeGreaterThanOrEqual(DEVICES / 2);
});

test(`FAULTS 19: the server's clock steps five minutes ahead and back, ${STEPS} acts: no event lies before another, what is due stays due, no rung twice and none lost`, () => {
  const d = dice(seedOf('the server steps'));
  let back = 0;
  walks(STEPS, d, {
    before(s) {
      if (d.happens(0.5)) return;
      const minutes = d.one([-5, 5]);
      if (minutes < 0) back += 1;
      s.at(new Date(Date.parse(s.now) + minutes * 60_000).toISOString());
    },
    end(s) {
      const times = s.events.map(({ at }) => at);
      expect(times).toEqual([...times].sort());
      expect(checkClaim(s.state, s.events)).toEqual([]);
      // All that is left to do is done once, when its time comes.
      const later = s.fork().until(new Date(Date.parse(s.state.lastEventAt) + 48 * HOUR_MS).toISOString());
      const rungs = later.events.flatMap((event) => (event.type === 'rung-climbed' ? [event.data.key] : []));
      expect(rungs).toEqual([...new Set(rungs)]);
      expect(agenda(later.state).filter((item) => item.at <= later.now)).toEqual([]);
    },
  });
  expect(back).toBeGreaterThan(0);
});
