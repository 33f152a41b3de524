import type { OutcomeType } from '../claim/documents';
import type { Text } from '../claim/text';

/**
 * What a hospital record yields: one patient, the surgeries, and for each surgery whether a claim should be opened and why.
 *
 * The mapping rules, by the numbers the tests quote:
 *  1. One `Patient`; its key is `Patient.id`; `deceasedDateTime` may be absent.
 *  2. A surgery is a `Procedure` whose SNOMED CT code is in the table of surgeries and which took place; its time is the start.
 *  3. Its stay is `Procedure.encounter`; an operation in a day encounter is an operation too.
 *  4. Performer, hospital and department come from the encounter, then the performer's specialty, then the surgery's own row.
 *  5. A death 0 to 30 days after the surgery is a claim, of the latest surgery before it.
 *  6. So is, within those 30 days, a transfusion, a re-exploration, or a newly recorded condition that is a complication.
 *  7. A condition recorded at or before the surgery is its indication; history, situations and findings are no complication.
 *  8. Every other surgery is unremarkable, and says why.
 *  9. Costs stay as found; the record sets no amount asked.
 * 10. Times carry offsets and become ISO UTC; years are as recorded.
 *
 * Plain JSON. `patient`, `performer`, `display` and `because` are personal or clinical: they belong in the scoped tables,
 * never in a log, a workflow id, a search attribute or an error.
 */

/** The department codes that rows are scoped by (SPEC §1.2). */
export type Department = 'cardiac-surgery' | 'general-surgery' | 'orthopaedics' | 'thoracic-surgery' | 'obstetrics' | 'vascular-surgery';
export const DEPARTMENT_TITLES: Record<Department, Text> = {
  'cardiac-surgery': { zh: '心脏外科', en: 'cardiac surgery' }, 'general-surgery': { zh: '普通外科', en: 'general surgery' }, orthopaedics: { zh: '骨科', en: 'orthopaedics' },
  'thoracic-surgery': { zh: '胸外科', en: 'thoracic surgery' }, obstetrics: { zh: '产科', en: 'obstetrics' }, 'vascular-surgery': { zh: '血管外科', en: 'vascular surgery' },
};

/** The outcome types a record can show by itself (SPEC §1.3); a disability needs an appraisal and is never read from a record. */
export type IntakeOutcomeType = Extract<OutcomeType, 'death' | 'serious-complication' | 'minor-complication'>;

/** What happened to the patient, for the natural key: the same complication stays one event however grave it turns out. */
export type EventKind = 'death' | 'complication';

export interface IntakePatient {
  /** `Patient.id`: the hospital's key of the person. */
  key: string;
  name: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  sex: 'male' | 'female' | 'other' | 'unknown';
  identityNumber?: string;
  phone?: string;
  /** ISO UTC. */
  deceasedAt?: string;
}

/** One ground of a claim: which rule found it, the SNOMED CT code that showed it (none for a death), when (ISO UTC). */
export interface Because { rule: FindingRule; code?: string; at: string }

export type ComplicationRule =
  | 'sepsis' | 'renal-failure' | 'respiratory-failure' | 'stroke' | 'infarction' | 'organ-rupture' | 'bleeding' | 'infection';
export type FindingRule = 'death' | 're-exploration' | 'transfusion' | 'intensive-care' | ComplicationRule;

/** An amount as the record has it. `value` is a decimal number of `currency`, not fen: nothing here converts it. */
export interface Cost { source: 'claim-total' | 'benefit-total' | 'benefit-payment'; value: number; currency: string }

export type UnremarkableCode = 'belongs-to-later-surgery' | 'death-after-30-days' | 'new-conditions-no-complication' | 'nothing-abnormal';

export type Verdict =
  | {
    kind: 'claim';
    event: EventKind;
    outcomeType: IntakeOutcomeType;
    /** In order of time; never empty. */
    because: Because[];
    /** Always null: the record's amounts are costs in its own currency, and no rule gives an exchange rate or says what is asked. */
    askedFen: null;
    askedFenBecause: Text;
    costs: Cost[];
    /** Canonical text of patient + surgery + event (see `naturalKeyOf`); hash it before storing or showing it. */
    naturalKey: string;
  }
  | { kind: 'unremarkable'; because: UnremarkableCode; text: Text };

export interface Surgery {
  /** Patient + procedure + start: the same surgery in every import. */
  key: string;
  /** SNOMED CT. */
  code: string;
  display: string;
  /** Start of the surgery, ISO UTC. */
  at: string;
  /** HL7 ActCode: IMP inpatient, EMER emergency, AMB day surgery. Never a condition for a claim. */
  encounterClass: string;
  encounterType: string | null;
  department: Department;
  hospitalName: string | null;
  performer?: string;
  verdict: Verdict;
}

/** `surgeries` in order of time. */
export interface Intake { patient: IntakePatient; surgeries: Surgery[] }
