import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium, openAs, openDevice, type Device } from './browser';
import { tokenFor } from './identity';
import { requireStack, type Stack } from './stack';

/** `npm run pictures`: the console as it looks, for README and docs, from the running stack after `npm run demo`. */
const FOLDER = resolve(__dirname, '..', 'docs', 'pictures');

interface Picture extends Device { name: string; account: string; path: string; shown: string }

async function main(): Promise<void> {
  const stack = requireStack();
  const browser = await launchChromium((words) => { console.log(words); });
  const waiting = await inApproval(stack);
  mkdirSync(FOLDER, { recursive: true });
  const pictures: Picture[] = [
    { name: 'inbox', account: 'specialist-a-h001', path: '/', language: 'en', shown: '.rows-body [role=row]' },
    { name: 'claim', account: 'reviewer-a-i001', path: `/claims/${waiting}`, language: 'en', shown: '.claim-head h1' },
    { name: 'desk', account: 'approver-a-i001', path: `/claims/${waiting}/desk`, width: 1440, height: 900, language: 'en', shown: '.desk canvas' },
    { name: 'desk-dark', account: 'approver-a-i001', path: `/claims/${waiting}/desk`, width: 1440, height: 900, face: 'dark', shown: '.desk canvas' },
    { name: 'phone-inbox', account: 'specialist-a-h001', path: '/', phone: true, shown: '.rows-body [role=row]' },
    { name: 'phone-report', account: 'specialist-a-h001', path: '/report', phone: true, shown: '.report' },
    { name: 'team', account: 'manager-h001', path: '/team', shown: '#main h1' },
    { name: 'operations', account: 'ops', path: '/ops', language: 'en', shown: '#main h1' },
  ];
  for (const picture of pictures) await take(browser, stack, picture);
  await patientsPage(browser, stack, waiting);
  await browser.close();
}

async function take(browser: Browser, { apiUrl }: Stack, picture: Picture): Promise<void> {
  const context = await openDevice(browser, picture);
  const page = await context.newPage();
  await openAs(page, apiUrl, picture.path, picture.account);
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
  const context = await openDevice(browser, { phone: true });
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
