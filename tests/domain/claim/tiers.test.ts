import { COMMANDS, dueOf, eligibilityInDoubt, isLonger, isStraightThroughCandidate, TIER_NAMES, TIERS, type CommandInput, type OutcomeType, type Tier } from '../../../src/domain/claim';
import { document, ELIGIBLE, facts, given, inAcceptance, inDocuments, inReview, PEOPLE, SECRET, uploadAll, uuidOf, type Scenario, type Way } from './scenario';

const asking = (askedFen: number): Way => ({ asks: [{ benefit: 'medical-costs', askedFen }] });
const MINOR: Way = { outcome: 'minor-complication', ...asking(480_000) };

describe('SPEC §1.4: tiers', () => {
  test.each<[Tier, number, number]>([['F3', 2, 3], ['F5', 3, 5], ['F10', 7, 10], ['D15', 12, 15]])('%s is decided in %d and settled in %d working days', (tier, decide, settle) => {
    expect(TIERS[tier]).toEqual({ decide, settle });
  });

  test.each<[Tier, OutcomeType, number]>([
    ['F3', 'minor-complication', 500_000], ['F3', 'serious-complication', 500_000], ['F3', 'disability', 1],
    ['F5', 'minor-complication', 500_001], ['F5', 'minor-complication', 3_000_000],
    ['F10', 'minor-complication', 3_000_001], ['F10', 'serious-complication', 500_001], ['F10', 'disability', 20_000_000],
    ['D15', 'minor-complication', 20_000_001], ['D15', 'serious-complication', 20_000_001], ['D15', 'death', 1], ['D15', 'severe-disability', 1],
  ])('first match %s: %s asking %d fen', (tier, outcome, askedFen) => {
    expect(inReview({ outcome, ...asking(askedFen) }).state.tier).toBe(tier);
  });

  test('any flag keeps a claim from F3; a risk flag makes it D15', () => {
    const flagged = (flag: 'unreadable-file' | 'duplicate-file') => inAcceptance(MINOR).fact('flag-document', { flag, about: uuidOf(1) }, 'storage').act('accept-file', {}, PEOPLE.reviewer).state.tier;
    expect([flagged('unreadable-file'), flagged('duplicate-file')]).toEqual(['F5', 'D15']);
  });

  test('F3 needs the file complete at acceptance: a waived document makes it F5', () => {
    const s = inAcceptance({ ...MINOR, without: ['complication-note'] }).act('waive-document', { kind: 'complication-note', note: SECRET }, PEOPLE.reviewer);
    s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior).act('accept-file', {}, PEOPLE.reviewer);
    expect(s.state.tier).toBe('F5');
  });

  test('a reported death is not made something lesser; a benefit belongs to its outcome', () => {
    const s = given({ outcome: 'death' });
    expect(s.refused('submit-facts', facts({ outcome: 'minor-complication' }), PEOPLE.specialist)).toMatchObject({ code: 'death-stays', field: '/outcomeType' });
    expect(given().refused('submit-facts', facts({ asks: [{ benefit: 'death', askedFen: 480_000 }] }), PEOPLE.specialist)).toMatchObject({ code: 'benefit-not-of-outcome', field: '/benefits/0/benefit' });
  });

  test('what is asked is the claimant\'s: amended before acceptance by their side, never by the insurer; the tier follows it', () => {
    const asks = { benefits: [{ benefit: 'medical-costs' as const, askedFen: 900_000 }] };
    expect(inAcceptance(MINOR).refused('accept-file', asks, PEOPLE.reviewer).code).toBe('invalid-input');
    expect(inAcceptance(MINOR).refused('amend-benefits', asks, PEOPLE.reviewer).code).toBe('not-your-role');
    expect(inReview(MINOR).refused('amend-benefits', asks, PEOPLE.patient).code).toBe('not-now');
    const s = inAcceptance(MINOR).act('amend-benefits', asks, PEOPLE.patient).act('accept-file', {}, PEOPLE.reviewer);
    expect(s.state).toMatchObject({ tier: 'F5', askedFen: 900_000, facts: { benefits: [{ benefit: 'medical-costs', askedFen: 900_000 }] } });
  });

  test('nothing asked is no claim: 0 fen is refused, so no rule can close it as rejected', () => {
    for (const askedFen of [0, -1, 0.5, NaN, 1e309, '1', Number.MAX_SAFE_INTEGER]) expect(COMMANDS['submit-facts'].schema.safeParse({ ...facts(), benefits: [{ benefit: 'medical-costs', askedFen }] }).success).toBe(false);
  });

  test('moves only to a longer tier', () => {
    const longer = TIER_NAMES.flatMap((from) => TIER_NAMES.filter((to) => isLonger(from, to)).map((to) => `${from}→${to}`));
    expect(longer).toEqual(['F3→F5', 'F3→F10', 'F3→D15', 'F5→F10', 'F5→D15', 'F10→D15']);
  });

  test('override: two persons, the due date moves with it', () => {
    const s = inReview();
    expect(s.refused('override-tier', { tier: 'F5', note: SECRET }, PEOPLE.reviewer).code).toBe('not-longer');
    expect(s.refused('override-tier', { tier: 'F10', note: SECRET }, PEOPLE.reviewer).code).toBe('not-longer');
    s.act('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.senior);
    const { proposalId } = s.state.proposals[0]!;
    expect(s.state.tier).toBe('F10');
    expect(s.refused('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.reviewer).code).toBe('already-proposed');
    expect(s.refused('confirm-proposal', { proposalId }, PEOPLE.senior).code).toBe('four-eyes');
    expect(s.refused('confirm-proposal', { proposalId }, PEOPLE.reviewer2).code).toBe('no-proposal');
    const before = dueOf(s.state, s.state.clocks['settlement.1']!).workingDays;
    s.act('confirm-proposal', { proposalId }, PEOPLE.approver);
    expect([before, s.state.tier, dueOf(s.state, s.state.clocks['settlement.1']!).workingDays]).toEqual([10, 'D15', 15]);
  });

  test('death never leaves D15', () => {
    expect(inReview({ outcome: 'death' }).refused('override-tier', { tier: 'D15', note: SECRET }, PEOPLE.senior).code).toBe('not-longer');
  });
});

describe('SPEC §1.1: eligibility', () => {
  const answers: Array<[string, CommandInput<'eligibility-answered'>]> = [
    ['not insured on the day', { ...ELIGIBLE, insured: false }], ['department not covered', { ...ELIGIBLE, departmentCovered: false }],
    ['a doubt', { ...ELIGIBLE, doubts: ['WAITING'] }], ['limit left below what is asked', { ...ELIGIBLE, limitLeftFen: 479_999 }],
  ];
  test.each(answers)('a doubt becomes a flag for the reviewer, never a refusal by itself: %s', (_, eligibility) => {
    const s = inAcceptance({ ...MINOR, eligibility });
    expect(s.state.flags.map((f) => f.flag)).toEqual(['eligibility-doubt']);
    s.act('accept-file', {}, PEOPLE.reviewer);
    expect(s.state).toMatchObject({ stage: 'review', tier: 'F5' });
  });

  test('the limit left is compared with what is asked even if the answer came before the facts', () => {
    const s = inDocuments(MINOR);
    s.fact('eligibility-answered', { ...ELIGIBLE, limitLeftFen: 480_000 }, 'insurer');
    expect(eligibilityInDoubt(uploadAll(s).state)).toBe(false);
    expect(s.state.flags).toEqual([]);
  });

  test('asked twice and doubtful twice, it is flagged once', () => {
    const s = inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, insured: false } }).fact('eligibility-answered', { ...ELIGIBLE, doubts: ['D'] }, 'insurer');
    expect(s.state.flags).toHaveLength(1);
  });

  test('an insurer that does not answer holds nothing up but acceptance', () => {
    const s = inAcceptance({ eligibility: null });
    expect(s.state.stage).toBe('acceptance');
    expect(s.refused('accept-file', {}, PEOPLE.reviewer).code).toBe('eligibility-unknown');
    s.fact('eligibility-answered', ELIGIBLE, 'insurer').act('accept-file', {}, PEOPLE.reviewer);
    expect(s.state.stage).toBe('review');
  });

  test('frozen at acceptance', () => {
    const s = inReview();
    expect(() => s.fact('eligibility-answered', { ...ELIGIBLE, insured: false }, 'insurer')).toThrow('already-there');
  });
});

describe('SPEC §1.1: the straight-through path', () => {
  const draw = (s: Scenario, sampled: boolean): Scenario => s.fact('sample-drawn', { sampled, why: sampled ? 'ten-percent' : 'not-in-sample' }, 'rule');

  test('candidate for F3, every must-have present, no flag, eligible: accepted and approved by rule, at once; payment keeps its two persons', () => {
    const s = inAcceptance(MINOR);
    expect(isStraightThroughCandidate(s.state)).toBe(true);
    draw(s, false);
    expect(s.state).toMatchObject({ stage: 'payment', tier: 'F3', acceptance: { by: 'system:rule' }, decision: { decision: 'approve', by: 'system:rule', reasons: ['A03'], lines: [{ askedFen: 480_000, approvedFen: 480_000 }] } });
    s.act('set-payee', { payees: [{ holder: SECRET, bank: SECRET, account: '62220000', share: 1 }] }, PEOPLE.patient).act('confirm-payee', {}, PEOPLE.finance).act('make-payment', { amountFen: 480_000 }, PEOPLE.finance);
    expect(s.refused('check-payment', {}, PEOPLE.finance).code).toBe('four-eyes');
  });

  test('10 % sampled for review: a sampled claim waits for the reviewer like any other, and is not drawn again', () => {
    const s = draw(inAcceptance(MINOR), true);
    expect(s.state).toMatchObject({ stage: 'acceptance', decision: null, acceptance: null });
    expect(() => draw(s, false)).toThrow('not-now');
    s.act('accept-file', {}, PEOPLE.reviewer);
    expect(s.state).toMatchObject({ stage: 'review', tier: 'F3' });
  });

  const flips: Array<[string, () => Scenario]> = [
    ['a death', () => inAcceptance({ ...MINOR, outcome: 'death' })],
    ['a severe disability', () => inAcceptance({ ...MINOR, outcome: 'severe-disability' })],
    ['more than 5 000 CNY', () => inAcceptance({ ...MINOR, ...asking(500_001) })],
    ['a gap with a reason', () => inAcceptance({ ...MINOR, without: ['complication-note'] })],
    ['no witness pack where one is asked', () => inAcceptance({ ...MINOR, outcome: 'serious-complication', without: ['witness-pack'] })],
    ['a flag', () => inAcceptance(MINOR).fact('flag-document', { flag: 'unreadable-file', about: null }, 'storage')],
    ['eligibility not answered', () => inAcceptance({ ...MINOR, eligibility: null })],
    ['not insured', () => inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, insured: false } })],
    ['department not covered', () => inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, departmentCovered: false } })],
    ['a doubt of the insurer', () => inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, doubts: ['D'] } })],
    ['not enough of the limit left', () => inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, limitLeftFen: 1 } })],
    ['something waits for a second person', () => inAcceptance(MINOR).act('void', { survivor: 'KP-2026-000001' }, PEOPLE.manager)],
    ['a supplement was asked for', () => {
      const s = inAcceptance(MINOR).act('ask-supplement', { items: [{ fact: 'other', from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] }, PEOPLE.reviewer);
      return s.act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison);
    }],
  ];
  test.each(flips)('not when one condition is flipped: %s', (_, make) => {
    const s = make();
    expect(s.state.stage).toBe('acceptance');
    expect(isStraightThroughCandidate(s.state)).toBe(false);
    expect(() => draw(s, false)).toThrow('not-now');
  });

  test('the lowest limit that suffices does suffice', () => {
    expect(isStraightThroughCandidate(inAcceptance({ ...MINOR, eligibility: { ...ELIGIBLE, limitLeftFen: 480_000 } }).state)).toBe(true);
  });

  test('the system never rejects by itself: by rule there is no other decision than approve', () => {
    const s = inAcceptance(MINOR);
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.specialist);
    expect(draw(s, false).state.decision?.decision).toBe('approve');
  });
});
