/**
 * SPEC §1.2, the column "sees", for every table: the expectation of matrix.test.ts, in sentences of its own, because it must not be
 * asked of what is tested. A new table fails the matrix until its line stands here and a row of each house is planted there.
 */

/** Who asks, under which scope. `own` names the claim that is theirs where it is not their house's. */
export interface Asker { role: string; personId?: string; hospital?: string; departments?: readonly string[]; insurer?: string; onlyClaim?: string }
/** A row as the superuser reads it, by the names of its columns; `claim` is the planted claim that it speaks of, or that its hospital has. */
export interface Row { claim: Claim | null; [column: string]: unknown }
export interface Claim { claimNo: string; hospital: string; department: string; insurer: string; patientPersonId: string; mediator: string }
export type Sight = (asker: Asker, row: Row) => boolean;

/** Roles of a kind; each line below names these. */
const GROUPS: Record<string, readonly string[]> = {
  hospital: ['liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed'],
  insurer: ['reviewer', 'senior-reviewer', 'approver'],
  /** Services and the roles of the database are groups of their own. */
  people: ['liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed', 'reviewer', 'senior-reviewer', 'approver', 'finance', 'patient', 'mediator', 'auditor', 'ops', 'starter', 'bank', 'link', 'surgeon'],
};

export const everything: Sight = () => true;
/** Rows of the claims that are one's own: by department, hospital, insurer, name, or the one of a link. */
const ofClaims: Sight = (asker, { claim }) => {
  if (claim === null) return false;
  switch (asker.role) {
    case 'patient': return asker.onlyClaim === undefined ? claim.patientPersonId === asker.personId : claim.claimNo === asker.onlyClaim;
    case 'mediator': return claim.mediator === asker.personId;
    case 'liaison': return claim.hospital === asker.hospital && asker.departments!.includes(claim.department);
    default: return asker.hospital === undefined ? claim.insurer === asker.insurer : claim.hospital === asker.hospital;
  }
};
/** Rows of one's hospital or insurer, whatever the department. */
const ofHouse: Sight = (asker, row) => (asker.hospital === undefined ? row['insurer'] === asker.insurer : row['hospital'] === asker.hospital);
const atHouse: Sight = (asker, row) => row['house'] === asker.hospital;
const colleagues: Sight = (asker, row) => ofHouse(asker, row) || (row['roles'] as string[]).includes('mediator');
const own: Sight = (asker, row) => row['person_id'] === asker.personId && asker.onlyClaim === undefined;

/** Groups or roles, and what they see; who is not named sees nothing. The last line that names a role counts. */
type Line = Record<string, Sight>;
const CLAIM: Line = { hospital: ofClaims, insurer: ofClaims, finance: ofClaims, patient: ofClaims, mediator: ofClaims, auditor: everything, worker: everything };
/** SPEC §1.2: finance sees payee and amounts, not the clinical file. */
const { finance: _, ...CLINICAL } = CLAIM;
const FOR_OPS: Line = { ...CLAIM, ops: everything };
/** Of no house, and no secret. */
const COMMON: Line = { people: everything, worker: everything };
const REPORTED: Line = { reports: ofHouse };

const LINES: Record<string, Line> = {
  claim: { ...FOR_OPS, ...REPORTED, eraser: everything },
  task: { ...FOR_OPS, ...REPORTED },
  deadline: { ...FOR_OPS, ...REPORTED },
  outbox: { ...FOR_OPS, starter: everything },
  claim_event: { ...CLAIM, ...REPORTED },
  act: CLAIM,
  notice: CLAIM,
  payee: CLAIM,
  payment: { ...CLAIM, ...REPORTED, bank: everything },
  patient: CLINICAL,
  document: { ...CLINICAL, ...REPORTED },
  claim_event_personal: CLINICAL,
  anchor_head: FOR_OPS,
  anchor: COMMON,
  evidence_key: COMMON,
  hospital: { ...COMMON, reports: everything },
  insurer: { ...COMMON, reports: everything },
  calendar_year: { ...COMMON, reports: everything },
  claim_number: COMMON,
  patient_link: { hospital: ofClaims, patient: (asker, row) => asker.onlyClaim !== undefined && ofClaims(asker, row), link: everything, worker: everything },
  bank_event: { finance: ofClaims, auditor: everything, bank: everything, worker: everything },
  difference: { ops: everything, auditor: everything, worker: everything },
  straight_through_month: { worker: everything },
  /** Colleagues of one's house, and mediators; for the patient, whom to ask at the hospital. */
  person: { people: own, hospital: colleagues, insurer: colleagues, finance: colleagues, patient: ofClaims, auditor: everything, worker: everything },
  read_log: { people: own, manager: ofHouse, 'senior-reviewer': ofHouse, auditor: everything, worker: everything },
  break_glass: { people: own, auditor: everything, worker: everything },
  /** Of the planted ones, handed over between specialists: colleagues of the role, and who leads them or sees their page. */
  delegation: { specialist: atHouse, manager: atHouse, 'medical-affairs': atHouse, auditor: everything, worker: everything },
  claim_actor: { people: (asker, row) => row['person_id'] === asker.personId && (asker.onlyClaim === undefined || asker.onlyClaim === row['claim_no']), worker: everything },
  saved_view: { people: own },
  open_upload: { people: (asker, row) => row['person_id'] === asker.personId },
};

/** What a role of SPEC §1.2, a service or a role of the database sees of each table. */
export const TABLES = Object.keys(LINES);
export const sightOf = (table: string, role: string): Sight => {
  const named = Object.entries(LINES[table] ?? {}).filter(([name]) => name === role || GROUPS[name]?.includes(role));
  return named.at(-1)?.[1] ?? (() => false);
};

/** Who writes rows that are not their own's: services, and the last number, which every report draws. */
export const writes = (role: string, table: string): boolean => table === 'claim_number' || (role === 'starter' && table === 'outbox') || (role === 'bank' && table === 'bank_event');
