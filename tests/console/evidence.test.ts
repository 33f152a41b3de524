import { readFile } from 'node:fs/promises';
import { verifyPack } from '../../src/verify/pack';
import { nodeTools } from '../../src/verify/main';
import { startStack, type TestStack } from '../support/stack';
import { inMemory } from '../verify/packed';
import { report } from './at-the-hospital';
import { openBrowser, type ConsoleBrowser } from './browser';

let stack: TestStack;
let chromium: ConsoleBrowser;
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); });

test('issue 5 part 5: one click on the claim page, and the page beside it verifies what came; others have no button', async () => {
  const specialist = await chromium.open('specialist-a-h001', '/report');
  const claimNo = await report(specialist.page, `EVI-${Date.now()}`, '测试患者');
  await specialist.page.goto(`${stack.apiUrl}/claims/${claimNo}`);
  await specialist.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await specialist.page.getByRole('button', { name: '下载证据包' }).count()).toBe(0);

  const manager = await chromium.open('manager-h001', `/claims/${claimNo}`);
  const coming = manager.page.waitForEvent('download');
  await manager.page.getByRole('button', { name: '下载证据包' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(new RegExp(`^${claimNo}-v\\d+-evidence\\.zip$`));
  const path = await download.path();
  expect(await verifyPack(inMemory(await readFile(path)), nodeTools, null)).toMatchObject({ isPack: true, claimNo, seenAs: 'manager', faults: [] });

  // The service worker keeps the console's pages; this one is the server's.
  const opening = manager.context.waitForEvent('page');
  await manager.page.getByRole('link', { name: '核验证据包' }).click();
  const verifying = await opening;
  await verifying.setInputFiles('#pack', path);
  await verifying.locator('#verdict.genuine').waitFor();
  expect([...specialist.complaints, ...manager.complaints]).toEqual([]);
}, 180_000);
