import fc from 'fast-check';
import { agenda, COMMAND_NAMES, COMMANDS, decide, ROLES, STAGE_NAMES, system, SYSTEMS, type Act, type Actor, type Decided } from '../../../src/domain/claim';
import { checkClaim } from './invariants';
import { actId, given, IN_STAGE, inReview, inSupplement, MONDAY, PEOPLE } from './scenario';
import { dice, start, step } from './walk';

const STATES = STAGE_NAMES.map((stage) => IN_STAGE[stage]().state);
const anyState = fc.constantFrom(...STATES);
const anyCommand = fc.constantFrom(...COMMAND_NAMES);
const anyActor: fc.Arbitrary<Actor> = fc.oneof(
  fc.constantFrom<Actor>(...Object.values(PEOPLE), ...SYSTEMS.map(system)),
  fc.record({ personId: fc.string({ unit: 'binary' }), sub: fc.string({ unit: 'binary' }), role: fc.constantFrom<Actor['role']>(...ROLES, 'system') }),
  // Roles that no type allows, as a forged token might carry.
  fc.record({ personId: fc.constantFrom('__proto__', 'constructor', 'patient'), sub: fc.constant('x'), role: fc.constantFrom('__proto__', 'admin', '', 'toString').map((role) => role as Actor['role']) }),
);
const act = (more: Partial<Act> & Pick<Act, 'command' | 'input' | 'actor'>): Act => ({ id: actId(), receivedAt: '2026-03-10T02:00:00.000Z', saidAt: null, hash: 'h', ...more });

/** A body as a hostile client might bend it: a valid one with one field replaced by anything. */
const bent = (command: (typeof COMMAND_NAMES)[number]): fc.Arbitrary<unknown> => {
  const example = COMMANDS[command].example as Record<string, unknown>;
  return fc.tuple(fc.constantFrom(...Object.keys(example), 'extra'), fc.oneof(fc.anything(), fc.jsonValue(), fc.string({ unit: 'binary' }), fc.constantFrom(-1, -0, NaN, 1e309, 2 ** 53, '+010000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-02-30T00:00:00Z', { toString: null })))
    .map(([field, value]) => ({ ...example, [field]: value }));
};

describe('decide', () => {
  test('never throws, whatever the body and whoever acts', () => {
    fc.assert(fc.property(anyState, anyCommand.chain((command) => fc.tuple(fc.constant(command), fc.oneof(fc.anything(), bent(command)))), anyActor, (state, [command, input], actor) => {
      expect(['done', 'refused', 'repeated']).toContain(decide(state, act({ command, input, actor })).kind);
    }), { numRuns: 4000 });
  });

  test('what it lets through leaves a sound claim', () => {
    fc.assert(fc.property(fc.constantFrom(...STAGE_NAMES), anyCommand.chain((command) => fc.tuple(fc.constant(command), bent(command))), fc.constantFrom<Actor>(...Object.values(PEOPLE), ...SYSTEMS.map(system)), (stage, [command, input], actor) => {
      const s = IN_STAGE[stage]();
      const decided = s.tries({ command, input, actor });
      if (decided.kind === 'done') expect(checkClaim(decided.state, [...s.events, ...decided.events])).toEqual([]);
    }), { numRuns: 400 });
  });

  test('gives the same answer to the same claim and act, and changes neither', () => {
    fc.assert(fc.property(fc.integer(), (seed) => {
      const d = dice(seed);
      const s = start(d);
      for (let n = 0; n < 10; n++) step(s, d);
      const before = JSON.stringify(s.state);
      const one = act({ command: d.one(COMMAND_NAMES), input: COMMANDS[d.one(COMMAND_NAMES)].example, actor: d.one(Object.values(PEOPLE)), receivedAt: s.now });
      expect(decide(s.state, one)).toEqual(decide(JSON.parse(before) as typeof s.state, one));
      expect(JSON.stringify(s.state)).toBe(before);
    }), { numRuns: 60 });
  });

  test.each(['+010000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59', '2026-03-02T02:00:00.001Z'])('SPEC §1.5: an event cannot lie after its report was received: %s', (occurredAt) => {
    expect(given().tries({ command: 'submit-facts', input: { ...(COMMANDS['submit-facts'].example as object), occurredAt }, actor: PEOPLE.specialist }).kind).toBe('refused');
  });
});

describe('SPEC §3: a person’s act is never counted twice', () => {
  const first = act({ command: 'ask-supplement', input: { items: [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: true, why: 'x' }] }, actor: PEOPLE.reviewer });
  const done = decide(inReview().state, first) as Extract<Decided, { kind: 'done' }>;

  test('the same id with the same body is answered as the first time', () => {
    expect(decide(done.state, first)).toEqual({ kind: 'repeated', version: done.state.version, stage: 'supplement' });
  });

  test('the same id with another body, or as another command, is a conflict', () => {
    expect(decide(done.state, { ...first, hash: 'other' })).toMatchObject({ kind: 'refused', refusal: { code: 'same-id-other-body' } });
    expect(decide(done.state, { ...first, command: 'withdraw', hash: 'other' })).toMatchObject({ kind: 'refused', refusal: { code: 'same-id-other-body' } });
  });

  test('it is answered so long after, in another stage, and after a JSON round trip', () => {
    const later = inSupplement();
    const one = act({ command: 'answer-supplement', input: { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: 'x' } }, actor: PEOPLE.liaison });
    const answered = decide(later.state, one) as Extract<Decided, { kind: 'done' }>;
    const end = decide(answered.state, act({ command: 'withdraw', input: {}, actor: PEOPLE.patient })) as Extract<Decided, { kind: 'done' }>;
    expect(decide(JSON.parse(JSON.stringify(end.state)) as typeof end.state, one)).toEqual({ kind: 'repeated', version: answered.state.version, stage: 'supplement' });
  });

  test('a refused act leaves its id free', () => {
    const s = given();
    const refused = act({ command: 'withdraw', input: null, actor: PEOPLE.patient });
    expect(decide(s.state, refused).kind).toBe('refused');
    expect(decide(s.state, { ...refused, input: {} }).kind).toBe('done');
  });
});

describe('time', () => {
  test('an act received before what is recorded takes effect with it, never before; what its maker said is kept', () => {
    const s = given();
    const decided = decide(s.state, act({ command: 'withdraw', input: {}, actor: PEOPLE.patient, receivedAt: '2026-01-01T00:00:00.000Z', saidAt: '2025-12-31T00:00:00.000Z' })) as Extract<Decided, { kind: 'done' }>;
    expect(decided.events.every((e) => e.at === MONDAY && e.saidAt === '2025-12-31T00:00:00.000Z')).toBe(true);
  });

  test('SPEC §1.6: the agenda is in order, its keys are unique, and what was climbed is not in it', () => {
    for (const state of STATES) {
      const items = agenda(state);
      expect(items.map((i) => i.at)).toEqual([...items.map((i) => i.at)].sort());
      expect(new Set(items.map((i) => i.key)).size).toBe(items.length);
      expect(items.filter((i) => state.climbed.includes(i.key))).toEqual([]);
    }
  });

  test.each(STAGE_NAMES)('SPEC §1.6: the same time passing twice does nothing the second time (%s)', (stage) => {
    const s = IN_STAGE[stage]();
    const now = '2026-03-03T12:00:00.000Z';
    const assignees = Object.fromEntries(s.state.tasks.map((t) => [t.taskId, null]));
    s.at(now).fact('time-passed', { now, assignees }, 'clock');
    const { version } = s.state;
    expect(s.fact('time-passed', { now, assignees }, 'clock').state.version).toBe(version);
  });

  test('time that has not come does nothing', () => {
    const s = given();
    const { version } = s.state;
    expect(s.fact('time-passed', { now: MONDAY, assignees: {} }, 'clock').state.version).toBe(version);
  });
});
