/**
 * What can have happened to a claim. An event is a fact: it is recorded once, in order, and never changed.
 * `personal` holds what must be erasable one day (names, free text): it is recorded beside the event, hashed apart, and never enters the state.
 */
import type { Calendar } from '../calendar';
import type { Audience } from './ladders';
import type { Actor, Role } from './people';
import type { Benefit, Decision, Line, ReasonCode } from './reasons';
import type { ClosedAs, Outcome, Stage } from './stages';
import type { DocumentKind, FileFacts, OutcomeType } from './documents';
import type { Flag, Tier } from './tiers';
import type { ClockName } from './clocks';
import type { Seat, SupplementItem, TaskKind } from './state';
import type { Hold } from '../retention/due';
import type { Erasable, HoldReason, RetentionRule } from '../retention/rules';

export type Personal = Record<string, unknown>;

/** The data of each type of event. */
export interface EventData {
  'claim-reported': {
    claimNo: string; hospital: string; department: string; insurer: string; patientId: string; patientPersonId: string | null;
    outcomeType: OutcomeType; occurredAt: string; surgeryAt: string; reportedBy: string; channel: 'console' | 'portal' | 'his'; calendar: Calendar;
  };
  'stage-left': { stage: Stage; outcome: Outcome; to: Stage; closedAs?: ClosedAs };
  'task-opened': { taskId: string; kind: TaskKind; roles: Role[]; clock: string; clockName: ClockName; assignee: string | null; about: string | null };
  'task-closed': { taskId: string; done: boolean };
  'task-assigned': { taskId: string; to: string | null; why: 'claimed' | 'released' | 'reassigned' | 'least-loaded' | 'nobody-eligible' | 'holder-left' };
  'rung-climbed': { key: string; rung: string; dueAt: string; tells: Audience[]; breach: boolean; taskId: string | null };

  'facts-submitted': { occurredAt: string; outcomeType: OutcomeType; facts: FileFacts & { benefits: Array<{ benefit: Benefit; askedFen: number }> } };
  'document-attached': { documentId: string; kind: DocumentKind; sha256: string; bytes: number; mediaType: string; supersedes: string | null; late: boolean };
  'gap-declared': { kind: DocumentKind; reason: string };
  'document-waived': { kind: DocumentKind };
  'flag-raised': { flag: Flag; about: string | null };
  'eligibility-answered': { insured: boolean; departmentCovered: boolean; limitLeftFen: number | null; doubts: string[] };
  'sample-drawn': { sampled: boolean; why: string };
  'file-accepted': { matrixVersion: string; fileVersion: number; tier: Tier };
  'benefits-amended': { benefits: Array<{ benefit: Benefit; askedFen: number }> };
  'tier-overridden': { from: Tier; to: Tier };

  'supplement-asked': { requestNo: number; askedIn: 'acceptance' | 'review'; pauses: boolean; items: Array<Pick<SupplementItem, 'itemId' | 'document' | 'fact' | 'from' | 'couldNotHaveBeenKnown' | 'why'>> };
  'notice-delivered': { requestNo: number };
  'clock-paused': { by: string };
  'clock-resumed': { by: string };
  'item-answered': { itemId: string; answer: NonNullable<SupplementItem['answer']> };
  'answer-judged': { itemId: string; verdict: 'accepted' | 'rejected' | 'waived' };
  'supplement-ended': { requestNo: number; how: 'answered' | 'lapsed' };

  'investigation-opened': { reason: string };
  'investigation-closed': { finding: 'fraud' | 'no-fraud' | 'inconclusive' };
  /** `proposedBy`: the first of two reviewers, where a second had to confirm (SPEC §1.3, M*). */
  'recommended': { decision: Decision; lines: Line[]; reasons: ReasonCode[]; evidence: string[]; exGratia: boolean; fileVersion: number; proposedBy: string | null };
  'returned-to-review': { why: 'approver' | 'file-changed' };
  'decided': { decision: Decision; lines: Line[]; reasons: ReasonCode[]; exGratia: boolean; fileVersion: number };

  'payee-set': { payees: Array<{ payeeId: string; share: number }> };
  'payee-confirmed': Record<string, never>;
  'payment-made': { payments: Array<{ key: string; sequence: number; benefit: Benefit; payeeId: string; amountFen: number }> };
  'payment-checked': { keys: string[] };
  'payment-returned': { keys: string[] };
  'payment-confirmed': { key: string; amountFen: number; bankReference: string };
  'payment-failed': { key: string; fault: 'payee' | 'bank' };
  'bank-answer-raised': { key: string; what: 'confirmed-twice' | 'other-amount' | 'unknown-payment' | 'failed-after-confirmed'; amountFen: number; bankReference: string };

  'act-proposed': { proposalId: string; command: string; input: unknown; roles: Role[]; stages: Stage[] };
  'proposal-ended': { proposalId: string; how: 'confirmed' | 'declined' | 'lapsed' };
  'claim-withdrawn': Record<string, never>;
  'claim-voided': { survivor: string };
  'dispute-raised': Record<string, never>;
  'mediator-appointed': { personId: string };
  'panel-voted': { seat: Seat; vote: 'uphold' | 'overturn' };
  'claim-reopened': Record<string, never>;

  'hold-set': { holdId: string; reason: HoldReason; side: Hold['side'] };
  'hold-lifted': { holdId: string };
  /** PIPL art. 15: what the law does not ask to be kept is erased sooner. */
  'consent-withdrawn': Record<string, never>;
  /** From now on nobody reads it; its bytes are removed at once after. `rules`: the version of the table. */
  'data-erased': { what: Erasable; rule: RetentionRule; dueOn: string; rules: string };

  'calendar-published': { calendar: Calendar };
  'got-stuck': { cause: string };
  'got-unstuck': Record<string, never>;
}
export type EventType = keyof EventData;

/** An event as decided: what happened. */
export type EventBody = { [T in EventType]: { type: T; data: EventData[T]; personal?: Personal } }[EventType];

/** An event as recorded: with its place in the claim, its time and its author. `act` is the act it came from. */
export type ClaimEvent = EventBody & {
  version: number;
  /** When it took effect: the server's receipt of the act, never before the event before it. */
  at: string;
  /** When the person says it happened, where that was said (an act queued on a phone). */
  saidAt: string | null;
  actor: Actor;
  act: { id: string; hash: string; command: string };
};

/** A shorthand that keeps type and data together. */
export function event<T extends EventType>(type: T, data: EventData[T], personal?: Personal): EventBody {
  return (personal === undefined ? { type, data } : { type, data, personal }) as EventBody;
}
