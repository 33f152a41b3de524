import {
  allowed, COMMAND_NAMES, COMMANDS, decide, evolve, isPersonsAct, noticesOf, OPEN_STAGES, REFUSALS, ROLES, STAGE_NAMES, system, SYSTEMS,
  type Actor, type ClaimState, type Role, type Stage,
} from '../../../src/domain/claim';
import { actId, closedPaid, given, IN_STAGE, inAcceptance, inDispute, inPayment, inSupplement, MONDAY, PEOPLE, toBank } from './scenario';

const actorIn = (role: Role): Actor => ({ personId: `somebody-${role}`, sub: role, role, hospital: 'H001', departments: ['general-surgery'], insurer: 'I001' });
const act = (command: string, input: unknown, actor: Actor) => ({ id: actId(), command, input, actor, receivedAt: '2027-01-04T02:00:00.000Z', saidAt: null, hash: 'h' });
const states = Object.fromEntries(STAGE_NAMES.map((stage) => [stage, IN_STAGE[stage]().state])) as Record<Stage, ClaimState>;

describe('the wall: every command × every role × every stage', () => {
  test.each(STAGE_NAMES)('SPEC §1.1: in %s everything that is not in the table is refused, and what is allowed is what is offered', (stage) => {
    const state = states[stage];
    expect(state.stage).toBe(stage);
    for (const command of COMMAND_NAMES) {
      const row = COMMANDS[command];
      for (const role of ROLES) {
        const actor = actorIn(role);
        // No command takes null: an act that nothing bars fails by its body, and by that alone.
        const decided = decide(state, act(command, null, actor));
        const code = decided.kind === 'refused' ? decided.refusal.code : decided.kind;
        const where = `${command} by ${role} in ${stage}`;
        const theirs = Array.isArray(row.by) && (row.by as Role[]).includes(role);
        if (!theirs) expect([where, code]).toEqual([where, 'not-your-role']);
        else if (!row.stages.includes(stage)) expect([where, code]).toEqual([where, 'not-now']);
        else expect([where, Object.hasOwn(REFUSALS, code)]).toEqual([where, true]);
        expect([where, allowed(state, actor, '2027-01-04T02:00:00.000Z').includes(command)]).toEqual([where, code === 'invalid-input']);
      }
    }
  });

  test.each(STAGE_NAMES)('SPEC §1.2: in %s a system states its own facts only, and people state none of them', (stage) => {
    for (const command of COMMAND_NAMES.filter((name) => !isPersonsAct(name))) {
      for (const name of SYSTEMS) {
        const decided = decide(states[stage], act(command, null, system(name)));
        expect([command, name, decided.kind === 'refused' && decided.refusal.code === 'not-your-role']).toEqual([command, name, COMMANDS[command].by !== name]);
        // A person whose id is spelled like a system's is no system.
        const impostor = decide(states[stage], act(command, null, { ...system(name), role: 'ops' }));
        expect(impostor).toMatchObject({ kind: 'refused', refusal: { code: 'not-your-role' } });
      }
    }
  });

  test.each(['', 'toString', '__proto__', 'constructor', 'report', 'APPROVE', 'approve '])('an act called %j is refused', (command) => {
    expect(decide(states.review, act(command, {}, PEOPLE.approver))).toMatchObject({ kind: 'refused', refusal: { code: 'not-now' } });
  });
});

/** SPEC §1.1 and §1.2 written out a second time, by hand: who is offered what in each stage as one usually meets it. */
const FILE = ['upload-documents', 'supersede-document'];
const OFFERED: Record<Stage, Partial<Record<Role, string[]>>> = {
  collecting: {
    patient: [...FILE, 'set-payee', 'withdraw'], liaison: [...FILE, 'declare-gap'], specialist: ['submit-facts', ...FILE, 'set-payee', 'claim-task'],
    manager: ['submit-facts', ...FILE, 'void', 'reassign-task'], 'medical-affairs': [...FILE, 'declare-gap'], reviewer: ['void'], 'senior-reviewer': ['void'], finance: ['set-payee'],
  },
  documents: {
    patient: [...FILE, 'amend-benefits', 'set-payee', 'withdraw'], liaison: [...FILE, 'declare-gap', 'claim-task'], specialist: [...FILE, 'amend-benefits', 'set-payee'],
    manager: [...FILE, 'void', 'reassign-task'], 'medical-affairs': [...FILE, 'declare-gap', 'claim-task'], reviewer: ['void'], 'senior-reviewer': ['void'], finance: ['set-payee'],
  },
  acceptance: {
    patient: [...FILE, 'amend-benefits', 'set-payee', 'withdraw'], liaison: FILE, specialist: [...FILE, 'amend-benefits', 'set-payee'], manager: [...FILE, 'void'], 'medical-affairs': FILE,
    reviewer: ['accept-file', 'waive-document', 'ask-supplement', 'void', 'claim-task'], 'senior-reviewer': ['accept-file', 'waive-document', 'ask-supplement', 'void', 'claim-task', 'reassign-task'],
    approver: ['reassign-task'], finance: ['set-payee'],
  },
  review: {
    patient: [...FILE, 'set-payee', 'withdraw'], liaison: FILE, specialist: [...FILE, 'set-payee'], manager: [...FILE, 'void'], 'medical-affairs': FILE,
    reviewer: ['waive-document', 'override-tier', 'ask-supplement', 'recommend', 'open-investigation', 'void', 'claim-task'],
    'senior-reviewer': ['waive-document', 'override-tier', 'ask-supplement', 'recommend', 'open-investigation', 'void', 'claim-task', 'reassign-task'],
    approver: ['reassign-task'], finance: ['set-payee'],
  },
  supplement: {
    patient: [...FILE, 'answer-supplement', 'set-payee', 'withdraw'], liaison: [...FILE, 'answer-supplement', 'claim-task'], specialist: [...FILE, 'answer-supplement', 'set-payee', 'claim-task'],
    manager: [...FILE, 'void', 'reassign-task'], 'medical-affairs': [...FILE, 'answer-supplement', 'claim-task'],
    reviewer: ['override-tier', 'waive-item', 'void'], 'senior-reviewer': ['override-tier', 'waive-item', 'void'], finance: ['set-payee'],
  },
  investigation: {
    patient: [...FILE, 'set-payee', 'withdraw'], liaison: FILE, specialist: [...FILE, 'set-payee'], manager: [...FILE, 'void'], 'medical-affairs': FILE,
    reviewer: ['override-tier', 'void'], 'senior-reviewer': ['override-tier', 'close-investigation', 'void', 'claim-task', 'reassign-task'], approver: ['reassign-task'], finance: ['set-payee'],
  },
  approval: {
    patient: [...FILE, 'set-payee', 'withdraw'], liaison: FILE, specialist: [...FILE, 'set-payee'], manager: [...FILE, 'void'], 'medical-affairs': FILE,
    reviewer: ['override-tier', 'void'], 'senior-reviewer': ['override-tier', 'void', 'reassign-task'], approver: ['approve', 'return-to-review', 'claim-task', 'reassign-task'], finance: ['set-payee'],
  },
  payment: {
    patient: [...FILE, 'set-payee', 'withdraw'], liaison: FILE, specialist: [...FILE, 'set-payee'], manager: [...FILE, 'reassign-task'], 'medical-affairs': FILE, finance: ['set-payee'],
  },
  dispute: {
    patient: FILE, liaison: FILE, specialist: FILE, manager: [...FILE, 'reassign-task'], 'medical-affairs': [...FILE, 'panel-decision', 'claim-task'],
    'senior-reviewer': ['panel-decision', 'claim-task', 'reassign-task'], approver: ['panel-decision', 'claim-task', 'reassign-task'], mediator: ['panel-decision'],
  },
  closed: { patient: [...FILE, 'dispute'], liaison: FILE, specialist: FILE, manager: FILE, 'medical-affairs': FILE },
};

/** In every stage: who answers for the file may hold it, the patient may withdraw consent. */
const ALWAYS: Partial<Record<Role, string[]>> = { 'medical-affairs': ['set-hold'], 'senior-reviewer': ['set-hold'], approver: ['set-hold'], patient: ['withdraw-consent'], specialist: ['withdraw-consent'] };

describe('what each role is offered', () => {
  test.each(STAGE_NAMES)('SPEC §1.1, §1.2: %s', (stage) => {
    const offered = Object.fromEntries(ROLES.map((role) => [role, allowed(states[stage], actorIn(role), '2026-03-05T02:00:00.000Z').sort()]));
    expect(offered).toEqual(Object.fromEntries(ROLES.map((role) => [role, [...(OFFERED[stage][role] ?? []), ...(ALWAYS[role] ?? [])].sort()])));
  });

  test('SPEC §1.2: auditor, operations and the HIS feed change no claim in any stage', () => {
    for (const stage of STAGE_NAMES) for (const role of ['auditor', 'ops', 'his-feed'] as const) expect(allowed(states[stage], actorIn(role), MONDAY)).toEqual([]);
  });

  test('SPEC §1.1: a refusal of the stage says which stage it is, where the act belongs, and who did what last', () => {
    expect(decide(states.collecting, act('approve', {}, PEOPLE.approver))).toMatchObject({ kind: 'refused', refusal: { code: 'not-now', details: { stage: 'collecting', stages: ['approval'] } } });
    expect(decide(closedPaid().state, act('make-payment', { amountFen: 1 }, PEOPLE.finance))).toMatchObject({ refusal: { code: 'not-now', details: { stage: 'closed', before: { command: 'check-payment', by: 'finance2' } } } });
  });

  test('SPEC §1.2: a refusal of the role names the roles that may', () => {
    expect(decide(states.approval, act('approve', {}, PEOPLE.reviewer))).toMatchObject({ refusal: { code: 'not-your-role', details: { roles: ['approver'] } } });
  });
});

describe('the table of commands itself', () => {
  test.each(COMMAND_NAMES)('%s: its example is a valid body, it has a title and says what it causes in zh and en, and no unknown field passes', (command) => {
    const row = COMMANDS[command];
    expect(row.schema.safeParse(row.example)).toMatchObject({ success: true });
    expect(row.schema.safeParse({ ...(row.example as object), unknownField: 1 }).success).toBe(false);
    for (const body of [null, undefined, [], 'x', 1, true]) expect(row.schema.safeParse(body).success).toBe(false);
    for (const text of [row.title, row.causes]) expect([text.zh.length > 0, text.en.length > 0, /[\u4e00-\u9fff]/.test(text.zh), /[\u4e00-\u9fff]/.test(text.en)]).toEqual([true, true, true, false]);
    expect(row.stages.length).toBeGreaterThan(0);
    if (isPersonsAct(command)) expect((row.by as Role[]).every((role) => ROLES.includes(role))).toBe(true);
  });

  test.each(Object.entries(REFUSALS))('the refusal %s names its rule and says in zh and en what to do', (_code, { rule, zh, en }) => {
    expect(rule).toMatch(/^SPEC §\d(\.\d)?$/);
    expect([/[\u4e00-\u9fff]/.test(zh), /[\u4e00-\u9fff]/.test(en), en.endsWith('.')]).toEqual([true, false, true]);
  });

  test.each(OPEN_STAGES)('SPEC §1.1: from %s some person gets on with what is owed', (stage) => {
    const { tasks } = states[stage];
    expect(tasks.length).toBeGreaterThan(0);
    for (const task of tasks) {
      const acts = task.roles.flatMap((role) => allowed(states[stage], actorIn(role), MONDAY)).filter((name) => !name.endsWith('-task'));
      expect(acts.length).toBeGreaterThan(0);
    }
  });

  test('SPEC §1.1: withdraw and void are possible from every stage before payment starts', () => {
    for (const stage of ['collecting', 'documents', 'acceptance', 'review', 'supplement', 'investigation', 'approval'] as const) {
      expect(allowed(states[stage], PEOPLE.patient, MONDAY)).toContain('withdraw');
      expect(allowed(states[stage], PEOPLE.manager, MONDAY)).toContain('void');
    }
    for (const stage of ['payment', 'dispute', 'closed'] as const) expect(allowed(states[stage], PEOPLE.manager, MONDAY)).not.toContain('void');
  });
});

describe('notices', () => {
  test.each([
    ['a breach while the claimant owes an answer', () => inSupplement().until('2026-04-20T00:00:00.000Z')],
    ['a breach of an unclaimed review', () => IN_STAGE.review().until('2026-05-20T00:00:00.000Z')],
    ['collection over its 24 hours', () => given().until('2026-03-06T00:00:00.000Z')],
    ['a payment and its failure', () => { const s = toBank(inPayment()); return s.fact('bank-answered', { key: s.state.payments[0]!.key, status: 'failed', fault: 'payee', amountFen: 1_000_000, bankReference: 'r' }, 'bank'); }],
    ['a dispute', () => inDispute().until('2026-05-20T00:00:00.000Z')],
    ['an accepted file', () => inAcceptance({ without: ['witness-pack'] })],
  ])('SPEC §1.6: %s: each notice has a key of its own and names nobody but by id', (_, make) => {
    const { events } = make();
    let after: ClaimState | null = null;
    const keys = events.flatMap((event) => { after = evolve(after, event); return noticesOf(event, after).map((notice) => notice.key); });
    expect(keys.length).toBeGreaterThan(0);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
