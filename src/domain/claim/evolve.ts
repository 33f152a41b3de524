/**
 * The state of a claim after one more event: `events.reduce(evolve)` rebuilds every claim (DESIGN, idea 4).
 * Nothing is decided here; what an event means for the state stands once, in the order of SPEC §1.
 */
import { FAST_TRACK } from './clocks';
import type { ClaimEvent } from './events';
import { personsOf } from './standing-in';
import { raisedAs, type ClaimState, type ClockRun } from './state';

/** How many handled acts a claim remembers: far above what a claim sees in the 30 days that a key is kept. */
const REMEMBERED_ACTS = 400;

/** The state after `event`. The first event must be `claim-reported`. */
export function evolve(state: ClaimState | null, event: ClaimEvent): ClaimState {
  const next = apply(state, event);
  const act = event.act;
  const handled = next.handled.filter((h) => h.id !== act.id);
  handled.push({ id: act.id, hash: act.hash, version: event.version, stage: next.stage });
  return {
    ...next,
    judgedBy: [...new Set([...next.judgedBy, ...judgesIn(event)])],
    ...standInsAfter(next, event),
    version: event.version,
    lastEventAt: event.at,
    handled: handled.slice(-REMEMBERED_ACTS),
    lastAct: event.actor.role === 'system' ? next.lastAct : { command: act.command, by: event.actor.personId, role: event.actor.role, at: event.at },
  };
}

function standInsAfter({ standIns = [] }: ClaimState, { actor: { personId: by, onBehalfOf } }: ClaimEvent): Pick<ClaimState, 'standIns'> {
  if (onBehalfOf === undefined || standIns.some((one) => one.by === by && one.for === onBehalfOf)) return {};
  return { standIns: [...standIns, { by, for: onBehalfOf }] };
}

/** Events that are judgements of the claim: their authors are the people who have seen it (SPEC §1.1, dispute). */
const JUDGEMENTS: ReadonlySet<ClaimEvent['type']> = new Set([
  'file-accepted', 'document-waived', 'supplement-asked', 'answer-judged', 'investigation-opened', 'investigation-closed', 'recommended', 'decided', 'panel-voted',
]);

/** Acts of judgement that are proposed to a second person: whoever proposes one has seen the claim, too. */
const JUDGING_PROPOSALS: readonly string[] = ['waive-document', 'waive-item', 'override-tier', 'recommend'];

function judgesIn(e: ClaimEvent): string[] {
  if (e.type === 'act-proposed') return JUDGING_PROPOSALS.includes(e.data.command) ? personsOf(e.actor) : [];
  const judges = JUDGEMENTS.has(e.type) || (e.type === 'returned-to-review' && e.data.why === 'approver');
  if (!judges || e.actor.role === 'system') return [];
  return e.type === 'recommended' && e.data.proposedBy !== null ? [...personsOf(e.actor), e.data.proposedBy] : personsOf(e.actor);
}

function apply(s: ClaimState | null, e: ClaimEvent): ClaimState {
  if (e.type === 'claim-reported') return reported(e);
  if (s === null) throw new Error(`the first event of a claim is claim-reported, not ${e.type}`);
  const by = e.actor.personId;
  switch (e.type) {
    case 'stage-left': return stageLeft(s, e);
    case 'task-opened': return {
      ...s,
      taskCount: { ...s.taskCount, [e.data.kind]: (s.taskCount[e.data.kind] ?? 0) + 1 },
      tasks: [...s.tasks, { taskId: e.data.taskId, kind: e.data.kind, roles: e.data.roles, clock: e.data.clock, openedAt: e.at, assignee: e.data.assignee, about: e.data.about }],
      clocks: s.clocks[e.data.clock] ? s.clocks : { ...s.clocks, [e.data.clock]: startClock(e.data.clockName, e.at) },
    };
    case 'task-closed': {
      const task = s.tasks.find((t) => t.taskId === e.data.taskId);
      const tasks = s.tasks.filter((t) => t !== task);
      const run = task ? s.clocks[task.clock] : undefined;
      // The fast track runs on through stages; every other clock ends with its last task.
      const ends = task && run && !FAST_TRACK.includes(run.name) && !tasks.some((t) => t.clock === task.clock);
      return { ...s, tasks, clocks: ends ? { ...s.clocks, [task.clock]: { ...run, stoppedAt: e.at } } : s.clocks };
    }
    case 'task-assigned': return { ...s, tasks: s.tasks.map((t) => (t.taskId === e.data.taskId ? { ...t, assignee: e.data.to } : t)), climbed: e.data.why === 'least-loaded' || e.data.why === 'nobody-eligible' ? [...new Set([...s.climbed, `${e.data.taskId}/assign`])] : s.climbed };
    case 'rung-climbed': return { ...s, climbed: [...s.climbed, e.data.key], breached: s.breached || e.data.breach };

    case 'facts-submitted': return { ...s, facts: e.data.facts, outcomeType: e.data.outcomeType, occurredAt: e.data.occurredAt, askedFen: total(e.data.facts.benefits) };
    case 'document-attached': return {
      ...s, fileVersion: s.fileVersion + 1,
      documents: [
        ...s.documents.map((d) => (d.documentId === e.data.supersedes ? { ...d, supersededBy: e.data.documentId } : d)),
        { documentId: e.data.documentId, kind: e.data.kind, sha256: e.data.sha256, bytes: e.data.bytes, mediaType: e.data.mediaType, by, at: e.at, supersededBy: null, late: e.data.late },
      ],
    };
    case 'gap-declared': return { ...s, gaps: [...s.gaps.filter((g) => g.kind !== e.data.kind), { kind: e.data.kind, reason: e.data.reason }] };
    case 'document-waived': return { ...s, waived: [...s.waived, e.data.kind] };
    case 'flag-raised': return { ...s, flags: [...s.flags, { flag: e.data.flag, about: e.data.about, at: e.at }] };
    case 'eligibility-answered': return { ...s, eligibility: { ...e.data, at: e.at } };
    case 'sample-drawn': return { ...s, sample: e.data };
    case 'file-accepted': return {
      ...s, tier: e.data.tier, acceptance: { by, at: e.at, matrixVersion: e.data.matrixVersion, fileVersion: e.data.fileVersion },
      clocks: { ...s.clocks, ...startFastTrack(s.round, e.at) },
    };
    case 'benefits-amended': return { ...s, facts: s.facts && { ...s.facts, benefits: e.data.benefits }, askedFen: total(e.data.benefits) };
    case 'tier-overridden': return { ...s, tier: e.data.to };

    case 'supplement-asked': return {
      ...s, supplements: [...s.supplements, {
        requestNo: e.data.requestNo, askedIn: e.data.askedIn, askedBy: by, askedAt: e.at, pauses: e.data.pauses, deliveredAt: null, endedAt: null,
        items: e.data.items.map((item) => ({ ...item, answer: null, answeredAt: null, verdict: null })),
      }],
    };
    case 'notice-delivered': return { ...s, supplements: s.supplements.map((r) => (r.requestNo === e.data.requestNo ? { ...r, deliveredAt: e.at } : r)) };
    case 'clock-paused': return { ...s, clocks: mapFastTrack(s.clocks, (run) => ({ ...run, pauses: [...run.pauses, { from: e.at, until: null, by: e.data.by }] })) };
    case 'clock-resumed': return { ...s, clocks: mapFastTrack(s.clocks, (run) => ({ ...run, pauses: run.pauses.map((p) => (p.until === null && p.by === e.data.by ? { ...p, until: e.at } : p)) })) };
    case 'item-answered': return { ...s, supplements: mapItem(s, e.data.itemId, (item) => ({ ...item, answer: e.data.answer, answeredAt: e.at, verdict: null })) };
    case 'answer-judged': return { ...s, supplements: mapItem(s, e.data.itemId, (item) => ({ ...item, verdict: e.data.verdict })) };
    case 'supplement-ended': return { ...s, supplements: s.supplements.map((r) => (r.requestNo === e.data.requestNo ? { ...r, endedAt: e.at } : r)) };

    case 'investigation-opened': return { ...s, investigations: [...s.investigations, { openedBy: by, closedBy: null, finding: null }] };
    case 'investigation-closed': return { ...s, investigations: s.investigations.map((i) => (i.finding === null ? { ...i, closedBy: by, finding: e.data.finding } : i)) };
    case 'recommended': return { ...s, recommendation: { decision: e.data.decision, lines: e.data.lines, reasons: e.data.reasons, exGratia: e.data.exGratia, fileVersion: e.data.fileVersion, by, proposedBy: e.data.proposedBy } };
    case 'returned-to-review': return { ...s, recommendation: null };
    case 'decided': return { ...s, decision: { ...e.data, by, at: e.at, round: s.round }, clocks: stop(s.clocks, (run) => run.name === 'decision', e.at) };

    case 'payee-set': return { ...s, payees: { list: e.data.payees, setBy: by, confirmedBy: null, faulty: false } };
    case 'payee-confirmed': return { ...s, payees: s.payees && { ...s.payees, confirmedBy: by } };
    case 'payment-made': return { ...s, payments: [...s.payments, ...e.data.payments.map((p) => ({ ...p, status: 'made' as const, madeBy: by, checkedBy: null, bankReference: null }))] };
    case 'payment-checked': return { ...s, payments: mapPayments(s, e.data.keys, (p) => ({ ...p, status: 'checked', checkedBy: by })) };
    case 'payment-returned': return { ...s, payments: mapPayments(s, e.data.keys, (p) => ({ ...p, status: 'returned' })) };
    case 'payment-confirmed': return { ...s, paidFen: s.paidFen + e.data.amountFen, payments: mapPayments(s, [e.data.key], (p) => ({ ...p, status: 'confirmed', amountFen: e.data.amountFen, bankReference: e.data.bankReference })) };
    case 'payment-failed': return {
      ...s, payments: mapPayments(s, [e.data.key], (p) => ({ ...p, status: 'failed' })),
      payees: e.data.fault === 'payee' && s.payees ? { ...s.payees, faulty: true } : s.payees,
    };
    case 'bank-answer-raised': return { ...s, raised: [...s.raised, raisedAs(e.data)] };

    case 'act-proposed': return { ...s, proposals: [...s.proposals, { ...e.data, by, at: e.at }] };
    case 'proposal-ended': return { ...s, proposals: s.proposals.filter((p) => p.proposalId !== e.data.proposalId) };
    case 'claim-withdrawn': return { ...s, ending: 'withdrawn' };
    case 'claim-voided': return { ...s, ending: 'voided', survivor: e.data.survivor };
    case 'dispute-raised': return { ...s, dispute: { by, at: e.at, votes: [] }, disputedRounds: [...s.disputedRounds, s.round] };
    case 'mediator-appointed': return { ...s, mediators: [...s.mediators, e.data.personId] };
    case 'panel-voted': return { ...s, dispute: s.dispute && { ...s.dispute, votes: [...s.dispute.votes, { seat: e.data.seat, vote: e.data.vote, by }] } };
    case 'claim-reopened': return { ...s, reopening: true };

    case 'hold-set': return { ...s, holds: [...s.holds ?? [], { ...e.data, by, at: e.at }] };
    case 'hold-lifted': return { ...s, holds: (s.holds ?? []).filter((hold) => hold.holdId !== e.data.holdId) };
    case 'consent-withdrawn': return { ...s, consentWithdrawnAt: e.at };
    case 'data-erased': return { ...s, erased: [...s.erased ?? [], { what: e.data.what, rule: e.data.rule, dueOn: e.data.dueOn, at: e.at }] };

    case 'calendar-published': return { ...s, calendar: e.data.calendar };
    case 'got-stuck': return { ...s, stuck: { cause: e.data.cause, since: e.at } };
    case 'got-unstuck': return { ...s, stuck: null };
  }
}

function stageLeft(s: ClaimState, e: ClaimEvent & { type: 'stage-left' }): ClaimState {
  const { outcome, to } = e.data;
  const judgedAnew = outcome === 'overturned' || outcome === 'reopened';
  const closes = to === 'closed';
  return {
    // What still waits for a second person (lifting a hold) waits on; a proposal that lapses stops its clock itself.
    ...(judgedAnew ? nextRound(s, e.at) : closes ? { ...s, clocks: stop(s.clocks, (run) => run.name !== 'second-person', e.at) } : s),
    stage: to, stageSince: e.at, closedAs: e.data.closedAs ?? null, closedAt: closes ? e.at : null,
    dispute: to === 'dispute' ? s.dispute : null, reopening: false,
  };
}

/** SPEC §1.1: after an overturned dispute or a reopening the claim is judged anew, by people who have not seen it, on a new fast-track clock. */
function nextRound(s: ClaimState, at: string): ClaimState {
  return {
    ...s, round: s.round + 1, seenBy: [...new Set([...s.seenBy, ...s.judgedBy])], judgedBy: [], recommendation: null,
    clocks: { ...s.clocks, ...startFastTrack(s.round + 1, at) },
  };
}

function reported(e: ClaimEvent & { type: 'claim-reported' }): ClaimState {
  const d = e.data;
  return {
    claimNo: d.claimNo, version: 0, hospital: d.hospital, department: d.department, insurer: d.insurer, patientId: d.patientId, patientPersonId: d.patientPersonId, mediators: [],
    stage: 'collecting', stageSince: e.at, closedAs: null, closedAt: null, round: 1, seenBy: [], judgedBy: [],
    outcomeType: d.outcomeType, reportedAt: e.at, reportedBy: d.reportedBy, occurredAt: d.occurredAt, surgeryAt: d.surgeryAt, facts: null, askedFen: null,
    calendar: d.calendar, clocks: {}, tasks: [], taskCount: {}, climbed: [], breached: false,
    documents: [], fileVersion: 0, gaps: [], waived: [], flags: [], eligibility: null, sample: null,
    acceptance: null, tier: null, supplements: [], investigations: [], recommendation: null, decision: null,
    payees: null, payments: [], paidFen: 0, raised: [], proposals: [], dispute: null, disputedRounds: [], reopening: false, ending: null, survivor: null,
    stuck: null, lastAct: null, lastEventAt: e.at, handled: [],
  };
}

const total = (benefits: ReadonlyArray<{ askedFen: number }>): number => benefits.reduce((sum, b) => sum + b.askedFen, 0);
const startClock = (name: ClockRun['name'], at: string): ClockRun => ({ name, startedAt: at, pauses: [], stoppedAt: null });

/** The fast track's clocks of a round; SPEC §1.5: they start at acceptance. */
const startFastTrack = (round: number, at: string): Record<string, ClockRun> =>
  Object.fromEntries(FAST_TRACK.map((name) => [`${name}.${round}`, startClock(name, at)]));

const stop = (clocks: ClaimState['clocks'], which: (run: ClockRun) => boolean, at: string): ClaimState['clocks'] =>
  Object.fromEntries(Object.entries(clocks).map(([id, run]) => [id, run.stoppedAt === null && which(run) ? { ...run, stoppedAt: at } : run]));

const mapFastTrack = (clocks: ClaimState['clocks'], change: (run: ClockRun) => ClockRun): ClaimState['clocks'] =>
  Object.fromEntries(Object.entries(clocks).map(([id, run]) => [id, FAST_TRACK.includes(run.name) && run.stoppedAt === null ? change(run) : run]));

const mapItem = (s: ClaimState, itemId: string, change: (item: ClaimState['supplements'][number]['items'][number]) => ClaimState['supplements'][number]['items'][number]): ClaimState['supplements'] =>
  s.supplements.map((r) => ({ ...r, items: r.items.map((item) => (item.itemId === itemId ? change(item) : item)) }));

const mapPayments = (s: ClaimState, keys: readonly string[], change: (p: ClaimState['payments'][number]) => ClaimState['payments'][number]): ClaimState['payments'] =>
  s.payments.map((p) => (keys.includes(p.key) ? change(p) : p));
