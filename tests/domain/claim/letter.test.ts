import { letterOf as letterFrom, plainOf, previewOf as preview, REASON_CODES, REASONS, STAGE_NAMES, type ClaimState, type Decision, type Judged } from '../../../src/domain/claim';
import { closedPaid, closedRejected, decides, document, inApproval, inDispute, inDocuments, inPayment, inReview, inSupplement, IN_STAGE, MONDAY, overturned, PEOPLE, SECRET, toBank, uploadAll, type Scenario } from './scenario';

/** Nobody is named, unless told otherwise. */
const confirmed = (s: Scenario): Scenario => s.act('confirm-proposal', { proposalId: s.state.proposals.at(-1)!.proposalId }, PEOPLE.senior2);
const letterOf = (state: ClaimState) => letterFrom(state, null);
const previewOf = (state: ClaimState, judged: Judged, now: string) => preview(state, judged, now, null);
const DEATH = { outcome: 'death', asks: [{ benefit: 'death', askedFen: 300_000_00 }] } as const;
const death = { ...DEATH, asks: [...DEATH.asks] };

describe('SPEC §1.8: the letter comes from the codes, in plain words, with how to object and the last day', () => {
  test('a rejection: nothing is paid, the reason with its clause, the last day 30 days on', () => {
    const { state } = closedRejected();
    const letter = letterOf(state)!;
    expect(letter).toMatchObject({ tone: 'plain', decision: 'reject', decidedOn: '2026-03-02', askedFen: 1_000_000, approvedFen: 0, objection: { lastDay: '2026-04-01' } });
    expect(letter.reasons).toEqual([{ code: 'C01', clause: REASONS.C01.clause, text: { zh: `${REASONS.C01.zh}。`, en: REASONS.C01.en } }]);
    expect(letter.objection.text.zh).toContain('2026年4月1日');
    expect(letter.objection.text.en).toContain('1 April 2026');
  });

  test('the last day is the last on which the objection is taken', () => {
    const s = closedRejected();
    const { lastDay } = letterOf(s.state)!.objection;
    expect(s.at(`${lastDay!}T15:59:59.999Z`).allowed(PEOPLE.patient)).toContain('dispute');
    expect(s.at(`${lastDay!}T16:00:00.000Z`).allowed(PEOPLE.patient)).not.toContain('dispute');
  });

  test('a part: asked beside paid, line by line, as people write money', () => {
    const letter = letterOf(inPayment({}, 0.5).state)!;
    expect(letter.lines).toEqual([expect.objectContaining({ benefit: 'medical-costs', askedFen: 1_000_000, approvedFen: 500_000 })]);
    expect(letter.paragraphs[0]!.zh).toContain('申请10,000.00元，将给付5,000.00元');
    // The days to object count from the payment, which is not made yet.
    expect(letter.objection.lastDay).toBeNull();
    expect(letterOf(closedPaid({}, 0.5).state)!.objection.lastDay).toBe('2026-04-01');
  });

  test('after a death: quiet, to the claimant, with no word of the living', () => {
    const letter = letterOf(closedRejected(death).state)!;
    expect([letter.tone, letter.greeting.zh]).toEqual(['quiet', '致申请人：']);
    expect(JSON.stringify(letter)).not.toMatch(/康复|祝|恭喜|高兴|happy|pleased|glad|wish/i);
  });

  test('it says whom to ask, by name where one is known', () => {
    const { state } = closedRejected();
    expect(letterFrom(state, { name: '王海', role: 'specialist' })!.contact).toEqual({ zh: '如有疑问，请联系王海（医院驻点专员）。', en: 'If you have questions, ask 王海 (on-site specialist at the hospital).' });
    expect(letterOf(state)!.contact.zh).toBe('如有疑问，请联系医院驻点专员。');
  });

  test('none before the decision, while it is judged anew, or of a claim that was withdrawn', () => {
    expect(letterOf(inApproval().state)).toBeNull();
    expect(letterOf(overturned(inDispute()).state)).toBeNull();
    expect(letterOf(inReview().act('withdraw', {}, PEOPLE.patient).state)).toBeNull();
  });

  test('issue 4, what is misleading: while the panel decides, nobody reads that it has', () => {
    const { text, lastDay } = letterOf(inDispute().state)!.objection;
    expect(lastDay).toBeNull();
    expect(text.zh).toMatch(/^您已提出异议。.*正在裁决，最晚\d{4}年\d+月\d+日作出，在此之前本决定不变。$/);
    expect(text.en).toMatch(/are deciding on it, by \d+ March 2026 at the latest; until then this decision stands\.$/);
  });

  test('a decision that the panel has seen offers no second objection', () => {
    const s = inDispute().act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.affairs).act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.mediator);
    expect(s.state.stage).toBe('closed');
    expect(letterOf(s.state)!.objection.lastDay).toBeNull();
    expect(letterOf(s.state)!.objection.text.zh).toContain('三人小组已裁决维持本决定');
    expect(s.allowed(PEOPLE.patient)).not.toContain('dispute');
  });

  test.each<[Decision, number]>([['approve', 1], ['part', 0.5], ['reject', 0]])('the preview of %s is the letter that is then sent', (_, part) => {
    const s = inApproval({}, part);
    const before = previewOf(s.state, s.state.recommendation!, s.now);
    expect(before).toEqual(letterOf(decides(s).state));
  });

  test('every reason has its clause and its words in both languages', () => {
    const { state, now } = inApproval();
    const { reasons } = previewOf(state, { decision: 'reject', lines: [], reasons: REASON_CODES, exGratia: false }, now);
    expect(reasons.filter(({ clause, text }) => !/^\d\.\d$/.test(clause) || !/\p{Script=Han}/u.test(text.zh) || !/^[A-Z]/.test(text.en))).toEqual([]);
  });
});

describe('SPEC §1.2: the patient follows the claim in plain words', () => {
  const JARGON = /fast.?track|supplement|tier|F3|F5|F10|D15|acceptance|stage|payee|时效|档位|受理|立案|阶段/i;
  test.each(STAGE_NAMES)('in %s: who holds it, in both languages, without jargon', (stage) => {
    for (const outcome of ['serious-complication', 'death'] as const) {
      const s = IN_STAGE[stage](outcome === 'death' ? death : {});
      const { zh, en } = plainOf(s.state, s.now);
      expect([zh, en]).toEqual([expect.stringMatching(/\p{Script=Han}.*。$/su), expect.stringMatching(/^[A-Z].*\.$/s)]);
      expect(`${zh}${en}`).not.toMatch(JARGON);
      if (outcome === 'death') expect(`${zh}${en}`).not.toMatch(/您现在不需要做什么|好消息|恭喜|祝|pleased|good news/);
    }
  });

  test('until when, and that it is late when it is', () => {
    const s = inReview();
    expect(plainOf(s.state, s.now).zh).toBe('保险公司正在审核。最晚2026年3月11日。您现在不需要做什么。');
    expect(plainOf(s.state, '2026-03-11T16:00:00.000Z').en).toContain('This step is late');
  });

  test('issue 4, what is missing: nobody is told that there is nothing to do while own papers are missing', () => {
    const s = inDocuments();
    expect(plainOf(s.state, s.now)).toEqual({ zh: expect.stringContaining('您自己的材料'), en: expect.stringContaining('Your own papers') });
    const theirs = uploadAll(inDocuments(), ['medical-summary']);
    expect(plainOf(theirs.state, theirs.now).zh).toContain('您现在不需要做什么');
  });

  test('SPEC §1.2: who has to name the account is told how: with an account of their own here, by a link through the specialist', () => {
    const s = inPayment();
    expect(s.allowed(PEOPLE.patient)).toContain('set-payee');
    expect(s.allowed({ ...PEOPLE.patient, onlyClaim: s.state.claimNo })).not.toContain('set-payee');
    const { zh, en } = plainOf(s.state, s.now);
    expect([zh, en]).toEqual([expect.stringMatching(/登录后，可在下方登记；也可以请医院驻点专员/), expect.stringMatching(/you can name it below; otherwise ask the on-site specialist/)]);
  });

  test('issue 4, what is missing: who won before the panel is told so, until it is decided again', () => {
    const s = overturned(inDispute());
    expect(plainOf(s.state, s.now)).toEqual({ zh: expect.stringMatching(/^三人小组支持您的异议：.*保险公司正在审核。/), en: expect.stringMatching(/^The panel of three agreed with the objection: .*The insurer is assessing the claim\./) });
    expect(plainOf(inReview().state, MONDAY).zh).not.toContain('三人小组');
  });

  test('SPEC §1.1: reopened for new evidence, it is not the panel that is named', () => {
    const upheld = inDispute().act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.affairs).act('panel-decision', { vote: 'uphold', note: SECRET }, PEOPLE.mediator);
    const s = confirmed(upheld.at(new Date(Date.parse(upheld.now) + 3_600_000).toISOString()).act('upload-documents', { documents: [document('other')] }, PEOPLE.patient).act('reopen', { note: SECRET }, PEOPLE.manager));
    expect(s.state.round).toBe(2);
    expect(plainOf(s.state, s.now).zh).toMatch(/^因有新的证据，/);
  });

  test('what the patient owes comes first; a clock that stands still is said to', () => {
    const s = inSupplement();
    expect(plainOf(s.state, s.now).zh).toContain('需要您提供1项材料');
    const paying = toBank(inPayment());
    expect(plainOf(paying.state, paying.now).zh).toContain('等待银行确认');
    expect(plainOf(inReview({ at: '2026-12-28T02:00:00.000Z' }).state, MONDAY).zh).toContain('暂定');
  });
});
