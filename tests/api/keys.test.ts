import { randomUUID } from 'node:crypto';
import { bodyHash, digest } from '../../src/api/digest';
import { createDatabase } from '../../src/platform/database';
import { addKey, destroyKey, useKey } from '../../src/platform/keys/key-file';
import { reseal } from '../../src/platform/keys/reseal';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ worker: true }); }, 240_000);
afterAll(() => stack.stop());

const SPECIALIST = 'specialist-a-h001';
const IDENTITY = '110101199003074';
const facts = {
  occurredAt: '2026-03-02T02:30:00.000Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 100_000 }],
  claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血',
};
const reported = (recordNo: string, identityNumber: string) => {
  const report = aReport(recordNo);
  return { ...report, patient: { ...report.patient, identityNumber, phone: '13800138000' } };
};
const found = async (account: string, q: string): Promise<string[]> =>
  ((await stack.get(account, `/v1/claims?q=${encodeURIComponent(q)}`)).body as { items: Array<{ claimNo: string }> }).items.map(({ claimNo }) => claimNo);

test('issue 5: blind indexes for exact search: a claim is found by the whole identity number of its patient, by who sees patients', async () => {
  const { claimNo } = (await stack.post(SPECIALIST, '/v1/claims', reported('K1', `${IDENTITY}51x`))).body as { claimNo: string };
  expect(await found(SPECIALIST, `${IDENTITY}51X`)).toEqual([claimNo]);
  expect(await found(SPECIALIST, IDENTITY)).toEqual([]);
  expect(await found('specialist-a-h002', `${IDENTITY}51X`)).toEqual([]);
  expect(await found('finance-a-i001', `${IDENTITY}51X`)).toEqual([]);
});

test('issue 5: keys rotate without downtime: a repeated act is known again, and another body under its id is not', async () => {
  const [reportId, actId] = [randomUUID(), randomUUID()];
  const report = (body = reported('K2', `${IDENTITY}522`)) => stack.post(SPECIALIST, '/v1/claims', body, { 'Idempotency-Key': reportId });
  const { claimNo } = (await report()).body as { claimNo: string };
  const act = (body: unknown = facts) => stack.post(SPECIALIST, `/v1/claims/${claimNo}/acts/submit-facts`, body, { 'Idempotency-Key': actId });
  const first = await act();
  expect(first.status).toBe(200);

  addKey(stack.keyFile, 'second');
  useKey(stack.keyFile, 'second');
  await new Promise((resolve) => setTimeout(resolve, 10_500)); // the API and the worker look again
  expect(await (await report()).body).toMatchObject({ claimNo });
  expect((await report(reported('K2', `${IDENTITY}530`))).body).toMatchObject({ code: 'same-id-other-body' });
  expect((await act()).body).toEqual(first.body);
  expect((await act({ ...facts, narrative: '另一说法' })).body).toMatchObject({ code: 'same-id-other-body' });
  expect(await found(SPECIALIST, `${IDENTITY}522`)).toEqual([claimNo]); // still under the first key
  const later = (await stack.post(SPECIALIST, '/v1/claims', reported('K3', `${IDENTITY}549`))).body as { claimNo: string };
  expect(later.claimNo).toBeDefined();

  const worker = createDatabase(stack.database.workerUrl, { connections: 1 });
  await reseal(worker, stack.keys, () => undefined);
  await worker.$disconnect();
  destroyKey(stack.keyFile, 'first');
  await new Promise((resolve) => setTimeout(resolve, 10_500));
  expect(await found(SPECIALIST, `${IDENTITY}522`)).toEqual([claimNo]);
  const { items } = (await stack.get(SPECIALIST, `/v1/claims/${claimNo}/events`)).body as { items: Array<{ type: string; personal: { narrative?: string } | null }> };
  expect(items.map(({ personal }) => personal?.narrative).filter(Boolean)).toEqual([facts.narrative]);
}, 60_000);

test('what was kept of a body before there were keys is known again', () => {
  const body = { command: 'report', input: { identityNumber: IDENTITY } };
  expect(bodyHash(stack.keys, body, digest(body))).toBe(digest(body));
  expect(bodyHash(stack.keys, body)).not.toContain(digest(body));
});

test('with the key destroyed nobody can tell whether a body is the same: it is not taken for the same, so nothing is done twice', () => {
  const body = { command: 'report', input: { identityNumber: IDENTITY } };
  const [current] = stack.keys.ids();
  const kept = `destroyed.${bodyHash(stack.keys, body).split('.')[1]}`;
  expect(bodyHash(stack.keys, body, kept)).not.toBe(kept);
  expect(bodyHash(stack.keys, body, kept).startsWith(`${current}.`)).toBe(true);
});
