import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { newClaim, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser, type Device } from './browser';

/** Issue 4: axe finds no violation on any page in either theme; UX rule 40. */
let stack: TestStack;
let chromium: ConsoleBrowser;
const claims: Record<string, string> = {};
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
  for (const stage of ['submit-facts', 'upload-documents', 'accept-file', 'recommend', 'approve', 'set-payee', 'check-payment']) claims[stage] = (await travel(stack, newClaim(), stage)).claimNo;
}, 180_000);
afterAll(async () => { await chromium.close(); await stack.close(); });

const violations = async (page: Page): Promise<string[]> => {
  // What is still moving has other colours.
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForTimeout(400);
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
};

const PAGES: Array<[string, string, () => string]> = [
  ['inbox', 'reviewer-a-i001', () => '/'], ['inbox of the pool', 'reviewer-a-i001', () => '/?tab=pool'], ['claims', 'manager-h001', () => '/claims'],
  ['claim, collecting', 'specialist-a-h001', () => `/claims/${claims['submit-facts']}`], ['claim, documents', 'liaison-a-h001', () => `/claims/${claims['upload-documents']}`],
  ['desk, acceptance', 'reviewer-a-i001', () => `/claims/${claims['accept-file']}/desk`], ['desk, review', 'reviewer-a-i001', () => `/claims/${claims['recommend']}/desk`], ['desk, approval', 'approver-a-i001', () => `/claims/${claims['approve']}/desk`],
  ['claim, approval', 'approver-a-i001', () => `/claims/${claims['approve']}`], ['claim, payment', 'finance-a-i001', () => `/claims/${claims['check-payment']}`], ['claim, patient', 'patient-a', () => `/claims/${claims['set-payee']}`],
  ['report', 'specialist-a-h001', () => '/report'], ['unsent', 'specialist-a-h001', () => '/unsent'], ['team', 'manager-h001', () => '/team'], ['operations', 'ops', () => '/ops'], ['claim, operations', 'ops', () => `/claims/${claims['approve']}`],
];

describe.each<[string, Device]>([['light, wide', {}], ['dark, wide', { face: 'dark', language: 'en' }], ['light, phone', { phone: true }]])('axe: %s', (_, device) => {
  test.each(PAGES)('%s has no violation', async (_name, account, path) => {
    const { page, context, complaints } = await chromium.open(account, path(), device);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);
});
