import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A FHIR resource or bundle as a test writes it: loose JSON. */
export type Json = { [key: string]: unknown };

export const SAMPLES = join(__dirname, '../../../dev/samples/fhir');

/** A sample bundle by the beginning of its file name. */
export function sample(file: string): { entry: Array<{ fullUrl: string; resource: Json & { resourceType: string } }> } & Json {
  return JSON.parse(readFileSync(join(SAMPLES, `${file}.json`), 'utf8'));
}

const SNOMED = 'http://snomed.info/sct';
const subject = { reference: 'Patient/p1' };

export const coded = (code: string, display: string) => ({ coding: [{ system: SNOMED, code, display }] });

export const patient = (more: Json = {}): Json =>
  ({ resourceType: 'Patient', id: 'p1', name: [{ use: 'official', family: 'Doe', given: ['Jo'] }], gender: 'female', birthDate: '1960-05-01', ...more });

export const encounter = (more: Json = {}): Json =>
  ({ resourceType: 'Encounter', id: 'e1', class: { code: 'IMP' }, subject, period: { start: '2026-03-02T08:00:00+08:00' }, ...more });

let made = 0;
export const procedure = (code: string, at: string, more: Json = {}): Json =>
  ({ resourceType: 'Procedure', id: `pr${(made += 1)}`, status: 'completed', code: coded(code, `Procedure ${code}`), subject, encounter: { reference: 'Encounter/e1' }, performedPeriod: { start: at }, ...more });

export const condition = (display: string, recordedDate: string, more: Json = {}): Json =>
  ({ resourceType: 'Condition', id: `c${(made += 1)}`, code: coded('900000000', display), subject, recordedDate, ...more });

/** A bundle around the given resources; each is its own entry. */
export const bundleOf = (...resources: Json[]): Json => ({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) });

export const APPENDECTOMY = '80146002';
export const BYPASS = '232717009';
export const TRANSFUSION = '71493000';
export const RE_EXPLORATION = '122460008';

/** The start of the surgery in the built records. */
export const SURGERY_AT = '2026-03-02T09:00:00+08:00';
export const later = (hours: number) => new Date(Date.parse(SURGERY_AT) + hours * 3_600_000).toISOString();

/** One appendectomy at `SURGERY_AT` of one patient, and what else the test puts in. */
export const afterAppendectomy = (...resources: Json[]): Json => bundleOf(patient(), encounter(), procedure(APPENDECTOMY, SURGERY_AT), ...resources);
