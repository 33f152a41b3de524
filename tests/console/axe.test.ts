import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { newClaim, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser, type Seat } from './browser';

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
  await page.locator('#main h1').first().waitFor({ state: 'attached' });
  await page.locator('#main [aria-busy="true"]:visible').first().waitFor({ state: 'detached' });
  // What is still moving has other colours.
  await page.waitForTimeout(300);
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
};

const PAGES: Array<[string, string, () => string]> = [
  ['inbox', 'reviewer-a-i001', () => '/'], ['inbox of the pool', 'reviewer-a-i001', () => '/?tab=pool'], ['claims', 'manager-h001', () => '/claims'],
  ['claim, collecting', 'specialist-a-h001', () => `/claims/${claims['submit-facts']}`], ['claim, documents', 'liaison-a-h001', () => `/claims/${claims['upload-documents']}`],
  ['desk, acceptance', 'reviewer-a-i001', () => `/claims/${claims['accept-file']}/desk`], ['desk, review', 'reviewer-a-i001', () => `/claims/${claims['recommend']}/desk`], ['desk, approval', 'approver-a-i001', () => `/claims/${claims['approve']}/desk`],
  ['claim, approval', 'approver-a-i001', () => `/claims/${claims['approve']}`], ['claim, payment', 'finance-a-i001', () => `/claims/${claims['check-payment']}`], ['claim, patient', 'patient-a', () => `/claims/${claims['set-payee']}`],
  ['report', 'specialist-a-h001', () => '/report'], ['unsent', 'specialist-a-h001', () => '/unsent'], ['team', 'manager-h001', () => '/team'], ['operations', 'ops', () => '/ops'], ['readings', 'auditor', () => '/reads'], ['claim, operations', 'ops', () => `/claims/${claims['approve']}`],
];

const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };

/** Each person signs in once for each language; then they go from page to page. */
const seats = new Map<string, Promise<Seat>>();
async function seatOf(account: string, path: string, language: 'zh' | 'en'): Promise<Seat> {
  const key = `${account} ${language}`;
  const known = seats.get(key);
  if (known === undefined) {
    const opened = chromium.open(account, path, { language });
    seats.set(key, opened);
    return opened;
  }
  const seat = await known;
  await seat.page.emulateMedia({ colorScheme: 'light' });
  await seat.page.setViewportSize(WIDE);
  await seat.page.goto(`${stack.apiUrl}${path}`);
  return seat;
}
const inEnglish = ['claims', 'desk, review', 'claim, payment', 'operations'];

test.each(PAGES)('issue 4: axe finds no violation in "%s", wide and light, on a phone and dark', async (name, account, path) => {
  const { page, complaints } = await seatOf(account, path(), inEnglish.includes(name) ? 'en' : 'zh');
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
}, 90_000);
