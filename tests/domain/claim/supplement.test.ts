import { isPaused, openRequest, type ClaimState } from '../../../src/domain/claim';
import { document, inAcceptance, inReview, inSupplement, PEOPLE, recommend, REQUEST, SECRET, type Scenario } from './scenario';

const paused = (state: ClaimState): boolean[] => ['decision.1', 'settlement.1'].map((id) => isPaused(state.clocks[id]!));
const cannot = { kind: 'cannot-provide' as const, note: SECRET };
const answerAll = (s: Scenario): Scenario => {
  for (const { itemId, from, answer } of openRequest(s.state)!.items) if (!answer) s.act('answer-supplement', { itemId, answer: cannot }, from === 'patient' ? PEOPLE.patient : PEOPLE.liaison);
  return s;
};
const acceptAll = (s: Scenario): Scenario => {
  for (const { itemId, verdict } of s.state.supplements.flatMap((r) => r.items)) if (verdict === null) s.act('accept-answer', { itemId }, PEOPLE.reviewer);
  return s;
};
const ask = (s: Scenario, by = PEOPLE.reviewer, more: { couldNotHaveBeenKnown?: boolean; note?: string } = {}): Scenario =>
  s.act('ask-supplement', { items: [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: more.couldNotHaveBeenKnown ?? true, why: SECRET }], ...(more.note ? { note: more.note } : {}) }, by);

describe('SPEC §1.7: one consolidated request', () => {
  test('each item: document or fact, why, from whom, due; two askers cannot ask at once', () => {
    const s = inSupplement();
    expect(s.state).toMatchObject({ stage: 'supplement', supplements: [{ requestNo: 1, askedIn: 'review', askedBy: 'reviewer', items: [{ itemId: 'S1.1', fact: 'course-of-treatment', from: 'hospital' }, { itemId: 'S1.2', from: 'patient' }] }] });
    expect(s.state.tasks).toMatchObject([{ kind: 'answer-as-hospital', assignee: null }, { kind: 'answer-as-patient', assignee: 'patient' }]);
    expect(s.refused('ask-supplement', { items: REQUEST }, PEOPLE.senior).code).toBe('not-now');
  });

  test.each([
    ['neither document nor fact', [{ from: 'hospital', couldNotHaveBeenKnown: false, why: 'x' }]], ['both', [{ document: 'invoice', fact: 'other', from: 'hospital', couldNotHaveBeenKnown: false, why: 'x' }]],
    ['no reason why', [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: false }]], ['from nobody', [{ fact: 'other', couldNotHaveBeenKnown: false, why: 'x' }]], ['no item', []],
  ])('refused: %s', (_, items) => {
    expect(inReview().refused('ask-supplement', { items }, PEOPLE.reviewer).code).toBe('invalid-input');
  });

  test('the reason is own words or the one that the guard proposes now, by its code, with what it rests on', () => {
    const item = { document: 'anaesthesia-record' as const, from: 'hospital' as const, couldNotHaveBeenKnown: false };
    const s = inAcceptance({ without: ['anaesthesia-record'] });
    expect(s.refused('ask-supplement', { items: [{ ...item, why: SECRET, whyCode: 'declared-missing' }] }, PEOPLE.reviewer)).toMatchObject({ code: 'invalid-input', field: '/items/0' });
    expect(s.refused('ask-supplement', { items: [{ ...item, whyCode: 'needed' }] }, PEOPLE.reviewer)).toMatchObject({ code: 'invalid-input', field: '/items/0/whyCode' });
    expect(s.refused('ask-supplement', { items: [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: false, whyCode: 'needed' }] }, PEOPLE.reviewer)).toMatchObject({ code: 'invalid-input', field: '/items/0/whyCode' });
    s.act('ask-supplement', { items: [{ ...item, whyCode: 'declared-missing' }, { ...item, document: 'invoice', from: 'patient', why: SECRET }], note: SECRET }, PEOPLE.reviewer);
    const asked = s.events.find((one) => one.type === 'supplement-asked')!;
    expect(asked).toMatchObject({ data: { items: [{ why: { code: 'declared-missing', conditional: 'if-anaesthesia' } }, { itemId: 'S1.2' }] }, personal: { why: { 'S1.2': SECRET } } });
    expect(asked.personal!['why']).not.toHaveProperty('S1.1' as never);
    expect((asked.data as { items: object[] }).items[1]).not.toHaveProperty('why');
  });

  test('what is already in the file is asked again only with a reason', () => {
    const items = [{ document: 'invoice' as const, from: 'patient' as const, couldNotHaveBeenKnown: false, why: SECRET }];
    expect(inReview().refused('ask-supplement', { items }, PEOPLE.reviewer)).toMatchObject({ code: 'item-already-given', field: '/note', details: { document: 'invoice' } });
    expect(inReview().act('ask-supplement', { items, note: SECRET }, PEOPLE.reviewer).state.stage).toBe('supplement');
  });
});

describe('SPEC §1.7: the pause', () => {
  test('starts when the notice is delivered, not when it is asked; ends with the last answer, not when somebody looks', () => {
    const s = inSupplement();
    expect(paused(s.state)).toEqual([false, false]);
    s.at('2026-03-03T02:00:00.000Z').fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(paused(s.state)).toEqual([true, true]);
    s.at('2026-03-04T02:00:00.000Z').act('answer-supplement', { itemId: 'S1.1', answer: cannot }, PEOPLE.liaison);
    expect(paused(s.state)).toEqual([true, true]);
    s.at('2026-03-05T02:00:00.000Z').act('answer-supplement', { itemId: 'S1.2', answer: cannot }, PEOPLE.patient);
    expect(s.state.stage).toBe('review');
    expect(s.state.clocks['settlement.1']?.pauses).toEqual([{ from: '2026-03-03T02:00:00.000Z', until: '2026-03-05T02:00:00.000Z', by: 'supplement.1' }]);
  });

  test('the notice delivered twice pauses once; delivered after the last answer it does not pause', () => {
    const s = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(() => s.fact('notice-delivered', { requestNo: 1 }, 'notices')).toThrow('already-there');
    const late = answerAll(inSupplement());
    expect(() => late.fact('notice-delivered', { requestNo: 1 }, 'notices')).toThrow('not-now');
    expect(paused(late.state)).toEqual([false, false]);
  });

  test('only for what could not have been known before', () => {
    const s = ask(inReview(), PEOPLE.reviewer, { couldNotHaveBeenKnown: false }).fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(paused(s.state)).toEqual([false, false]);
  });

  test('a request at acceptance has no fast track to pause; it does not use up the one of review', () => {
    const s = ask(inAcceptance()).fact('notice-delivered', { requestNo: 1 }, 'notices');
    acceptAll(answerAll(s)).act('accept-file', {}, PEOPLE.reviewer);
    ask(s).fact('notice-delivered', { requestNo: 2 }, 'notices');
    expect(paused(s.state)).toEqual([true, true]);
  });
});

describe('SPEC §1.7: two requests at most', () => {
  const second = (): Scenario => acceptAll(answerAll(inSupplement()));
  test('a second request needs a supervisor and a reason, and does not pause', () => {
    const s = second();
    expect(s.refused('ask-supplement', { items: REQUEST, note: SECRET }, PEOPLE.reviewer).code).toBe('needs-supervisor-reason');
    expect(s.refused('ask-supplement', { items: REQUEST }, PEOPLE.senior)).toMatchObject({ code: 'needs-supervisor-reason', field: '/note' });
    ask(s, PEOPLE.senior, { note: SECRET }).fact('notice-delivered', { requestNo: 2 }, 'notices');
    expect(paused(s.state)).toEqual([false, false]);
  });

  test('a third needs the insurer’s head, and does not pause', () => {
    const s = acceptAll(answerAll(ask(second(), PEOPLE.senior, { note: SECRET })));
    for (const by of [PEOPLE.reviewer, PEOPLE.senior]) expect(s.refused('ask-supplement', { items: REQUEST, note: SECRET }, by).code).toBe('needs-insurer-head');
    expect(s.refused('ask-supplement', { items: REQUEST }, PEOPLE.approver)).toMatchObject({ code: 'needs-insurer-head', field: '/note' });
    ask(s, PEOPLE.approver, { note: SECRET }).fact('notice-delivered', { requestNo: 3 }, 'notices');
    expect(paused(s.state)).toEqual([false, false]);
  });

  test('the head does not ask the first', () => {
    expect(inReview().refused('ask-supplement', { items: REQUEST }, PEOPLE.approver).code).toBe('not-your-role');
  });
});

describe('SPEC §1.7: answering', () => {
  test('by an upload, by "cannot provide" with a reason, by "already given" pointing at the document', () => {
    const s = inSupplement();
    const found = document('other');
    expect(s.refused('answer-supplement', { itemId: 'S1.1', answer: { kind: 'upload', documentIds: [found.documentId] } }, PEOPLE.liaison).code).toBe('unknown-document');
    s.act('upload-documents', { documents: [found] }, PEOPLE.liaison).act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'upload', documentIds: [found.documentId] } }, PEOPLE.liaison);
    s.act('answer-supplement', { itemId: 'S1.2', answer: { kind: 'already-given', documentId: s.state.documents[0]!.documentId } }, PEOPLE.patient);
    expect(s.state.supplements[0]?.items.map((i) => i.answer?.kind)).toEqual(['upload', 'already-given']);
    expect(s.refused('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide' } }, PEOPLE.liaison).code).toBe('not-now');
    expect(inSupplement().refused('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide' } }, PEOPLE.liaison).code).toBe('invalid-input');
  });

  test('by whom it was asked of, once', () => {
    const s = inSupplement();
    expect(s.refused('answer-supplement', { itemId: 'S1.1', answer: cannot }, PEOPLE.patient).code).toBe('not-asked-of-you');
    expect(s.refused('answer-supplement', { itemId: 'S1.2', answer: cannot }, PEOPLE.liaison).code).toBe('not-asked-of-you');
    // SPEC §1.2: the specialist helps the patient, but only the patient says that something cannot be had.
    expect(s.refused('answer-supplement', { itemId: 'S1.2', answer: cannot }, PEOPLE.specialist).code).toBe('not-asked-of-you');
    s.act('answer-supplement', { itemId: 'S1.2', answer: { kind: 'already-given', documentId: s.state.documents[0]!.documentId } }, PEOPLE.specialist);
    expect(inSupplement({ patientPersonId: null }).act('answer-supplement', { itemId: 'S1.2', answer: cannot }, PEOPLE.specialist).state.supplements[0]!.items[1]!.answer).toEqual({ kind: 'cannot-provide' });
    expect(s.refused('answer-supplement', { itemId: 'S1.2', answer: cannot }, PEOPLE.patient).code).toBe('unknown-item');
    expect(s.refused('answer-supplement', { itemId: 'S7.1', answer: cannot }, PEOPLE.liaison).code).toBe('unknown-item');
  });

  test('an item that asks for a document is answered by a document of that kind', () => {
    const s = inReview().act('ask-supplement', { items: [{ document: 'other', from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] }, PEOPLE.reviewer);
    expect(s.refused('answer-supplement', { itemId: 'S1.1', answer: { kind: 'upload', documentIds: [s.state.documents[0]!.documentId] } }, PEOPLE.liaison)).toMatchObject({ code: 'other-document-asked', details: { asked: 'other' } });
  });

  test.each([['acceptance', inAcceptance], ['review', inReview]] as const)('all answered: back to the stage that asked (%s)', (stage, make) => {
    expect(answerAll(ask(make())).state.stage).toBe(stage);
  });

  test('the asker accepts, rejects or waives each before the claim goes on', () => {
    const asked = answerAll(ask(inAcceptance()));
    expect(asked.refused('accept-file', {}, PEOPLE.reviewer).code).toBe('unjudged-answers');
    expect(acceptAll(asked).act('accept-file', {}, PEOPLE.reviewer).state.stage).toBe('review');
    const s = answerAll(inSupplement());
    expect(s.refused('recommend', {}, PEOPLE.reviewer).code).toBe('unjudged-answers');
    s.act('accept-answer', { itemId: 'S1.1' }, PEOPLE.reviewer).act('reject-answer', { itemId: 'S1.2' }, PEOPLE.reviewer);
    expect(s.refused('accept-answer', { itemId: 'S1.1' }, PEOPLE.reviewer).code).toBe('unknown-item');
    expect(recommend(s).state.stage).toBe('approval');
  });

  test('an unanswered item can be waived, not accepted; all items waived: back at once, and the clock runs again', () => {
    const s = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(s.refused('accept-answer', { itemId: 'S1.1' }, PEOPLE.reviewer).code).toBe('unknown-item');
    s.act('waive-item', { itemId: 'S1.1' }, PEOPLE.reviewer).act('waive-item', { itemId: 'S1.2' }, PEOPLE.reviewer);
    expect([s.state.stage, ...paused(s.state)]).toEqual(['review', false, false]);
    expect(recommend(s).state.stage).toBe('approval');
  });

  test('SPEC §1.2: waiving the item of a must-have document needs two persons', () => {
    const s = inAcceptance({ without: ['medical-summary'] });
    s.act('ask-supplement', { items: [{ document: 'medical-summary', from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] }, PEOPLE.reviewer).act('waive-item', { itemId: 'S1.1' }, PEOPLE.reviewer);
    expect(s.state).toMatchObject({ stage: 'supplement', waived: [] });
    s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior);
    expect(s.state).toMatchObject({ stage: 'acceptance', waived: ['medical-summary'] });
    expect(s.act('accept-file', {}, PEOPLE.reviewer).state.stage).toBe('review');
  });
});

describe('SPEC §1.1: due passes → back to the stage that asked, never an automatic rejection', () => {
  test.each([['acceptance', inAcceptance], ['review', inReview]] as const)('lapsed: back to %s', (stage, make) => {
    const s = make().act('ask-supplement', { items: REQUEST }, PEOPLE.reviewer).until('2026-03-12T16:00:00.000Z');
    expect(s.state).toMatchObject({ stage, decision: null });
    expect(s.events.filter((e) => e.type === 'stage-left').at(-1)).toMatchObject({ at: '2026-03-12T16:00:00.000Z', data: { outcome: 'lapsed', to: stage } });
  });

  test('3 working days for hospital items, 10 calendar days for patient items; the request lapses with the later', () => {
    const due = (from: 'hospital' | 'patient') => {
      const s = inReview().act('ask-supplement', { items: REQUEST.filter((i) => i.from === from) }, PEOPLE.reviewer).until('2026-04-30T00:00:00.000Z');
      return s.events.find((e) => e.type === 'supplement-ended')?.at;
    };
    expect([due('hospital'), due('patient')]).toEqual(['2026-03-05T16:00:00.000Z', '2026-03-12T16:00:00.000Z']);
  });

  test('an answer in the second the timer fires: whichever is recorded first stands, the other finds the claim gone on', () => {
    const now = '2026-03-05T16:00:00.000Z';
    const first = ask(inReview()).at(now).act('answer-supplement', { itemId: 'S1.1', answer: cannot }, PEOPLE.liaison).fact('time-passed', { now, assignees: {} }, 'clock');
    expect(first.events.filter((e) => e.type === 'supplement-ended')).toMatchObject([{ data: { how: 'answered' } }]);
    const second = ask(inReview()).until(now);
    expect(second.refused('answer-supplement', { itemId: 'S1.1', answer: cannot }, PEOPLE.liaison).code).toBe('not-now');
  });

  test('a worker away past the lapse reminds of nothing that was no longer owed', () => {
    const s = ask(inReview()).at('2026-03-20T00:00:00.000Z').fact('time-passed', { now: '2026-03-20T00:00:00.000Z', assignees: {} }, 'clock');
    const rungs = s.events.flatMap((e) => (e.type === 'rung-climbed' && e.data.key.startsWith('hospital-answers') ? [e.data.rung] : []));
    expect(rungs).toEqual(['half-time', 'one-day-left', 'four-fifths', 'breach']);
    expect(s.state.stage).toBe('review');
  });

  test('the pause ends with the lapse', () => {
    const s = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices').until('2026-03-12T16:00:00.000Z');
    expect(paused(s.state)).toEqual([false, false]);
  });

  test('what comes after the lapse still joins the file', () => {
    const s = ask(inReview()).until('2026-03-12T16:00:00.000Z');
    const { fileVersion } = s.state;
    expect(s.act('upload-documents', { documents: [document('other')] }, PEOPLE.liaison).state.fileVersion).toBe(fileVersion + 1);
    expect(recommend(s).state.stage).toBe('approval');
  });
});
