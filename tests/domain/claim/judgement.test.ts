import { DECISIONS, FAMILIES_FOR, familyOf, REASON_CODES, REASONS, type Benefit } from '../../../src/domain/claim';
import { asAlso, decides, document, inApproval, inInvestigation, inReview, judgement, PEOPLE, recommend, SECRET, uuidOf } from './scenario';

const TWO: Array<{ benefit: Benefit; askedFen: number }> = [{ benefit: 'medical-costs', askedFen: 600_000 }, { benefit: 'complication-lump-sum', askedFen: 400_000 }];

describe('SPEC §1.8: amounts per benefit line, asked beside approved', () => {
  const s = inReview({ asks: TWO });
  const line = (benefit: Benefit, askedFen: number, approvedFen: number) => ({ benefit, askedFen, approvedFen });
  test.each([
    ['a line is missing', [line('medical-costs', 600_000, 600_000)], 'lines-mismatch'],
    ['a line twice', [line('medical-costs', 600_000, 600_000), line('medical-costs', 600_000, 600_000)], 'lines-mismatch'],
    ['another amount asked', [line('medical-costs', 600_001, 600_000), line('complication-lump-sum', 400_000, 400_000)], 'lines-mismatch'],
    ['a benefit not asked', [line('death', 600_000, 600_000), line('complication-lump-sum', 400_000, 400_000)], 'lines-mismatch'],
    ['more than asked', [line('medical-costs', 600_000, 600_001), line('complication-lump-sum', 400_000, 399_999)], 'amount-above-asked'],
    ['negative', [line('medical-costs', 600_000, -1), line('complication-lump-sum', 400_000, 400_000)], 'invalid-input'],
    ['half a fen', [line('medical-costs', 600_000, 0.5), line('complication-lump-sum', 400_000, 400_000)], 'invalid-input'],
    ['not a number', [line('medical-costs', 600_000, NaN), line('complication-lump-sum', 400_000, 400_000)], 'invalid-input'],
    ['1e309', [line('medical-costs', 600_000, 1e309), line('complication-lump-sum', 400_000, 400_000)], 'invalid-input'],
  ])('refused: %s', (_, lines, code) => {
    expect(s.refused('recommend', { ...judgement(s), lines }, PEOPLE.reviewer).code).toBe(code);
  });

  test.each([['approve', 1], ['part', 0.5], ['reject', 0]] as const)('%s means so much of what is asked, and nothing else', (decision, part) => {
    for (const said of DECISIONS) {
      const body = { ...judgement(s, part), decision: said };
      const decided = s.tries({ command: 'recommend', input: body, actor: PEOPLE.reviewer });
      expect([said, decided.kind === 'refused' ? decided.refusal.code : 'done']).toEqual([said, said === decision ? 'done' : 'decision-mismatch']);
    }
  });

  test('ex gratia is a reason, not a way beyond what is asked', () => {
    const lines = [line('medical-costs', 600_000, 700_000), line('complication-lump-sum', 400_000, 400_000)];
    expect(s.refused('recommend', judgement(s, 1, { lines }), PEOPLE.reviewer)).toMatchObject({ code: 'amount-above-asked', field: '/lines/0/approvedFen' });
    expect(s.refused('recommend', judgement(s, 1, { lines, exGratia: true, reasons: ['A02'] }), PEOPLE.reviewer).code).toBe('amount-above-asked');
    const granted = decides(s.fork().act('recommend', judgement(s, 1, { exGratia: true, reasons: ['A02'] }), PEOPLE.reviewer));
    expect(granted.state.decision).toMatchObject({ exGratia: true, reasons: ['A02'] });
    expect(s.refused('recommend', judgement(s, 1, { exGratia: true, reasons: ['A01'] }), PEOPLE.reviewer).code).toBe('reasons-needed');
  });

  test('one benefit refused is a part, with its reason, whatever is granted on another', () => {
    const lines = [line('medical-costs', 600_000, 600_000), line('complication-lump-sum', 400_000, 0)];
    expect(s.refused('recommend', judgement(s, 1, { lines }), PEOPLE.reviewer).code).toBe('decision-mismatch');
  });
});

describe('SPEC §1.8: a part or a rejection needs a reason code, the policy clause and evidence ids', () => {
  const s = inReview();
  test.each(REASON_CODES)('%s has its clause and its text in zh and en', (code) => {
    expect([REASONS[code].clause, REASONS[code].en, REASONS[code].zh]).toEqual([expect.stringMatching(/^\d\.\d$/), expect.stringMatching(/\.$/), expect.stringMatching(/[\u4e00-\u9fff]/)]);
  });

  test.each(DECISIONS)('%s takes the codes of its families only', (decision) => {
    for (const code of REASON_CODES) {
      const body = judgement(s, { approve: 1, part: 0.5, reject: 0 }[decision], { reasons: [code] });
      const decided = s.tries({ command: 'recommend', input: body, actor: PEOPLE.reviewer });
      const fits = code !== 'A02' && FAMILIES_FOR[decision].includes(familyOf(code)) && (decision === 'approve' || familyOf(code) !== 'A');
      expect([code, decided.kind === 'refused' ? decided.refusal.code : 'done']).toEqual([code, !fits ? 'reasons-needed' : familyOf(code) === 'F' ? 'fraud-not-investigated' : 'done']);
    }
  });

  test.each([[[]], [['Z99']], [['c01']]])('reasons %j: refused', (reasons) => {
    expect(s.refused('recommend', { ...judgement(s, 0), reasons }, PEOPLE.reviewer).code).toBe('invalid-input');
  });

  test('evidence: at least one document, of this claim', () => {
    expect(s.refused('recommend', judgement(s, 0, { evidence: [] }), PEOPLE.reviewer).code).toBe('evidence-needed');
    expect(s.refused('recommend', judgement(s, 0.5, { evidence: [uuidOf(0)] }), PEOPLE.reviewer).code).toBe('unknown-document');
    expect(s.refused('recommend', judgement(s, 1, { evidence: [uuidOf(0)] }), PEOPLE.reviewer).code).toBe('unknown-document');
  });
});

describe('SPEC §1.8: fraud only after a closed investigation', () => {
  const fraud = { reasons: ['F01' as const] };
  test.each([['fraud', 'done'], ['no-fraud', 'fraud-not-investigated'], ['inconclusive', 'fraud-not-investigated']] as const)('closed with %s: a fraud code is %s', (finding, expected) => {
    const s = inInvestigation().act('close-investigation', { finding, note: SECRET }, PEOPLE.senior);
    const decided = s.tries({ command: 'recommend', input: judgement(s, 0, fraud), actor: PEOPLE.reviewer });
    expect(decided.kind === 'refused' ? decided.refusal.code : decided.kind).toBe(expected);
  });

  test('the last investigation counts', () => {
    const s = inInvestigation().act('close-investigation', { finding: 'fraud', note: SECRET }, PEOPLE.senior)
      .act('open-investigation', { reason: 'other' }, PEOPLE.reviewer).act('close-investigation', { finding: 'no-fraud', note: SECRET }, PEOPLE.senior2);
    expect(s.refused('recommend', judgement(s, 0, fraud), PEOPLE.reviewer).code).toBe('fraud-not-investigated');
  });

  test('SPEC §1.1: risk → investigation by a senior reviewer → findings → review; the suspicion is a flag', () => {
    const s = inInvestigation();
    expect(s.state).toMatchObject({ stage: 'investigation', flags: [{ flag: 'fraud-suspected' }], tasks: [{ kind: 'investigate', roles: ['senior-reviewer'] }] });
    s.act('close-investigation', { finding: 'no-fraud', note: SECRET }, PEOPLE.senior);
    expect(s.state).toMatchObject({ stage: 'review', investigations: [{ openedBy: 'reviewer', closedBy: 'senior', finding: 'no-fraud' }] });
  });
});

describe('SPEC §1.8: a decision pins the file version', () => {
  test('a file changed since returns to review, and the approver decides on what was read', () => {
    const s = inApproval();
    const { lines, fileVersion } = s.state.recommendation!;
    expect(s.refused('approve', { lines, fileVersion: fileVersion - 1 }, PEOPLE.approver)).toMatchObject({ code: 'file-changed', details: { fileVersion } });
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.liaison);
    expect(s.state.stage).toBe('review');
    expect(s.refused('recommend', judgement(s, 1, { fileVersion }), PEOPLE.reviewer).code).toBe('file-changed');
    expect(decides(recommend(s)).state.decision?.fileVersion).toBe(fileVersion + 1);
  });

  test('the approver decides on what was recommended, or returns it', () => {
    const s = inApproval();
    const { lines, fileVersion } = s.state.recommendation!;
    expect(s.refused('approve', { lines: lines.map((l) => ({ ...l, approvedFen: l.approvedFen - 1 })), fileVersion }, PEOPLE.approver).code).toBe('not-as-recommended');
    expect(s.refused('reject', { lines, fileVersion }, PEOPLE.approver).code).toBe('not-as-recommended');
    s.act('return-to-review', { note: SECRET }, PEOPLE.approver);
    expect(s.state).toMatchObject({ stage: 'review', recommendation: null });
    const rejecting = inApproval({}, 0);
    expect(rejecting.refused('approve', { lines: rejecting.state.recommendation!.lines, fileVersion }, PEOPLE.approver).code).toBe('not-as-recommended');
  });

  test.each([[1, 'payment', 'approve'], [0.5, 'payment', 'part'], [0, 'closed', 'reject']] as const)('recommended %d of it → %s', (part, stage, decision) => {
    const s = decides(inApproval({}, part));
    expect(s.state).toMatchObject({ stage, decision: { decision, by: 'approver', round: 1 } });
    expect(s.state.closedAs).toBe(stage === 'closed' ? 'rejected' : null);
  });

  test('two approvers at once: one wins, the other is told who', () => {
    const s = inApproval();
    const { lines, fileVersion } = s.state.recommendation!;
    s.act('approve', { lines, fileVersion }, PEOPLE.approver);
    expect(s.refused('approve', { lines, fileVersion }, PEOPLE.approver2)).toMatchObject({ code: 'not-now', details: { before: { command: 'approve', by: 'approver' } } });
  });
});

describe('SPEC §1.2: two acts that need two people compare persons, not accounts or roles', () => {
  const bodyOf = (s: ReturnType<typeof inApproval>) => ({ lines: s.state.recommendation!.lines, fileVersion: s.state.fileVersion });
  test('the reviewer does not approve, from a second account either; nor return', () => {
    const s = inApproval();
    const twin = asAlso(PEOPLE.reviewer, 'approver');
    for (const [command, body] of [['approve', bodyOf(s)], ['return-to-review', { note: SECRET }]] as const) expect(s.refused(command, body, twin)).toMatchObject({ code: 'four-eyes', details: { personId: 'reviewer' } });
    expect(s.allowed(twin)).not.toContain('approve');
    expect(s.refused('claim-task', { taskId: s.state.tasks[0]!.taskId }, twin).code).toBe('four-eyes');
  });

  test('nor does whoever accepted the file, when another recommended', () => {
    const s = recommend(inReview(), 1, PEOPLE.reviewer2);
    expect(s.refused('approve', bodyOf(s), asAlso(PEOPLE.reviewer, 'approver')).code).toBe('four-eyes');
  });

  test('nor does either of the two reviewers that a missing witness pack calls for', () => {
    const s = recommend(inReview({ without: ['witness-pack'] }), 1, PEOPLE.reviewer2, PEOPLE.reviewer3);
    for (const reviewer of [PEOPLE.reviewer2, PEOPLE.reviewer3]) expect(s.refused('approve', bodyOf(s), asAlso(reviewer, 'approver')).code).toBe('four-eyes');
    expect(decides(s).state.stage).toBe('payment');
  });
});
