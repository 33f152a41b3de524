import { agenda, CLOCKS, dueOf, grossDays, nextDeadline, noticesOf, type ClaimEvent, type EventData } from '../../../src/domain/claim';
import { PUBLISHED_YEARS } from '../../../src/domain/calendar';
import { checkClaim } from './invariants';
import { ELIGIBLE, given, inApproval, inAcceptance, inDispute, inDocuments, inInvestigation, inPayment, inReview, inSupplement, MONDAY, PEOPLE, recommend, SECRET, uploadAll, type Scenario } from './scenario';

/** Rungs as climbed: name, due, to whom. Times in Shanghai, to the minute. */
const shanghai = (iso: string): string => new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
const rungs = (events: readonly ClaimEvent[]): EventData['rung-climbed'][] => events.flatMap((e) => (e.type === 'rung-climbed' ? [e.data] : []));
const climbed = (s: Scenario, of: string): string[] => rungs(s.events).filter((r) => r.key.startsWith(of)).map((r) => `${shanghai(r.dueAt)} ${r.rung}${r.breach ? '!' : ''} → ${r.tells.join(', ')}`);
const due = (s: Scenario, clock: string): string | undefined => { const at = dueOf(s.state, s.state.clocks[clock]!).dueAt; return at === null ? undefined : shanghai(at); };
/** Accepted in Shanghai at that time, in the tier asked for. */
function acceptedAt(at: string, tier: 'F3' | 'F5' | 'F10' | 'D15', years = [2026]): Scenario {
  const way = { F3: { outcome: 'minor-complication', asks: 500_000 }, F5: { outcome: 'minor-complication', asks: 600_000 }, F10: { outcome: 'serious-complication', asks: 1_000_000 }, D15: { outcome: 'death', asks: 1_000_000 } } as const;
  return inReview({ at: new Date(`${at}:00+08:00`).toISOString(), outcome: way[tier].outcome, asks: [{ benefit: 'medical-costs', askedFen: way[tier].asks }], years });
}

describe('SPEC §1.6: the ladder of collection', () => {
  test('0 h told · 12 h reminded · 20 h manager and liaison · 24 h breach · 36 h insurer · 48 h risk committee, on absolute times', () => {
    const s = given({ at: '2026-10-01T02:00:00.000Z' }).until('2026-10-20T00:00:00.000Z');
    expect(climbed(s, 'collection/')).toEqual([
      '2026-10-01 10:00 told → specialist', '2026-10-01 22:00 reminded → specialist', '2026-10-02 06:00 manager → manager, liaison',
      '2026-10-02 10:00 breach! → manager, medical-affairs', '2026-10-02 22:00 insurer → senior-reviewer', '2026-10-03 10:00 risk-committee → risk-committee',
    ]);
    expect(s.state).toMatchObject({ stage: 'collecting', breached: true });
  });

  test('SPEC §1.5: 24 hours from the report, never stretched by a holiday, never paused', () => {
    expect(due(given({ at: '2026-10-01T02:00:00.000Z' }), 'collection')).toBe('2026-10-02 10:00');
  });

  test('the first rung is climbed by the report itself', () => {
    expect(rungs(given().events)).toMatchObject([{ key: 'collection/told', dueAt: MONDAY }]);
  });

  test('facts in time: the rest of the ladder is taken away', () => {
    const s = given().at('2026-03-03T01:59:59.999Z');
    s.act('submit-facts', { occurredAt: MONDAY, outcomeType: 'death', benefits: [{ benefit: 'death', askedFen: 1 }], claimantIsInsured: false, costsClaimed: false, anaesthesia: true, complication: false }, PEOPLE.specialist);
    s.until('2026-04-01T00:00:00.000Z');
    expect(climbed(s, 'collection/')).toHaveLength(1);
    expect(s.state.clocks['collection']?.stoppedAt).toBe('2026-03-03T01:59:59.999Z');
  });

  test('SPEC §1.6, worker down: each rung fires once, stamped with its due time and the real time', () => {
    const s = given().at('2026-03-03T10:00:00.000Z').fact('time-passed', { now: '2026-03-03T10:00:00.000Z', assignees: {} }, 'clock');
    const late = s.events.filter((e) => e.type === 'rung-climbed' && e.data.key.startsWith('collection/') && e.data.rung !== 'told');
    expect(late.map((e) => [(e as { data: { dueAt: string } }).data.dueAt, e.at])).toEqual([
      ['2026-03-02T14:00:00.000Z', '2026-03-03T10:00:00.000Z'], ['2026-03-02T22:00:00.000Z', '2026-03-03T10:00:00.000Z'], ['2026-03-03T02:00:00.000Z', '2026-03-03T10:00:00.000Z'],
    ]);
    const events = s.events.length;
    s.fact('time-passed', { now: '2026-03-03T10:00:00.000Z', assignees: {} }, 'clock');
    expect(s.events).toHaveLength(events);
  });
});

describe('SPEC §1.6: ladders of working days', () => {
  test('50 % owner · 80 % supervisor · 1 day before approver and manager · due breach, claimant told · +2 steering · +5 compliance', () => {
    const s = inDocuments().until('2026-04-20T00:00:00.000Z');
    expect(climbed(s, 'documents.1/')).toEqual([
      '2026-03-04 12:00 half-time → owner', '2026-03-05 00:00 one-day-left → approver, manager', '2026-03-05 09:36 four-fifths → supervisor',
      '2026-03-06 00:00 breach! → owner, supervisor, claimant', '2026-03-10 00:00 steering → steering-list', '2026-03-13 00:00 compliance → compliance',
    ]);
  });

  test('a clock of one working day: nobody is reminded in the moment the task opens', () => {
    const s = inAcceptance().until('2026-03-03T16:00:00.000Z');
    expect(climbed(s, 'acceptance.1/')).toEqual(['2026-03-03 12:00 half-time → owner', '2026-03-03 19:12 four-fifths → supervisor', '2026-03-04 00:00 breach! → owner, supervisor, claimant']);
  });

  test('F3: decided by the 2nd, settled by the 3rd working day', () => {
    const s = acceptedAt('2026-03-02 10:00', 'F3');
    expect([due(s, 'decision.1'), due(s, 'settlement.1')]).toEqual(['2026-03-05 00:00', '2026-03-06 00:00']);
    s.until('2026-03-31T00:00:00.000Z');
    expect(climbed(s, 'decision.1/')).toEqual([
      '2026-03-04 00:00 half-time → owner', '2026-03-04 00:00 one-day-left → approver, manager', '2026-03-04 14:24 four-fifths → supervisor', '2026-03-05 00:00 breach! → owner, supervisor, claimant',
      '2026-03-07 00:00 steering → steering-list', '2026-03-12 00:00 compliance → compliance',
    ]);
    // The promise of settlement is broken while the claim is still with the reviewer.
    expect(climbed(s, 'settlement.1/')).toEqual(['2026-03-06 00:00 breach! → owner, supervisor, claimant', '2026-03-10 00:00 steering → steering-list', '2026-03-13 00:00 compliance → compliance']);
  });

  test('D15: 12 working days to decide and 15 to settle, across Qingming', () => {
    const s = acceptedAt('2026-03-25 09:00', 'D15');
    expect([due(s, 'decision.1'), due(s, 'settlement.1')]).toEqual(['2026-04-14 00:00', '2026-04-17 00:00']);
  });

  test.each([
    ['accepted Fri 2026-02-13 + 3 → Wed 2026-02-25', '2026-02-13 10:00', 'F3', '2026-02-26 00:00'], ['accepted Sat 2026-02-14 + 3 → Thu 02-26', '2026-02-14 10:00', 'F3', '2026-02-27 00:00'],
    ['Thu 2026-04-30 + 5 → Mon 05-11', '2026-04-30 10:00', 'F5', '2026-05-12 00:00'], ['Fri 2026-09-18 + 15 → Thu 10-15', '2026-09-18 10:00', 'D15', '2026-10-16 00:00'],
    ['Wed 2026-09-30 + 3 → Sat 10-10', '2026-09-30 10:00', 'F3', '2026-10-11 00:00'], ['accepted 23:59 counts from that day', '2026-02-13 23:59', 'F3', '2026-02-26 00:00'],
  ] as const)('SPEC §1.5, vector: %s', (_, at, tier, expected) => {
    expect(due(acceptedAt(at, tier), 'settlement.1')).toBe(expected);
  });

  test('SPEC §1.5: a date that reaches a year without a notice is provisional, and computed anew when the notice comes', () => {
    const s = acceptedAt('2026-12-11 10:00', 'D15');
    const promised = dueOf(s.state, s.state.clocks['settlement.1']!);
    expect(promised).toMatchObject({ provisional: true, calendarVersion: '2026.1', dueAt: '2027-01-01T16:00:00.000Z' });
    expect(nextDeadline(s.state)).toMatchObject({ provisional: false, clock: 'decision' });
    s.fact('calendar-published', { years: [{ year: 2027, version: '2027.1', days: { holidays: ['2027-01-01'], makeUp: [] } }] }, 'directory');
    expect(dueOf(s.state, s.state.clocks['settlement.1']!)).toMatchObject({ provisional: false, calendarVersion: '2026.1+2027.1', dueAt: '2027-01-04T16:00:00.000Z' });
    expect(Object.keys(s.state.calendar.years)).toEqual(['2026', '2027']);
    expect(() => s.fact('calendar-published', { years: [{ year: 2027, version: '2027.1', days: { holidays: ['2027-01-01'], makeUp: [] } }] }, 'directory')).toThrow('already-there');
  });

  test('a notice amended after a date was promised moves the date; the rungs that were climbed stay climbed', () => {
    const s = acceptedAt('2026-03-02 10:00', 'F3').until('2026-03-04T00:00:00.000Z');
    const before = climbed(s, 'decision.1/');
    const { days } = PUBLISHED_YEARS.find((y) => y.year === 2026)!;
    s.fact('calendar-published', { years: [{ year: 2026, version: '2026.2', days: { ...days, holidays: [...days.holidays, '2026-03-04'] } }] }, 'directory');
    expect(due(s, 'decision.1')).toBe('2026-03-06 00:00');
    s.until('2026-03-05T16:00:00.000Z');
    expect(climbed(s, 'decision.1/').slice(0, before.length)).toEqual(before);
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test('SPEC §1.5, vector: 5 working days from Mon 2026-03-02, paused Wed 03-04 11:00, resumed Mon 03-09 16:00 → due 03-12', () => {
    const s = acceptedAt('2026-03-02 10:00', 'F5').at('2026-03-04T02:30:00.000Z').act('ask-supplement', { items: [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: true, why: SECRET }] }, PEOPLE.reviewer);
    s.at('2026-03-04T03:00:00.000Z').fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(due(s, 'settlement.1')).toBeUndefined();
    s.at('2026-03-09T08:00:00.000Z').act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison);
    expect(due(s, 'settlement.1')).toBe('2026-03-13 00:00');
    const { ledger } = dueOf(s.state, s.state.clocks['settlement.1']!);
    expect(ledger.filter((l) => l.counted).map((l) => l.day)).toEqual(['2026-03-03', '2026-03-09', '2026-03-10', '2026-03-11', '2026-03-12']);
    expect(ledger.find((l) => l.day === '2026-03-05')).toMatchObject({ counted: false, pausedBy: 'supplement.1' });
  });

  test('a paused clock climbs nothing; the one who owes the answer has a ladder of his own', () => {
    const s = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices').until('2026-03-11T00:00:00.000Z');
    expect([...climbed(s, 'decision.1/'), ...climbed(s, 'settlement.1/')]).toEqual([]);
    expect(climbed(s, 'hospital-answers.1/').map((line) => line.split(' ')[2])).toEqual(['half-time', 'one-day-left', 'four-fifths', 'breach!', 'steering']);
  });

  test('an approval opened late is not greeted with reminders that have passed, but a breach is not lost', () => {
    const s = inReview().until('2026-03-31T02:00:00.000Z');
    const seen = climbed(s, 'decision.1/').length;
    recommend(s).until('2026-03-31T02:00:00.000Z');
    expect(climbed(s, 'decision.1/')).toHaveLength(seen);
    // Opened on the 6th of 7 days: what comes after is still said.
    const late = recommend(inReview().at('2026-03-10T02:00:00.000Z')).until('2026-03-20T00:00:00.000Z');
    expect(climbed(late, 'decision.1/').map((line) => line.split(' ')[2])).toEqual(['four-fifths', 'one-day-left', 'breach!', 'steering', 'compliance']);
  });

  test('SPEC §1.1: an investigation does not pause the fast track: its breach is heard while the claim is with the investigator', () => {
    const s = inInvestigation().until('2026-03-13T00:00:00.000Z');
    expect(s.state.stage).toBe('investigation');
    expect(climbed(s, 'decision.1/')).toEqual(['2026-03-12 00:00 breach! → owner, supervisor, claimant']);
  });

  test('the decision clock ends with the decision; settlement runs on until the bank confirms', () => {
    const s = inPayment();
    expect(s.state.clocks['decision.1']?.stoppedAt).toBe(s.state.decision?.at);
    expect(s.state.clocks['settlement.1']?.stoppedAt).toBeNull();
  });

  test('the panel: each seat owes its vote and has its ladder, no rung fires twice', () => {
    const s = inDispute().until('2026-05-01T00:00:00.000Z');
    expect(agenda(s.state)).toEqual([]);
    for (const seat of ['medical-affairs', 'insurer', 'neutral']) expect(climbed(s, `panel.1.${seat}/`).map((line) => line.split(' ')[2])).toEqual(['half-time', 'four-fifths', 'one-day-left', 'breach!', 'steering', 'compliance']);
    expect(checkClaim(s.state, s.events)).toEqual([]);
  });

  test.each([
    ['documents', 3], ['acceptance', 1], ['hospital-answers', 3], ['patient-answers', 10], ['investigation', 10], ['panel', 10],
  ] as const)('SPEC §1.1: the clock %s is %d days long', (clock, length) => {
    expect(CLOCKS[clock].length).toBe(length);
    expect(CLOCKS[clock].counts).toBe(clock === 'patient-answers' ? 'calendar-days' : 'working-days');
  });
});

describe('SPEC §1.6: an unclaimed pool task', () => {
  test('2 working hours: the lead is told; 4: the least loaded eligible person gets it', () => {
    const s = inAcceptance({ at: '2026-02-13T08:00:00.000Z' }); // Friday 16:00, and the Saturday is a make-up day
    s.until('2026-02-14T03:00:00.000Z', () => PEOPLE.reviewer2.personId);
    const accept = s.state.tasks.find((t) => t.kind === 'accept-file')!;
    expect(climbed(s, `${accept.taskId}/`)).toEqual(['2026-02-14 10:00 unclaimed → supervisor']);
    s.until('2026-02-14T04:00:00.000Z', () => PEOPLE.reviewer2.personId);
    expect(s.state.tasks).toMatchObject([{ kind: 'accept-file', assignee: 'reviewer2' }]);
    const assigned = s.events.find((e) => e.type === 'task-assigned' && e.data.taskId === accept.taskId);
    expect(assigned).toMatchObject({ at: '2026-02-14T04:00:00.000Z', data: { why: 'least-loaded', to: 'reviewer2' } });
  });

  test('nobody eligible → exception list, never completed by the system', () => {
    const s = inAcceptance().until('2026-03-02T08:00:00.000Z', () => null);
    const assigned = s.events.find((e) => e.type === 'task-assigned')!;
    expect(assigned).toMatchObject({ data: { to: null, why: 'nobody-eligible' } });
    expect(noticesOf(assigned, s.state)).toMatchObject([{ template: 'nobody-eligible', to: { role: 'ops' } }]);
    expect(s.state.stage).toBe('acceptance');
  });

  test('four eyes hold for the directory too: whoever may not hold the task does not get it', () => {
    const s = inApproval().until('2026-03-02T08:00:00.000Z', () => PEOPLE.reviewer.personId);
    expect(s.state.tasks).toMatchObject([{ kind: 'approve', assignee: null }]);
  });

  test('taken in time: nobody is told', () => {
    const s = inAcceptance();
    s.act('claim-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.reviewer).until('2026-03-02T09:00:00.000Z');
    expect(climbed(s, s.state.tasks[0]!.taskId)).toEqual([]);
    expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.reviewer2)).toMatchObject({ code: 'task-taken', details: { personId: 'reviewer' } });
    expect(s.refused('release-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.reviewer2).code).toBe('not-your-task');
    s.act('release-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.reviewer);
    expect(s.state.tasks[0]?.assignee).toBeNull();
  });
});

describe('SPEC §1.6: a rung informs or transfers', () => {
  test('one-tap reassign: the manager hands over, the task and its history stay', () => {
    const s = given().until('2026-03-03T02:00:00.000Z');
    const task = s.state.tasks[0]!;
    s.act('reassign-task', { taskId: task.taskId, to: PEOPLE.specialist2.personId, note: SECRET }, PEOPLE.manager);
    expect(s.state.tasks).toEqual([{ ...task, assignee: 'specialist2' }]);
    expect(s.refused('reassign-task', { taskId: task.taskId, to: 'specialist2' }, PEOPLE.manager).code).toBe('already-there');
    expect(s.refused('reassign-task', { taskId: task.taskId, to: 'specialist' }, PEOPLE.senior).code).toBe('unknown-task');
  });

  test('a task is not handed to whoever holds the other half', () => {
    const s = inApproval();
    expect(s.refused('reassign-task', { taskId: s.state.tasks[0]!.taskId, to: PEOPLE.reviewer.personId }, PEOPLE.senior).code).toBe('four-eyes');
    expect(s.refused('reassign-task', { taskId: s.state.tasks[0]!.taskId, to: PEOPLE.approver.personId }, PEOPLE.manager).code).toBe('unknown-task');
  });

  test('SPEC §1.5, legal floor: 30 calendar days to assess, supplement time excluded', () => {
    const plain = inReview().until('2026-06-01T00:00:00.000Z');
    expect(climbed(plain, 'legal/')).toEqual(['2026-04-02 00:00 legal-assessment → approver, compliance', '2026-05-02 00:00 legal-advance → approver, compliance']);
    const asked = inSupplement().at('2026-03-07T02:00:00.000Z');
    for (const [itemId, by] of [['S1.1', PEOPLE.specialist], ['S1.2', PEOPLE.patient]] as const) asked.act('answer-supplement', { itemId, answer: { kind: 'cannot-provide', note: SECRET } }, by);
    expect(climbed(asked.until('2026-04-20T00:00:00.000Z'), 'legal/')).toEqual(['2026-04-07 00:00 legal-assessment → approver, compliance']);
  });

  test('SPEC §1.5: the gross clock runs from the report and never pauses', () => {
    const s = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices');
    expect(grossDays(s.state, '2026-03-07T02:00:00.000Z')).toBe(5);
  });

  test('the agenda is empty once the claim is closed', () => {
    const s = uploadAll(inDocuments({ outcome: 'minor-complication' })).fact('eligibility-answered', ELIGIBLE, 'insurer').act('withdraw', {}, PEOPLE.patient);
    expect([s.state.stage, agenda(s.state)]).toEqual(['closed', []]);
  });
});
