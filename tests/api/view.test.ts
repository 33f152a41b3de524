import { createDatabase } from '../../src/platform/database';
import { closedPaid, inSupplement, SECRET } from '../domain/claim/scenario';
import { plant } from './planted';
import { startStack, type Stack } from './stack';

const PAID = 'KP-2026-000701', ASKED = 'KP-2026-000702';
let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  const database = createDatabase(stack.database.workerUrl);
  await plant(database, closedPaid({ patientPersonId: 'P-PATIENT-A' }), PAID);
  await plant(database, inSupplement({ patientPersonId: 'P-PATIENT-A' }), ASKED);
  await database.$disconnect();
}, 120_000);
afterAll(() => stack.stop());

test.each([['auditor', /^\d{8,32}$/], ['reviewer-a-i001', /^…\d{4}$/], ['specialist-a-h001', /^…\d{4}$/], ['patient-a', /^…\d{4}$/]])('SPEC §1.2: in the log of events %s reads the account as %s, the holder as in the claim', async (account, shape) => {
  const { items } = (await stack.get(account, `/v1/claims/${PAID}/events?limit=100`)).body as { items: Array<{ type: string; personal: { payees: Array<{ holder: string; account: string }> } }> };
  const payee = items.find((one) => one.type === 'payee-set')!.personal.payees[0]!;
  expect(payee.account).toMatch(shape);
  expect(payee.holder).toBe((await stack.get(account, `/v1/claims/${PAID}`)).body.amounts.payees.list[0].holder);
});

test('SPEC §1.2: finance gets the account by the claim, nothing personal by its events', async () => {
  const { items } = (await stack.get('finance-a-i001', `/v1/claims/${PAID}/events?limit=100`)).body as { items: Array<{ personal: unknown }> };
  expect(items.every((one) => one.personal === null)).toBe(true);
  expect((await stack.get('finance-a-i001', `/v1/claims/${PAID}`)).body.amounts.payees.list[0].account).toMatch(/^\d{8,32}$/);
});

test('SPEC §1.7: an item of a supplement says why it is asked for, to who sees the clinical file', async () => {
  for (const account of ['specialist-a-h001', 'patient-a', 'reviewer-a-i001']) {
    const { clinical } = (await stack.get(account, `/v1/claims/${ASKED}`)).body;
    expect([account, clinical.supplements[0].items[0].why]).toEqual([account, SECRET]);
  }
  for (const account of ['finance-a-i001', 'ops']) expect((await stack.get(account, `/v1/claims/${ASKED}`)).text).not.toContain(SECRET);
});
