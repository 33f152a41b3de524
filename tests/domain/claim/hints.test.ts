import { actsHere, allowed, COMMANDS, decide, notNow, PERSONS_ACTS, STAGE_NAMES, TIER_NAMES, type Actor, type CommandName } from '../../../src/domain/claim';
import { actId, closedRejected, inAcceptance, inApproval, inPayment, inReview, inSupplement, IN_STAGE, PEOPLE, REQUEST, SECRET, type Scenario } from './scenario';

const here = (s: Scenario, actor: Actor, command: CommandName) => actsHere(s.state, actor, s.now).find((one) => one.command === command);
const REPEATABLE = { id: 'try-tier', command: 'override-tier', actor: PEOPLE.reviewer, saidAt: null, hash: 'try-tier' };
const why = (s: Scenario, actor: Actor, command: CommandName) => notNow(s.state, actor, s.now).find((one) => one.command === command)?.code;

describe('issue 4: the acts that are allowed now, saying in advance what they will cause', () => {
  test('"needs a second person": what is done alone in one claim needs two in another', () => {
    expect(here(inReview(), PEOPLE.reviewer, 'recommend')?.second).toBe(false);
    expect(here(inReview({ without: ['witness-pack'] }), PEOPLE.reviewer, 'recommend')?.second).toBe(true);
    expect(here(inReview(), PEOPLE.patient, 'withdraw')?.second).toBe(false);
    expect(here(inPayment(), PEOPLE.patient, 'withdraw')?.second).toBe(true);
    expect(here(inReview(), PEOPLE.reviewer, 'override-tier')?.second).toBe(true);
  });

  test('waiving needs two where a must-have is among what can be waived', () => {
    const asked = (kind: 'anaesthesia-record' | null): Scenario => inAcceptance({ without: ['anaesthesia-record'] }).act('ask-supplement', { items: kind ? [{ document: kind, from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] : REQUEST }, PEOPLE.reviewer);
    expect(here(asked('anaesthesia-record'), PEOPLE.reviewer, 'waive-item')?.second).toBe(true);
    expect(here(asked(null), PEOPLE.reviewer, 'waive-item')?.second).toBe(false);
  });

  test('SPEC §1.4: the tiers that the claim may be moved to, exactly those that the act takes', () => {
    for (const s of [inReview(), inReview({ outcome: 'death', asks: [{ benefit: 'death', askedFen: 30_000_000 }] })]) {
      const taken = TIER_NAMES.filter((tier) => decide(s.state, { ...REPEATABLE, input: { tier, note: SECRET }, receivedAt: s.now }).kind === 'done');
      expect(here(s, PEOPLE.reviewer, 'override-tier')?.tiers).toEqual(taken);
    }
    expect(here(inReview(), PEOPLE.reviewer, 'override-tier')?.tiers).toContain('D15');
    expect(here(inReview(), PEOPLE.reviewer, 'recommend')?.tiers).toBeNull();
  });

  test('"pauses the fast track": in review for the first time, not before acceptance, not the second time', () => {
    expect(here(inReview(), PEOPLE.reviewer, 'ask-supplement')?.pauses).toBe(true);
    expect(here(inAcceptance({ without: ['invoice'] }), PEOPLE.reviewer, 'ask-supplement')?.pauses).toBe(false);
    const again = inSupplement().act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison).act('answer-supplement', { itemId: 'S1.2', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.patient);
    expect(here(again, PEOPLE.senior, 'ask-supplement')?.pauses).toBe(false);
  });

  test('the day of settlement that follows is the one that then stands', () => {
    const s = inAcceptance();
    const said = here(s, PEOPLE.reviewer, 'accept-file')!.newDue;
    expect(said).toBe('2026-03-16T16:00:00.000Z');
    const asked = inSupplement().fact('notice-delivered', { requestNo: 1 }, 'notices').act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison);
    expect(here(asked.at('2026-03-05T02:00:00.000Z'), PEOPLE.patient, 'answer-supplement')!.newDue).toBe('2026-03-18T16:00:00.000Z');
    expect(here(inReview(), PEOPLE.reviewer, 'recommend')!.newDue).toBeNull();
  });

  test.each(STAGE_NAMES)('in %s what is said of a second person is what happens', (stage) => {
    for (const actor of Object.values(PEOPLE)) {
      const s = IN_STAGE[stage]();
      for (const { command, second } of actsHere(s.state, actor, s.now)) {
        const row = COMMANDS[command];
        const decided = decide(s.state, { id: actId(), command, input: row.example, actor, receivedAt: s.now, saidAt: null, hash: 'h' });
        if (decided.kind === 'done' && command !== 'waive-item') expect([command, decided.events.some((e) => e.type === 'act-proposed')]).toEqual([command, second]);
      }
    }
  });
});

describe('UX "Why can\'t I?": the missing right, state, document or person, from the table that the server enforces', () => {
  test('each kind of reason', () => {
    expect(why(inAcceptance({ without: ['invoice'] }), PEOPLE.reviewer, 'accept-file')).toBe('file-incomplete');
    expect(why(inAcceptance({ eligibility: null }), PEOPLE.reviewer, 'accept-file')).toBe('eligibility-unknown');
    expect(why(inReview(), PEOPLE.approver, 'approve')).toBe('not-now');
    const recommendedByApprover = inApproval();
    expect(why(recommendedByApprover, { ...PEOPLE.reviewer, role: 'approver' }, 'approve')).toBe('four-eyes');
    expect(why(inPayment(), PEOPLE.finance, 'make-payment')).toBe('no-payee');
    expect(why(closedRejected().at('2026-05-01T00:00:00.000Z'), PEOPLE.patient, 'dispute')).toBe('too-late');
  });

  test('another stage is named in words, and what is missing by its title', () => {
    const later = notNow(inReview().state, PEOPLE.approver, inReview().now).find((one) => one.command === 'approve')!;
    expect(later.text).toEqual({ zh: '案件现在处于“审核”，此操作属于“审批”。', en: 'The claim is in Review; this belongs to Approval.' });
    const incomplete = inAcceptance({ without: ['invoice'] });
    expect(notNow(incomplete.state, PEOPLE.reviewer, incomplete.now).find((one) => one.command === 'accept-file')!.text.zh).toContain('缺少：发票及费用清单');
  });

  test.each(STAGE_NAMES)('in %s: never an act that is allowed, never of another role, never twenty lines, and what is past is not mourned', (stage) => {
    for (const actor of Object.values(PEOPLE)) {
      const s = IN_STAGE[stage]();
      const lines = notNow(s.state, actor, s.now);
      expect(lines.length).toBeLessThanOrEqual(9);
      for (const { command, code } of lines) {
        expect([command, allowed(s.state, actor, s.now).includes(command), (COMMANDS[command].by as readonly string[]).includes(actor.role)]).toEqual([command, false, true]);
        expect(s.refused(command, COMMANDS[command].example, actor).code).toBe(code);
      }
    }
    if (stage === 'closed') expect(notNow(IN_STAGE.closed().state, PEOPLE.reviewer, IN_STAGE.closed().now)).toEqual([]);
  });
});

describe('SPEC §1.2: what a patient does through a link', () => {
  const byLink: Actor = { ...PEOPLE.patient, sub: 'link:x', onlyClaim: 'KP-2026-000123' };
  test.each(STAGE_NAMES)('in %s: papers, answers, withdrawing and objecting; nothing that names an account or takes a task', (stage) => {
    const s = IN_STAGE[stage]();
    const withAccount = s.allowed(PEOPLE.patient);
    const through = s.allowed(byLink);
    // SPEC §1.2: once approved, withdrawing needs two persons, and who handed over the link could be both.
    const listed = ['upload-documents', 'supersede-document', 'answer-supplement', 'dispute', ...(stage === 'payment' ? [] : ['withdraw'])];
    expect(through).toEqual(withAccount.filter((name) => listed.includes(name)));
    for (const name of withAccount.filter((one) => !through.includes(one))) expect([name, s.refused(name, COMMANDS[name].example, byLink).code]).toEqual([name, 'not-by-link']);
  });

  test('what a patient would look for there says why it is not', () => {
    const s = inPayment();
    expect(notNow(s.state, byLink, s.now).map(({ command, code }) => [command, code])).toEqual([['set-payee', 'not-by-link'], ['withdraw', 'not-by-link'], ['dispute', 'not-now'], ['withdraw-consent', 'not-by-link']]);
  });

  test('another claim is none of its business', () => {
    const s = inReview();
    expect(PERSONS_ACTS.filter((name) => s.allowed({ ...byLink, onlyClaim: 'KP-2026-000999' }).includes(name))).toEqual([]);
  });
});
