import { randomUUID } from 'node:crypto';
import { checkEverything } from '../support/invariants';
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
    const answers = await Promise.all(Array.from({ length: 50 }, () => approver.send(claimNo, 'approve', body, key)));
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
