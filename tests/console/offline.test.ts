import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { startStack, type TestStack } from '../support/stack';
import { sendReport } from './at-the-hospital';
import { openBrowser, type ConsoleBrowser, type Seat } from './browser';

/** Of the page, inside `waitForFunction`. */
declare const navigator: { serviceWorker: { controller: unknown } };

/** Issue 4 part 4: the specialist's phone, with and without a network. */
let stack: TestStack;
let chromium: ConsoleBrowser;
/** Large enough for several pieces of an upload. */
let large: string;
beforeAll(async () => {
  large = join(await mkdtemp(join(tmpdir(), 'kuaipei-offline-')), '大.pdf');
  await writeFile(large, pdf(20_000_000));
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); await rm(join(large, '..'), { recursive: true }); });

const SPECIALIST = 'specialist-a-h001';
/** Attempts are made every 15 seconds; what arrives after a restart waits for that. */
const ARRIVES_MS = 60_000;
let reports = 0;

/** Reports a minor complication on the report page and waits until the report's own page stands. */
async function report(page: Page, name: string): Promise<string> {
  const recordNo = `OFF-${Date.now()}-${++reports}`;
  await sendReport(page, recordNo, name);
  await page.waitForURL(/\/report\/[0-9a-f-]+$/);
  return recordNo;
}

async function fillFacts(page: Page): Promise<void> {
  await page.getByLabel('医疗费用', { exact: true }).fill('4,800.50');
  for (const question of await page.getByRole('group', { name: /？$/ }).all()) await question.getByLabel('是').check();
}

const pdf = (bytes: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n%'),
  Buffer.from(randomBytes(bytes / 2).toString('hex')), Buffer.from('\ntrailer<</Root 1 0 R>>\n%%EOF')]);
const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer });

/** What the server has of a patient's claims: each with the acts that persons did on it, in order, and its documents. */
async function onServer(recordNo: string) {
  const patients = await stack.database.patient.findMany({ where: { recordNo } });
  const claims = await stack.database.claim.findMany({ where: { patientId: { in: patients.map((one) => one.id) } } });
  return Promise.all(claims.map(async ({ claimNo }) => {
    const events = await stack.database.claimEvent.findMany({ where: { claimNo, type: { in: ['claim-reported', 'facts-submitted', 'document-attached'] } }, orderBy: { version: 'asc' } });
    return { claimNo, did: events.map((event) => event.type), documents: await stack.database.document.count({ where: { claimNo } }) };
  }));
}

/** On the same device: one signs out, another signs in. */
async function changePerson(page: Page, account: string): Promise<void> {
  await page.getByRole('button', { name: /身份与设置/ }).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.locator(`button[value="${account}"]`).click();
  await page.waitForURL(`${stack.apiUrl}/`);
}

const unsent = (page: Page) => page.getByRole('link', { name: /^待发送/ });

/** Sends the large file slowly, until the server has its first piece and not the last. */
async function sendFirstPiece(page: Page): Promise<{ cut(): Promise<void> }> {
  await page.getByLabel('选择文件: 出院小结').setInputFiles(large);
  const line = await page.context().newCDPSession(page);
  const network = (offline: boolean) => line.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: 4_000_000 });
  await network(false);
  const firstPiece = page.waitForResponse((response) => response.request().method() === 'PATCH' && response.status() === 204, { timeout: ARRIVES_MS });
  await Promise.all([firstPiece, page.getByRole('button', { name: '发送 1 个文件' }).click()]);
  return { cut: async () => { await network(true); } };
}

/** Until the service worker keeps the console on the device. */
async function installed({ page }: Seat): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 30_000 });
}

async function reopened(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${stack.apiUrl}${path}`);
  return page;
}

test('issue 4: drafts, reports and acts are kept with their ids and sent once when the network is back, also from a reopened tab', async () => {
  const seat = await chromium.open(SPECIALIST, '/report', { phone: true });
  await installed(seat);
  await seat.context.setOffline(true);
  const recordNo = await report(seat.page, '离线甲');
  await seat.page.getByRole('heading', { name: '未编号上报 · 离线甲' }).waitFor();
  await fillFacts(seat.page);
  await seat.page.getByRole('button', { name: '提交事实' }).click();
  await seat.page.getByLabel('选择文件: 出院小结').setInputFiles([file('小结.pdf', pdf(2_000))]);
  await seat.page.getByLabel('拍照: 手术及麻醉知情同意书').setInputFiles([file('同意书.pdf', pdf(3_000))]);
  await seat.page.getByRole('button', { name: '发送 2 个文件' }).click();
  await seat.page.getByText('待发送 4').waitFor();
  await seat.page.close();

  const page = await reopened(seat.context, '/unsent');
  await page.getByText('等待上报送达').first().waitFor();
  expect(await onServer(recordNo)).toEqual([]);
  await seat.context.setOffline(false);
  // No token outlives a tab: the person signs in again, the work is still there.
  await page.getByRole('button', { name: '重新登录' }).click();
  const chooser = page.locator(`button[value="${SPECIALIST}"]`);
  await Promise.race([chooser.waitFor().then(() => chooser.click()), page.getByText('全部已送达').waitFor()]);
  await page.getByText('全部已送达').waitFor({ timeout: ARRIVES_MS });
  expect(await onServer(recordNo)).toEqual([{ claimNo: expect.any(String), did: ['claim-reported', 'facts-submitted', 'document-attached', 'document-attached'], documents: 2 }]);
  await seat.context.close();
}, 180_000);

test('issue 4: network cut in the middle of an upload, tab closed and reopened: it goes on where it stood, and is there once', async () => {
  const { page: first, context } = await chromium.open(SPECIALIST, '/report', { phone: true });
  const recordNo = await report(first, '断网乙');
  const network = await sendFirstPiece(first);
  await network.cut();
  await first.getByText('等待网络').waitFor();
  await first.close();

  const page = await context.newPage();
  const asked: string[] = [];
  page.on('response', (response) => { if (response.url().includes('/v1/uploads')) asked.push(`${response.request().method()} ${response.headers()['upload-offset'] ?? ''}`); });
  await page.goto(`${stack.apiUrl}/unsent`);
  const chooser = page.locator(`button[value="${SPECIALIST}"]`);
  await Promise.race([chooser.waitFor().then(() => chooser.click()), page.getByRole('heading', { name: '待发送' }).waitFor()]);
  await page.getByText('全部已送达').waitFor({ timeout: ARRIVES_MS });
  expect(asked[0]).toMatch(/^HEAD [1-9]/);
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([]);
  expect(await onServer(recordNo)).toEqual([{ claimNo: expect.any(String), did: ['claim-reported', 'document-attached'], documents: 1 }]);
  await context.close();
}, 180_000);

test('issue 4: server killed in the middle and restarted: the act and the file arrive once', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report', { phone: true });
  const recordNo = await report(page, '重启丙');
  await page.getByRole('heading', { name: /^已立案/ }).waitFor();
  await sendFirstPiece(page);
  await stack.kill('api');
  await fillFacts(page);
  await page.getByRole('button', { name: '提交事实' }).click();
  await page.getByText('待发送 2').waitFor();
  await stack.start('api');
  await unsent(page).waitFor({ state: 'detached', timeout: ARRIVES_MS });
  expect(await onServer(recordNo)).toEqual([{ claimNo: expect.any(String), did: expect.arrayContaining(['claim-reported', 'facts-submitted', 'document-attached']), documents: 1 }]);
  expect((await onServer(recordNo))[0]?.did).toHaveLength(3);
  await context.close();
}, 180_000);

test('issue 4: conflicts are shown, never dropped; another person on the device neither sees nor sends them', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report', { phone: true });
  const recordNo = await report(page, '冲突丁');
  await page.getByRole('heading', { name: /^已立案/ }).waitFor();
  const [claim] = await onServer(recordNo);
  await fillFacts(page);
  await context.setOffline(true);
  await page.getByRole('button', { name: '提交事实' }).click();
  await page.getByText('待发送 1').waitFor();
  const colleague = await stack.person('specialist-b-h001');
  await colleague.act(claim!.claimNo, 'submit-facts', {
    occurredAt: new Date(Date.now() - 3_600_000).toISOString(), outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 100 }], claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true,
  });
  await context.setOffline(false);
  await unsent(page).click();
  await page.getByText('被拒绝').waitFor({ timeout: ARRIVES_MS });
  await page.getByRole('button', { name: '修改' }).waitFor();
  await page.reload();
  await page.getByText('被拒绝').waitFor();

  await changePerson(page, 'specialist-b-h001');
  await page.goto(`${stack.apiUrl}/unsent`);
  await page.getByText('全部已送达').waitFor();
  expect(await page.getByText('被拒绝').count()).toBe(0);
  await changePerson(page, SPECIALIST);
  await page.goto(`${stack.apiUrl}/unsent`);
  page.once('dialog', (dialog) => { void dialog.accept(); });
  await page.getByRole('button', { name: '放弃' }).click();
  await page.getByText('全部已送达').waitFor();
  await context.close();
}, 120_000);

test('UX 24, 32: the same file is found before it is sent, and one bad file does not block others', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report', { phone: true });
  const recordNo = await report(page, '文件戊');
  await page.getByRole('heading', { name: /^已立案/ }).waitFor();
  const same = pdf(2_000);
  await page.getByLabel('选择文件: 添加材料').setInputFiles([file('一.pdf', same), file('二.pdf', same), file('坏.pdf', Buffer.from('MZ is no paper'.repeat(9)))]);
  for (const [name, kind] of [['一.pdf', 'medical-summary'], ['二.pdf', 'claim-form'], ['坏.pdf', 'payee-account']] as const) await page.getByLabel(`${name} 的材料类别`).selectOption(kind);
  await page.getByText('与案件中的“一.pdf”内容相同').waitFor();
  await page.getByRole('button', { name: '发送 2 个文件' }).click();
  await page.getByText('未被接受').waitFor();
  await page.getByText('回执').waitFor();
  await page.waitForTimeout(1_000);
  expect(await onServer(recordNo)).toEqual([{ claimNo: expect.any(String), did: ['claim-reported', 'document-attached'], documents: 1 }]);
  await context.close();
}, 120_000);
