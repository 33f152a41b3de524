import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { paper } from '../../dev/paper';
import { hoursBefore, shiftBundle } from '../../dev/samples/shift';
import { claimWorkflowId } from '../../src/domain/claim';
import { checkEverything } from '../support/invariants';
import { ago, aReport, newClaim, paid, stateOf, STEPS, take, travel, until, type StepName } from '../support/journey';
import { eventually } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';

/** The ceiling for a claim that is not fatal, with its eight documents. */
const MOST_HISTORY_EVENTS = 110;

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());
afterEach(async () => { await checkEverything(stack); }, 120_000);

const LINE = { benefit: 'medical-costs', askedFen: 600_000 };
const approving = async (claimNo: string, approvedFen: number): Promise<{ lines: unknown[]; fileVersion: number }> => ({ lines: [{ ...LINE, approvedFen }], fileVersion: (await stateOf(stack, claimNo)).fileVersion });
const stepsFrom = (command: StepName): typeof STEPS => STEPS.slice(STEPS.findIndex((step) => step.command === command));

test('SPEC §1.1: from the hospital’s record to the confirmed payment, by every role, on lists, tasks and the live stream', async () => {
  const [feed, specialist, reviewer, approver, auditor, stranger, ops] = await Promise.all(
    ['his-feed-h001', 'specialist-a-h001', 'reviewer-a-i001', 'approver-a-i001', 'auditor', 'reviewer-a-i002', 'ops'].map((account) => stack.person(account)));
  const live = new AbortController();
  const stream = await reviewer!.fetch('/v1/events', { signal: live.signal });
  const seen: string[] = [];
  const reading = (async () => { for await (const chunk of stream.body!) seen.push(Buffer.from(chunk as Uint8Array).toString()); })().catch(() => undefined);

  const record = await readFile(join(__dirname, '../../dev/samples/fhir/d0b42f62-f2e1-9208-eaf2-e0164a6810b6.json'), 'utf8');
  const { bundle } = shiftBundle(JSON.parse(record), hoursBefore(new Date(), 7));
  const intake = async () => (await feed!.fetch('/v1/intake/fhir', { method: 'POST', body: JSON.stringify(bundle), headers: { 'content-type': 'application/fhir+json', 'idempotency-key': randomUUID() } })).json() as Promise<{ opened: Array<{ claimNo: string }>; alreadyOpen: unknown[] }>;
  const { opened } = await intake();
  expect(opened).toHaveLength(1);
  const again = await intake();
  expect([again.opened, again.alreadyOpen.length]).toEqual([[], 1]);
  const claim = { ...newClaim(), claimNo: opened[0]!.claimNo };
  const { claimNo } = claim;

  // SPEC §1.2: out of scope is 404, not 403; in scope the version travels as ETag.
  expect((await stranger!.fetch(`/v1/claims/${claimNo}`)).status).toBe(404);
  const first = await specialist!.fetch(`/v1/claims/${claimNo}`);
  expect((await first.json() as { allowed: string[] }).allowed).toContain('submit-facts');
  const facts = await STEPS[1]!.body(stack, claim);
  expect((await specialist!.send(claimNo, 'submit-facts', facts, undefined, { 'if-match': '"999"' })).status).toBe(412);
  await until(stack, claimNo, (state) => state.eligibility !== null); // comes by itself, and would be another version
  const current = (await specialist!.fetch(`/v1/claims/${claimNo}`)).headers.get('etag')!;
  expect((await specialist!.fetch(`/v1/claims/${claimNo}`, { headers: { 'if-none-match': current } })).status).toBe(304);

  for (const step of STEPS.slice(1)) {
    const { items } = await auditor!.get<{ items: Array<{ claimNo: string; stage: string }> }>('/v1/claims');
    expect(items.map((item) => item.claimNo)).toContain(claimNo);
    if (step.command === 'accept-file') {
      const { items: pool } = await reviewer!.get<{ items: Array<{ taskId: string; claimNo: string; kind: string }> }>('/v1/tasks?pool');
      const task = pool.find((one) => one.claimNo === claimNo);
      expect(task).toMatchObject({ kind: 'accept-file' });
      const taken = await reviewer!.fetch(`/v1/tasks/${task!.taskId}/claim`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() } });
      expect(taken.status).toBe(200);
      expect((await reviewer!.get<{ items: Array<{ claimNo: string }> }>('/v1/tasks?mine')).items.map((one) => one.claimNo)).toContain(claimNo);
    }
    if (step.command === 'approve') {
      // FAULTS 31: steps skipped and roles borrowed are refused with what is allowed.
      const borrowed = await reviewer!.send(claimNo, 'approve', await approving(claimNo, LINE.askedFen));
      expect(borrowed.body).toMatchObject({ status: 403, code: 'not-your-role', allowed: expect.any(Array) });
      const early = await approver!.send(claimNo, 'panel-decision', { vote: 'uphold', note: 'x' });
      expect(early.body).toMatchObject({ status: 409, code: 'not-now', allowed: expect.arrayContaining(['approve']) });
    }
    await take(stack, claim, step);
  }
  expect(await paid(stack, claimNo)).toMatchObject({ closedAs: 'paid', paidFen: LINE.askedFen, tier: 'F5' });
  expect((await auditor!.get<{ items: Array<{ type: string }> }>(`/v1/claims/${claimNo}/events?limit=100`)).items.map((event) => event.type)).toEqual(expect.arrayContaining(['claim-reported', 'decided', 'payment-confirmed']));
  expect((await ops!.fetch('/v1/ops/stuck')).status).toBe(200);

  await eventually(async () => (seen.join('').includes(`"claimNo":"${claimNo}","version"`) && seen.join('').includes('"stage":"closed"') ? true : undefined));
  live.abort();
  await reading;
}, 120_000);

test('DESIGN, idea 4: the happy path of a claim that is not fatal, with its eight documents, stays a short history', async () => {
  const claim = await travel(stack, newClaim(), null);
  await paid(stack, claim.claimNo);
  const handle = stack.temporal.workflow.getHandle(claimWorkflowId(claim.claimNo));
  await handle.result();
  const { events } = await handle.fetchHistory();
  const counts: Record<string, number> = {};
  for (const event of events!) {
    const name = Object.keys(event).find((key) => key.endsWith('EventAttributes') && event[key as keyof typeof event])!.replace('EventAttributes', '');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  console.log(`happy path with ${claim.documents!.length} documents: ${events!.length} history events of at most ${MOST_HISTORY_EVENTS}: ${JSON.stringify(counts)}`);
  expect(claim.documents).toHaveLength(8);
  expect(events!.length).toBeLessThanOrEqual(MOST_HISTORY_EVENTS);
}, 60_000);

test('SPEC §1.7: a supplement pauses the clock, its last answer sets it running, the asker judges', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'recommend');
  const [reviewer, liaison] = await Promise.all([stack.person('reviewer-a-i001'), stack.person('liaison-b-h001')]);
  await reviewer.act(claimNo, 'ask-supplement', { items: [{ document: 'event-report', from: 'hospital', couldNotHaveBeenKnown: true, why: '需要不良事件报告' }] });
  await until(stack, claimNo, (state) => state.clocks['decision.1']!.pauses.length === 1);
  const document = await liaison.upload(claimNo, 'event-report', 'event-report.pdf', paper('event-report', [`Claim ${claimNo}`]));
  await liaison.act(claimNo, 'upload-documents', { documents: [document] });
  expect((await liaison.act(claimNo, 'answer-supplement', { itemId: 'S1.1', answer: { kind: 'upload', documentIds: [document.documentId] } })).stage).toBe('review');
  expect((await stateOf(stack, claimNo)).clocks['decision.1']!.pauses).toMatchObject([{ by: 'supplement.1', until: expect.any(String) }]);
  const early = await reviewer.send(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) });
  expect([early.status, early.code]).toEqual([409, 'unjudged-answers']);
  await reviewer.act(claimNo, 'accept-answer', { itemId: 'S1.1' });
  expect((await reviewer.act(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) })).stage).toBe('approval');
}, 60_000);

test('SPEC §1.2: one person with two accounts never approves what she recommended; an approver may return the claim', async () => {
  const { claimNo } = await travel(stack, newClaim(), 'recommend');
  const [reviewer, twin, approver] = await Promise.all([stack.person('twin-reviewer-i001'), stack.person('twin-approver-i001'), stack.person('approver-b-i001')]);
  await reviewer.act(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) });
  const self = await twin.send(claimNo, 'approve', await approving(claimNo, LINE.askedFen));
  expect([self.status, self.code]).toEqual([403, 'four-eyes']);
  expect((await approver.act(claimNo, 'return-to-review', { note: '请说明费用依据' })).stage).toBe('review');
  await reviewer.act(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) });
  expect((await approver.act(claimNo, 'approve', await approving(claimNo, LINE.askedFen))).stage).toBe('payment');
}, 60_000);

test.each([['rejected', 0, 'reject', 'reject', 'C01'], ['paid in part', 400_000, 'part', 'approve', 'Q02']] as const)('SPEC §1.1: %s, disputed, overturned by the panel, judged by others, and only the difference is paid', async (_, firstFen, decision, deciding, reason) => {
  const claim = await travel(stack, newClaim(), 'recommend');
  const { claimNo } = claim;
  const [reviewer, approver, patient, hospital, senior] = await Promise.all(['reviewer-a-i001', 'approver-a-i001', 'patient-a', 'medical-affairs-a-h001', 'senior-reviewer-a-i001'].map((account) => stack.person(account)));
  const evidence = [(await stateOf(stack, claimNo)).documents[0]!.documentId];
  await reviewer!.act(claimNo, 'recommend', { decision, reasons: [reason], evidence, ...(await approving(claimNo, firstFen)) });
  await approver!.act(claimNo, deciding, await approving(claimNo, firstFen));
  const pay = async (amountFen: number, from: StepName): Promise<void> => {
    for (const step of stepsFrom(from)) await take(stack, { ...claim, asked: { ...claim.asked, benefits: [{ benefit: LINE.benefit, askedFen: amountFen }] } }, step);
    await paid(stack, claimNo);
  };
  if (firstFen > 0) await pay(firstFen, 'set-payee');
  await until(stack, claimNo, (state) => state.stage === 'closed');

  await patient!.act(claimNo, 'dispute', { note: '我认为费用应全额赔付' });
  await hospital!.act(claimNo, 'panel-decision', { vote: 'overturn', note: '依据不足' });
  expect((await senior!.act(claimNo, 'panel-decision', { vote: 'overturn', note: '依据不足' })).stage).toBe('review');
  const seen = await reviewer!.send(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) });
  expect([seen.status, seen.code]).toEqual([403, 'has-seen-it']);
  await (await stack.person('reviewer-b-i001')).act(claimNo, 'recommend', { decision: 'approve', reasons: ['A01'], ...(await approving(claimNo, LINE.askedFen)) });
  await (await stack.person('approver-b-i001')).act(claimNo, 'approve', await approving(claimNo, LINE.askedFen));
  await pay(LINE.askedFen - firstFen, firstFen > 0 ? 'make-payment' : 'set-payee');
  const state = await stateOf(stack, claimNo);
  expect([state.paidFen, state.round, state.payments.map(({ amountFen }) => amountFen)]).toEqual([LINE.askedFen, 2, firstFen > 0 ? [firstFen, LINE.askedFen - firstFen] : [LINE.askedFen]]);
}, 90_000);

test('SPEC §1.1: the patient withdraws; a duplicate is void by two persons and names the claim that survives', async () => {
  const [patient, manager, affairs, specialist] = await Promise.all([stack.person('patient-a'), stack.person('manager-h001'), stack.person('medical-affairs-a-h001'), stack.person('specialist-a-h001')]);
  const { claimNo: withdrawn, n } = await travel(stack, newClaim(), 'accept-file');
  // The same patient's, reported with another hour.
  const { claimNo: duplicate } = await travel(stack, { ...newClaim(), claimNo: await specialist.report(aReport(n, { surgeryAt: ago(240) })) }, 'accept-file', 'submit-facts');
  expect(await patient.act(withdrawn, 'withdraw', {})).toMatchObject({ stage: 'closed', closedAs: 'withdrawn' });
  const proposed = randomUUID();
  expect((await manager.act(duplicate, 'void', { survivor: withdrawn }, proposed)).stage).toBe('acceptance');
  const alone = await manager.send(duplicate, 'confirm-proposal', { proposalId: proposed });
  expect([alone.status, alone.code]).toEqual([403, 'four-eyes']);
  expect(await affairs.act(duplicate, 'confirm-proposal', { proposalId: proposed })).toMatchObject({ stage: 'closed', closedAs: 'void' });
  expect((await stateOf(stack, duplicate)).survivor).toBe(withdrawn);
}, 60_000);
