import fc from 'fast-check';
import { canonicalJson } from '../../../src/platform/audit/canonical';
import { eventHash, firstPrevHash, personalHash, verifyChain, type EventToHash, type RecordedEvent } from '../../../src/platform/audit/chain';

const instant = fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2027-01-01T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString());
const word = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\u0000'));
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('\\u0000'));
const fields = fc.record({
  type: word, at: instant, saidAt: fc.option(instant), receivedAt: instant, actId: word, actHash: word, actor: json, data: json, personal: fc.option(fc.record({ salt: word, content: json })),
});

function record(claimNo: string, drafts: (typeof fields extends fc.Arbitrary<infer T> ? T : never)[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const [index, { personal, ...draft }] of drafts.entries()) {
    const event: EventToHash = {
      ...draft, claimNo, version: index + 1, personalHash: personal && personalHash(personal), hospital: 'H001', department: 'cardiac-surgery', insurer: 'I001',
    };
    const prevHash = events.at(-1)?.hash ?? firstPrevHash(claimNo);
    events.push({ ...event, prevHash, hash: eventHash(prevHash, event), personal });
  }
  return events;
}

const log = fc.array(fields, { minLength: 2, maxLength: 6 }).map((drafts) => record('KP-2026-000001', drafts));
const RUNS = { numRuns: 300 };

test('SPEC §3: an untouched log verifies, after a passage through JSON too', () => {
  fc.assert(fc.property(log, (events) => {
    expect(verifyChain(events)).toEqual({ ok: true });
    expect(verifyChain(JSON.parse(JSON.stringify(events)) as RecordedEvent[])).toEqual({ ok: true });
  }), RUNS);
});

test('an instant spelt otherwise is the same instant', () => {
  const event = { type: 't', saidAt: '2026-03-02T12:00:00+08:00', receivedAt: '2026-03-02T04:00:00Z', actId: 'a', actHash: 'h', actor: {}, data: {}, personal: null };
  const [written] = record('KP-2026-000001', [{ ...event, at: '2026-03-02T04:00:00Z' }]);
  const comesBack = { at: '2026-03-02T04:00:00.000Z', saidAt: '2026-03-02T04:00:00.000Z', receivedAt: '2026-03-02T04:00:00.000Z' };
  expect(verifyChain([{ ...written!, ...comesBack }])).toEqual({ ok: true });
});

test('SPEC §3: a scrubbed personal part leaves the chain in order', () => {
  fc.assert(fc.property(log, fc.nat(), (events, pick) => {
    events[pick % events.length]!.personal = null;
    expect(verifyChain(events)).toEqual({ ok: true });
  }), RUNS);
});

test.each(['type', 'at', 'saidAt', 'receivedAt', 'actId', 'actHash', 'actor', 'data', 'personalHash', 'hospital', 'department', 'insurer', 'claimNo', 'prevHash', 'hash'] as const)(
  'FAULTS 32: a changed %s is found, and its event named', (field) => {
    fc.assert(fc.property(log, fc.nat(), (events, pick) => {
      const index = pick % events.length;
      // Later than any that was drawn; as a text it is another value too.
      (events[index] as unknown as Record<string, unknown>)[field] = '2028-01-01T00:00:00.000Z';
      // The claim's name is taken from its first event: with that one renamed, its first link is what does not fit.
      const version = index + 1;
      expect(verifyChain(events)).toMatchObject({ ok: false, version });
    }), { numRuns: 60 });
  });

test('FAULTS 32: an event of an altered history, hash and all, does not fit its successor', () => {
  fc.assert(fc.property(log, fc.nat(), instant, (events, pick, backDated) => {
    const index = pick % (events.length - 1);
    const event = events[index]!;
    fc.pre(event.at !== backDated);
    event.at = backDated;
    event.hash = eventHash(event.prevHash, event);
    expect(verifyChain(events)).toEqual({ ok: false, version: index + 2, field: 'prevHash' });
  }), RUNS);
});

test('FAULTS 32: a removed event is found, unless it was the last', () => {
  fc.assert(fc.property(log, fc.nat(), (events, pick) => {
    const index = pick % (events.length - 1);
    events.splice(index, 1);
    expect(verifyChain(events)).toEqual({ ok: false, version: index + 1, field: 'version' });
  }), RUNS);
});

test('FAULTS 32: reordered events are found, their numbers changed with them or not', () => {
  fc.assert(fc.property(log, fc.nat(), fc.boolean(), (events, pick, renumber) => {
    const index = pick % (events.length - 1);
    events.splice(index, 2, events[index + 1]!, events[index]!);
    if (renumber) for (const [position, event] of events.entries()) event.version = position + 1;
    expect(verifyChain(events)).toMatchObject({ ok: false, version: index + 1 });
  }), RUNS);
});

test('FAULTS 32: an event taken from another claim is found', () => {
  fc.assert(fc.property(log, fields, (events, draft) => {
    events.splice(1, 1, { ...record('KP-2026-000002', [draft, draft])[1]! });
    expect(verifyChain(events)).toEqual({ ok: false, version: 2, field: 'claimNo' });
  }), RUNS);
});

test('a changed personal part is found; the words cannot be guessed from the hash without the salt', () => {
  const [event] = record('KP-2026-000001', [{
    type: 't', at: '2026-03-02T04:00:00.000Z', saidAt: null, receivedAt: '2026-03-02T04:00:00.000Z', actId: 'a', actHash: 'h', actor: {}, data: {},
    personal: { salt: 's', content: { name: 'A' } },
  }]);
  expect(verifyChain([{ ...event!, personal: { salt: 's', content: { name: 'B' } } }])).toEqual({ ok: false, version: 1, field: 'personal' });
  expect(event!.personalHash).not.toBe(personalHash({ salt: 'other', content: { name: 'A' } }));
});

describe('canonical JSON', () => {
  test('does not depend on the order in which keys were written, nor on undefined properties', () => {
    fc.assert(fc.property(fc.dictionary(word, json), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson({ ...reversed, absent: undefined })).toBe(canonicalJson(object));
    }));
  });

  test('is JSON of the same value', () => {
    fc.assert(fc.property(json, (value) => { expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))); }));
  });

  test('RFC 8785: keys by code unit, numbers as ECMAScript writes them', () => {
    expect(canonicalJson({ '€': 1, 'a': [1e21, 1e-7, -0, 4.50], '1': '\u20ac\n' })).toBe('{"1":"€\\n","a":[1e+21,1e-7,0,4.5],"€":1}');
  });

  test.each([[NaN], [Infinity], [1n], [new Date(0)], [[undefined]], ['\ud800'], [{ '\ud800': 1 }], ['a\u0000'], [new Map()], [() => 1]])('refuses %p, which the database would not give back', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
