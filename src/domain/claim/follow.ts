/**
 * What follows by itself from the state of a claim: leaving a stage, opening and closing tasks. Together with `owed` this is
 * SPEC §1.1: in every stage but `closed` somebody named by role owes something by a known time.
 */
import { lacksWitnessPack, missingDocuments } from './documents';
import { event, type EventBody } from './events';
import { openRequest, outstandingFen, SEATS, TASK_KINDS, type ClaimState, type Seat, type TaskKind } from './state';
import { eligibilityInDoubt } from './tiers';
import { STAGES, type ClosedAs, type Outcome, type Stage } from './stages';
import type { ClockName } from './clocks';
import type { Role } from './people';

/** Something owed: who (by role, or one person), what, and on which clock. `about` tells apart tasks of one kind. */
export interface Owed { kind: TaskKind; roles: Role[]; clock: { id: string; name: ClockName }; assignee: string | null; about: string | null }

/** Everything owed on a claim now. Never empty while the claim is open: no stage without owner, due time and ladder. */
export function owed(state: ClaimState): Owed[] {
  return [...owedInStage(state), ...state.proposals.map((p): Owed => ({
    kind: 'second-person', roles: p.roles, clock: { id: `second-person.${p.proposalId}`, name: 'second-person' }, assignee: null, about: p.proposalId,
  }))];
}

/** SPEC §1.1, column "who owes what": the stage and the roles of each kind of task. A panel's seats and a second person have roles of their own. */
export const OWES = {
  'collect-facts': { stage: 'collecting', roles: ['specialist'] },
  'upload-documents': { stage: 'documents', roles: ['liaison', 'medical-affairs'] },
  'accept-file': { stage: 'acceptance', roles: ['reviewer', 'senior-reviewer'] },
  'review': { stage: 'review', roles: ['reviewer', 'senior-reviewer'] },
  'answer-as-hospital': { stage: 'supplement', roles: ['liaison', 'medical-affairs', 'specialist'] },
  'answer-as-patient': { stage: 'supplement', roles: ['patient', 'specialist'] },
  'investigate': { stage: 'investigation', roles: ['senior-reviewer'] },
  'approve': { stage: 'approval', roles: ['approver'] },
  'set-payee': { stage: 'payment', roles: ['patient', 'specialist'] },
  'confirm-payee': { stage: 'payment', roles: ['finance'] },
  'make-payment': { stage: 'payment', roles: ['finance'] },
  'check-payment': { stage: 'payment', roles: ['finance'] },
  'await-bank': { stage: 'payment', roles: ['finance'] },
} as const satisfies Record<Exclude<TaskKind, 'decide-as-panel' | 'second-person'>, { stage: Stage; roles: readonly Role[] }>;

/** The kinds of task that this role may be owed by: its own, and those whose roles are only known from the claim. */
export const kindsFor = (role: Role): TaskKind[] => TASK_KINDS.filter((kind) => {
  if (kind === 'second-person') return true;
  if (kind === 'decide-as-panel') return SEATS.some((seat) => SEAT_ROLES[seat].includes(role));
  return (OWES[kind].roles as readonly Role[]).includes(role);
});

function owedInStage(s: ClaimState): Owed[] {
  const owe: Owe = (kind, name, id, more = {}) => ({ kind, roles: [...OWES[kind].roles], clock: { id, name }, assignee: null, about: null, ...more });
  /** A clock that starts anew each time its stage is entered; while the task is open it keeps its number. */
  const anew = (kind: TaskKind, name: ClockName): string => s.tasks.find((t) => t.kind === kind)?.clock ?? `${name}.${(s.taskCount[kind] ?? 0) + 1}`;
  switch (s.stage) {
    case 'collecting': return [owe('collect-facts', 'collection', 'collection')];
    case 'documents': return [owe('upload-documents', 'documents', anew('upload-documents', 'documents'))];
    case 'acceptance': return [owe('accept-file', 'acceptance', anew('accept-file', 'acceptance'))];
    case 'review': return [owe('review', 'decision', `decision.${s.round}`)];
    case 'supplement': return owedAnswers(s, owe);
    case 'investigation': return [owe('investigate', 'investigation', anew('investigate', 'investigation'))];
    case 'approval': return [owe('approve', 'decision', `decision.${s.round}`)];
    case 'payment': return [owedInPayment(s, owe)];
    case 'dispute': return SEATS.filter((seat) => !s.dispute?.votes.some((v) => v.seat === seat)).map((seat) =>
      ({ kind: 'decide-as-panel', roles: SEAT_ROLES[seat], clock: { id: `panel.${s.round}.${seat}`, name: 'panel' }, about: seat, assignee: seat === 'neutral' ? (s.mediators.filter((m) => !s.seenBy.includes(m)).at(-1) ?? null) : null }));
    case 'closed': return [];
  }
}

/** SPEC §1.1: the panel is hospital medical affairs, insurer, neutral. */
export const SEAT_ROLES: Record<Seat, Role[]> = { 'medical-affairs': ['medical-affairs'], insurer: ['senior-reviewer', 'approver'], neutral: ['mediator'] };

type Owe = (kind: keyof typeof OWES, name: ClockName, id: string, more?: Partial<Owed>) => Owed;

function owedAnswers(s: ClaimState, owe: Owe): Owed[] {
  const request = openRequest(s);
  const waitsFor = (from: 'hospital' | 'patient'): boolean => request?.items.some((item) => item.from === from && item.answer === null) ?? false;
  const about = String(request?.requestNo ?? 0);
  return [
    ...(waitsFor('hospital') ? [owe('answer-as-hospital', 'hospital-answers', `hospital-answers.${about}`, { about })] : []),
    ...(waitsFor('patient') ? [owe('answer-as-patient', 'patient-answers', `patient-answers.${about}`, { about, assignee: s.patientPersonId })] : []),
  ];
}

/** SPEC §1.9: payee, maker, checker, bank; the first that is not done yet. */
function owedInPayment(s: ClaimState, owe: Owe): Owed {
  const settlement = (kind: keyof typeof OWES, assignee: string | null = null): Owed => owe(kind, 'settlement', `settlement.${s.round}`, { assignee });
  if (s.payments.some((p) => p.status === 'made')) return settlement('check-payment');
  if (s.payments.some((p) => p.status === 'checked')) return owe('await-bank', 'bank-answer', `bank-answer.${s.payments.length}`, { assignee: 'system:bank' });
  if (s.payees === null) return settlement('set-payee', s.patientPersonId);
  // The fast track stands still for a payee fault; the correction is owed on the claimant's own clock, so that nobody waits unseen.
  if (s.payees.faulty) return owe('set-payee', 'patient-answers', `payee-fault.${s.payments.length}`, { assignee: s.patientPersonId });
  if (s.payees.confirmedBy === null) return settlement('confirm-payee');
  return settlement('make-payment');
}

/** The next events that follow from the state by rule, or none. Called until it has nothing more to say. */
export function follow(s: ClaimState): EventBody[] {
  const request = openRequest(s);
  if (request && request.items.every((item) => item.answer !== null)) return endSupplement(s, 'answered');
  if (s.stage === 'acceptance' && lacksWitnessPack(s) && !s.flags.some((f) => f.flag === 'witness-gap')) return [event('flag-raised', { flag: 'witness-gap', about: null })];
  if (s.stage === 'acceptance' && eligibilityInDoubt(s) && !s.flags.some((f) => f.flag === 'eligibility-doubt')) return [event('flag-raised', { flag: 'eligibility-doubt', about: null })];
  if (s.stage === 'approval' && s.decision?.round !== s.round && s.recommendation && s.recommendation.fileVersion !== s.fileVersion) {
    // SPEC §1.8: a decision pins the file version; a file changed since returns to review.
    return [event('returned-to-review', { why: 'file-changed' }), leave(s, 'file-changed')];
  }
  const outcome = leavesBy(s);
  if (outcome) return [leave(s, outcome)];
  const stale = s.proposals.find((p) => !p.stages.includes(s.stage));
  if (stale) return [event('proposal-ended', { proposalId: stale.proposalId, how: 'lapsed' })];
  return tasksToMatch(s);
}

/** The request ends and, if it had paused the fast track, the clock runs again (SPEC §1.7). */
export function endSupplement(s: ClaimState, how: 'answered' | 'lapsed'): EventBody[] {
  const request = openRequest(s);
  if (!request) return [];
  const paused = Object.values(s.clocks).some((run) => run.pauses.some((p) => p.until === null && p.by === `supplement.${request.requestNo}`));
  return [event('supplement-ended', { requestNo: request.requestNo, how }), ...(paused ? [event('clock-resumed', { by: `supplement.${request.requestNo}` })] : [])];
}

/** By which outcome, if any, the claim leaves its stage now: the column "leaves by" of SPEC §1.1. */
function leavesBy(s: ClaimState): Outcome | null {
  if (s.ending !== null && s.stage !== 'closed') return s.ending;
  switch (s.stage) {
    case 'collecting': return s.facts ? 'facts-submitted' : null;
    case 'documents': return missingDocuments(s).length === 0 ? 'file-complete' : null;
    case 'acceptance': return openRequest(s) ? 'asked' : s.decision ? 'straight-through' : s.acceptance ? 'accepted' : null;
    case 'review': return openRequest(s) ? 'asked' : s.investigations.some((i) => i.finding === null) ? 'risk-found' : s.recommendation ? 'recommended' : null;
    case 'supplement': return openRequest(s) ? null : s.supplements.at(-1)?.items.every((i) => i.answer) ? 'answered' : 'lapsed';
    case 'investigation': return s.investigations.some((i) => i.finding === null) ? null : 'findings';
    case 'approval': {
      if (s.decision?.round === s.round) return s.decision.decision === 'reject' ? 'rejected' : outstandingFen(s) === 0 ? 'nothing-to-pay' : 'approved';
      return s.recommendation ? null : 'returned';
    }
    case 'payment': return outstandingFen(s) === 0 && !s.payments.some((p) => p.status === 'made' || p.status === 'checked') ? 'bank-confirmed' : null;
    case 'dispute': return majority(s);
    case 'closed': return s.dispute ? 'disputed' : s.reopening ? 'reopened' : null;
  }
}

function majority(s: ClaimState): 'upheld' | 'overturned' | null {
  const votes = (vote: 'uphold' | 'overturn'): number => s.dispute?.votes.filter((v) => v.vote === vote).length ?? 0;
  return votes('overturn') >= 2 ? 'overturned' : votes('uphold') >= 2 ? 'upheld' : null;
}

function leave(s: ClaimState, outcome: Outcome): EventBody {
  const target = (STAGES[s.stage].leavesBy as Record<string, Stage | 'back'>)[outcome];
  if (target === undefined) throw new Error(`the stage ${s.stage} is not left by ${outcome}`);
  const to = target === 'back' ? s.supplements.at(-1)!.askedIn : target;
  return event('stage-left', { stage: s.stage, outcome, to, ...(to === 'closed' ? { closedAs: closedAs(s, outcome) } : {}) });
}

function closedAs(s: ClaimState, outcome: Outcome): ClosedAs {
  if (outcome === 'withdrawn') return 'withdrawn';
  if (outcome === 'voided') return 'void';
  return s.decision?.decision === 'reject' ? 'rejected' : 'paid';
}

/** Opens what is owed and has no task, closes tasks for what is no longer owed. */
function tasksToMatch(s: ClaimState): EventBody[] {
  const wanted = owed(s);
  const same = (o: Owed, t: ClaimState['tasks'][number]): boolean => o.kind === t.kind && o.about === t.about;
  const gone = s.tasks.filter((t) => !wanted.some((o) => same(o, t)));
  const fresh = wanted.filter((o) => !s.tasks.some((t) => same(o, t)));
  const counts = { ...s.taskCount };
  return [
    ...gone.map((t) => event('task-closed', { taskId: t.taskId, done: s.ending === null })),
    ...fresh.map((o) => {
      const n = (counts[o.kind] ?? 0) + 1;
      counts[o.kind] = n;
      return event('task-opened', { taskId: `${s.claimNo}.${o.kind}.${n}`, kind: o.kind, roles: o.roles, clock: o.clock.id, clockName: o.clock.name, assignee: o.assignee, about: o.about });
    }),
  ];
}
