import fc from 'fast-check';
import { actsHere, noticesOf } from '../../../src/domain/claim';
import { DEFAULT_KEEPS, erasable, heldBy, keepsFrom, keptInWords, keptOf, lastDayKept, mayErase, RETENTION, RETENTION_RULES, rulesOf, type Keeps } from '../../../src/domain/retention';
import { checkClaim } from '../claim/invariants';
import { closedPaid, closedRejected, given, IN_STAGE, inApproval, inDispute, inInvestigation, PEOPLE, SECRET, type Scenario } from '../claim/scenario';
import { dice, finish, start, step } from '../claim/walk';

const withdrawn = (): Scenario => given().act('withdraw', { note: SECRET }, PEOPLE.patient);
const voided = (): Scenario => {
  const s = given().act('void', { survivor: 'KP-2026-000001', note: SECRET }, PEOPLE.manager);
  return s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.affairs);
};
const withdrawnUnderInvestigation = (): Scenario => inInvestigation().act('withdraw', { note: SECRET }, PEOPLE.patient);
const later = (s: Scenario, months: number): string => new Date(Date.parse(`${lastDayKept(s.state.closedAt!, months)}T00:00:00+08:00`) + 86_400_000).toISOString();
const asked = (s: Scenario, what: 'file' | 'person', months: number) => {
  const { rule } = rulesOf(s.state).find((one) => one.what === what)!;
  return { what, rule, dueOn: lastDayKept(s.state.closedAt!, months) };
};

describe('issue 5 part 4: retention and erasure by rule', () => {
  test.each([
    ['paid', () => closedPaid(), 'settled', 60, 'paid', 120],
    ['paid after a death', () => closedPaid({ outcome: 'death' }), 'grave', 120, 'paid', 120],
    ['paid after a disability', () => closedPaid({ outcome: 'disability' }), 'grave', 120, 'paid', 120],
    ['rejected', () => closedRejected(), 'settled', 60, 'settled', 60],
    ['withdrawn', withdrawn, 'withdrawn', 36, 'withdrawn', 36],
    ['withdrawn while it was investigated', withdrawnUnderInvestigation, 'settled', 60, 'settled', 60],
    ['void', voided, 'void', 12, 'void', 12],
  ] as const)('a claim that was %s: file and person, by which rule, how many months from the day it closed', (_, make, fileRule, file, personRule, person) => {
    const s = make();
    expect(keptOf(s.state, DEFAULT_KEEPS)).toEqual([
      { what: 'file', rule: fileRule, months: file, until: lastDayKept(s.state.closedAt!, file) }, { what: 'person', rule: personRule, months: person, until: lastDayKept(s.state.closedAt!, person) },
    ]);
  });

  test.each([
    ['2026-03-02T02:00:00.000Z', 60, '2031-03-02'], ['2026-03-02T16:00:00.000Z', 12, '2027-03-03'], ['2024-02-29T02:00:00.000Z', 12, '2025-02-28'],
    ['2026-08-31T02:00:00.000Z', 1, '2026-09-30'], ['2026-12-31T15:59:59.999Z', 2, '2027-02-28'],
  ])('closed %s and kept for %i months: the last day in Shanghai is %s', (closedAt, months, day) => { expect(lastDayKept(closedAt, months)).toBe(day); });

  test('due at 24:00 of the last day and not a moment before', () => {
    const s = closedPaid();
    const end = later(s, 60);
    expect(erasable(s.state, DEFAULT_KEEPS, new Date(Date.parse(end) - 1).toISOString())).toEqual([]);
    expect(erasable(s.state, DEFAULT_KEEPS, end)).toEqual([asked(s, 'file', 60)]);
    s.at(end).fact('erase-due', asked(s, 'file', 60), 'retention');
    expect(s.events.at(-1)).toMatchObject({ type: 'data-erased', actor: { personId: 'system:retention' }, data: { what: 'file', rule: 'settled' } });
    expect(erasable(s.state, DEFAULT_KEEPS, later(s, 119))).toEqual([]);
    expect(erasable(s.state, DEFAULT_KEEPS, later(s, 120))).toEqual([asked(s, 'person', 120)]);
  });

  test('erased once: the same again is refused, and what needs the papers is refused from then on', () => {
    const s = closedPaid();
    s.at(later(s, 120)).fact('erase-due', asked(s, 'file', 60), 'retention');
    expect(s.tries({ command: 'erase-due', input: asked(s, 'file', 60), actor: { personId: 'system:retention', sub: 'system:retention', role: 'system' } })).toMatchObject({ kind: 'refused' });
    expect(s.allowed(PEOPLE.specialist)).not.toContain('upload-documents');
    expect(s.refused('upload-documents', { documents: [] }, PEOPLE.specialist).code).toBe('erased');
  });

  test('no configuration and nobody goes below what the law asks for', () => {
    const s = closedPaid();
    const soon: Keeps = { ...DEFAULT_KEEPS, paid: 1, settled: 1 };
    expect(keptOf(s.state, soon).map((one) => one.months)).toEqual([60, 120]);
    expect(mayErase(s.state, asked(s, 'person', 12), later(s, 12))).toBe(false);
    expect(keepsFrom('paid=12')).toBeNull();
    for (const text of ['void', 'void=', 'void=x', 'unknown=3', 'toString=3', 'void=1000']) expect(keepsFrom(text)).toBeNull();
    expect(keepsFrom('void=18  withdrawn=24')).toEqual({ ...DEFAULT_KEEPS, void: 18, withdrawn: 24 });
    // Insurance Law art. 26: two years to claim again; a year to find a wrong void.
    expect([keepsFrom('withdrawn=23'), keepsFrom('void=11')]).toEqual([null, null]);
  });

  test.each(RETENTION_RULES)('the rule %s names its law, and says why in zh and en', (rule) => {
    const { law, because, title, keepMonths, leastMonths } = RETENTION[rule];
    expect(law.length).toBeGreaterThan(0);
    expect(keepMonths).toBeGreaterThanOrEqual(leastMonths);
    for (const text of [because, title]) expect([/[\u4e00-\u9fff]/.test(text.zh), /[\u4e00-\u9fff]/.test(text.en)]).toEqual([true, false]);
  });
});

describe('issue 5 part 4: legal hold', () => {
  const held = (s = closedPaid()): Scenario => s.act('set-hold', { reason: 'lawsuit', note: SECRET }, PEOPLE.affairs);

  test('nothing of a held claim is erased', () => {
    const s = held();
    s.at(later(s, 240));
    expect(heldBy(s.state)).toEqual(['set']);
    expect(erasable(s.state, DEFAULT_KEEPS, s.now)).toEqual([]);
    expect(s.refused('erase-due', asked(s, 'file', 60), { personId: 'system:retention', sub: 'x', role: 'system' }).code).toBe('held');
  });

  test('two persons to lift, of the side that set it', () => {
    const s = held();
    const [hold] = s.state.holds!;
    for (const other of [PEOPLE.senior, PEOPLE.approver]) expect(s.refused('lift-hold', { holdId: hold!.holdId, note: SECRET }, other).code).toBe('no-hold');
    s.act('lift-hold', { holdId: hold!.holdId, note: SECRET }, PEOPLE.affairs);
    expect(s.state.holds).toHaveLength(1);
    expect(heldBy(s.state)).toEqual(['set', 'second-person']);
    const { proposalId } = s.state.proposals[0]!;
    expect(s.refused('confirm-proposal', { proposalId }, PEOPLE.affairs).code).toBe('four-eyes');
    for (const other of [PEOPLE.approver, PEOPLE.senior]) for (const command of ['confirm-proposal', 'decline-proposal'] as const) expect(s.refused(command, { proposalId, note: SECRET }, other).code).toBe('no-proposal');
    expect(s.state.tasks.find((task) => task.kind === 'second-person')?.roles).toEqual(['medical-affairs']);
    expect(s.fork().act('decline-proposal', { proposalId, note: SECRET }, PEOPLE.affairs2).state.proposals).toEqual([]);
    s.act('confirm-proposal', { proposalId }, PEOPLE.affairs2);
    expect([s.state.holds, heldBy(s.state)]).toEqual([[], []]);
    expect(s.events.map((e) => e.type)).toEqual(expect.arrayContaining(['hold-set', 'hold-lifted']));
  });

  test('each side holds for itself: while one of two holds stands, the claim is held', () => {
    const s = held().act('set-hold', { reason: 'complaint', note: SECRET }, PEOPLE.approver);
    s.act('lift-hold', { holdId: s.state.holds![1]!.holdId, note: SECRET }, PEOPLE.senior).act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.approver2);
    expect(heldBy(s.state)).toEqual(['set']);
  });

  test.each([['a dispute', () => inDispute()], ['a running investigation', () => inInvestigation()], ['an approval that waits', () => inApproval()], ['a payment under way', () => IN_STAGE.payment()]])('%s holds by itself', (_, make) => {
    const s = make();
    expect(heldBy(s.state)).toContain('open');
    expect(erasable(s.state, DEFAULT_KEEPS, '2099-01-01T00:00:00.000Z')).toEqual([]);
  });

  test('the reason stands in codes in the event, words beside it', () => {
    const event = held().events.findLast((e) => e.type === 'hold-set')!;
    expect(event.data).toEqual({ holdId: event.act.id, reason: 'lawsuit', side: 'hospital' });
    expect(event.personal).toEqual({ note: SECRET });
  });
});

test('SPEC §1.1: a lifting that waits for its second person goes on waiting, on a running clock, when the claim closes meanwhile', () => {
  const s = given().act('set-hold', { reason: 'lawsuit', note: SECRET }, PEOPLE.affairs);
  s.act('lift-hold', { holdId: s.state.holds![0]!.holdId, note: SECRET }, PEOPLE.affairs).act('withdraw', {}, PEOPLE.patient);
  expect(s.state).toMatchObject({ stage: 'closed', tasks: [{ kind: 'second-person' }] });
  expect(checkClaim(s.state, s.events)).toEqual([]);
});

describe('EDGE_CASES: consent withdrawn mid-claim (PIPL) with legal-hold conflict', () => {
  test('the claim goes on; once closed it is kept as long as the law asks and no longer', () => {
    const s = given().act('withdraw-consent', { note: SECRET }, PEOPLE.patient);
    expect(s.state.stage).toBe('collecting');
    expect(s.refused('withdraw-consent', {}, PEOPLE.specialist).code).toBe('already-there');
    s.act('withdraw', { note: SECRET }, PEOPLE.patient);
    expect(keptOf(s.state, DEFAULT_KEEPS).map((one) => one.months)).toEqual([24, 24]);
    expect(keptOf(voided().act('withdraw-consent', {}, PEOPLE.patient).state, DEFAULT_KEEPS).map((one) => one.months)).toEqual([12, 12]);
    expect(keptOf(closedRejected().act('withdraw-consent', {}, PEOPLE.patient).state, DEFAULT_KEEPS).map((one) => one.months)).toEqual([60, 60]);
  });

  test('the hold wins while it stands, and the patient is told', () => {
    const s = withdrawn().act('set-hold', { reason: 'authority', note: SECRET }, PEOPLE.approver).act('withdraw-consent', {}, PEOPLE.patient);
    expect(erasable(s.state, DEFAULT_KEEPS, later(s, 36))).toEqual([]);
    expect(keptInWords(s.state, DEFAULT_KEEPS).en).toContain('kept longer while something about the claim is still open');
    s.act('lift-hold', { holdId: s.state.holds![0]!.holdId, note: SECRET }, PEOPLE.approver).act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior);
    expect(erasable(s.state, DEFAULT_KEEPS, later(s, 23))).toEqual([]);
    expect(erasable(s.state, DEFAULT_KEEPS, later(s, 24))).toEqual([asked(s, 'file', 24), asked(s, 'person', 24)]);
  });

  test('SPEC §1.2: the patient alone; a specialist, who writes down what was said, with a second person of the insurer', () => {
    const s = withdrawn().act('withdraw-consent', { note: SECRET }, PEOPLE.specialist);
    expect([s.state.consentWithdrawnAt, s.state.proposals[0]?.roles]).toEqual([undefined, ['senior-reviewer', 'approver']]);
    expect(keptOf(s.state, DEFAULT_KEEPS).map((one) => one.months)).toEqual([36, 36]);
    const { proposalId } = s.state.proposals[0]!;
    for (const own of [PEOPLE.affairs, PEOPLE.manager, PEOPLE.specialist]) expect(s.refused('confirm-proposal', { proposalId }, own).code).toBe('no-proposal');
    s.act('confirm-proposal', { proposalId }, PEOPLE.senior);
    expect(keptOf(s.state, DEFAULT_KEEPS).map((one) => one.months)).toEqual([24, 24]);
    const offers = (by: typeof PEOPLE.patient): boolean | undefined => actsHere(withdrawn().state, by, s.now).find((one) => one.command === 'withdraw-consent')?.second;
    expect([offers(PEOPLE.patient), offers(PEOPLE.specialist)]).toEqual([false, true]);
  });

  test('the insurer and medical affairs are told of it', () => {
    const s = given().act('withdraw-consent', { note: SECRET }, PEOPLE.patient);
    expect(noticesOf(s.events.findLast((one) => one.type === 'consent-withdrawn')!, s.state).map(({ template, to }) => [template, to.role])).toEqual([['consent-withdrawn', 'senior-reviewer'], ['consent-withdrawn', 'medical-affairs']]);
  });
});

test('what is kept how long, in plain words', () => {
  expect(keptInWords(given().state, DEFAULT_KEEPS).zh).toBe('病历、材料和文字说明在结案后保存5年，身份、联系方式和收款账户在结案后保存10年，之后删除；编号、金额和日期会保留。');
  const s = closedPaid();
  expect(keptInWords(s.state, DEFAULT_KEEPS).en).toMatch(/^Papers, records and written remarks: kept until \d+ \w+ 2031\. Identity, contact and account: kept until \d+ \w+ 2036, then erased\. Numbers, amounts and dates remain\.$/);
  s.at(later(s, 60)).fact('erase-due', asked(s, 'file', 60), 'retention');
  expect(keptInWords(s.state, DEFAULT_KEEPS).en).toMatch(/^Papers, records and written remarks: erased by rule on \d+ March 2031\./);
});

test('property: whatever happened to a claim, nothing is erased while it is open or held, before the law’s term, twice, or the person before the papers', () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 0, max: 400 }), fc.constantFrom(1, 12, 60, 120, 200), (seed, monthsLater, configured) => {
    const d = dice(seed);
    const s = start(d);
    for (let n = 0; n < 15; n++) step(s, d);
    if (d.happens(0.7)) finish(s);
    if (d.happens(0.3)) { const by = d.one([PEOPLE.affairs, PEOPLE.approver]); s.act('set-hold', { reason: 'other', note: SECRET }, by); }
    const keeps = Object.fromEntries(RETENTION_RULES.map((rule) => [rule, configured])) as Keeps;
    const at = new Date(Date.parse(s.now) + monthsLater * 30 * 86_400_000).toISOString();
    const due = erasable(s.state, keeps, at);
    const whole = s.state.stage === 'closed' && !s.state.holds?.length && s.state.proposals.length === 0;
    if (!whole) expect(due).toEqual([]);
    for (const one of due) {
      expect(at >= s.state.closedAt!).toBe(true);
      expect(one.dueOn >= lastDayKept(s.state.closedAt!, RETENTION[one.rule].leastMonths)).toBe(true);
      expect(mayErase(s.state, one, at)).toBe(true);
    }
    if (due.some((one) => one.what === 'person')) expect(due.map((one) => one.what)).toContain('file');
    s.at(at > s.now ? at : s.now);
    for (const one of due) s.fact('erase-due', one, 'retention');
    expect(erasable(s.state, keeps, s.now).filter((one) => due.some((was) => was.what === one.what))).toEqual([]);
  }), { numRuns: Number(process.env.RETENTION_RUNS ?? 40) });
});
