/** FAULTS 2: is the tester awake? Bugs are planted one at a time in what it judges by; each must be named. */
import { evolve, type ClaimEvent, type ClaimState } from '../../src/domain/claim';
import type { RecordedEvent } from '../../src/platform/audit/chain';
import type { ClaimEvidence, Evidence } from '../support/evidence';
import { judge } from '../support/judge';
import { closedPaid, given, inApproval, inDispute, inPayment, inSupplement, overturned, PAYEE, PEOPLE } from '../domain/claim/scenario';
import { answer, claimOf, numberOf, soundEvidence } from './storm/sound';

const HOURS_LATER = '2026-03-04T02:00:00.000Z';
/** Lacks the witness pack: two reviewers recommend. */
const secondReview = () => inApproval({ without: ['witness-pack'] });
const SOUND = soundEvidence([
  closedPaid(), given().until(HOURS_LATER), inSupplement(), inDispute(), secondReview(), inPayment(),
  inPayment().act('set-payee', { payees: [PAYEE] }, PEOPLE.specialist).act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 1_000_000 }, PEOPLE.finance),
  overturned(inDispute()),
]);
const [PAID, LATE, ASKED, DISPUTED, SECOND, , MADE, AGAIN] = SOUND.claims.map(({ claimNo }) => claimNo) as [string, string, string, string, string, string, string, string];

const claim = (evidence: Evidence, claimNo: string): ClaimEvidence => evidence.claims.find((one) => one.claimNo === claimNo)!;
const eventsOf = ({ events }: ClaimEvidence): ClaimEvent[] => events.map(({ type, data, version, at, saidAt, actor, actId, actHash }: RecordedEvent) => {
  const { command, ...by } = actor as ClaimEvent['actor'] & { command: string };
  return { type, data, version, at, saidAt, actor: by, act: { id: actId, hash: actHash, command } } as ClaimEvent;
});
/** The claim as a platform would have recorded it that let this happen: log, chain, state and rows all agree with each other. */
function retell(evidence: Evidence, claimNo: string, change: (events: ClaimEvent[]) => ClaimEvent[]): void {
  const told = change(eventsOf(claim(evidence, claimNo))).map((event, i) => ({ ...event, version: i + 1 }));
  evidence.claims = evidence.claims.map((one) => (one.claimNo === claimNo ? claimOf(told) : one));
}
const changeAll = (type: ClaimEvent['type'], more: (event: ClaimEvent) => object) => (events: ClaimEvent[]): ClaimEvent[] =>
  events.map((event) => (event.type === type ? { ...event, ...more(event) } : event));
const doneBy = (type: ClaimEvent['type'], other: ClaimEvent['type']) => (events: ClaimEvent[]): ClaimEvent[] =>
  changeAll(type, ({ actor }) => ({ actor: { ...actor, personId: events.find((event) => event.type === other)!.actor.personId } }))(events);
const again = (type: ClaimEvent['type']) => (events: ClaimEvent[]): ClaimEvent[] => { const i = events.findIndex((event) => event.type === type); return [...events.slice(0, i + 1), events[i]!, ...events.slice(i + 1)]; };
const stateBefore = (evidence: Evidence, claimNo: string, last: number): ClaimState => JSON.parse(JSON.stringify(eventsOf(claim(evidence, claimNo)).slice(0, -last).reduce<ClaimState | null>(evolve, null))) as ClaimState;
const act = (evidence: Evidence, claimNo: string, command: string) => evidence.acts.find((one) => one.claimNo === claimNo && one.command === command)!;
const accepted = (evidence: Evidence) => evidence.bank.find((entry) => entry.what === 'accepted')!;

/** What is planted, where, and by which words the judge must name it. */
const BUGS: Array<[string, (evidence: Evidence) => unknown, RegExp]> = [
  ['an event lost', (e) => claim(e, PAID).events.splice(5, 1), /chain breaks at event 6/],
  ['the last event lost', (e) => claim(e, PAID).events.pop(), /rebuild another state/],
  ['two events exchanged', (e) => { const { events } = claim(e, PAID); [events[4], events[5]] = [events[5]!, events[4]!]; }, /chain breaks at event 5/],
  ['an amount changed in the log', (e) => { claim(e, PAID).events.find(({ type }) => type === 'payment-made')!.data = { payments: [] }; }, /chain breaks .*hash/],
  ['another actor in the log', (e) => { const event = claim(e, PAID).events.find(({ type }) => type === 'decided')!; event.actor = { ...event.actor as object, personId: 'P-OTHER' }; }, /chain breaks .*hash/],
  ['a chain that begins elsewhere', (e) => { claim(e, PAID).events[0]!.prevHash = '0'.repeat(64); }, /chain breaks at event 1 .prevHash/],
  ['what the log was verified by', (e) => { e.tampered = { claimNo: PAID, version: 3, field: 'document' }; }, /log is broken/],

  ['an answered act dropped with all that followed', (e) => retell(e, PAID, (all) => all.filter(({ act: { command } }) => command !== 'confirm-payee')), /confirm-payee .*does not stand exactly once/],
  ['a rung climbed twice', (e) => retell(e, LATE, again('rung-climbed')), /rung .* fired twice/],
  ['a stage left to where it does not lead', (e) => retell(e, PAID, changeAll('stage-left', ({ data }) => ((data as { stage: string }).stage === 'review' ? { data: { ...data, to: 'payment' } } : {}))), /review left by recommended to payment/],
  ['time that goes back', (e) => retell(e, PAID, (all) => all.map((event, i) => (i === 9 ? { ...event, at: '2020-01-01T00:00:00.000Z' } : event))), /older than the one before/],
  ['approver = reviewer', (e) => retell(e, PAID, doneBy('decided', 'recommended')), /reviewed and decided by one person/],
  ['approver = who accepted the file', (e) => retell(e, PAID, doneBy('decided', 'file-accepted')), /reviewed and decided by one person/],
  ['checker = maker', (e) => retell(e, PAID, doneBy('payment-checked', 'payment-made')), /made and checked by one person/],
  ['payee confirmed by who set it', (e) => retell(e, PAID, doneBy('payee-confirmed', 'payee-set')), /set and confirmed by one person/],
  ['second person = first', (e) => retell(e, SECOND, doneBy('proposal-ended', 'act-proposed')), /proposed and confirmed by one person/],
  ['a judge on the panel', (e) => retell(e, AGAIN, doneBy('panel-voted', 'decided')), /judged and on the panel by one person/],
  ['more made than was approved', (e) => retell(e, PAID, changeAll('payment-made', ({ data }) => ({ data: { payments: (data as { payments: Array<{ amountFen: number }> }).payments.map((p) => ({ ...p, amountFen: p.amountFen * 2 })) } }))), /approved/],
  ['a payment made twice under one key', (e) => retell(e, PAID, again('payment-made')), /key .* was used twice/],
  ['a payment confirmed twice', (e) => retell(e, PAID, again('payment-confirmed')), /was paid twice/],
  ['nobody owes anything in an open claim', (e) => retell(e, LATE, (all) => all.filter(({ type }) => type !== 'task-opened')), /nobody owes anything|tasks are/],

  ['a row behind its log', (e) => { claim(e, ASKED).recorded = stateBefore(e, ASKED, 2); }, /rebuild another state/],
  ['the stage of a row', (e) => { claim(e, ASKED).columns.stage = 'review'; }, /row says otherwise .*stage/],
  ['the sum of a row', (e) => { claim(e, PAID).columns.paidFen += 1; }, /row says otherwise .*paidFen/],
  ['who is waited for', (e) => { claim(e, ASKED).columns.waitingFor = []; }, /row says otherwise .*waitingFor/],
  ['a task without a row', (e) => claim(e, PAID).tasks.shift(), /tasks were opened that have no row/],
  ['a task still open that was done', (e) => { claim(e, PAID).tasks[0]!.status = 'open'; }, /open tasks differ/],
  ['a task of somebody else', (e) => { claim(e, ASKED).tasks.find(({ status }) => status === 'open')!.assignee = 'P-OTHER'; }, /open tasks differ/],
  ['a deadline moved', (e) => { claim(e, ASKED).deadlines[0]!.dueAt = '2030-01-01T00:00:00.000Z'; }, /deadlines differ/],
  ['a deadline lost', (e) => claim(e, ASKED).deadlines.pop(), /deadlines differ/],
  ['a payment row of another status', (e) => { claim(e, PAID).payments[0]!.status = 'checked'; }, /payments differ/],
  ['a payment row lost', (e) => claim(e, PAID).payments.pop(), /payments differ/],

  ['a process behind its record', (e) => { claim(e, ASKED).process = stateBefore(e, ASKED, 1); }, /process and record differ/],
  ['a process of another mind', (e) => { claim(e, ASKED).process = { ...claim(e, ASKED).recorded, round: 2 }; }, /process and record differ.*round/],
  ['an open claim whose process has ended', (e) => { claim(e, ASKED).process = 'ended'; }, /open, and its process has ended/],
  ['a process that does not answer', (e) => { claim(e, ASKED).process = 'unreadable'; }, /does not answer/],
  ['a closed claim whose process runs on', (e) => { claim(e, PAID).process = claim(e, PAID).recorded; }, /at its end, and its process still runs/],

  ['answered, and nowhere', (e) => { act(e, PAID, 'approve').key = 'lost'; }, /approve lost .*does not stand exactly once/],
  ['a report answered, and nowhere', (e) => { const one = act(e, PAID, 'report'); one.key = 'lost'; one.claimNo = numberOf(99); }, /report lost .*does not stand exactly once/],
  ['answered with two versions', (e) => { act(e, PAID, 'approve').answers.push(answer(200, 1)); }, /its answers differ/],
  ['answered with the version of something else', (e) => { act(e, PAID, 'approve').answers[0]!.version! += 1; }, /names another version/],
  ['done and refused', (e) => { act(e, PAID, 'approve').answers.push(answer(409, null, 'not-now')); }, /both done and refused/],
  ['refused, and it stands', (e) => { act(e, PAID, 'approve').answers = [answer(409, null, 'not-now')]; }, /answered as refused, but it stands/],
  ['unknown, and it stands twice', (e) => {
    const one = act(e, PAID, 'submit-facts');
    one.answers = [answer(null)];
    retell(e, PAID, changeAll('recommended', ({ act: by }) => ({ act: { ...by, id: one.key } })));
  }, /stands more than once/],
  ['unknown, and the claim has forgotten it', (e) => { const one = act(e, PAID, 'approve'); one.answers = [answer(null)]; const { recorded } = claim(e, PAID); recorded.handled = recorded.handled.filter(({ id }) => id !== one.key); }, /handled exactly once/],
  ['kept for a worker, then lost', (e) => { const one = act(e, PAID, 'approve'); one.key = 'lost'; one.answers = [answer(202)]; }, /kept for a worker, then lost/],
  ['kept for a worker for ever', (e) => { const one = act(e, PAID, 'approve'); one.key = 'lost'; one.answers = [answer(202)]; e.kept.push({ claimNo: PAID, id: 'lost', status: 'queued' }); }, /still kept for a worker/],
  ['told as done, and nowhere', (e) => { const one = act(e, PAID, 'approve'); one.key = 'lost'; one.answers = [answer(null)]; one.told = 'done'; }, /told as done/],
  ['told as refused, and it stands', (e) => { const one = act(e, PAID, 'approve'); one.answers = [answer(null)]; one.told = 'refused'; }, /told as refused/],

  ['a payment doubled in the bank\'s journal', (e) => e.bank.push(accepted(e)), /moved money twice/],
  ['a payment that nobody ordered', (e) => e.bank.push({ ...accepted(e), key: 'stranger' }), /which nobody ordered/],
  ['a payment of which the bank knows nothing', (e) => { e.bank = []; }, /has paid nothing under it/],
  ['another amount moved', (e) => { const entry = accepted(e); e.bank[0] = { ...entry, outcome: { ...entry.outcome, amountFen: 1 } }; }, /the bank paid 1 fen, claims were paid/],
  ['sent to the bank before it was released', (e) => e.bank.push({ ...accepted(e), key: claim(e, MADE).recorded.payments[0]!.key, amountFen: claim(e, MADE).recorded.payments[0]!.amountFen }), /before a second person had released it/],
  ['paid, and the claim has it as failed', (e) => { const [payment] = claim(e, PAID).recorded.payments; payment!.status = 'failed'; }, /the claim has it as failed/],

  ['an open claim that operations are not shown', (e) => { e.waiting = e.waiting.filter(({ claimNo }) => claimNo !== ASKED); }, /waits unseen/],
  ['a wait without a cause', (e) => { e.waiting.find(({ claimNo }) => claimNo === ASKED)!.causes = []; }, /waits unseen/],
  ['a wait without an owner', (e) => { const [cause] = e.waiting.find(({ claimNo }) => claimNo === DISPUTED)!.causes; Object.assign(cause!, { roles: [], assignee: null }); }, /without owner or due time/],
  ['a wait without a due time', (e) => { const [cause] = e.waiting.find(({ claimNo }) => claimNo === DISPUTED)!.causes; Object.assign(cause!, { dueAt: null }); }, /without owner or due time/],
  ['a process lost, as operations see it', (e) => { e.waiting[0]!.causes = [{ kind: 'workflow-missing' }]; }, /does not go on: workflow-missing/],
  ['something nobody was told for two minutes', (e) => e.untold.push({ kind: 'notice', key: 'n', createdAt: new Date(Date.parse(e.at) - 120_000).toISOString() }), /nobody has been told/],
  ['rows that refer to none', (e) => e.orphans.push({ table: 'task without claim', rows: 2 }), /2 × task without claim/],
];

test('FAULTS 2: a sound platform is judged to be sound', () => {
  const { broken, looked } = judge(SOUND);
  expect(broken).toEqual([]);
  expect(looked).toMatchObject({ claims: 8, open: 7, unknown: 0, payments: 1, movedFen: 1_000_000 });
  expect(looked.rungs).toBeGreaterThan(0);
});

test.each(BUGS)('FAULTS 2: %s is seen', (_, plant, named) => {
  const evidence = structuredClone(SOUND);
  plant(evidence);
  expect(judge(evidence).broken.join('\n')).toMatch(named);
});
