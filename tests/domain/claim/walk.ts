/** Random people doing random allowed things to a claim, at random times; and diligent people who bring any claim to its end. */
import {
  agenda, checklist, COMMAND_NAMES, COMMANDS, DECISIONS, DOCUMENT_KINDS, FLAGS, isStraightThroughCandidate, mayUpload, openRequest, outstandingFen, PERSONS_ACTS, REASON_CODES, ROLES, system, SYSTEMS, TIER_NAMES,
  type Actor, type CommandName, type Decided, type DocumentKind, type Role, type SystemName,
} from '../../../src/domain/claim';
import { HOLD_REASONS } from '../../../src/domain/retention';
import { PUBLISHED_YEARS } from '../../../src/domain/calendar';
import { asAlso, actId, document, ELIGIBLE, facts, given, IN_STAGE, judgement, PAYEE, PEOPLE, SECRET, uuidOf, type Scenario } from './scenario';

/** A seeded source of chance (mulberry32): the same seed walks the same way. */
export interface Dice { next(): number; upTo(n: number): number; one<T>(list: readonly T[]): T; happens(chance: number): boolean }
export function dice(seed: number): Dice {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const upTo = (n: number): number => Math.floor(next() * n);
  return { next, upTo, one: (list) => list[upTo(list.length)]!, happens: (chance) => next() < chance };
}

const EVERYBODY: readonly Actor[] = Object.values(PEOPLE);
/** Anybody; now and then somebody with a second account in another role. */
const somebody = (d: Dice): Actor => (d.happens(0.15) ? asAlso(d.one(EVERYBODY), d.one(ROLES)) : d.one(EVERYBODY));

/** A body for a person's command: mostly one that fits the claim as it stands. */
function bodyFor(s: Scenario, command: CommandName, actor: Actor, d: Dice): unknown {
  const { state } = s;
  const known = (): string => (state.documents.length > 0 ? d.one(state.documents).documentId : uuidOf(0));
  const kinds = DOCUMENT_KINDS.filter((kind) => mayUpload(actor.role as Role, kind));
  const items = state.supplements.flatMap((r) => r.items);
  const itemId = (fits: (item: (typeof items)[number]) => boolean): string => { const open = items.filter(fits); return open.length > 0 ? d.one(open).itemId : 'S9.9'; };
  const taskId = state.tasks.length > 0 ? d.one(state.tasks).taskId : 'none';
  const note = SECRET;
  switch (command) {
    case 'submit-facts': return facts({
      occurredAt: state.occurredAt, outcome: d.one(['death', 'severe-disability', 'disability', 'serious-complication', 'minor-complication', 'minor-complication'] as const),
      asks: d.happens(0.5) ? [{ benefit: 'medical-costs', askedFen: d.one([1, 480_000, 500_000, 3_000_000, 30_000_000]) }] : [{ benefit: 'medical-costs', askedFen: 333 }, { benefit: 'complication-lump-sum', askedFen: 100_000 }],
      claimantIsInsured: d.happens(0.5), costsClaimed: d.happens(0.5), anaesthesia: d.happens(0.5), complication: d.happens(0.5),
    });
    case 'upload-documents': {
      const missing = checklist(state).filter((l) => l.need !== 'not-asked' && l.status === 'missing' && kinds.includes(l.kind)).map((l) => l.kind);
      return { documents: (missing.length > 0 && d.happens(0.9) ? missing.slice(0, 1 + d.upTo(missing.length)) : [d.one(kinds.length > 0 ? kinds : DOCUMENT_KINDS)]).map((kind) => document(kind)) };
    }
    case 'supersede-document': {
      const old = state.documents.filter((doc) => doc.supersededBy === null && kinds.includes(doc.kind));
      return old.length > 0 ? { supersedes: d.one(old).documentId, document: document(d.happens(0.9) ? old[0]!.kind : 'other') } : { supersedes: uuidOf(0), document: document('other') };
    }
    case 'declare-gap': return { kind: d.one(DOCUMENT_KINDS), reason: 'lost', note };
    case 'accept-file': return d.happens(0.2) ? { benefits: [{ benefit: 'medical-costs', askedFen: 200_000 }] } : {};
    case 'waive-document': return { kind: d.one(checklist(state).filter((l) => l.status !== 'present').map((l): DocumentKind => l.kind).concat('other')), note };
    case 'override-tier': return { tier: d.one(TIER_NAMES), note };
    case 'ask-supplement': return { note, items: Array.from({ length: 1 + d.upTo(3) }, () => ({ ...(d.happens(0.5) ? { document: d.one(DOCUMENT_KINDS) } : { fact: 'other' }), from: d.one(['hospital', 'patient']), couldNotHaveBeenKnown: d.happens(0.5), why: SECRET })) };
    case 'answer-supplement': return { itemId: itemId((i) => i.answer === null), answer: d.one([{ kind: 'upload', documentIds: [known()] }, { kind: 'cannot-provide', note }, { kind: 'already-given', documentId: known() }]) };
    case 'amend-benefits': return { benefits: [{ benefit: 'medical-costs', askedFen: d.one([1, 480_000, 3_000_000]) }] };
    case 'accept-answer': case 'reject-answer': return { itemId: itemId((i) => i.answer !== null && i.verdict === null) };
    case 'waive-item': return { itemId: itemId((i) => i.verdict === null) };
    case 'recommend': return d.happens(0.8)
      ? judgement(s, d.one([0, 0.3, 0.5, 1, 1]))
      : judgement(s, d.next(), { decision: d.one(DECISIONS), reasons: [d.one(REASON_CODES)], exGratia: d.happens(0.5), lines: (state.facts?.benefits ?? []).map((b) => ({ ...b, approvedFen: b.askedFen + d.upTo(3) })) });
    case 'open-investigation': return { reason: 'other', note };
    case 'close-investigation': return { finding: d.one(['fraud', 'no-fraud', 'inconclusive']), note };
    case 'approve': case 'reject': return { lines: state.recommendation?.lines ?? [], fileVersion: state.fileVersion - (d.happens(0.1) ? 1 : 0), note };
    case 'set-payee': return { payees: Array.from({ length: 1 + d.upTo(3) }, () => ({ ...PAYEE, share: 1 + d.upTo(3) })) };
    case 'make-payment': return { amountFen: outstandingFen(state) + (d.happens(0.1) ? 1 : 0) };
    case 'void': return { survivor: d.one(['KP-2026-000001', state.claimNo]), note };
    case 'panel-decision': return { vote: d.one(['uphold', 'overturn']), note };
    case 'confirm-proposal': case 'decline-proposal': return { proposalId: state.proposals.length > 0 ? d.one(state.proposals).proposalId : 'none', note };
    case 'set-hold': return { reason: d.one(HOLD_REASONS), note };
    case 'lift-hold': return { holdId: state.holds?.length ? d.one(state.holds).holdId : 'none', note };
    case 'claim-task': case 'release-task': return { taskId };
    case 'reassign-task': return { taskId, to: d.one(EVERYBODY).personId };
    case 'return-to-review': case 'return-payment': case 'dispute': case 'reopen': case 'withdraw': case 'withdraw-consent': return { note };
    default: return {};
  }
}

/** A fact that some system might state now. */
function factFor(s: Scenario, d: Dice): { command: CommandName; input: unknown; by: SystemName } {
  const { state } = s;
  const atBank = state.payments.filter((p) => p.status === 'checked');
  const payment = atBank.length > 0 && d.happens(0.8) ? d.one(atBank) : state.payments.length > 0 ? d.one(state.payments) : { key: 'unknown', amountFen: 1 };
  return d.one<{ command: CommandName; input: unknown; by: SystemName }>([
    { command: 'eligibility-answered', by: 'insurer', input: d.happens(0.7) ? ELIGIBLE : { insured: d.happens(0.5), departmentCovered: d.happens(0.5), limitLeftFen: d.one([null, 0, 100_000]), doubts: d.happens(0.5) ? ['D1'] : [] } },
    { command: 'sample-drawn', by: 'rule', input: { sampled: d.happens(0.3), why: 'drawn' } },
    { command: 'notice-delivered', by: 'notices', input: { requestNo: openRequest(state)?.requestNo ?? 1 } },
    { command: 'bank-answered', by: 'bank', input: { key: payment.key, status: d.happens(0.7) ? 'confirmed' : 'failed', amountFen: payment.amountFen + (d.happens(0.1) ? 1 : 0), bankReference: d.one(['r1', 'r2']), ...(d.happens(0.5) ? { fault: d.one(['payee', 'bank']) } : {}) } },
    { command: 'mediator-appointed', by: 'directory', input: { personId: d.one([null, 'mediator', 'mediator2', 'reviewer']) } },
    { command: 'calendar-published', by: 'directory', input: { years: [{ year: 2027, version: `2027.${1 + d.upTo(3)}`, days: { holidays: ['2027-01-01'], makeUp: [] } }, ...PUBLISHED_YEARS.filter((y) => y.year === 2026)] } },
    { command: 'flag-document', by: 'storage', input: { flag: d.one(Object.keys(FLAGS)), about: d.happens(0.5) ? uuidOf(d.upTo(5)) : null } },
    { command: 'got-stuck', by: 'operations', input: { cause: d.one(['bank-away', 'mail-away']) } },
    { command: 'got-unstuck', by: 'operations', input: {} },
  ]);
}

/** How a walk went on: what was decided of which act. */
export interface Step { command: string; decided: Decided }

const ASIDE: readonly CommandName[] = ['withdraw', 'void', 'claim-task', 'release-task', 'reassign-task', 'supersede-document', 'override-tier', 'open-investigation', 'decline-proposal', 'set-hold', 'lift-hold', 'withdraw-consent'];

/** One step of chance. The claim is changed by what is done; nothing else is. */
export function step(s: Scenario, d: Dice): Step {
  const chance = d.next();
  if (chance < 0.22) return timePasses(s, d);
  if (chance < 0.36) { const fact = factFor(s, d); return act(s, fact.command, fact.input, system(fact.by)); }
  if (chance < 0.42) return act(s, d.one(COMMAND_NAMES), d.one([null, [], {}, 'x', 1e309, COMMANDS[d.one(COMMAND_NAMES)].example]), d.happens(0.3) ? system(d.one(SYSTEMS)) : somebody(d));
  // Mostly somebody whom the claim waits for, so that walks get somewhere; and not often one of the acts that end it or lead round.
  const owing = EVERYBODY.filter((p) => s.state.tasks.some((t) => (t.roles as string[]).includes(p.role)));
  const actor = owing.length > 0 && d.happens(0.65) ? d.one(owing) : somebody(d);
  const offered = s.allowed(actor);
  const forward = offered.filter((name) => !ASIDE.includes(name) && (name !== 'set-payee' || s.state.stage === 'payment'));
  const command = offered.length === 0 ? d.one(PERSONS_ACTS) : d.one(forward.length > 0 && d.happens(0.95) ? forward : offered);
  return act(s, command, bodyFor(s, command, actor, d), actor);
}

function timePasses(s: Scenario, d: Dice): Step {
  const next = agenda(s.state)[0];
  const hours = d.happens(0.9) ? d.upTo(30) : d.upTo(2000);
  const later = new Date(Date.parse(s.now) + hours * 3_600_000 + d.upTo(3_600_000)).toISOString();
  s.at(next && next.at > s.now && d.happens(0.5) ? next.at : later);
  const assignees: Record<string, string | null> = {};
  for (const item of agenda(s.state)) if (item.do === 'assign' && d.happens(0.9)) assignees[item.taskId] = d.one([null, ...EVERYBODY.map((p) => p.personId)]);
  return act(s, 'time-passed', { now: s.now, assignees }, system('clock'));
}

function act(s: Scenario, command: CommandName, input: unknown, actor: Actor): Step {
  const decided = s.tries({ id: actId(), command, input, actor });
  if (decided.kind === 'done') { s.state = decided.state; s.events.push(...decided.events); }
  return { command, decided };
}

const fresh = (role: Role, n: number): Actor => ({ personId: `fresh-${role}-${n}`, sub: `fresh-${n}`, role, hospital: 'H001', departments: ['general-surgery'], insurer: 'I001' });

/**
 * Brings a claim to its end, whatever state it is in, by acts of people who have never seen it. What this cannot end within
 * `most` acts is a state that nobody can leave: an Error says which.
 */
export function finish(s: Scenario, most = 60): Scenario {
  for (let n = 0; n < most; n++) {
    const { state } = s;
    const by = (role: Role): Actor => fresh(role, n);
    if (state.stage === 'closed') return s;
    if (state.proposals.length > 0) { const p = state.proposals[0]!; s.act('decline-proposal', { proposalId: p.proposalId, note: SECRET }, by(p.roles[0]!)); continue; }
    switch (state.stage) {
      case 'collecting': s.act('submit-facts', facts({ occurredAt: state.occurredAt, ...(state.outcomeType === 'death' ? { outcome: 'death' as const } : {}) }), by('specialist')); break;
      case 'documents': {
        const missing = checklist(state).filter((l) => l.need !== 'not-asked' && l.status === 'missing');
        s.act('upload-documents', { documents: missing.map((l) => document(l.kind)) }, by('specialist'));
        break;
      }
      case 'acceptance': accepts(s, by); break;
      case 'review': if (!judgesAnswers(s, by)) recommends(s, n); break;
      case 'supplement': { const item = openRequest(state)!.items.find((i) => i.answer === null)!; s.act('answer-supplement', { itemId: item.itemId, answer: { kind: 'cannot-provide', note: SECRET } }, by(item.from === 'patient' && state.patientPersonId !== null ? 'patient' : 'specialist')); break; }
      case 'investigation': s.act('close-investigation', { finding: 'inconclusive', note: SECRET }, by('senior-reviewer')); break;
      case 'approval': s.act(state.recommendation!.decision === 'reject' ? 'reject' : 'approve', { lines: state.recommendation!.lines, fileVersion: state.fileVersion }, by('approver')); break;
      case 'payment': pays(s, by); break;
      case 'dispute': { const seat = state.tasks[0]!; s.act('panel-decision', { vote: 'uphold', note: SECRET }, by(seat.roles[0]!)); break; }
    }
  }
  throw new Error(`nobody brings this claim to an end: ${s.state.stage}, tasks ${s.state.tasks.map((t) => t.kind).join()}`);
}

type By = (role: Role) => Actor;

function accepts(s: Scenario, by: By): void {
  const { state } = s;
  const missing = checklist(state).find((l) => l.need === 'must' && l.status !== 'present' && l.status !== 'waived');
  if (state.eligibility === null) s.fact('eligibility-answered', ELIGIBLE, 'insurer');
  else if (missing) s.act('upload-documents', { documents: [document(missing.kind)] }, by('specialist'));
  else if (isStraightThroughCandidate(state)) s.fact('sample-drawn', { sampled: true, why: 'drawn' }, 'rule');
  else if (!judgesAnswers(s, by)) s.act('accept-file', {}, by('reviewer'));
}

function judgesAnswers(s: Scenario, by: By): boolean {
  const item = s.state.supplements.flatMap((r) => r.items).find((i) => i.answer !== null && i.verdict === null);
  if (item) s.act('accept-answer', { itemId: item.itemId }, by('reviewer'));
  return item !== undefined;
}

function recommends(s: Scenario, n: number): void {
  s.act('recommend', judgement(s), fresh('reviewer', n));
  const proposal = s.state.proposals.find((p) => p.command === 'recommend');
  if (proposal) s.act('confirm-proposal', { proposalId: proposal.proposalId }, fresh('reviewer', n + 1000));
}

function pays(s: Scenario, by: By): void {
  const { payments, payees } = s.state;
  const atBank = payments.find((p) => p.status === 'checked');
  if (atBank) s.fact('bank-answered', { key: atBank.key, status: 'confirmed', amountFen: atBank.amountFen, bankReference: 'r' }, 'bank');
  else if (payments.some((p) => p.status === 'made')) s.act('check-payment', {}, by('finance'));
  else if (payees === null || payees.faulty) s.act('set-payee', { payees: [PAYEE] }, by('specialist'));
  else if (payees.confirmedBy === null) s.act('confirm-payee', {}, by('finance'));
  else s.act('make-payment', { amountFen: outstandingFen(s.state) }, by('finance'));
}

/** A claim for a walk: just reported, or somewhere on its way. */
export function start(d: Dice): Scenario {
  if (d.happens(0.6)) return d.one(Object.values(IN_STAGE))({ outcome: d.one(['serious-complication', 'death', 'minor-complication']), without: d.happens(0.2) ? ['witness-pack'] : [] });
  return given({ outcome: 'minor-complication', at: d.one(['2026-03-02T02:00:00.000Z', '2026-02-13T15:59:59.999Z', '2026-09-30T16:00:00.000Z', '2026-12-11T08:00:00.000Z']), patientPersonId: d.one([null, 'patient']) });
}
