/** How much a claim costs, and what operations read: sizes are printed with what they are made of. */
import { readFileSync } from 'node:fs';
import { eventually } from '../../support/parties';
import { workflowBundle } from '../../support/temporal';
import { PERSONS_ACTS } from '../../../src/domain/claim';
import { countByType, openWorld, type TestClaim, type World } from './harness';
import { referenceOf } from './outside';
import { approver, checker, liaison, maker, otherReviewer, patient, reviewer, senior } from './people';
import { ASKED, decide, pay, payAgain, recommend, SMALL, submitFacts, toPayment, toReview, uploadAll } from './steps';

let world: World;
beforeAll(async () => { world = await openWorld(); });
beforeEach(() => world.monday(), 10_000);
afterEach(() => world.tidy(), 10_000);
afterAll(() => world.close());

function printed(what: string, parts: Record<string, number>, unit: string): number {
  const total = Object.values(parts).reduce((sum, n) => sum + n, 0);
  const lines = Object.entries(parts).sort(([, a], [, b]) => b - a).map(([name, n]) => `    ${String(n).padStart(8)}  ${name}`);
  process.stdout.write(`  ${what}: ${total} ${unit}\n${lines.join('\n')}\n`);
  return total;
}
const events = async (what: string, claim: TestClaim): Promise<number> => printed(what, countByType(await claim.history()), 'history events');

const ACCOUNT = { payees: [{ holder: '示例', bank: '示例银行', account: '6222000000000000' }] };

/** The bank accepts, then calls. */
async function paidByCall(claim: TestClaim): Promise<void> {
  await payAgain(claim);
  const { key, amountFen } = claim.known().payments[0]!;
  await eventually(async () => claim.outside.bank.orders.size || undefined);
  await claim.deliver('bank-answered', { key, status: 'confirmed', amountFen, bankReference: referenceOf(key) }, 'bank');
  await claim.end();
}

describe('history', () => {
  test.each([{ oneByOne: false, most: 105 }, { oneByOne: true, most: 145 }])('a claim with its eight documents, reviewed and paid (one by one: $oneByOne), takes at most $most events', async ({ oneByOne, most }) => {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'accepted'; } });
    await eventually(async () => claim.known().eligibility ?? undefined);
    await submitFacts(claim);
    // The claimant names the payee with the papers.
    await claim.act('set-payee', ACCOUNT, patient);
    await uploadAll(claim, { oneByOne });
    expect(claim.known().documents).toHaveLength(8);
    await claim.act('accept-file', {}, reviewer);
    await recommend(claim);
    await decide(claim);
    await claim.act('confirm-payee', {}, maker);
    await paidByCall(claim);
    expect(claim.known().closedAs).toBe('paid');
    expect(await events(`reviewed and paid, documents ${oneByOne ? 'one by one' : 'in two batches'}`, claim)).toBeLessThanOrEqual(most);
  }, 20_000);

  test('straight through it takes at most 85', async () => {
    const claim = await world.report({ before: (outside) => { outside.bank.tells = 'accepted'; outside.sample = { sampled: false, why: 'lot-not-drawn' }; } });
    await submitFacts(claim, SMALL);
    await uploadAll(claim);
    await eventually(async () => (claim.known().stage === 'payment' ? true : undefined));
    await claim.act('set-payee', ACCOUNT, patient);
    await claim.act('confirm-payee', {}, maker);
    await paidByCall(claim);
    expect(await events('straight through and paid', claim)).toBeLessThanOrEqual(85);
  }, 20_000);

  test('the longest way, late at every turn and with every outside party away for hours, stays under 1 500', async () => {
    const claim = await world.report({ before: ({ directory, insurer, bank }) => { directory.least = otherReviewer.personId; insurer.away = true; bank.tells = 'payee-fault'; } });
    await world.skip('5 hours');
    claim.outside.insurer.away = false;
    await world.skip('45 hours');
    await submitFacts(claim);
    await world.skip('10 days');
    await uploadAll(claim, { oneByOne: true });
    await world.skip('10 days');
    await claim.act('accept-file', {}, reviewer);
    await claim.act('ask-supplement', ASKED, reviewer);
    await claim.deliver('notice-delivered', { requestNo: 1 }, 'notices');
    await world.skip('8 days');
    await claim.act('ask-supplement', { ...ASKED, note: '仍需' }, senior);
    await world.skip('8 days');
    await claim.act('open-investigation', { reason: 'event-doubtful' }, reviewer);
    await world.skip('25 days');
    await claim.act('close-investigation', { finding: 'inconclusive', note: '未能查实' }, senior);
    for (let n = 0; n < 3; n++) {
      await recommend(claim);
      await world.skip('3 days');
      await claim.act('return-to-review', { note: '请补充说明' }, approver);
    }
    await recommend(claim);
    await decide(claim);
    for (let n = 0; n < 3; n++) {
      await world.skip('12 days');
      await pay(claim);
      await eventually(async () => claim.known().payees?.faulty || undefined);
    }
    claim.outside.bank.tells = 'confirmed';
    claim.outside.bank.away = true;
    await pay(claim);
    await world.skip('5 hours');
    claim.outside.bank.away = false;
    await world.skip('10 minutes');
    expect(await claim.end()).toMatchObject({ closedAs: 'paid' });
    expect(await events('the longest way', claim)).toBeLessThan(1_500);
  }, 40_000);
});

test('the bundle is smaller than 1.7 MB', async () => {
  const { codePath } = await workflowBundle();
  const code = readFileSync(codePath, 'utf8');
  const parts: Record<string, number> = {};
  for (const piece of code.split(/^\/\*\*\*\/ (?=")/m)) {
    const path = /^"([^"]+)"/.exec(piece)?.[1] ?? 'webpack';
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? /(src\/[^/]+)\//.exec(path)?.[1] ?? 'webpack';
    // The map of lines stands behind the last piece.
    const [own, map = ''] = piece.split('//# sourceMappingURL=');
    parts[name] = (parts[name] ?? 0) + Buffer.byteLength(own!);
    parts['line map'] = (parts['line map'] ?? 0) + Buffer.byteLength(map);
  }
  expect(printed('workflow bundle', parts, 'bytes')).toBeLessThan(1_700_000);
});

describe('DESIGN, Interfaces: what a stranger reads in the Temporal UI', () => {
  interface Metadata { definition: { updateDefinitions: Array<{ name: string; description: string }>; signalDefinitions: Array<{ description: string }>; queryDefinitions: Array<{ name: string; description: string }> }; currentDetails: string }
  const metadata = (claim: TestClaim): Promise<Metadata> => claim.handle.query<Metadata>('__temporal_workflow_metadata');

  test('every timer and every activity says what it is for', async () => {
    const claim = await world.report();
    await toPayment(claim);
    claim.outside.bank.tells = 'accepted';
    await pay(claim);
    await world.skip('11 minutes');
    const bare = (await claim.history()).events!.filter((e) => (e.timerStartedEventAttributes || e.activityTaskScheduledEventAttributes) && !e.userMetadata?.summary);
    expect(bare.map((e) => e.activityTaskScheduledEventAttributes?.activityType?.name ?? e.timerStartedEventAttributes?.timerId)).toEqual([]);
  }, 20_000);

  test("every person's act is described, and so are the signal and the query", async () => {
    const claim = await world.report();
    const { definition } = await metadata(claim);
    expect(definition.updateDefinitions.map(({ name }) => name).sort()).toEqual([...PERSONS_ACTS].sort());
    const ours = [...definition.updateDefinitions, ...definition.signalDefinitions, ...definition.queryDefinitions.filter(({ name }) => !name.startsWith('__'))];
    expect(ours.filter(({ description }) => !description)).toEqual([]);
  }, 20_000);

  test('the details say who owes what until when; they are there again after the run continued as new', async () => {
    const claim = await world.report({ rollAfter: 20 });
    expect((await metadata(claim)).currentDetails).toContain('**collect-facts** owed by specialist');
    await submitFacts(claim);
    await uploadAll(claim);
    await eventually(async () => ((await claim.handle.describe()).runId !== claim.started[0] ? true : undefined));
    const { currentDetails } = await metadata(claim);
    expect(currentDetails).toContain(`**${claim.claimNo}** · stage **acceptance**`);
    expect(currentDetails).toMatch(/\*\*accept-file\*\* owed by reviewer or senior-reviewer, in the pool since .*, due \d{4}-/);
    await claim.act('claim-task', { taskId: claim.known().tasks[0]!.taskId }, reviewer);
    expect((await metadata(claim)).currentDetails).toContain(`held by ${reviewer.personId}`);
  }, 20_000);

  test('search attributes are typed, and hold codes and times only', async () => {
    const claim = await world.report();
    await toReview(claim);
    const fields = (await claim.history()).events!.flatMap((e) => Object.entries(e.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields ?? {}));
    const types = Object.fromEntries(fields.map(([name, payload]) => [name, Buffer.from(payload.metadata!['type']!).toString()]));
    expect(types).toEqual({ ClaimStage: 'Keyword', ClaimTier: 'Keyword', HospitalCode: 'Keyword', DepartmentCode: 'Keyword', WaitingFor: 'Keyword', NextDeadline: 'Datetime', Breached: 'Bool', Stuck: 'Bool' });
    const values = new Set(fields.map(([, payload]) => Buffer.from(payload.data!).toString()));
    for (const person of [patient, liaison, reviewer, checker]) expect([...values].filter((value) => value.includes(person.personId))).toEqual([]);
  }, 20_000);
});
