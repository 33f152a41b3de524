import type { EventKind } from './intake';

/** Patient key (`Patient.id`), SNOMED CT code of the procedure, start as ISO UTC. */
export interface SurgeryIdentity { patientKey: string; procedureCode: string; surgeryAt: string }

/**
 * Canonical text of a surgery, equal in every import of the same record. The parts cannot contain the separator:
 * ids are `[A-Za-z0-9.-]`, codes are digits, times are ISO.
 */
export function surgeryKeyOf({ patientKey, procedureCode, surgeryAt }: SurgeryIdentity): string {
  return `patient=${patientKey}|procedure=${procedureCode}|at=${surgeryAt}`;
}

/**
 * Canonical text of patient + surgery + event, the key that finds a duplicate report (DESIGN "From the first commit").
 * It names nobody, but it carries the hospital's patient key: hash it before it is stored or shown.
 * A complication that turns out graver keeps its key; a death after it is another event.
 */
export function naturalKeyOf(identity: SurgeryIdentity & { event: EventKind }): string {
  return `${surgeryKeyOf(identity)}|event=${identity.event}`;
}
