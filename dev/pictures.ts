import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { tokenFor } from './identity';
import { CHROMIUM_FLAGS, findChromium } from './programs';
import { requireStack, type Stack } from './stack';

/** `npm run pictures`: the console as it looks, for README and docs, from the running stack after `npm run demo`. */
const FOLDER = resolve(__dirname, '..', 'docs', 'pictures');
const PHONE = { width: 390, height: 844 };

interface Picture { name: string; account: string; path: string; size?: { width: number; height: number }; language?: 'zh' | 'en'; dark?: boolean; shown: string }

async function main(): Promise<void> {
  const stack = requireStack();
  const { path: executablePath } = await findChromium((words) => { console.log(words); });
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  const waiting = await inApproval(stack);
  mkdirSync(FOLDER, { recursive: true });
  const pictures: Picture[] = [
    { name: 'inbox', account: 'specialist-a-h001', path: '/', language: 'en', shown: '.rows-body [role=row]' },
    { name: 'claim', account: 'reviewer-a-i001', path: `/claims/${waiting}`, language: 'en', shown: '.claim-head h1' },
    { name: 'desk', account: 'approver-a-i001', path: `/claims/${waiting}/desk`, size: { width: 1440, height: 900 }, language: 'en', shown: '.desk canvas' },
    { name: 'desk-dark', account: 'approver-a-i001', path: `/claims/${waiting}/desk`, size: { width: 1440, height: 900 }, dark: true, shown: '.desk canvas' },
    { name: 'phone-inbox', account: 'specialist-a-h001', path: '/', size: PHONE, shown: '.rows-body [role=row]' },
    { name: 'phone-report', account: 'specialist-a-h001', path: '/report', size: PHONE, shown: '.report' },
    { name: 'team', account: 'manager-h001', path: '/team', shown: '#main h1' },
    { name: 'operations', account: 'ops', path: '/ops', language: 'en', shown: '#main h1' },
  ];
  for (const picture of pictures) await take(browser, stack, picture);
  await patientsPage(browser, stack, waiting);
  await browser.close();
}

const contextOf = (browser: Browser, { size = { width: 1280, height: 800 }, language = 'zh', dark = false }: Partial<Picture>) => browser.newContext({
  viewport: size, deviceScaleFactor: 1, isMobile: size.width < 500, hasTouch: size.width < 500, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce',
});

async function take(browser: Browser, { apiUrl }: Stack, picture: Picture): Promise<void> {
  const context = await contextOf(browser, picture);
  const page = await context.newPage();
  await page.goto(`${apiUrl}${picture.path}`);
  await page.locator(`button[value="${picture.account}"]`).click();
  await page.waitForURL((url) => url.href.startsWith(apiUrl) && url.pathname !== '/signed-in');
  await page.locator(picture.shown).first().waitFor();
  await page.waitForTimeout(1_000); // drawings and late answers
  await page.screenshot({ path: join(FOLDER, `${picture.name}.png`) });
  await context.close();
  console.log(`docs/pictures/${picture.name}.png`);
}

/** The patient's page, through a link as the specialist makes it. */
async function patientsPage(browser: Browser, { apiUrl, issuer }: Stack, claimNo: string): Promise<void> {
  const answer = await fetch(`${apiUrl}/v1/claims/${claimNo}/patient-link`, {
    method: 'POST', body: '{}', headers: { authorization: `Bearer ${await tokenFor(issuer, 'specialist-a-h001')}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
  });
  const { url } = await answer.json() as { url: string };
  const context = await contextOf(browser, { size: PHONE });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('h1, h2').first().waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: join(FOLDER, 'phone-patient.png') });
  await context.close();
  console.log('docs/pictures/phone-patient.png');
}

/** A claim that waits for its approver; the demonstration leaves one. */
async function inApproval({ apiUrl, issuer }: Stack): Promise<string> {
  const answer = await fetch(`${apiUrl}/v1/claims?stage=approval`, { headers: { authorization: `Bearer ${await tokenFor(issuer, 'approver-a-i001')}` } });
  const { items } = await answer.json() as { items: Array<{ claimNo: string }> };
  if (items[0] === undefined) throw new Error('No claim waits for its approver: run `npm run demo` first.');
  return items[0].claimNo;
}

void main();
