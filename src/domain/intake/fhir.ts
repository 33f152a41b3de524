import { type Found, onlyPatient, openBundle, type OpenBundle } from './bundle';
import { SURGERIES } from './codes';
import { departmentOf } from './department';
import type { Intake, IntakePatient, Surgery } from './intake';
import { surgeryKeyOf } from './natural-key';
import { costsByEncounter, displayOf, findingsIn, identityNumberOf, intensiveCareIn, otherConditionTimes, personName, proceduresIn, type SubjectCheck } from './records';
import { refuse } from './refused';
import type { Concept, Reference, Resource } from './resources';
import { DAY_MS, requireInstant, toInstant } from './time';
import { type Aftermath, verdicts } from './verdict';

/** A patient with more surgeries than this in one bundle is a mistake of the sender's. */
const MAX_SURGERIES = 50;

/**
 * Reads a FHIR R4 Bundle (parsed JSON) of one patient into the surgeries it holds, each with its verdict. Pure and order-free: the same record
 * gives the same answer whatever the order of its entries. Times become ISO UTC; amounts stay in the record's currency.
 * @throws IntakeRefused when the bundle cannot be trusted: wrong types, no or two patients, a vague or absurd time that a verdict depends on,
 *   a reference that leads nowhere or to another patient, two versions of one resource, more than 20 000 entries or 50 surgeries.
 */
export function readBundle(json: unknown): Intake {
  const bundle = openBundle(json);
  const found = onlyPatient(bundle);
  const patient = readPatient(found);

  const ofPatient: SubjectCheck = (path, subject) => {
    if (bundle.follow('Patient', subject)?.key !== found.key) refuse(path, 'one-patient', 'does not refer to the Patient of this bundle: check whose record this is');
  };
  const surgeries = readSurgeries(bundle, patient, ofPatient);
  const aftermath: Aftermath = {
    deceasedAt: patient.deceasedAt ?? null,
    findings: findingsIn(bundle, ofPatient),
    intensiveCare: intensiveCareIn(bundle, ofPatient),
    otherConditions: otherConditionTimes(bundle),
    costs: costsByEncounter(bundle),
  };
  const judged = verdicts(patient.key, surgeries.map(({ facts: { code, at }, encounterKey }) => ({ code, at, encounterKey })), aftermath);
  return { patient, surgeries: surgeries.map(({ facts }, index) => ({ ...facts, verdict: judged[index]! })) };
}

function readPatient({ path, resource }: Found<'Patient'>): IntakePatient {
  const name = personName(resource.name) ?? refuse(`${path}.name`, 'name', 'give the patient a name: text, or family and given');
  if (resource.deceasedBoolean === true && resource.deceasedDateTime === undefined) {
    refuse(`${path}.deceasedBoolean`, 'time-of-death', 'says that the patient died but not when: give deceasedDateTime');
  }
  const deceasedAt = resource.deceasedDateTime === undefined ? undefined : requireInstant(`${path}.deceasedDateTime`, resource.deceasedDateTime);
  if (deceasedAt !== undefined) notBeforeBirth(`${path}.deceasedDateTime`, resource.birthDate, deceasedAt);
  const identityNumber = identityNumberOf(resource.identifier);
  const phone = resource.telecom.find(({ system }) => system === 'phone')?.value;
  return {
    key: resource.id, name, birthDate: resource.birthDate, sex: resource.gender,
    ...(identityNumber === undefined ? {} : { identityNumber }),
    ...(phone === undefined ? {} : { phone }),
    ...(deceasedAt === undefined ? {} : { deceasedAt }),
  };
}

/** A surgery before its verdict; `end` (ISO UTC) and `encounterKey` serve the judging and are not part of the answer. */
interface FoundSurgery { facts: Omit<Surgery, 'verdict'>; end: string; encounterKey: string }

function readSurgeries(bundle: OpenBundle, patient: IntakePatient, ofPatient: SubjectCheck): FoundSurgery[] {
  const procedures = proceduresIn(bundle, SURGERIES);
  if (procedures.length > MAX_SURGERIES) refuse('entry', 'too-many-surgeries', `at most ${MAX_SURGERIES} surgeries in one bundle: send it in parts`);
  const surgeries = procedures.map(({ found: { path, resource }, code, at }): FoundSurgery => {
    ofPatient(`${path}.subject`, resource.subject);
    notBeforeBirth(`${path}.performed`, patient.birthDate, at);
    const encounter = bundle.follow('Encounter', resource.encounter)
      ?? refuse(`${path}.encounter`, 'reference', 'the Encounter of this surgery is not in the bundle: send it too');
    if (encounter.resource.subject !== undefined) ofPatient(`${encounter.path}.subject`, encounter.resource.subject);
    const { performer, specialties } = performerOf(bundle, encounter.resource);
    return {
      facts: {
        key: surgeryKeyOf({ patientKey: patient.key, procedureCode: code, surgeryAt: at }),
        code,
        display: displayOf(resource.code) ?? SURGERIES.get(code)!.name,
        at,
        encounterClass: encounter.resource.class?.code ?? refuse(`${encounter.path}.class.code`, 'encounter-class', 'give the class of the stay: IMP, EMER or AMB'),
        encounterType: encounter.resource.type.map(displayOf).find((display) => display !== null) ?? null,
        department: departmentOf(code, encounter.resource.type.flatMap(anyCode), specialties),
        hospitalName: nameOfHospital(bundle, encounter.resource.serviceProvider),
        ...(performer === null ? {} : { performer }),
      },
      end: toInstant(resource.performedPeriod?.end) ?? at,
      encounterKey: encounter.key,
    };
  });
  const rank = [...SURGERIES.keys()];
  surgeries.sort((a, b) => compare(a.facts.at, b.facts.at) || compare(a.end, b.end)
    || rank.indexOf(a.facts.code) - rank.indexOf(b.facts.code) || compare(a.encounterKey, b.encounterKey));
  // The same surgery under two ids is one surgery; sorting first makes the choice independent of the order of entries.
  return surgeries.filter(({ facts: { key } }, index) => surgeries.findIndex((other) => other.facts.key === key) === index);
}

function notBeforeBirth(path: string, birthDate: string, at: string): void {
  // A day's grace: the date of birth carries no time zone.
  if (Date.parse(at) < Date.parse(birthDate) - DAY_MS) refuse(path, 'before-birth', 'lies before the date of birth: check both');
}

/** The primary performer of the encounter, else whoever took part first. */
function performerOf(bundle: OpenBundle, encounter: Resource<'Encounter'>): { performer: string | null; specialties: string[] } {
  const people = encounter.participant.filter(({ individual }) => individual !== undefined);
  const reference = (people.find(({ type }) => type.some(({ coding }) => coding.some(({ code }) => code === 'PPRF'))) ?? people[0])?.individual;
  if (reference === undefined) return { performer: null, specialties: [] };
  const practitioner = bundle.follow('Practitioner', reference);
  const title = practitioner?.resource.name[0]?.prefix[0];
  const name = practitioner === undefined ? null : personName(practitioner.resource.name);
  const roles = practitioner === undefined ? [] : bundle.all('PractitionerRole')
    .filter(({ resource }) => bundle.follow('Practitioner', resource.practitioner)?.key === practitioner.key);
  return {
    performer: reference.display ?? (name === null ? null : [title, name].filter(Boolean).join(' ')),
    specialties: roles.flatMap(({ resource }) => resource.specialty).flatMap(anyCode),
  };
}

function nameOfHospital(bundle: OpenBundle, reference: Reference | undefined): string | null {
  return reference?.display ?? bundle.follow('Organization', reference)?.resource.name ?? null;
}

function anyCode({ coding }: Concept): string[] {
  return coding.flatMap(({ code }) => (code === undefined ? [] : [code]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
