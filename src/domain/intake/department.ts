import { SURGERIES } from './codes';
import type { Department } from './intake';

/** SNOMED CT encounter types that name a department. */
const BY_ENCOUNTER_TYPE: ReadonlyMap<string, Department> = new Map([
  ['305411003', 'thoracic-surgery'], // Admission to thoracic surgery department
  ['305408004', 'general-surgery'], // Admission to surgical department
  ['183495009', 'orthopaedics'], // Non-urgent orthopedic admission
]);

/** NUCC provider taxonomy: specialties that name a department. A general practitioner's names none. */
const BY_SPECIALTY: ReadonlyMap<string, Department> = new Map([
  ['208G00000X', 'cardiac-surgery'], // Thoracic surgery (cardiothoracic vascular surgery)
  ['208600000X', 'general-surgery'], // Surgery
  ['2086S0129X', 'vascular-surgery'],
  ['207X00000X', 'orthopaedics'],
  ['207V00000X', 'obstetrics'],
]);

/**
 * The department a surgery belongs to: what the encounter says, else the performer's specialty, else the surgery itself.
 * Records have no department resource. Every surgery of the table has a department, so none stays unknown.
 */
export function departmentOf(surgeryCode: string, encounterTypes: readonly string[], specialties: readonly string[]): Department {
  const named = firstIn(BY_ENCOUNTER_TYPE, encounterTypes) ?? firstIn(BY_SPECIALTY, specialties) ?? SURGERIES.get(surgeryCode)?.department;
  if (named === undefined) throw new Error(`departmentOf: ${surgeryCode} is not in the table of surgeries`);
  return named;
}

function firstIn(table: ReadonlyMap<string, Department>, codes: readonly string[]): Department | undefined {
  for (const code of codes) {
    const department = table.get(code);
    if (department !== undefined) return department;
  }
  return undefined;
}
