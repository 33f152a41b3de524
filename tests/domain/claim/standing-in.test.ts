import { COMMANDS, evolve, noticesOf, type Actor, type ClaimState } from '../../../src/domain/claim';
import { asAlso, decides, inApproval, inDocuments, inPayment, inReview, judgement, PAYEE, PEOPLE, SECRET, type Scenario } from './scenario';

const { reviewer, reviewer2, reviewer3, senior, senior2, approver, approver2, finance, finance2, finance3 } = PEOPLE;
/** `who` at work while `owners` are away. */
const standingIn = (who: Actor, ...owners: Actor[]): Actor => ({ ...who, standsInFor: owners.map((one) => one.personId) });
const held = (s: Scenario, by: Actor): Scenario => s.act('claim-task', { taskId: s.state.tasks[0]!.taskId }, by);
const lastBy = (s: Scenario, type: string) => s.events.findLast((one) => one.type === type)!.actor;
const approval = (s: Scenario) => ({ lines: s.state.recommendation!.lines, fileVersion: s.state.fileVersion });

/** Reviewer 2 recommends for reviewer 3, who holds the review. */
const recommendedFor = (): Scenario => { const s = held(inReview(), reviewer3); return s.act('recommend', judgement(s), standingIn(reviewer2, reviewer3)); };

describe('issue 5 part 2: delegation keeps the owner, and the log says who acted and for whom', () => {
  test('the act of the delegate is recorded as theirs, on behalf of the owner, who held the task to its end', () => {
    const s = recommendedFor();
    expect(lastBy(s, 'recommended')).toMatchObject({ personId: 'reviewer2', onBehalfOf: 'reviewer3' });
    expect(JSON.stringify(s.events)).not.toContain('standsInFor');
    expect(s.events.filter((one) => one.type === 'task-assigned').map((one) => one.data)).toEqual([expect.objectContaining({ to: 'reviewer3', why: 'claimed' })]);
  });

  test('on a task that the owner does not hold the delegate acts in their own name; and on one of another role', () => {
    const pool = inReview();
    expect(lastBy(pool.act('recommend', judgement(pool), standingIn(reviewer2, reviewer3)), 'recommended')).not.toHaveProperty('onBehalfOf');
    const s = held(inApproval(), approver2);
    s.act('return-to-review', { note: '请说明' }, standingIn(approver, senior));
    expect(lastBy(s, 'returned-to-review')).not.toHaveProperty('onBehalfOf');
  });

  test('the delegate may do on the task what the owner might: give it back, too', () => {
    const s = held(inReview(), reviewer3);
    const { taskId } = s.state.tasks[0]!;
    expect(s.refused('release-task', { taskId }, reviewer2).code).toBe('not-your-task');
    expect(s.allowed(standingIn(reviewer2, reviewer3))).toContain('release-task');
    s.act('release-task', { taskId }, standingIn(reviewer2, reviewer3));
    expect([s.state.tasks[0]!.assignee, s.events.at(-1)!.actor.onBehalfOf]).toEqual([null, 'reviewer3']);
  });

  test('in another department a stand-in does what the owner holds, and is offered nothing else', () => {
    const s = held(inDocuments(), PEOPLE.liaison);
    const elsewhere: Actor = { ...PEOPLE.liaison, personId: 'liaison2', sub: 'liaison2', departments: ['cardiac-surgery'] };
    const gap = { kind: 'invoice', reason: 'lost', note: SECRET } as const;
    expect([s.refused('declare-gap', gap, elsewhere).code, s.allowed(elsewhere)]).toEqual(['not-handed-over', []]);
    expect(s.allowed(standingIn(elsewhere, PEOPLE.liaison))).toEqual(s.allowed(PEOPLE.liaison));
    s.act('declare-gap', gap, standingIn(elsewhere, PEOPLE.liaison));
    s.act('release-task', { taskId: s.state.tasks[0]!.taskId }, PEOPLE.liaison);
    expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, standingIn(elsewhere, PEOPLE.liaison)).code).toBe('not-handed-over');
  });

  test('nothing reaches further than the owner\'s role: who stands in for an approver does not approve as a reviewer', () => {
    const s = held(inApproval(), approver);
    expect(s.refused('approve', approval(s), standingIn(reviewer2, approver)).code).toBe('not-your-role');
  });
});

describe('issue 5 part 2: four eyes compare persons across delegation', () => {
  test('D recommends for R: neither D nor R may approve, whatever ends meanwhile', () => {
    const s = recommendedFor();
    for (const one of [reviewer2, reviewer3]) {
      expect(s.refused('approve', approval(s), asAlso(one, 'approver')).code).toBe('four-eyes');
      expect(s.allowed(asAlso(one, 'approver'))).not.toContain('approve');
      expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, asAlso(one, 'approver')).code).toBe('four-eyes');
    }
    expect(s.allowed(approver)).toContain('approve');
  });

  test('R recommends, approver P delegates to R: R may not approve', () => {
    const s = held(inApproval(), approver2);
    expect(s.refused('approve', approval(s), standingIn(asAlso(reviewer, 'approver'), approver2)).code).toBe('four-eyes');
    // Nor does somebody who has not seen the claim, for the one who recommended.
    const other = inReview();
    const own = asAlso(approver2, 'reviewer');
    other.act('recommend', judgement(other), own);
    const { taskId } = other.state.tasks[0]!;
    const planted: ClaimState = { ...other.state, tasks: other.state.tasks.map((task) => (task.taskId === taskId ? { ...task, assignee: approver2.personId } : task)) };
    other.state = planted;
    expect(other.refused('approve', approval(other), standingIn(approver, approver2)).code).toBe('four-eyes');
    expect(other.allowed(standingIn(approver, approver2))).not.toContain('approve');
  });

  test('maker and checker: for the maker, or by who made it for another, nothing is checked', () => {
    const s = inPayment().act('set-payee', { payees: [PAYEE] }, PEOPLE.patient).act('confirm-payee', {}, finance3);
    held(s, finance2).act('make-payment', { amountFen: 1_000_000 }, standingIn(finance, finance2));
    expect(lastBy(s, 'payment-made')).toMatchObject({ personId: 'finance', onBehalfOf: 'finance2' });
    for (const one of [finance, finance2]) expect(s.refused('check-payment', {}, one).code).toBe('four-eyes');
    held(s, finance3);
    expect(s.refused('check-payment', {}, standingIn(finance2, finance3)).code).toBe('four-eyes');
    s.act('check-payment', {}, finance3);
  });

  test('a second person is neither who proposed nor for whom it was proposed', () => {
    const s = held(inReview({ without: ['witness-pack'] }), reviewer3);
    s.act('recommend', judgement(s), standingIn(reviewer2, reviewer3));
    const { proposalId } = s.state.proposals[0]!;
    for (const one of [reviewer2, reviewer3]) expect(s.refused('confirm-proposal', { proposalId }, one).code).toBe('four-eyes');
    s.act('confirm-proposal', { proposalId }, senior);
    for (const one of [reviewer2, reviewer3, senior]) expect(s.refused('approve', approval(s), asAlso(one, 'approver')).code).toBe('four-eyes');
  });

  test('after a dispute both have seen the claim', () => {
    const s = decides(recommendedFor(), approver).state;
    expect(s.judgedBy).toEqual(expect.arrayContaining(['reviewer2', 'reviewer3']));
  });
});

describe('issue 5 part 2: deactivated people: their tasks go to the pool', () => {
  test('an act of the system, with an event, once; the escalation ladder goes on where it was', () => {
    const s = held(inReview(), reviewer2).until('2026-03-03T09:00:00.000Z');
    const { clocks, climbed } = s.state;
    s.fact('holder-left', { personId: 'reviewer2' }, 'directory');
    const left = s.events.at(-1)!;
    expect(left).toMatchObject({ type: 'task-assigned', data: { to: null, why: 'holder-left' }, actor: { personId: 'system:directory', role: 'system' } });
    expect([s.state.tasks[0]!.assignee, s.state.clocks, s.state.climbed]).toEqual([null, clocks, climbed]);
    expect(noticesOf(left, s.state)).toMatchObject([{ template: 'holder-left', to: { role: 'senior-reviewer' } }]);
    const { length } = s.events;
    s.fact('holder-left', { personId: 'reviewer2' }, 'directory');
    expect(s.events).toHaveLength(length);
  });

  test('only the directory says so; other people\'s tasks stay theirs', () => {
    const s = held(inReview(), reviewer2);
    for (const actor of [senior2, PEOPLE.manager, PEOPLE.ops]) expect(s.refused('holder-left', COMMANDS['holder-left'].example, actor).code).toBe('not-your-role');
    s.fact('holder-left', { personId: 'reviewer3' }, 'directory');
    expect(s.state.tasks[0]!.assignee).toBe('reviewer2');
  });
});

test('events.reduce(evolve) rebuilds who stood in for whom', () => {
  const s = recommendedFor();
  expect(s.events.reduce<ClaimState | null>(evolve, null)).toEqual(s.state);
  expect(s.state.standIns).toEqual([{ by: 'reviewer2', for: 'reviewer3' }]);
});
