import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBundle } from '../../../src/domain/intake/fhir';
import { SAMPLES, sample } from './record';

const HEART_SURGEON = 'Dr. Gabriel934 Reilly981';
const HEART_CLINIC = 'Fitchburg Outpatient Clinic';

/** What each sample holds, read off the files by hand: one row for each surgery. */
const FACTS = [
  { file: 'eda17701-070d-4fae-9f7d-c8cd6263b63a', patient: '9e2f7a3b-94df-4b3d-bee2-360881649fa5', code: '415070008', display: 'Percutaneous coronary intervention', at: '1968-10-11T10:10:39.000Z', encounterClass: 'EMER', encounterType: 'Emergency Encounter', performer: 'Dr. Felicitas Kub', hospitalName: 'CARNEY HOSPITAL', verdict: 'belongs-to-later-surgery' },
  { file: 'eda17701-070d-4fae-9f7d-c8cd6263b63a', patient: '9e2f7a3b-94df-4b3d-bee2-360881649fa5', code: '232717009', display: 'Coronary artery bypass grafting', at: '1968-10-11T10:10:39.000Z', encounterClass: 'EMER', encounterType: 'Emergency Encounter', performer: 'Dr. Felicitas Kub', hospitalName: 'CARNEY HOSPITAL', verdict: 'death' },
  { file: '83ae6992-dd3d-0e9a-c63c-a85e57a62cec', patient: '83ae6992-dd3d-0e9a-c63c-a85e57a62cec', code: '232717009', display: 'Coronary artery bypass grafting (procedure)', at: '2026-02-25T02:51:55.000Z', encounterClass: 'IMP', encounterType: 'Hospital admission (procedure)', performer: HEART_SURGEON, hospitalName: HEART_CLINIC, verdict: 'serious-complication' },
  { file: 'd0b42f62-f2e1-9208-eaf2-e0164a6810b6', patient: 'd0b42f62-f2e1-9208-eaf2-e0164a6810b6', code: '418824004', display: 'Off-pump coronary artery bypass (procedure)', at: '2021-03-12T22:57:00.000Z', encounterClass: 'IMP', encounterType: 'Hospital admission (procedure)', performer: HEART_SURGEON, hospitalName: HEART_CLINIC, verdict: 'minor-complication' },
  { file: 'b5c81a33-64b0-c13f-6eab-d08c451dee05', patient: 'b5c81a33-64b0-c13f-6eab-d08c451dee05', code: '418824004', display: 'Off-pump coronary artery bypass (procedure)', at: '2025-05-24T19:43:43.000Z', encounterClass: 'AMB', encounterType: 'Hospital admission (procedure)', performer: HEART_SURGEON, hospitalName: HEART_CLINIC, verdict: 'new-conditions-no-complication' },
  { file: '5e9ec1e7-4f40-619e-a313-96a0e1cd7ed5', patient: '5e9ec1e7-4f40-619e-a313-96a0e1cd7ed5', code: '43075005', display: 'Partial resection of colon', at: '2010-07-24T00:15:20.000Z', encounterClass: 'IMP', encounterType: 'Encounter for problem', performer: 'Dr. Saundra460 Kuphal363', hospitalName: 'COOLEY DICKINSON HOSPITAL INC', verdict: 'death-after-30-days' },
];

describe('the sample records', () => {
  it.each(FACTS)('$file: $display is $verdict', ({ file, patient, verdict, ...facts }) => {
    const intake = readBundle(sample(file));
    expect(intake.patient.key).toBe(patient);
    const surgery = intake.surgeries.find(({ code }) => code === facts.code);
    expect(surgery).toMatchObject(facts);
    expect(surgery?.verdict.kind === 'claim' ? surgery.verdict.outcomeType : surgery?.verdict.because).toBe(verdict);
  });

  it('hold no other surgeries: anaesthesia, sternotomy, cannulation and X-rays are companions', () => {
    const files = new Set(FACTS.map(({ file }) => file));
    const surgeries = [...files].flatMap((file) => readBundle(sample(file)).surgeries);
    expect(surgeries).toHaveLength(FACTS.length);
  });

  it('give the grounds of each claim, and never "History of" as one', () => {
    const grounds = (file: string) => readBundle(sample(file)).surgeries.flatMap(({ verdict }) => (verdict.kind === 'claim' ? verdict.because : []));
    expect(grounds('eda17701-070d-4fae-9f7d-c8cd6263b63a')).toEqual([{ rule: 'death', at: '1968-10-11T10:10:39.000Z' }]);
    expect(grounds('d0b42f62-f2e1-9208-eaf2-e0164a6810b6')).toEqual([{ rule: 'transfusion', code: '71493000', at: expect.stringMatching(/^2021-03-13T04/) }]);
    expect(grounds('83ae6992-dd3d-0e9a-c63c-a85e57a62cec').map(({ rule }) => rule)).toEqual(['intensive-care', 're-exploration']);
  });

  it('keep the costs of the surgical encounter as found, and set no amount asked: there is no exchange rate', () => {
    const verdict = readBundle(sample('d0b42f62-f2e1-9208-eaf2-e0164a6810b6')).surgeries[0]!.verdict;
    if (verdict.kind !== 'claim') throw new Error('expected a claim');
    expect(verdict.askedFen).toBeNull();
    expect(verdict.costs.map(({ source, currency }) => [source, currency])).toEqual([['benefit-payment', 'USD'], ['benefit-total', 'USD'], ['claim-total', 'USD']]);
    expect(verdict.costs.every(({ value }) => value > 0)).toBe(true);
  });

  it('are the files their provenance names, to the byte, and under 2 MB together', () => {
    const files = readdirSync(SAMPLES).filter((file) => file.endsWith('.json'));
    const provenance = readFileSync(join(SAMPLES, 'PROVENANCE.md'), 'utf8');
    let bytes = 0;
    for (const file of files) {
      const content = readFileSync(join(SAMPLES, file));
      bytes += content.length;
      const row = provenance.split('\n').find((line) => line.startsWith(`| ${file} |`));
      expect(row).toContain(createHash('sha256').update(content).digest('hex'));
    }
    expect(bytes).toBeLessThan(2_000_000);
  });
});
