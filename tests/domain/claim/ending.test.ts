import { mayHandOver } from '../../../src/domain/claim';
import { checkClaim } from './invariants';
import { asAlso, bankConfirms, closedPaid, closedRejected, decides, document, given, IN_STAGE, inApproval, inDispute, inPayment, inReview, overturned, PEOPLE, recommend, SECRET, toBank, type Scenario } from './scenario';

const confirmed = (s: Scenario, by = PEOPLE.senior): Scenario => s.act('confirm-proposal', { proposalId: s.state.proposals.at(-1)!.proposalId }, by);
const BEFORE = ['collecting', 'documents', 'acceptance', 'review', 'supplement', 'investigation', 'approval'] as const;

describe('SPEC §1.1: withdraw', () => {
  test.each(BEFORE)('by the claimant, from %s, at once', (stage) => {
    const s = IN_STAGE[stage]().act('withdraw', { note: SECRET }, PEOPLE.patient);
    expect(s.state).toMatchObject({ stage: 'closed', closedAs: 'withdrawn', tasks: [] });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('a second person once approved, before payment starts', () => {
    const s = inPayment().act('withdraw', {}, PEOPLE.patient);
    expect(s.state.stage).toBe('payment');
    expect(s.state.tasks.map((t) => t.kind)).toEqual(['set-payee', 'second-person']);
    expect(confirmed(s, PEOPLE.specialist).state).toMatchObject({ stage: 'closed', closedAs: 'withdrawn' });
  });

  test('not once payment has started; the proposal cannot be confirmed any more either', () => {
    const s = inPayment().act('withdraw', {}, PEOPLE.patient);
    s.act('set-payee', { payees: [{ holder: SECRET, bank: SECRET, account: '62220000', share: 1 }] }, PEOPLE.specialist).act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.manager).code).toBe('payment-under-way');
    s.act('check-payment', {}, PEOPLE.finance2);
    bankConfirms(s);
    expect(s.state).toMatchObject({ stage: 'closed', closedAs: 'paid', proposals: [], tasks: [] });
  });

  test('withdraw racing with approval: whichever is recorded first', () => {
    const s = inApproval().act('withdraw', {}, PEOPLE.patient);
    const { lines } = s.state.recommendation!;
    expect(s.refused('approve', { lines, fileVersion: s.state.fileVersion }, PEOPLE.approver)).toMatchObject({ code: 'not-now', details: { before: { command: 'withdraw' } } });
  });

  test.each(['withdrawn', 'void'] as const)('a claim closed as %s is neither disputed nor reopened', (how) => {
    const s = how === 'withdrawn' ? inReview().act('withdraw', {}, PEOPLE.patient) : confirmed(inReview().act('void', { survivor: 'KP-2026-000001' }, PEOPLE.manager));
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.patient);
    expect(s.state.closedAs).toBe(how);
    expect(s.refused('dispute', { note: SECRET }, PEOPLE.patient).code).toBe('not-now');
    expect(s.refused('reopen', { note: SECRET }, PEOPLE.manager).code).toBe('not-now');
  });
});

describe('SPEC §1.1: void', () => {
  test.each(BEFORE)('a duplicate, from %s, by two persons, linking the surviving claim', (stage) => {
    const s = IN_STAGE[stage]();
    expect(s.refused('void', { survivor: s.state.claimNo }, PEOPLE.manager)).toMatchObject({ code: 'same-claim', field: '/survivor' });
    expect(s.refused('void', {}, PEOPLE.manager).code).toBe('invalid-input');
    s.act('void', { survivor: 'KP-2026-000001' }, PEOPLE.manager);
    expect(s.state.stage).toBe(stage);
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, asAlso(PEOPLE.manager, 'medical-affairs')).code).toBe('four-eyes');
    expect(confirmed(s, PEOPLE.affairs).state).toMatchObject({ stage: 'closed', closedAs: 'void', survivor: 'KP-2026-000001', tasks: [], proposals: [] });
  });

  test('void racing with payment: the proposal falls when payment begins', () => {
    const s = decides(inApproval().act('void', { survivor: 'KP-2026-000001' }, PEOPLE.manager));
    expect(s.state).toMatchObject({ stage: 'payment', proposals: [] });
  });

  test('a claim on which money was paid is neither void nor withdrawn in its second round', () => {
    const s = confirmed(closedPaid({}, 0.5).act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.approver2));
    expect(s.state).toMatchObject({ stage: 'review', round: 2 });
    expect(s.refused('void', { survivor: 'KP-2026-000001' }, PEOPLE.manager).code).toBe('already-paid');
    expect(s.refused('withdraw', {}, PEOPLE.patient).code).toBe('already-paid');
  });
});

describe('SPEC §1.2: an act that waits for its second person', () => {
  test('is owed by somebody by a known time, can be declined, or taken back by whoever proposed it', () => {
    const s = inReview().act('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.reviewer);
    const { proposalId } = s.state.proposals[0]!;
    expect(s.state.tasks).toMatchObject([{ kind: 'review' }, { kind: 'second-person', roles: ['senior-reviewer', 'approver'], about: proposalId }]);
    expect(s.fork().act('decline-proposal', { proposalId, note: SECRET }, PEOPLE.senior).state).toMatchObject({ proposals: [], tier: 'F10' });
    expect(s.fork().act('decline-proposal', { proposalId, note: SECRET }, PEOPLE.reviewer).state.proposals).toEqual([]);
    expect(s.refused('decline-proposal', { proposalId, note: SECRET }, PEOPLE.reviewer2).code).toBe('no-proposal');
    expect(s.refused('confirm-proposal', { proposalId: 'another' }, PEOPLE.senior)).toMatchObject({ code: 'no-proposal', field: '/proposalId' });
  });

  test('cannot be confirmed by whoever proposed it, also while another waits that this person may confirm', () => {
    const s = inReview().act('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.senior).act('void', { survivor: 'KP-2026-000001' }, PEOPLE.reviewer);
    const [own, other] = s.state.proposals;
    expect(s.refused('confirm-proposal', { proposalId: own!.proposalId }, PEOPLE.senior)).toMatchObject({ code: 'four-eyes', field: '/proposalId' });
    expect(s.act('confirm-proposal', { proposalId: other!.proposalId }, PEOPLE.senior).state.closedAs).toBe('void');
  });

  test('falls after 2 working days without one', () => {
    const s = inReview().act('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.reviewer).until('2026-03-04T16:00:00.000Z');
    expect(s.state).toMatchObject({ proposals: [], tier: 'F10' });
    expect(s.events.find((e) => e.type === 'proposal-ended')).toMatchObject({ at: '2026-03-04T16:00:00.000Z', data: { how: 'lapsed' } });
  });

  test('is checked again as the claim stands when it is confirmed', () => {
    const s = inReview({ without: ['witness-pack'] });
    s.act('recommend', { decision: 'approve', lines: [{ benefit: 'medical-costs', askedFen: 1_000_000, approvedFen: 1_000_000 }], reasons: ['A01'], exGratia: false, evidence: [], fileVersion: s.state.fileVersion }, PEOPLE.reviewer);
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.patient);
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior).code).toBe('file-changed');
  });
});

describe('SPEC §1.1: dispute', () => {
  test.each([['rejected', closedRejected], ['paid', closedPaid]] as const)('of a claim closed as %s, by the claimant, within 30 days', (_, make) => {
    const s = make().at('2026-04-01T15:59:59.999Z');
    expect(s.allowed(PEOPLE.patient)).toContain('dispute');
    s.fork().act('dispute', { note: SECRET }, PEOPLE.patient);
    s.at('2026-04-01T16:00:00.000Z');
    expect(s.refused('dispute', { note: SECRET }, PEOPLE.patient).code).toBe('too-late');
  });

  test('a panel of three: hospital medical affairs, insurer, neutral; 10 working days', () => {
    const s = inDispute();
    expect(s.state.tasks.map((t) => [t.about, t.roles.join('/'), t.assignee])).toEqual([['medical-affairs', 'medical-affairs', null], ['insurer', 'senior-reviewer/approver', null], ['neutral', 'mediator', 'mediator']]);
    expect(s.state.mediators).toEqual(['mediator']);
  });

  test('two equal votes decide; a seat votes once', () => {
    const s = inDispute().act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.affairs);
    expect(s.refused('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.affairs2).code).toBe('seat-taken');
    expect(s.refused('panel-decision', { vote: 'uphold', note: SECRET }, asAlso(PEOPLE.affairs, 'mediator')).code).toBe('four-eyes');
    s.act('panel-decision', { vote: 'overturn', note: SECRET }, PEOPLE.senior);
    expect(s.state.stage).toBe('dispute');
    s.act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.mediator);
    expect(s.state).toMatchObject({ stage: 'closed', closedAs: 'rejected', round: 1 });
    expect(s.refused('dispute', { note: SECRET }, PEOPLE.patient).code).toBe('already-disputed');
  });

  test('whoever judged the decision does not sit on its panel: reviewer, approver, a reviewer whose recommendation was returned, an investigator', () => {
    const s = inReview().act('open-investigation', { reason: 'other' }, PEOPLE.reviewer).act('close-investigation', { finding: 'no-fraud', note: SECRET }, PEOPLE.senior);
    recommend(s, 1, PEOPLE.senior2).act('return-to-review', { note: SECRET }, PEOPLE.approver);
    decides(recommend(s, 0, PEOPLE.reviewer2), PEOPLE.approver2).act('dispute', { note: SECRET }, PEOPLE.patient);
    for (const judge of [PEOPLE.senior, PEOPLE.senior2, PEOPLE.approver, PEOPLE.approver2]) expect(s.refused('panel-decision', { vote: 'uphold', note: SECRET }, judge).code).toBe('four-eyes');
    expect(s.allowed(PEOPLE.senior3)).toContain('panel-decision');
  });

  test('the neutral seat that nobody was found for is filled by name, and the mediator named sees the claim', () => {
    const s = closedRejected().act('dispute', { note: SECRET }, PEOPLE.patient).fact('mediator-appointed', { personId: null }, 'directory');
    const seat = s.state.tasks.find((t) => t.about === 'neutral')!;
    s.act('reassign-task', { taskId: seat.taskId, to: PEOPLE.mediator2.personId, note: SECRET }, PEOPLE.manager);
    expect(s.state).toMatchObject({ mediators: [PEOPLE.mediator2.personId] });
    s.act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.mediator2);
  });

  test('issue 4, what is misleading: no side hands over the seat of a mediator who has been found', () => {
    const s = inDispute();
    const seat = s.state.tasks.find((t) => t.about === 'neutral')!;
    for (const side of [PEOPLE.senior2, PEOPLE.approver2, PEOPLE.manager]) {
      expect(mayHandOver(side.role, seat)).toBe(false);
      expect(s.refused('reassign-task', { taskId: seat.taskId, to: PEOPLE.mediator2.personId }, side).code).toBe('unknown-task');
    }
  });

  test('overturn → review with people who have not seen it', () => {
    const s = overturned(inDispute());
    expect(s.state).toMatchObject({ stage: 'review', round: 2, recommendation: null });
    expect([...s.state.seenBy].sort()).toEqual(['affairs', 'approver', 'mediator', 'reviewer']);
    for (const by of [PEOPLE.reviewer, asAlso(PEOPLE.approver, 'reviewer')]) expect(s.refused('recommend', {}, by).code).toBe('has-seen-it');
    expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.reviewer).code).toBe('has-seen-it');
    expect(s.refused('reassign-task', { taskId: s.state.tasks[0]!.taskId, to: 'reviewer' }, PEOPLE.senior).code).toBe('has-seen-it');
    recommend(s, 1, PEOPLE.reviewer2);
    expect(s.refused('approve', {}, PEOPLE.approver).code).toBe('has-seen-it');
    bankConfirms(toBank(decides(s, PEOPLE.approver2)));
    expect(s.state).toMatchObject({ closedAs: 'paid', decision: { round: 2 } });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('the second reviewer of a missing witness pack must not have seen it either', () => {
    const s = overturned(inDispute({ without: ['witness-pack'] }));
    s.act('recommend', { decision: 'approve', lines: [{ benefit: 'medical-costs', askedFen: 1_000_000, approvedFen: 1_000_000 }], reasons: ['A01'], exGratia: false, evidence: [], fileVersion: s.state.fileVersion }, PEOPLE.reviewer2);
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.reviewer).code).toBe('has-seen-it');
    expect(confirmed(s, PEOPLE.reviewer3).state.stage).toBe('approval');
  });

  test('the fast track starts anew with the round', () => {
    const s = overturned(inDispute().at('2026-03-05T02:00:00.000Z'));
    expect(s.state.clocks['decision.1']?.stoppedAt).not.toBeNull();
    expect(s.state.clocks['settlement.2']).toMatchObject({ startedAt: '2026-03-05T02:00:00.000Z', stoppedAt: null });
  });

  test('each decision is disputed once: the second round’s has a panel of its own, with another mediator', () => {
    const s = decides(recommend(overturned(inDispute()), 0, PEOPLE.reviewer2), PEOPLE.approver2).act('dispute', { note: SECRET }, PEOPLE.patient);
    expect(s.state.tasks.find((t) => t.about === 'neutral')?.assignee).toBeNull();
    s.fact('mediator-appointed', { personId: PEOPLE.mediator.personId }, 'directory');
    expect(s.state.tasks.find((t) => t.about === 'neutral')?.assignee).toBeNull();
    s.fact('mediator-appointed', { personId: PEOPLE.mediator2.personId }, 'directory');
    expect(s.state.tasks.find((t) => t.about === 'neutral')?.assignee).toBe('mediator2');
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('nobody eligible as mediator: the seat stays open, is seen, and can be filled later', () => {
    const s = closedRejected().act('dispute', { note: SECRET }, PEOPLE.patient).fact('mediator-appointed', { personId: null }, 'directory');
    expect(s.state.mediators).toEqual([]);
    s.fact('mediator-appointed', { personId: PEOPLE.mediator.personId }, 'directory');
    expect(s.state.mediators).toEqual(['mediator']);
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });
});

describe('SPEC §1.1: reopening', () => {
  test('needs new evidence and two persons; at any time', () => {
    const s = closedRejected().at('2027-01-04T02:00:00.000Z');
    expect(s.refused('reopen', { note: SECRET }, PEOPLE.senior2).code).toBe('evidence-new-needed');
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.senior2);
    expect(s.state.stage).toBe('closed');
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, asAlso(PEOPLE.senior2, 'approver')).code).toBe('four-eyes');
    expect(confirmed(s, PEOPLE.manager).state).toMatchObject({ stage: 'review', round: 2, closedAs: null, closedAt: null });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('evidence of an earlier round does not reopen a later one', () => {
    const s = confirmed(closedRejected().act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.manager));
    decides(recommend(s.at('2026-03-03T02:00:00.000Z'), 0, PEOPLE.reviewer2), PEOPLE.approver2);
    expect(s.refused('reopen', { note: SECRET }, PEOPLE.manager).code).toBe('evidence-new-needed');
  });

  test('a dispute while a reopening waits for its second person: the reopening falls', () => {
    const s = closedRejected().act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.manager).act('dispute', { note: SECRET }, PEOPLE.patient);
    expect(s.state).toMatchObject({ stage: 'dispute', proposals: [] });
  });
});

test('SPEC §3: operations mark a claim as stuck and never change its course', () => {
  const s = given();
  const { stage, tasks } = s.state;
  s.fact('got-stuck', { cause: 'bank-away' }, 'operations');
  expect(s.state).toMatchObject({ stage, tasks, stuck: { cause: 'bank-away' } });
  expect(s.fact('got-unstuck', {}, 'operations').state.stuck).toBeNull();
});
