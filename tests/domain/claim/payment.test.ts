import { dueOf, isPaused, noticesOf, type Benefit } from '../../../src/domain/claim';
import { bankCallbackSchema } from '../../../src/platform/outside/bank';
import { checkClaim } from './invariants';
import { asAlso, bankConfirms, closedPaid, document, decides, inApproval, inPayment, inReview, MONDAY, outstanding, PAYEE, PEOPLE, recommend, SECRET, toBank, given, type Scenario } from './scenario';

const payees = (...shares: number[]) => ({ payees: shares.map((share) => ({ ...PAYEE, share })) });
const asks = (...fen: number[]) => ({ asks: fen.map((askedFen, n) => ({ benefit: (['medical-costs', 'complication-lump-sum', 'disability'] as Benefit[])[n]!, askedFen })) });
const amounts = (s: Scenario): number[] => s.state.payments.map((p) => p.amountFen);
const answer = (s: Scenario, more: Partial<{ key: string; status: 'confirmed' | 'failed'; amountFen: number; bankReference: string; fault: 'payee' | 'bank' }> = {}): Scenario => {
  const p = s.state.payments.at(-1)!;
  return s.fact('bank-answered', { key: p.key, status: 'confirmed', amountFen: p.amountFen, bankReference: 'B1', ...more }, 'bank');
};
const raised = (s: Scenario) => s.events.flatMap((e) => (e.type === 'bank-answer-raised' ? [e.data.what] : []));

describe('SPEC §1.9: payee, maker, checker, bank', () => {
  test('each step is owed by somebody until it is done; settled means paid', () => {
    const s = inPayment();
    const owed = () => s.state.tasks.map((t) => `${t.kind} by ${t.assignee ?? t.roles.join('/')} on ${t.clock}`);
    expect(owed()).toEqual(['set-payee by patient on settlement.1']);
    expect(s.refused('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance).code).toBe('no-payee');
    s.act('set-payee', payees(1), PEOPLE.patient);
    expect(owed()).toEqual(['confirm-payee by finance on settlement.1']);
    expect(s.refused('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance).code).toBe('payee-unconfirmed');
    s.act('confirm-payee', {}, PEOPLE.finance);
    expect(owed()).toEqual(['make-payment by finance on settlement.1']);
    s.act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    expect(owed()).toEqual(['check-payment by finance on settlement.1']);
    s.act('check-payment', {}, PEOPLE.finance2);
    expect(owed()).toEqual(['await-bank by system:bank on bank-answer.1']);
    answer(s);
    expect(s.state).toMatchObject({ stage: 'closed', closedAs: 'paid', paidFen: 1_000_000 });
  });

  test('SPEC §1.2: maker and checker are two persons, whatever their accounts; so are the two of the payee', () => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.finance);
    expect(s.refused('confirm-payee', {}, asAlso(PEOPLE.finance, 'finance')).code).toBe('four-eyes');
    s.act('confirm-payee', {}, PEOPLE.finance2).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    expect(s.refused('check-payment', {}, { ...PEOPLE.finance, sub: 'another-account' }).code).toBe('four-eyes');
    expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.finance).code).toBe('four-eyes');
  });

  test('a payee changed after the confirmation needs its second person again; between maker and checker it cannot be changed', () => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance).act('set-payee', payees(2), PEOPLE.specialist);
    expect(s.state.payees).toMatchObject({ setBy: 'specialist', confirmedBy: null });
    s.act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    expect(s.refused('set-payee', payees(1), PEOPLE.patient).code).toBe('payment-under-way');
    s.act('check-payment', {}, PEOPLE.finance2);
    expect(s.refused('set-payee', payees(1), PEOPLE.patient).code).toBe('payment-under-way');
  });

  test('a payment returned by the checker is made again, under a new key', () => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    s.act('return-payment', { note: SECRET }, PEOPLE.finance2).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance2).act('check-payment', {}, PEOPLE.finance);
    expect(s.state.payments.map((p) => [p.sequence, p.status])).toEqual([[1, 'returned'], [2, 'checked']]);
    expect(new Set(s.state.payments.map((p) => p.key)).size).toBe(2);
    expect(bankConfirms(s).state.paidFen).toBe(1_000_000);
  });

  test.each([999_999, 1_000_001, 0])('the maker states the amount outstanding; %d is refused', (amountFen) => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance);
    expect(s.refused('make-payment', { amountFen }, PEOPLE.finance)).toMatchObject({ code: 'other-amount-outstanding', details: { outstandingFen: 1_000_000 } });
  });

  test('a payee may be named early, and is not asked for again', () => {
    const s = given().act('set-payee', payees(1), PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance);
    expect(s.state.payees).toMatchObject({ confirmedBy: 'finance' });
  });

  test('SPEC §3: accounts and holders stand in the personal part only', () => {
    const s = toBank(inPayment());
    const set = s.events.find((e) => e.type === 'payee-set')!;
    expect(JSON.stringify(set.personal)).toContain(PAYEE.account);
    expect(JSON.stringify([s.state, s.events.map((e) => e.data)])).not.toContain(PAYEE.account);
    expect(JSON.stringify([s.state, s.events.map((e) => e.data)])).not.toContain(SECRET);
  });
});

describe('SPEC §1.9: parts add up to the total (largest remainder)', () => {
  test.each([
    ['thirds of 100.00', [10_000], [1, 1, 1], [3_334, 3_333, 3_333]], ['7 heirs', [100], [1, 1, 1, 1, 1, 1, 1], [15, 15, 14, 14, 14, 14, 14]],
    ['shares of 2 to 1', [100], [2, 1], [67, 33]], ['two benefits over two payees', [101, 50], [1, 1], [51, 50, 25, 25]], ['less than a fen each: nobody is sent nothing', [1], [1, 1, 1], [1]],
  ])('%s', (_, fen, shares, expected) => {
    const s = toBank(inPayment(asks(...fen)), shares);
    expect(amounts(s)).toEqual(expected);
    bankConfirms(s);
    expect(s.state).toMatchObject({ stage: 'closed', paidFen: fen.reduce((a, b) => a + b, 0) });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('one key per claim + benefit + payee + sequence', () => {
    const s = toBank(inPayment(asks(600, 400)), [1, 1]);
    const ids = s.state.payees!.list.map((p) => p.payeeId);
    expect(s.state.payments.map((p) => p.key)).toEqual(['medical-costs', 'complication-lump-sum'].flatMap((benefit) => ids.map((payeeId) => `KP-2026-000123:${benefit}:${payeeId}:1`)));
  });
});

describe('SPEC §1.9: what the bank may answer', () => {
  test('one of two confirmed: the claim waits for the other', () => {
    const s = toBank(inPayment(), [1, 1]);
    answer(s);
    expect(s.state).toMatchObject({ stage: 'payment', paidFen: 500_000, tasks: [{ kind: 'await-bank' }] });
  });

  test('confirmed twice: the same answer again says nothing new, another reference is raised; never paid twice', () => {
    const s = answer(toBank(inPayment()));
    const events = s.events.length;
    answer(s);
    expect(s.events).toHaveLength(events);
    answer(s, { bankReference: 'B2' });
    expect([raised(s), s.state.paidFen, s.state.stage]).toEqual([['confirmed-twice'], 1_000_000, 'closed']);
  });

  test('confirmed for another amount: recorded, raised, nothing counted as paid', () => {
    const s = answer(toBank(inPayment()), { amountFen: 999_999 });
    expect([raised(s), s.state.paidFen, s.state.stage]).toEqual([['other-amount'], 0, 'payment']);
    expect(s.refused('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance).code).toBe('payment-under-way');
    expect(noticesOf(s.events.at(-1)!, s.state)).toMatchObject([{ template: 'bank-answer-raised', to: { role: 'finance' } }]);
    // Asked by key every few hours, the bank says the same again: raised once.
    expect(raised(answer(s, { amountFen: 999_999 }))).toHaveLength(1);
    expect(raised(answer(s, { amountFen: 999_998 }))).toHaveLength(2);
  });

  test('a failure after a confirmation is raised', () => {
    const s = answer(toBank(inPayment()));
    expect(raised(s.fact('bank-answered', { key: s.state.payments[0]!.key, status: 'failed', amountFen: 1_000_000, bankReference: 'B1', fault: 'bank' }, 'bank'))).toEqual(['failed-after-confirmed']);
  });

  test('the payee is confirmed as it was read', () => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.patient);
    const read = s.state.payees!.list.map((p) => p.payeeId);
    s.act('set-payee', payees(1), PEOPLE.patient);
    expect(s.refused('confirm-payee', { payees: read }, PEOPLE.finance).code).toBe('payee-changed');
    s.act('confirm-payee', { payees: s.state.payees!.list.map((p) => p.payeeId) }, PEOPLE.finance);
  });

  test('what became of an odd payment is settled by two persons of finance: nothing was paid, so it is made anew under a new key', () => {
    const s = answer(toBank(inPayment()), { amountFen: 999_999 });
    const { key } = s.state.payments[0]!;
    expect(s.refused('resolve-payment', { key, paidFen: 1_000_001, note: 'x' }, PEOPLE.finance).code).toBe('other-amount-outstanding');
    s.act('resolve-payment', { key, paidFen: 0, note: 'x' }, PEOPLE.finance);
    const { proposalId } = s.state.proposals[0]!;
    expect(s.refused('confirm-proposal', { proposalId }, PEOPLE.finance).code).toBe('four-eyes');
    s.act('confirm-proposal', { proposalId }, PEOPLE.finance2);
    expect(s.state).toMatchObject({ paidFen: 0, payments: [{ key, status: 'failed' }], tasks: [{ kind: 'make-payment' }] });
    bankConfirms(toBank(s));
    expect(s.state).toMatchObject({ stage: 'closed', closedAs: 'paid', paidFen: 1_000_000 });
    expect(s.state.payments[1]!.key).not.toBe(key);
  });

  test('what became of an odd payment: the bank paid less, so only the rest is made', () => {
    const s = answer(toBank(inPayment()), { amountFen: 999_999 });
    s.act('resolve-payment', { key: s.state.payments[0]!.key, paidFen: 999_999, note: 'x' }, PEOPLE.finance).act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.finance2);
    expect(s.state).toMatchObject({ stage: 'payment', paidFen: 999_999 });
    bankConfirms(toBank(s));
    expect(s.state).toMatchObject({ closedAs: 'paid', paidFen: 1_000_000, payments: [{ amountFen: 999_999 }, { amountFen: 1 }] });
  });

  test.each([['collecting', given], ['payment', inPayment], ['closed', closedPaid]] as const)('confirmed for an unknown payment (in %s): recorded and raised', (_, make) => {
    const s = make().fact('bank-answered', { key: 'KP-2026-000123:death:x:9', status: 'confirmed', amountFen: 1, bankReference: 'B' }, 'bank');
    expect([raised(s), s.state.paidFen === 1]).toEqual([['unknown-payment'], false]);
  });

  test.each([
    ['a reference of 80 characters', { bankReference: `B_${'9'.repeat(77)}-` }], ['the largest amount a bank can name', { amountFen: Number.MAX_SAFE_INTEGER }], ['a key of 200 characters', { key: 'k'.repeat(200) }],
  ])('whatever the bank protocol lets through, the claim takes: %s', (_, odd) => {
    const s = toBank(inPayment());
    const { key, amountFen } = s.state.payments[0]!;
    const said = { key, amountFen, bankReference: 'B1', ...odd };
    expect(bankCallbackSchema.safeParse({ eventId: 'e1', at: MONDAY, status: 'confirmed', ...said }).error).toBeUndefined();
    answer(s, said);
    expect(s.events.filter((e) => e.type === 'payment-confirmed' || e.type === 'bank-answer-raised').map((e) => e.data)).toEqual([expect.objectContaining(said)]);
  });

  test('confirmed before the checker released it: raised, not paid', () => {
    const s = inPayment().act('set-payee', payees(1), PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance);
    expect([raised(answer(s)).length, s.state.paidFen]).toEqual([1, 0]);
  });

  test('failed at the bank: maker and checker again, under a new key; failed after it was confirmed changes nothing', () => {
    const s = answer(toBank(inPayment()), { status: 'failed', fault: 'bank' });
    expect(s.state).toMatchObject({ payees: { faulty: false }, tasks: [{ kind: 'make-payment' }] });
    const first = s.state.payments[0]!.key;
    bankConfirms(toBank(s));
    expect(s.state).toMatchObject({ stage: 'closed', paidFen: 1_000_000 });
    answer(s, { key: first, status: 'failed' });
    expect(s.state.paidFen).toBe(1_000_000);
  });

  test('failed for a payee fault: the clock pauses, the correction is owed by a known time, then payee, second person, maker and checker again', () => {
    const s = toBank(inPayment()).at('2026-03-04T02:00:00.000Z');
    answer(s, { status: 'failed', fault: 'payee' });
    expect(isPaused(s.state.clocks['settlement.1']!)).toBe(true);
    expect(s.state.tasks).toMatchObject([{ kind: 'set-payee', assignee: 'patient' }]);
    expect(dueOf(s.state, s.state.clocks[s.state.tasks[0]!.clock]!).dueAt).toBe('2026-03-14T16:00:00.000Z');
    expect(checkClaim(s.state, s.events)).toEqual([]);
    expect(s.refused('confirm-payee', {}, PEOPLE.finance).code).toBe('no-payee');
    s.until('2026-03-09T02:00:00.000Z').act('set-payee', payees(1), PEOPLE.patient);
    expect(s.state.clocks['settlement.1']?.pauses).toEqual([{ from: '2026-03-04T02:00:00.000Z', until: '2026-03-09T02:00:00.000Z', by: 'payee-fault' }]);
    expect(s.refused('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance).code).toBe('payee-unconfirmed');
    bankConfirms(toBank(s));
    expect(s.state).toMatchObject({ stage: 'closed', paidFen: 1_000_000 });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('a second payee fault has its own clock and its own pause', () => {
    const s = answer(toBank(answer(toBank(inPayment()), { status: 'failed', fault: 'payee' })), { status: 'failed', fault: 'payee' });
    expect(s.state.tasks).toMatchObject([{ kind: 'set-payee', clock: 'payee-fault.2' }]);
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('one of two payees at fault: only what is outstanding is made again', () => {
    const s = toBank(inPayment(), [1, 1]);
    const [first, second] = s.state.payments;
    answer(s, { key: first!.key }).fact('bank-answered', { key: second!.key, status: 'failed', fault: 'payee', amountFen: 500_000, bankReference: 'B' }, 'bank');
    expect(outstanding(s)).toBe(500_000);
    bankConfirms(toBank(s));
    expect(s.state).toMatchObject({ stage: 'closed', paidFen: 1_000_000 });
  });
});

describe('SPEC §1.1: after a dispute or reopening only the difference is paid, under its own key', () => {
  const reopened = (): Scenario => {
    const s = closedPaid(asks(600_000, 400_000), 0.5).act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.manager);
    return s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior);
  };
  const second = (s: Scenario, part: number): Scenario => decides(recommend(s, part, PEOPLE.reviewer2), PEOPLE.approver2);

  test('more than the first time: the difference', () => {
    const s = second(reopened(), 0.75);
    expect([s.state.stage, outstanding(s)]).toEqual(['payment', 250_000]);
    toBank(s);
    expect(s.state.payments.filter((p) => p.sequence === 2).map((p) => [p.benefit, p.amountFen])).toEqual([['medical-costs', 150_000], ['complication-lump-sum', 100_000]]);
    bankConfirms(s);
    expect(s.state).toMatchObject({ closedAs: 'paid', paidFen: 750_000, round: 2 });
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('the same or less: nothing is paid and nothing is taken back', () => {
    for (const part of [0.5, 0.25]) expect(second(reopened(), part).state).toMatchObject({ stage: 'closed', closedAs: 'paid', paidFen: 500_000 });
  });

  test('shifted between benefits: never more than the decision in all', () => {
    const s = reopened();
    const lines = [{ benefit: 'medical-costs' as const, askedFen: 600_000, approvedFen: 100_000 }, { benefit: 'complication-lump-sum' as const, askedFen: 400_000, approvedFen: 400_001 - 1 }];
    s.act('recommend', { decision: 'part', lines: [{ ...lines[0]!, approvedFen: 150_000 }, lines[1]!], reasons: ['Q01'], exGratia: false, evidence: [s.state.documents[0]!.documentId], fileVersion: s.state.fileVersion }, PEOPLE.reviewer2);
    toBank(decides(s, PEOPLE.approver2));
    expect(s.state.payments.filter((p) => p.sequence === 2).map((p) => [p.benefit, p.amountFen])).toEqual([['complication-lump-sum', 50_000]]);
    expect(bankConfirms(s).state.paidFen).toBe(550_000);
  });

  test('rejected the second time after a part was paid: closed as rejected, what was paid stays', () => {
    expect(second(reopened(), 0).state).toMatchObject({ closedAs: 'rejected', paidFen: 500_000 });
  });

  test('a claim never reviewed pays nothing', () => {
    expect(inApproval().state.payments.concat(inReview().state.payments)).toEqual([]);
  });
});
