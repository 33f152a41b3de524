import { randomUUID } from 'node:crypto';
import { checkEverything } from '../support/invariants';
import { plant } from '../api/planted';
import { inApproval } from '../domain/claim/scenario';
import { plantFiles } from '../platform/database/rows';
import { newClaim, stateOf, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';

const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 1);
let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());
afterEach(async () => { await checkEverything(stack); }, 120_000);

const LINES = [{ benefit: 'medical-costs', askedFen: 600_000, approvedFen: 600_000 }];
const decision = async (claimNo: string): Promise<unknown> => ({ lines: LINES, fileVersion: (await stateOf(stack, claimNo)).fileVersion });

test('SPEC §3, FAULTS 10: fifty double clicks of one decision make one decision and get fifty equal answers', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { claimNo } = await travel(stack, newClaim(), 'approve');
    const approver = await stack.person('approver-a-i001');
    const [body, key] = [await decision(claimNo), randomUUID()];
    const { version } = await stateOf(stack, claimNo);
    // Equal requests share an answer inside one API process; by their If-Match these are five kinds, as if they came to five processes.
    const conditions: Array<Record<string, string>> = [{}, { 'if-match': '*' }, ...['"0", ', '"1", ', ''].map((more) => ({ 'if-match': `${more}"${version}"` }))];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => approver.send(claimNo, 'approve', body, key, conditions[i % conditions.length])));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
    expect(new Set(answers.map(({ body: said }) => JSON.stringify(said))).size).toBe(1);
    expect(await stack.database.claimEvent.count({ where: { claimNo, type: 'decided' } })).toBe(1);
  }
}, 120_000);

test('SPEC §1.2, FAULTS 13: of two approvers at once one wins, and the other is told who', async () => {
  for (let round = 0; round < 3 * ROUNDS; round++) {
    const { claimNo } = await travel(stack, newClaim(), 'approve');
    const [one, other] = await Promise.all([stack.person('approver-a-i001'), stack.person('approver-b-i001')]);
    const body = await decision(claimNo);
    const answers = await Promise.all([one.send(claimNo, 'approve', body), other.send(claimNo, 'approve', body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [winner, loser] = answers[0].status === 200 ? ['P-I001-APPROVER-A', answers[1]] : ['P-I001-APPROVER-B', answers[0]];
    expect(loser.body).toMatchObject({ code: 'not-now', details: { before: { command: 'approve', by: winner }, names: { [winner]: expect.stringMatching(/.+/) }, stage: 'payment' } });
    expect((loser.body as { allowed: string[] }).allowed).not.toContain('approve');
    expect(await stack.database.claimEvent.findMany({ where: { claimNo, type: 'decided' }, select: { actor: true } })).toMatchObject([{ actor: { personId: winner } }]);
  }
}, 120_000);

test('SPEC §1.1, FAULTS 13: approved and withdrawn at once, the claim is either withdrawn or approved with the withdrawal waiting for its second person', async () => {
  const seen: string[] = [];
  for (let round = 0; round < 4 * ROUNDS; round++) {
    const { claimNo } = await travel(stack, newClaim(), 'approve');
    const [approver, patient] = await Promise.all([stack.person('approver-a-i001'), stack.person('patient-a')]);
    const body = await decision(claimNo);
    const [approved, withdrawn] = await Promise.all([approver.send(claimNo, 'approve', body), patient.send(claimNo, 'withdraw', {})]);
    const state = await stateOf(stack, claimNo);
    expect(withdrawn.status).toBe(200);
    if (approved.status === 200) expect(state).toMatchObject({ stage: 'payment', closedAs: null, proposals: [{ command: 'withdraw', by: 'P-PATIENT-A' }], decision: { by: 'P-I001-APPROVER-A' } });
    else expect([approved.status, state.closedAs, state.decision]).toEqual([409, 'withdrawn', null]);
    seen.push(approved.status === 200 ? 'approved' : 'withdrawn');
  }
  console.log(`approve against withdraw: ${seen.join(', ')}`);
}, 120_000);

/** How many claims are being decided at the same time. */
const ABREAST = 8;
test('SPEC §3, FAULTS 13: in hundreds of races within five milliseconds one wins each time, and the loser gets a 409', async () => {
  const races = ROUNDS === 1 ? 200 : 2_500 * ROUNDS;
  const [one, other, patient] = await Promise.all(['approver-a-i001', 'approver-b-i001', 'patient-a'].map((account) => stack.person(account)));
  const years = [2025, 2026, 2027];
  const outcomes: Record<string, number> = {};
  const jitter = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  let begun = 0;
  await Promise.all(Array.from({ length: ABREAST }, async () => {
    while (begun < races) {
      const [n, claimNo] = [begun, `KP-2026-${String(500_000 + begun++)}`];
      const { fileVersion, facts } = await plant(stack.database, inApproval({ at: new Date(Date.now() - 3_600_000).toISOString(), years, patientPersonId: 'P-PATIENT-A' }), claimNo);
      const decided = { fileVersion, lines: facts?.benefits.map((line) => ({ ...line, approvedFen: line.askedFen })) };
      const rival = n % 2 === 0 ? () => other!.send(claimNo, 'approve', decided) : () => patient!.send(claimNo, 'withdraw', {});
      const [approved, second] = await Promise.all([jitter().then(() => one!.send(claimNo, 'approve', decided)), jitter().then(rival)]);
      const state = await stateOf(stack, claimNo);
      const decisions = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'decided' }, select: { actor: true } });
      const what = `${n % 2 === 0 ? 'approve/approve' : 'approve/withdraw'}: ${approved.status} ${second.status}, ${state.stage} ${state.closedAs ?? ''}, ${decisions.length} decided`;
      outcomes[what] = (outcomes[what] ?? 0) + 1;
    }
  }));
  await plantFiles(stack.database);
  console.log(outcomes);
  // Withdrawn after the approval, it waits for its second person; before it, there is nothing left to approve. An act that a slow worker
  // did not get to in time is kept (202): what becomes of it is checked after the test, with everything else.
  const fair = [/^approve\/approve: (200 409|409 200), payment , 1 decided$/, /^approve\/withdraw: (200 200, payment , 1 decided|409 200, closed withdrawn, 0 decided)$/, /: (202 (200|409|202)|(200|409) 202), .* [01] decided$/];
  expect(Object.keys(outcomes).filter((what) => !fair.some((one) => one.test(what)))).toEqual([]);
  const kept = Object.entries(outcomes).filter(([what]) => / 202\b/.test(what)).reduce((sum, [, count]) => sum + count, 0);
  expect(kept).toBeLessThan(races / 2);
}, 60_000 + ROUNDS * 1_200_000);

test('SPEC §3, FAULTS 11: the same key with another body, for another act or from another person is a conflict, and changes nothing', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'set-payee');
  const [specialist, patient, finance] = await Promise.all([stack.person('specialist-a-h001'), stack.person('patient-a'), stack.person('finance-b-i001')]);
  const payee = (account: string) => ({ payees: [{ holder: '收款人', bank: '示例银行', account }] });
  const key = randomUUID();
  await specialist.act(claimNo, 'set-payee', payee('6222000000000001'), key);
  const { version } = await stateOf(stack, claimNo);
  for (const answer of [
    await specialist.send(claimNo, 'set-payee', payee('6222000000000002'), key),
    await patient.send(claimNo, 'set-payee', payee('6222000000000001'), key),
    await finance.send(claimNo, 'confirm-payee', {}, key),
  ]) expect([answer.status, answer.code]).toEqual([409, 'same-id-other-body']);
  expect((await stateOf(stack, claimNo)).version).toBe(version);
}, 60_000);
