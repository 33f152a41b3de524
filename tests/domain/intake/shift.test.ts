import { hoursBefore, shiftBundle } from '../../../dev/samples/shift';
import { readBundle } from '../../../src/domain/intake/fhir';
import { bundleOf, patient, sample } from './record';

const NOW = new Date('2026-07-01T03:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

describe('mapping rule 10: years may be shifted on load, if one says so', () => {
  it.each(['eda17701-070d-4fae-9f7d-c8cd6263b63a', '83ae6992-dd3d-0e9a-c63c-a85e57a62cec', 'b5c81a33-64b0-c13f-6eab-d08c451dee05'])('%s: the latest claim surgery moves to the moment asked for', (file) => {
    const before = readBundle(sample(file));
    const shifted = shiftBundle(sample(file), hoursBefore(NOW, 6));
    const after = readBundle(shifted.bundle);
    const anchor = after.surgeries.findLast(({ verdict }) => verdict.kind === 'claim') ?? after.surgeries.at(-1);
    expect(anchor?.at).toBe('2026-06-30T21:00:00.000Z');
    expect(shifted.notice).toContain('2026-06-30T21:00:00.000Z');

    // One delta for everything: the same verdicts, the same distances, the same age.
    expect(after.surgeries.map(({ verdict }) => verdict.kind)).toEqual(before.surgeries.map(({ verdict }) => verdict.kind));
    after.surgeries.forEach(({ at }, index) => expect(Date.parse(at) - Date.parse(before.surgeries[index]!.at)).toBe(shifted.shiftedByMs));
    const birthMoved = Date.parse(after.patient.birthDate) - Date.parse(before.patient.birthDate);
    expect(Math.abs(birthMoved - shifted.shiftedByMs)).toBeLessThanOrEqual(DAY_MS / 2);
  });

  it('leaves no old date behind, keeps offsets and everything that is no date', () => {
    const text = JSON.stringify(shiftBundle(sample('eda17701-070d-4fae-9f7d-c8cd6263b63a'), NOW).bundle);
    expect(text).not.toMatch(/"19[345]\d-\d{2}-\d{2}/);
    expect(text).toMatch(/T\d{2}:\d{2}:\d{2}\.000-05:00"/);
    expect(text).toContain('"X81980780X"');
  });

  it('refuses a record without surgery', () => {
    expect(() => shiftBundle(bundleOf(patient()), NOW)).toThrow(RangeError);
  });
});
