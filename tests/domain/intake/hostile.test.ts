import fc from 'fast-check';
import { readBundle } from '../../../src/domain/intake/fhir';
import { IntakeRefused } from '../../../src/domain/intake/refused';
import { afterAppendectomy, APPENDECTOMY, bundleOf, condition, encounter, type Json, later, patient, procedure, sample, SURGERY_AT, TRANSFUSION } from './record';

const problemsOf = (json: unknown) => {
  try {
    readBundle(json);
  } catch (error) {
    if (error instanceof IntakeRefused) return error.problems;
    throw error;
  }
  return [];
};
const surgery = (more: Json = {}) => procedure(APPENDECTOMY, SURGERY_AT, more);

describe('a bundle that cannot be trusted is refused with path and rule', () => {
  it.each<[string, unknown, string, string]>([
    ['no object', null, 'Bundle', 'invalid_type'],
    ['another resource', patient(), 'Bundle.resourceType', 'invalid_value'],
    ['entry is no list', { resourceType: 'Bundle', entry: {} }, 'Bundle.entry', 'invalid_type'],
    ['an entry is no object', { resourceType: 'Bundle', entry: ['x'] }, 'entry[0]', 'invalid_type'],
    ['no patient', bundleOf(encounter()), 'entry', 'one-patient'],
    ['two patients', bundleOf(patient(), patient({ id: 'p2' })), 'entry[1].resource', 'one-patient'],
    ['a key that could forge another', bundleOf(patient({ id: 'p1|procedure=1' })), 'entry[0].resource.id', 'invalid_format'],
    ['a birth date that is none', bundleOf(patient({ birthDate: '1960-02-30' })), 'entry[0].resource.birthDate', 'invalid_format'],
    ['a birth date in the year 0', bundleOf(patient({ birthDate: '0000-05-01' })), 'entry[0].resource.birthDate', 'custom'],
    ['a NUL in the name', bundleOf(patient({ name: [{ text: 'Jo\u0000' }] })), 'entry[0].resource.name[0].text', 'invalid_format'],
    ['half a surrogate pair in the name', bundleOf(patient({ name: [{ text: 'Jo\uD800' }] })), 'entry[0].resource.name[0].text', 'invalid_format'],
    ['an override of direction in the name', bundleOf(patient({ name: [{ text: 'Jo\u202Egnp' }] })), 'entry[0].resource.name[0].text', 'invalid_format'],
    ['no name at all', bundleOf(patient({ name: [{ use: 'official' }] })), 'entry[0].resource.name', 'name'],
    ['dead, but not when', bundleOf(patient({ deceasedBoolean: true })), 'entry[0].resource.deceasedBoolean', 'time-of-death'],
    ['dead before birth', bundleOf(patient({ deceasedDateTime: '1950-01-01T00:00:00Z' })), 'entry[0].resource.deceasedDateTime', 'before-birth'],
    ['a surgery by the day only', bundleOf(patient(), encounter(), surgery({ performedPeriod: { start: '2026-03-02' } })), 'entry[2].resource.performedPeriod.start', 'time-with-offset'],
    ['a surgery without offset', bundleOf(patient(), encounter(), surgery({ performedPeriod: { start: '2026-03-02T09:00:00' } })), 'entry[2].resource.performedPeriod.start', 'time-with-offset'],
    ['a surgery in the year 9999', bundleOf(patient(), encounter(), surgery({ performedPeriod: { start: '9999-12-31T23:59:59Z' } })), 'entry[2].resource.performedPeriod.start', 'time-with-offset'],
    ['a surgery on 30 February', bundleOf(patient(), encounter(), surgery({ performedPeriod: { start: '2026-02-30T09:00:00Z' } })), 'entry[2].resource.performedPeriod.start', 'time-with-offset'],
    ['a surgery without time', bundleOf(patient(), encounter(), surgery({ performedPeriod: undefined })), 'entry[2].resource.performedDateTime', 'time-with-offset'],
    ['a surgery before birth', bundleOf(patient(), encounter(), surgery({ performedPeriod: { start: '1950-01-01T00:00:00Z' } })), 'entry[2].resource.performed', 'before-birth'],
    ['a surgery of somebody else', bundleOf(patient(), encounter(), surgery({ subject: { reference: 'Patient/p2' } })), 'entry[2].resource.subject', 'one-patient'],
    ['a surgery whose stay is missing', bundleOf(patient(), surgery()), 'entry[1].resource.encounter', 'reference'],
    ['a stay of somebody else', bundleOf(patient(), encounter({ subject: { reference: 'Patient/p2' } }), surgery()), 'entry[1].resource.subject', 'one-patient'],
    ['a stay without class', bundleOf(patient(), encounter({ class: undefined }), surgery()), 'entry[1].resource.class.code', 'encounter-class'],
    ['a complication of somebody else', afterAppendectomy(condition('Sepsis', later(5), { subject: { reference: 'Patient/p2' } })), 'entry[3].resource.subject', 'one-patient'],
    ['a complication without date', afterAppendectomy(condition('Sepsis', later(5), { recordedDate: undefined })), 'entry[3].resource.recordedDate', 'time-with-offset'],
    ['a code that is a number', afterAppendectomy(condition('x', later(5), { code: { coding: [{ code: 7 }] } })), 'entry[3].resource.code.coding[0].code', 'invalid_type'],
    ['an amount that is a string', afterAppendectomy({ resourceType: 'Claim', total: { value: '12', currency: 'CNY' } }), 'entry[3].resource.total.value', 'invalid_type'],
    ['two versions of one resource', bundleOf(patient(), encounter(), encounter({ class: { code: 'AMB' } }), surgery()), 'entry[2].resource', 'one-version'],
  ])('%s', (_name, json, path, rule) => {
    expect(problemsOf(json)).toContainEqual({ path, rule, message: expect.stringMatching(/\S/) });
  });

  it('names several problems at once, at most twenty', () => {
    const broken = Array.from({ length: 50 }, (_, index) => condition('x', later(5), { id: `bad ${index}` }));
    expect(problemsOf(afterAppendectomy(...broken))).toHaveLength(20);
  });

  it('never quotes what it found (SPEC §3: nothing personal or clinical in error text)', () => {
    const canary = 'Canary-Wang';
    const json = bundleOf(patient({ id: `${canary} 1`, name: [{ text: `${canary}\u0000` }], gender: canary, birthDate: canary, telecom: canary }));
    expect(problemsOf(json).length).toBeGreaterThan(3);
    expect(JSON.stringify(problemsOf(json))).not.toContain(canary);
  });
});

describe('what is merely odd is tolerated', () => {
  it('unknown fields, unknown types, entries without a resource, vague dates that nothing depends on', () => {
    const json = afterAppendectomy({ resourceType: 'Moonphase', x: 1 }, { resourceType: '__proto__' }, condition('Eczema', '2015'), procedure('29303009', '1999'));
    (json.entry as unknown[]).push({ request: { method: 'DELETE', url: 'Observation/1' } });
    expect(readBundle({ ...json, surprise: true }).surgeries).toHaveLength(1);
  });

  it('the same resource twice, and the same surgery under two ids, count once', () => {
    const once = surgery({ id: 'same' });
    expect(readBundle(bundleOf(patient(), patient(), encounter(), once, once, surgery({ id: 'other' }))).surgeries).toHaveLength(1);
  });
});

describe('work is bounded', () => {
  /** Problems, and the CPU spent to find them: neighbours on the machine do not change a ratio of that. */
  const read = (json: unknown) => {
    const from = process.cpuUsage();
    const problems = problemsOf(json);
    const { user, system } = process.cpuUsage(from);
    return { problems, cpu: user + system };
  };
  const many = (count: number, code: string) => Array.from({ length: count }, (_, index) => procedure(code, later(1 + index / 3600)));
  const surgeries = (count: number) => read(bundleOf(patient(), encounter(), ...many(count, APPENDECTOMY)));
  const transfusions = (count: number) => read(afterAppendectomy(...many(count, TRANSFUSION)));

  it('100 000 entries are refused before they are read', () => {
    const { problems, cpu } = read({ resourceType: 'Bundle', entry: new Array(100_000).fill({ resource: surgery() }) });
    expect(problems).toEqual([{ path: 'Bundle.entry', rule: 'too_big', message: expect.stringContaining('20000') }]);
    expect(cpu).toBeLessThan(transfusions(2_000).cpu);
  });

  it('19 000 surgeries are refused, 19 000 transfusions after one surgery are read, at some ten times the cost of a tenth, not a hundred times', () => {
    for (const [of, rule] of [[surgeries, 'too-many-surgeries'], [transfusions, null]] as const) {
      of(1_000);
      const [tenth, whole] = [of(1_900), of(19_000)];
      expect(whole.problems.map((one) => one.rule)).toEqual(rule === null ? [] : [rule]);
      expect(whole.cpu / tenth.cpu).toBeLessThan(40);
    }
  });
});

describe.each(['83ae6992-dd3d-0e9a-c63c-a85e57a62cec', 'eda17701-070d-4fae-9f7d-c8cd6263b63a'])('properties, by mutation of the real record %s', (file) => {
  const real = sample(file);
  const expected = readBundle(real);

  it('the order of the entries changes nothing', () => {
    fc.assert(fc.property(fc.shuffledSubarray(real.entry, { minLength: real.entry.length }), (entry) => {
      expect(readBundle({ ...real, entry })).toEqual(expected);
    }), { numRuns: 30 });
  });

  it('entries sent twice change nothing', () => {
    fc.assert(fc.property(fc.subarray(real.entry), (again) => {
      expect(readBundle({ ...real, entry: [...real.entry, ...again] })).toEqual(expected);
    }), { numRuns: 30 });
  });

  it('any value put in the place of any other is read or refused, never a crash', () => {
    const used = real.entry.filter(({ resource }) => ['Patient', 'Procedure', 'Encounter', 'Condition', 'Claim'].includes(resource.resourceType));
    const places = used.flatMap(({ resource }, index) => pathsOf(resource).map((path) => ({ index, path })));
    fc.assert(fc.property(fc.constantFrom(...places), fc.jsonValue(), ({ index, path }, value) => {
      const entry = used.map((one, at) => (at === index ? { ...one, resource: withValue(one.resource, path, value) } : one));
      problemsOf({ resourceType: 'Bundle', entry });
    }), { numRuns: 500 });
  });

});

describe('anything', () => {
  it('any JSON at all is refused, never a crash', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => problemsOf(value).length > 0), { numRuns: 200 });
  });
});

function pathsOf(value: unknown, at: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [[...at]];
  return Object.entries(value).flatMap(([key, item]) => [[...at, key], ...pathsOf(item, [...at, key])]);
}

function withValue(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) return target.map((item, index) => (String(index) === key ? withValue(item, rest, value) : item));
  const object = target as Json;
  return { ...object, [key]: withValue(object[key], rest, value) };
}
