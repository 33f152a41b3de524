import { isDeepStrictEqual } from 'node:util';
import { agenda, decide, evolve, system, type ClaimEvent, type ClaimState } from '../../../src/domain/claim';
import { checkClaim, checkState } from './invariants';
import { actId, SECRET } from './scenario';
import { dice, finish, start, step } from './walk';

const FIRST_SEED = Number(process.env.WALK_SEED ?? 1);
const WALKS = Number(process.env.WALKS ?? 120);
const STEPS = 90;

const met: Record<string, number> = {};
const stages = new Set<string>();
const refusals = new Set<string>();

/** One walk; what is wrong with it, with the seed that finds it again. */
function walk(seed: number): string[] {
  const d = dice(seed);
  const s = start(d);
  // The record as it comes back from a database: rebuilt beside the walk from JSON alone.
  let rebuilt = fromJson(s.events).reduce<ClaimState | null>(evolve, null);
  for (let n = 0; n < STEPS; n++) {
    const before = s.state;
    const done = s.events.length;
    const { command, decided } = step(s, d);
    if (decided.kind === 'refused') refusals.add(decided.refusal.code);
    if (decided.kind !== 'done') { if (s.state !== before) return [`seed ${seed}, step ${n}: a refusal of ${command} changed the claim`]; continue; }
    met[command] = (met[command] ?? 0) + 1;
    stages.add(s.state.stage);
    rebuilt = fromJson(s.events.slice(done)).reduce<ClaimState | null>(evolve, rebuilt);
    const broken = [...checkState(s.state), ...(isDeepStrictEqual(rebuilt, s.state) ? [] : ['SPEC §3: events do not rebuild the state']), ...leaks(s.state, s.events.slice(done))];
    if (broken.length > 0) return broken.map((what) => `seed ${seed}, step ${n}, ${command}: ${what}`);
    if (command === 'time-passed') {
      const again = decide(s.state, { id: actId(), command, input: { now: s.now, assignees: assigneesDue(s.state, s.now) }, actor: system('clock'), receivedAt: s.now, saidAt: null, hash: 'again' });
      const rest = again.kind === 'done' ? again.events.filter((e) => e.type === 'rung-climbed') : [];
      if (rest.length > 0) return [`seed ${seed}, step ${n}: rungs left after the time had passed: ${JSON.stringify(rest.map((e) => e.data))}`];
    }
    if (n % 15 === 0) finish(s.fork());
  }
  const broken = checkClaim(s.state, s.events);
  const end = finish(s);
  return [...broken, ...checkClaim(end.state, end.events)].map((what) => `seed ${seed}: ${what}`);
}

const fromJson = (events: readonly ClaimEvent[]): ClaimEvent[] => JSON.parse(JSON.stringify(events)) as ClaimEvent[];
const leaks = (state: ClaimState, events: readonly ClaimEvent[]): string[] =>
  (JSON.stringify([state, events.map((e) => e.data)]).includes(SECRET) ? ['SPEC §3: free text or an account stands outside `personal`'] : []);
const assigneesDue = (state: ClaimState, now: string): Record<string, null> =>
  Object.fromEntries(agenda(state).filter((item) => item.do === 'assign' && item.at <= now).map((item) => [(item as { taskId: string }).taskId, null]));

describe('a random walk over commands and time', () => {
  test(`SPEC §1.1: ${WALKS} walks of ${STEPS} steps find no wait without owner, due time and ladder, and no state that nobody can leave`, () => {
    const broken: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + WALKS && broken.length < 5; seed++) {
      try {
        broken.push(...walk(seed));
      } catch (error) {
        broken.push(`seed ${seed}: ${String((error as Error).stack).split('\n').slice(0, 6).join(' | ')}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('the walk is awake: it met every stage, every kind of act and most refusals', () => {
    expect([...stages].sort()).toEqual(['acceptance', 'approval', 'closed', 'collecting', 'dispute', 'documents', 'investigation', 'payment', 'review', 'supplement']);
    if (process.env.WALK_REPORT) console.log(JSON.stringify(met), refusals.size, [...refusals].join(' '));
    expect(Object.keys(met).length).toBeGreaterThan(40);
    expect(refusals.size).toBeGreaterThan(30);
  });
});
