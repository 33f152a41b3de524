import { readBundle } from '../../../src/domain/intake/fhir';
import type { Surgery } from '../../../src/domain/intake/intake';
import { naturalKeyOf } from '../../../src/domain/intake/natural-key';
import { afterAppendectomy, APPENDECTOMY, bundleOf, BYPASS, coded, condition, encounter, type Json, later, patient, procedure, RE_EXPLORATION, SURGERY_AT, TRANSFUSION } from './record';

const only = (json: unknown): Surgery => {
  const { surgeries } = readBundle(json);
  expect(surgeries).toHaveLength(1);
  return surgeries[0]!;
};
/** Outcome type of a claim, or the reason for none. */
const outcome = (json: unknown): string => {
  const { verdict } = only(json);
  return verdict.kind === 'claim' ? verdict.outcomeType : verdict.because;
};
const died = (hours: number) => bundleOf(patient({ deceasedDateTime: later(hours) }), encounter(), procedure(APPENDECTOMY, SURGERY_AT));
const DAYS = 24;

describe('mapping rule 5: a surgical death is one 0 to 30 days after the surgery', () => {
  it.each([[0, 'death'], [1, 'death'], [30 * DAYS, 'death'], [30 * DAYS + 0.001, 'death-after-30-days'], [-1, 'nothing-abnormal']])('%s hours: %s', (hours, expected) => {
    expect(outcome(died(hours))).toBe(expected);
  });

  it('attaches to the latest surgery before it, and to that one only', () => {
    const { surgeries } = readBundle(bundleOf(
      patient({ deceasedDateTime: later(50) }), encounter(),
      procedure(APPENDECTOMY, later(60)), procedure(BYPASS, later(48)), procedure(APPENDECTOMY, SURGERY_AT),
    ));
    expect(surgeries.map(({ verdict }) => (verdict.kind === 'claim' ? verdict.event : verdict.because))).toEqual(['belongs-to-later-surgery', 'death', 'nothing-abnormal']);
  });
});

describe('mapping rule 6: an abnormal surgery that was not fatal', () => {
  it.each([
    ['a transfusion', procedure(TRANSFUSION, later(5)), 'minor-complication'],
    ['a transfusion at the start', procedure(TRANSFUSION, SURGERY_AT), 'minor-complication'],
    ['a transfusion before it', procedure(TRANSFUSION, later(-1)), 'nothing-abnormal'],
    ['a transfusion on day 31', procedure(TRANSFUSION, later(30 * DAYS + 1)), 'nothing-abnormal'],
    ['a transfusion that was not done', procedure(TRANSFUSION, later(5), { status: 'not-done' }), 'nothing-abnormal'],
    ['a re-exploration (SPEC §1.3: re-operation is serious)', procedure(RE_EXPLORATION, later(2)), 'serious-complication'],
    ['sepsis', condition('Sepsis (disorder)', later(40)), 'serious-complication'],
    ['renal failure', condition('Acute renal failure syndrome (disorder)', later(40)), 'serious-complication'],
    ['respiratory failure', condition('Acute respiratory failure (disorder)', later(40)), 'serious-complication'],
    ['stroke', condition('Stroke', later(40)), 'serious-complication'],
    ['infarction', condition('Acute ST segment elevation myocardial infarction (disorder)', later(40)), 'serious-complication'],
    ['organ rupture', condition('Rupture of spleen (disorder)', later(40)), 'serious-complication'],
    ['bleeding', condition('Postoperative hemorrhage (disorder)', later(40)), 'minor-complication'],
    ['infection', condition('Surgical wound infection (disorder)', later(40)), 'minor-complication'],
    ['a complication by its code alone', condition('', later(40), { code: { coding: [{ system: 'http://snomed.info/sct', code: '91302008' }] } }), 'serious-complication'],
  ])('%s', (_name, resource, expected) => {
    expect(outcome(afterAppendectomy(resource))).toBe(expected);
  });

  it('takes the gravest of several and lists each ground once, in order of time', () => {
    const { verdict } = only(afterAppendectomy(
      procedure(RE_EXPLORATION, later(9)), procedure(TRANSFUSION, later(5)), procedure(TRANSFUSION, later(5)), condition('Wound infection (disorder)', later(7)),
    ));
    expect(verdict).toMatchObject({ kind: 'claim', event: 'complication', outcomeType: 'serious-complication' });
    expect(verdict.kind === 'claim' && verdict.because.map(({ rule }) => rule)).toEqual(['transfusion', 'infection', 're-exploration']);
  });

  it('keeps every ground beside a death, which decides', () => {
    const { verdict } = only(bundleOf(patient({ deceasedDateTime: later(9) }), encounter(), procedure(APPENDECTOMY, SURGERY_AT), procedure(TRANSFUSION, later(5))));
    expect(verdict).toMatchObject({ event: 'death', outcomeType: 'death', because: [{ rule: 'transfusion' }, { rule: 'death' }] });
  });

  const intensiveCare = (at: string) => encounter({ id: 'icu', type: [coded('397821002', 'Patient transfer to intensive care unit (procedure)')], period: { start: at } });

  it.each([
    ['entered after the transfusion makes it serious (SPEC §1.3)', [procedure(TRANSFUSION, later(5)), intensiveCare(later(6))], 'serious-complication'],
    ['as planned before the transfusion does not', [procedure(TRANSFUSION, later(5)), intensiveCare(later(4))], 'minor-complication'],
    ['is no ground by itself', [intensiveCare(later(4))], 'nothing-abnormal'],
  ])('intensive care %s', (_name, resources, expected) => {
    expect(outcome(afterAppendectomy(...resources))).toBe(expected);
  });
});

describe('mapping rule 7: what is not a complication', () => {
  it.each([
    ['recorded at the time of the surgery: the indication', condition('Myocardial Infarction', SURGERY_AT), 'nothing-abnormal'],
    ['recorded before it', condition('Sepsis (disorder)', later(-1)), 'nothing-abnormal'],
    ['recorded late, begun before', condition('Sepsis (disorder)', later(5), { onsetDateTime: later(-5) }), 'nothing-abnormal'],
    ['history', condition('History of myocardial infarction (situation)', later(5)), 'new-conditions-no-complication'],
    ['history without its tag', condition('Personal history of stroke', later(5)), 'new-conditions-no-complication'],
    ['a finding', condition('Feeling of infection (finding)', later(5)), 'new-conditions-no-complication'],
    ['another diagnosis', condition('Anemia (disorder)', later(5)), 'new-conditions-no-complication'],
    ['a torn tendon, which is no organ', condition('Rupture of patellar tendon', later(5)), 'new-conditions-no-complication'],
    ['a diagnosis the record refutes', condition('Sepsis (disorder)', later(5), { verificationStatus: { coding: [{ code: 'refuted' }] } }), 'nothing-abnormal'],
  ])('%s', (_name, resource, expected) => {
    expect(outcome(afterAppendectomy(resource))).toBe(expected);
  });

  it('the indication of a second surgery may be the complication of the first', () => {
    const { surgeries } = readBundle(bundleOf(patient(), encounter(), procedure(APPENDECTOMY, SURGERY_AT), procedure('433112001', later(48)), condition('Stroke', later(48))));
    expect(surgeries.map(({ verdict }) => verdict.kind)).toEqual(['claim', 'unremarkable']);
  });
});

describe('mapping rules 2 to 4: surgery, stay, people', () => {
  it('a surgery cancelled or entered in error is none', () => {
    for (const status of ['not-done', 'preparation', 'entered-in-error']) {
      expect(readBundle(bundleOf(patient(), encounter(), procedure(APPENDECTOMY, SURGERY_AT, { status }))).surgeries).toEqual([]);
    }
  });

  it('the same digits in another code system are no surgery', () => {
    const code = { coding: [{ system: 'http://example.org/local', code: APPENDECTOMY, display: 'Consultation' }] };
    expect(readBundle(bundleOf(patient(), encounter(), procedure(APPENDECTOMY, SURGERY_AT, { code }))).surgeries).toEqual([]);
  });

  it.each([
    ['the encounter', { type: [coded('305411003', 'Admission to thoracic surgery department')] }, [], 'thoracic-surgery'],
    ['the performer, if the encounter does not', {}, [{ resourceType: 'PractitionerRole', id: 'r1', practitioner: { reference: 'Practitioner/d1' }, specialty: [{ coding: [{ code: '207X00000X' }] }] }], 'orthopaedics'],
    ['the surgery, if neither does', {}, [], 'general-surgery'],
  ])('the department is named by %s', (_name, stay: Json, more: Json[], department) => {
    const doctor = { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Wu', given: ['Li'], prefix: ['Dr.'] }] };
    const surgery = only(bundleOf(patient(), encounter({ ...stay, participant: [{ individual: { reference: 'Practitioner/d1' } }] }), procedure(APPENDECTOMY, SURGERY_AT), doctor, ...more));
    expect(surgery).toMatchObject({ department, performer: 'Dr. Li Wu' });
  });

  it('prefers the primary performer and follows references by identifier', () => {
    const identifier = [{ system: 'urn:npi', value: '42' }];
    const surgery = only(bundleOf(
      patient(),
      encounter({
        participant: [{ individual: { display: 'Nurse' } }, { type: [{ coding: [{ code: 'PPRF' }] }], individual: { reference: 'Practitioner?identifier=urn:npi|42' } }],
        serviceProvider: { reference: 'https://his.example/fhir/Organization/o1/_history/3' },
      }),
      procedure(APPENDECTOMY, SURGERY_AT), { resourceType: 'Practitioner', id: 'd1', identifier, name: [{ text: '吴丽' }] }, { resourceType: 'Organization', id: 'o1', name: '第一医院' },
    ));
    expect(surgery).toMatchObject({ performer: '吴丽', hospitalName: '第一医院' });
  });

  it('a reference that two resources answer names nobody', () => {
    const identifier = [{ system: 'urn:npi', value: '42' }];
    const surgery = only(bundleOf(
      patient(), encounter({ participant: [{ individual: { reference: 'Practitioner?identifier=urn:npi|42' } }] }), procedure(APPENDECTOMY, SURGERY_AT),
      { resourceType: 'Practitioner', id: 'd1', identifier, name: [{ text: 'One' }] }, { resourceType: 'Practitioner', id: 'd2', identifier, name: [{ text: 'Two' }] },
    ));
    expect(surgery).not.toHaveProperty('performer');
  });

  it('reads the patient: official name, national identity number, phone', () => {
    const { patient: read } = readBundle(bundleOf(patient({
      name: [{ use: 'nickname', text: 'XW' }, { use: 'official', family: '王', given: ['小明'] }],
      identifier: [{ type: { coding: [{ code: 'MR' }] }, value: 'MR-7' }, { type: { coding: [{ code: 'NNCHN' }] }, value: 'TEST-ID-1' }],
      telecom: [{ system: 'email', value: 'x@example.org' }, { system: 'phone', value: '000-0000' }],
    })));
    expect(read).toEqual({ key: 'p1', name: '王小明', birthDate: '1960-05-01', sex: 'female', identityNumber: 'TEST-ID-1', phone: '000-0000' });
  });
});

describe('mapping rule 9: costs', () => {
  const bill = (id: string, value: number, encounterId = 'e1'): Json =>
    ({ resourceType: 'Claim', id, item: [{ encounter: [{ reference: `Encounter/${encounterId}` }] }], total: { value, currency: 'CNY' } });

  it('are those of the surgical encounter, as found, in an order of their own', () => {
    const costs = (...bills: Json[]) => {
      const { verdict } = only(afterAppendectomy(procedure(TRANSFUSION, later(5)), encounter({ id: 'e2' }), ...bills));
      return verdict.kind === 'claim' ? verdict.costs : null;
    };
    const bills = [bill('b1', 300.5), bill('b2', 20), bill('b3', 7, 'e2'), bill('b4', 9, 'elsewhere')];
    const expected = [{ source: 'claim-total', value: 20, currency: 'CNY' }, { source: 'claim-total', value: 300.5, currency: 'CNY' }];
    expect(costs(...bills)).toEqual(expected);
    expect(costs(...bills.reverse())).toEqual(expected);
  });
});

describe('the natural key', () => {
  it('is patient + surgery + event, the same however the time is written', () => {
    const key = (at: string) => {
      const { verdict } = only(bundleOf(patient(), encounter(), procedure(APPENDECTOMY, at), procedure(TRANSFUSION, later(5))));
      return verdict.kind === 'claim' ? verdict.naturalKey : null;
    };
    expect(key('2026-03-02T01:00:00Z')).toBe(key('2026-03-02T09:00:00.000+08:00'));
    expect(key(SURGERY_AT)).toBe(naturalKeyOf({ patientKey: 'p1', procedureCode: APPENDECTOMY, surgeryAt: '2026-03-02T01:00:00.000Z', event: 'complication' }));
  });

  it('stays when the complication turns out graver, changes when the patient dies', () => {
    const key = (...more: Json[]) => {
      const { verdict } = only(bundleOf(encounter(), procedure(APPENDECTOMY, SURGERY_AT), procedure(TRANSFUSION, later(5)), ...more));
      return verdict.kind === 'claim' ? verdict.naturalKey : null;
    };
    const first = key(patient());
    expect(key(patient(), procedure(RE_EXPLORATION, later(9)))).toBe(first);
    expect(key(patient({ deceasedDateTime: later(20) }))).not.toBe(first);
  });

  it('holds nothing of the person but the key of the record', () => {
    const { patient: person, surgeries } = readBundle(afterAppendectomy(procedure(TRANSFUSION, later(5))));
    const text = JSON.stringify(surgeries);
    expect(text).not.toContain(person.name);
    expect(text).not.toContain(person.birthDate);
  });
});
