import { isDeepStrictEqual } from 'node:util';
import { agenda, decide, evolve, system, type ClaimEvent, type ClaimState } from '../../../src/domain/claim';
import { checkClaim, checkState } from './invariants';
import { actId, SECRET } from './scenario';
import { dice, finish, start, step } from './walk';

const FIRST_SEED = Number(process.env.WALK_SEED ?? 1);
const WALKS = Number(process.env.WALKS ?? 100);
const STEPS = 70;

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
    if (command === 'time-passed' && !comesToRest(s.state, s.now, decided.events)) return [`seed ${seed}, step ${n}: rungs are left after the time has passed`];
    if (n % 20 === 0) finish(s.fork());
  }
  const broken = checkClaim(s.state, s.events);
  const end = finish(s);
  return [...broken, ...checkClaim(end.state, end.events)].map((what) => `seed ${seed}: ${what}`);
}

const fromJson = (events: readonly ClaimEvent[]): ClaimEvent[] => JSON.parse(JSON.stringify(events)) as ClaimEvent[];
const leaks = (state: ClaimState, events: readonly ClaimEvent[]): string[] =>
  (JSON.stringify([state, events.map((e) => e.data)]).includes(SECRET) ? ['SPEC §3: free text or an account stands outside `personal`'] : []);
/** SPEC §1.6: the same time passing again does nothing; only after a lapse, which sets other clocks going, there may be more to do at once. */
function comesToRest(state: ClaimState, now: string, first: readonly ClaimEvent[]): boolean {
  const lapsed = first.some((e) => e.type === 'supplement-ended' || e.type === 'proposal-ended');
  for (let most = lapsed ? 2 : 0; ; most--) {
    const again = decide(state, { id: actId(), command: 'time-passed', input: { now, assignees: assigneesDue(state, now) }, actor: system('clock'), receivedAt: now, saidAt: null, hash: 'again' });
    if (again.kind !== 'done' || !again.events.some((e) => e.type === 'rung-climbed')) return true;
    if (most === 0) return false;
    state = again.state;
  }
}
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
    expect(Object.keys(met).length).toBeGreaterThan(36);
    expect(refusals.size).toBeGreaterThan(15);
  });
});
