/** A claim played through its rules, without a database or a workflow: `report()` and `decide()` only. */
import { createHash } from 'node:crypto';
import {
  agenda, allowed, checklist, decide, report, system,
  type Act, type Actor, type ClaimEvent, type ClaimState, type CommandInput, type CommandName, type Decided, type Decision, type DocumentKind, type EventData, type OutcomeType, type ReasonCode, type Refusal, type SystemName,
} from '../../../src/domain/claim';
import { calendarFor } from '../../../src/domain/calendar';

/** Monday, 10:00 in Shanghai. */
export const MONDAY = '2026-03-02T02:00:00.000Z';
export const CLAIM_NO = 'KP-2026-000123';
/** Stands in every free text and every account of the tests: it may turn up in `personal` only. */
export const SECRET = '张三丰-secret';

const hospital = (role: Actor['role'], name: string): Actor => ({ personId: name, sub: `acc-${name}`, role, hospital: 'H001', departments: ['general-surgery'] });
const insurer = (role: Actor['role'], name: string): Actor => ({ personId: name, sub: `acc-${name}`, role, insurer: 'I001' });
const alone = (role: Actor['role'], name: string): Actor => ({ personId: name, sub: `acc-${name}`, role });

export const PEOPLE = {
  patient: alone('patient', 'patient'), feed: hospital('his-feed', 'feed'), auditor: alone('auditor', 'auditor'), ops: alone('ops', 'ops'),
  liaison: hospital('liaison', 'liaison'), specialist: hospital('specialist', 'specialist'), specialist2: hospital('specialist', 'specialist2'),
  manager: hospital('manager', 'manager'), manager2: hospital('manager', 'manager2'),
  affairs: hospital('medical-affairs', 'affairs'), affairs2: hospital('medical-affairs', 'affairs2'), affairs3: hospital('medical-affairs', 'affairs3'),
  reviewer: insurer('reviewer', 'reviewer'), reviewer2: insurer('reviewer', 'reviewer2'), reviewer3: insurer('reviewer', 'reviewer3'),
  senior: insurer('senior-reviewer', 'senior'), senior2: insurer('senior-reviewer', 'senior2'), senior3: insurer('senior-reviewer', 'senior3'),
  approver: insurer('approver', 'approver'), approver2: insurer('approver', 'approver2'), approver3: insurer('approver', 'approver3'),
  finance: insurer('finance', 'finance'), finance2: insurer('finance', 'finance2'), finance3: insurer('finance', 'finance3'),
  mediator: alone('mediator', 'mediator'), mediator2: alone('mediator', 'mediator2'), mediator3: alone('mediator', 'mediator3'),
} as const satisfies Record<string, Actor>;

/** The same human being, signed in with another account in another role. */
export const asAlso = (person: Actor, role: Actor['role']): Actor => ({ ...person, sub: `${person.sub}-${role}`, role });

export interface Report { outcome?: OutcomeType; at?: string; occurredAt?: string; patientPersonId?: string | null; years?: number[] }

export interface Scenario {
  state: ClaimState;
  events: ClaimEvent[];
  now: string;
  /** Does an act; an Error that names the refusal when it is refused. */
  act<C extends CommandName>(command: C, input: CommandInput<C>, by: Actor): Scenario;
  /** A fact stated by a system. */
  fact<C extends CommandName>(command: C, input: CommandInput<C>, by: SystemName): Scenario;
  /** Tries an act that must be refused; the claim stays as it is. */
  refused(command: CommandName, input: unknown, by: Actor): Refusal;
  /** Tries any act and says what was decided; the claim stays as it is. */
  tries(act: Partial<Act> & Pick<Act, 'command' | 'input' | 'actor'>): Decided;
  /** Moves to that time without anything happening on the way. */
  at(now: string): Scenario;
  /** Lets time pass up to `now`: what is due happens at its own time. `assignees` answers for pool tasks; nobody by default. */
  until(now: string, assignees?: (taskId: string) => string | null): Scenario;
  allowed(actor: Actor): CommandName[];
  /** Another claim from here on; what happens to it does not happen to this one. */
  fork(): Scenario;
}

let acts = 0;
/** An act id that no other act has. */
export const actId = (): string => `act-${String(++acts).padStart(8, '0')}`;
/** What the API makes of a command and its body: a digest, which says nothing of what stands in it. */
export const digest = (command: string, input: unknown): string => createHash('sha256').update(JSON.stringify([command, input])).digest('hex');

let documents = 0;
export function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
/** A document never attached before. */
export function document(kind: DocumentKind, more: { sha256?: string } = {}) {
  const n = ++documents;
  return { documentId: uuidOf(n), kind, sha256: more.sha256 ?? String(n).padStart(64, '0'), bytes: 1000 + n, mediaType: 'application/pdf' };
}

/** A claim as reported. */
export function given({ outcome = 'serious-complication', at = MONDAY, occurredAt, patientPersonId = PEOPLE.patient.personId, years = [2026] }: Report = {}): Scenario {
  const data: EventData['claim-reported'] = {
    claimNo: CLAIM_NO, hospital: 'H001', department: 'general-surgery', insurer: 'I001', patientId: uuidOf(999_999), patientPersonId, outcomeType: outcome,
    occurredAt: occurredAt ?? at, surgeryAt: occurredAt ?? at, reportedBy: PEOPLE.specialist.personId, channel: 'console', calendar: calendarFor(years),
  };
  const { state, events } = report(data, { id: actId(), actor: PEOPLE.specialist, receivedAt: at, saidAt: null, hash: 'report' });
  return play({ state, events, now: at });
}

function play(from: { state: ClaimState; events: ClaimEvent[]; now: string }): Scenario {
  const tries: Scenario['tries'] = (act) => decide(s.state, { id: actId(), receivedAt: s.now, saidAt: null, hash: digest(act.command, act.input), ...act });
  const s: Scenario = {
    ...from,
    tries,
    act(command, input, by) {
      const decided = tries({ command, input, actor: by });
      if (decided.kind !== 'done') throw new Error(`${command} by ${by.personId} in ${s.state.stage}: ${JSON.stringify(decided)}`);
      s.state = decided.state;
      s.events.push(...decided.events);
      return s;
    },
    fact: (command, input, by) => s.act(command, input, system(by)),
    refused(command, input, by) {
      const decided = tries({ command, input, actor: by });
      if (decided.kind !== 'refused') throw new Error(`${command} by ${by.personId} in ${s.state.stage} is not refused`);
      return decided.refusal;
    },
    at(now) { s.now = now; return s; },
    until(now, assignees = () => null) {
      for (let next = agenda(s.state)[0]; next && next.at <= now; next = agenda(s.state)[0]) {
        s.now = next.at > s.now ? next.at : s.now;
        const asked = Object.fromEntries(agenda(s.state).filter((item) => item.do === 'assign').map((item) => [item.taskId, assignees(item.taskId)]));
        s.fact('time-passed', { now: s.now, assignees: asked }, 'clock');
      }
      s.now = now;
      return s;
    },
    allowed: (actor) => allowed(s.state, actor, s.now),
    fork: () => play({ state: s.state, events: [...s.events], now: s.now }),
  };
  return s;
}

export interface Facts { occurredAt?: string; outcome?: OutcomeType; asks?: CommandInput<'submit-facts'>['benefits']; claimantIsInsured?: boolean; costsClaimed?: boolean; anaesthesia?: boolean; complication?: boolean }

/** What the specialist submits: a serious complication asking 10 000 CNY, unless told otherwise. */
export function facts({ occurredAt, at = MONDAY, outcome = 'serious-complication', asks = [{ benefit: 'medical-costs', askedFen: 1_000_000 }], claimantIsInsured = true, costsClaimed = true, anaesthesia = true, complication = true }: Facts & { at?: string } = {}): CommandInput<'submit-facts'> {
  return { occurredAt: occurredAt ?? at, outcomeType: outcome, benefits: asks, claimantIsInsured, costsClaimed, anaesthesia, complication, narrative: SECRET };
}

/** What the insurer answers when there is nothing against the claim. */
export const ELIGIBLE: CommandInput<'eligibility-answered'> = { insured: true, departmentCovered: true, limitLeftFen: null, doubts: [] };

/** Uploads everything that the checklist still asks for. */
export function uploadAll(s: Scenario, except: DocumentKind[] = []): Scenario {
  const missing = checklist(s.state).filter((line) => line.need !== 'not-asked' && line.status === 'missing' && !except.includes(line.kind));
  return missing.length === 0 ? s : s.act('upload-documents', { documents: missing.map((line) => document(line.kind)) }, PEOPLE.specialist);
}

export interface Way extends Report, Facts {
  /** Documents declared as gaps instead of uploaded. */
  without?: DocumentKind[];
  eligibility?: CommandInput<'eligibility-answered'> | null;
}

export const inDocuments = (way: Way = {}): Scenario => given(way).act('submit-facts', facts(way), PEOPLE.specialist);

export function inAcceptance(way: Way = {}): Scenario {
  const s = inDocuments(way);
  const { without = [], eligibility = ELIGIBLE } = way;
  if (eligibility) s.fact('eligibility-answered', eligibility, 'insurer');
  for (const kind of without) s.act('declare-gap', { kind, reason: 'lost', note: SECRET }, PEOPLE.liaison);
  return uploadAll(s, without);
}

export const inReview = (way: Way = {}): Scenario => inAcceptance(way).act('accept-file', {}, PEOPLE.reviewer);

/** One item asked of the hospital and one of the patient, not known before. */
export const REQUEST: CommandInput<'ask-supplement'>['items'] = [
  { fact: 'course-of-treatment', from: 'hospital', couldNotHaveBeenKnown: true, why: SECRET },
  { fact: 'other-insurance', from: 'patient', couldNotHaveBeenKnown: true, why: SECRET },
];
export const inSupplement = (way: Way = {}): Scenario => inReview(way).act('ask-supplement', { items: REQUEST }, PEOPLE.reviewer);
export const inInvestigation = (way: Way = {}): Scenario => inReview(way).act('open-investigation', { reason: 'event-doubtful', note: SECRET }, PEOPLE.reviewer);

/** A recommendation of so much of what is asked: 1 all, 0 nothing. */
export function judgement(s: Scenario, part = 1, more: Partial<CommandInput<'recommend'>> = {}): CommandInput<'recommend'> {
  const decision: Decision = part === 0 ? 'reject' : part < 1 ? 'part' : 'approve';
  const reasons: ReasonCode[] = { approve: ['A01' as const], part: ['Q02' as const], reject: ['C01' as const] }[decision];
  return {
    decision, reasons, exGratia: false, fileVersion: s.state.fileVersion, evidence: part < 1 ? s.state.documents.slice(0, 1).map((d) => d.documentId) : [], note: SECRET,
    lines: (s.state.facts?.benefits ?? []).map((b) => ({ ...b, approvedFen: Math.floor(b.askedFen * part) })), ...more,
  };
}
/** Recommends; where the witness pack is missing a second reviewer confirms. */
export function recommend(s: Scenario, part = 1, by: Actor = PEOPLE.reviewer, second: Actor = PEOPLE.senior): Scenario {
  s.act('recommend', judgement(s, part), by);
  const proposal = s.state.proposals.find((p) => p.command === 'recommend');
  return proposal ? s.act('confirm-proposal', { proposalId: proposal.proposalId }, second) : s;
}
export const inApproval = (way: Way = {}, part = 1): Scenario => recommend(inReview(way), part);

/** The approver decides as was recommended. */
export function decides(s: Scenario, by: Actor = PEOPLE.approver): Scenario {
  const r = s.state.recommendation!;
  return s.act(r.decision === 'reject' ? 'reject' : 'approve', { lines: r.lines, fileVersion: r.fileVersion, note: SECRET }, by);
}
export const inPayment = (way: Way = {}, part = 1): Scenario => decides(inApproval(way, part));

export const PAYEE = { holder: SECRET, bank: SECRET, account: '6222000000001234', share: 1 };
/** Payee, second person, maker, checker: the payment lies with the bank. */
export function toBank(s: Scenario, shares = [1]): Scenario {
  if (s.state.payees === null || s.state.payees.faulty) s.act('set-payee', { payees: shares.map((share) => ({ ...PAYEE, share })) }, PEOPLE.patient);
  if (s.state.payees?.confirmedBy === null) s.act('confirm-payee', {}, PEOPLE.finance);
  return s.act('make-payment', { amountFen: outstanding(s) }, PEOPLE.finance).act('check-payment', {}, PEOPLE.finance2);
}
export const outstanding = ({ state }: Scenario): number => (state.decision?.lines ?? []).reduce((sum, l) => sum + l.approvedFen, 0) - state.paidFen;
/** Everything at the bank is confirmed. */
export function bankConfirms(s: Scenario): Scenario {
  for (const p of s.state.payments.filter((one) => one.status === 'checked')) s.fact('bank-answered', { key: p.key, status: 'confirmed', amountFen: p.amountFen, bankReference: `ref-${p.sequence}` }, 'bank');
  return s;
}
export const closedPaid = (way: Way = {}, part = 1): Scenario => bankConfirms(toBank(inPayment(way, part)));
export const closedRejected = (way: Way = {}): Scenario => decides(inApproval(way, 0));
export const inDispute = (way: Way = {}): Scenario => closedRejected(way).act('dispute', { note: SECRET }, PEOPLE.patient).fact('mediator-appointed', { personId: PEOPLE.mediator.personId }, 'directory');

/** The panel votes; two equal votes decide. */
export const overturned = (s: Scenario): Scenario =>
  s.act('panel-decision', { vote: 'overturn', note: SECRET }, PEOPLE.affairs).act('panel-decision', { vote: 'overturn', note: SECRET }, PEOPLE.mediator);

/** A claim in each stage, as one would usually meet it. */
export const IN_STAGE = {
  collecting: given, documents: inDocuments, acceptance: inAcceptance, review: inReview, supplement: inSupplement, investigation: inInvestigation,
  approval: inApproval, payment: inPayment, dispute: inDispute, closed: closedPaid,
} as const;
