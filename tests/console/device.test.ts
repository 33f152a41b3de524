import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { openAs } from '../../dev/browser';
import { eventually } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';
import { sendReport } from './at-the-hospital';
import { openBrowser, type ConsoleBrowser } from './browser';

/** Of the page, inside `evaluate`. */
declare const navigator: { serviceWorker: { controller: unknown } };
declare const localStorage: { setItem(key: string, value: string): void };
declare const sessionStorage: Record<string, string> & { setItem(key: string, value: string): void };
declare const indexedDB: { open(name: string): { onsuccess: () => void; result: { close(): void; transaction(name: string): { objectStore(name: string): { getAll(): { onsuccess: () => void; result: Kept[] } } } } } };
interface Cache { keys(): Promise<Array<{ url: string }>>; delete(file: { url: string }): Promise<boolean> }
declare const caches: { keys(): Promise<string[]>; open(name: string): Promise<Cache> };
declare const IDBFactory: { prototype: { open(): never } };
declare const IDBObjectStore: { prototype: { put(): never } };
interface Kept { personId: string }

/** Issue 4 part 4: what a device keeps, for whom and how long; several people and several tabs at one ward computer. */
let stack: TestStack;
let chromium: ConsoleBrowser;
/** A copy of the built console, which a test may change. */
let folder: string;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'kuaipei-device-')), 'console');
  await cp(resolve(process.env['CONSOLE_DIR'] ?? 'build/console'), folder, { recursive: true });
  process.env['CONSOLE_DIR'] = folder;
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); await rm(join(folder, '..'), { recursive: true }); });

const SPECIALIST = 'specialist-a-h001';
const OTHER = 'specialist-b-h001';
/** Attempts are made every 15 seconds. */
const ARRIVES_MS = 40_000;
let reports = 0;
const newRecord = (): string => `DEV-${Date.now()}-${++reports}`;

const kept = (page: Page, name: string): Promise<Kept[]> => page.evaluate((store) => new Promise<Kept[]>((answer) => {
  const asked = indexedDB.open('kuaipei');
  asked.onsuccess = () => {
    const all = asked.result.transaction(store).objectStore(store).getAll();
    all.onsuccess = () => { asked.result.close(); answer(all.result); };
  };
}), name);

/** How often the server was told of this patient's event. */
async function reportsOf(recordNo: string): Promise<number> {
  const patients = await stack.database.patient.findMany({ where: { recordNo } });
  const claims = await stack.database.claim.findMany({ where: { patientId: { in: patients.map((one) => one.id) } } });
  return stack.database.claimEvent.count({ where: { claimNo: { in: claims.map((one) => one.claimNo) }, type: 'claim-reported' } });
}
const arrived = (recordNo: string): Promise<true> => eventually(async () => ((await reportsOf(recordNo)) > 0 ? true : undefined), ARRIVES_MS);

/** A second tab on the same device, whose issuer asks again who it is. */
async function openTabAs(context: BrowserContext, account: string, path = '/'): Promise<Page> {
  await context.clearCookies();
  const page = await context.newPage();
  await openAs(page, stack.apiUrl, path, account);
  await page.getByRole('navigation', { name: '主导航' }).waitFor();
  return page;
}

/** Signs in where the issuer asks for it. */
async function through(page: Page, account: string): Promise<void> {
  const chooser = page.locator(`button[value="${account}"]`);
  await Promise.race([chooser.waitFor().then(() => chooser.click()), page.getByRole('navigation', { name: '主导航' }).waitFor()]);
  await page.getByRole('navigation', { name: '主导航' }).waitFor();
}
const tokens = (page: Page): Promise<number> => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('oidc.user:')).length);
const subOf = (header = ''): unknown => (JSON.parse(Buffer.from(header.split('.')[1] ?? '', 'base64url').toString()) as { sub: unknown }).sub;

async function openReport(page: Page): Promise<void> {
  await page.goto(`${stack.apiUrl}/report`);
  await page.getByLabel('病历号').waitFor();
}

test('issue 4: another sign-in on this device locks the tab of who was there; nothing goes out or is kept under the wrong person', async () => {
  const { page: first, context } = await chromium.open(SPECIALIST, '/claims');
  await first.getByRole('navigation', { name: '主导航' }).waitFor();
  const second = await openTabAs(context, OTHER);
  await first.getByRole('heading', { name: /已在本机登录/ }).waitFor();
  expect(await tokens(first)).toBe(0);

  await openReport(second);
  await context.setOffline(true);
  const recordNo = newRecord();
  await sendReport(second, recordNo, '乙的患者');
  await second.waitForURL(/\/report\/[0-9a-f-]+$/);
  await second.close();
  await context.setOffline(false);
  const sent: unknown[] = [];
  first.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/v1/claims')) sent.push(subOf(request.headers()['authorization'])); });
  await first.goto(`${stack.apiUrl}/`);
  await through(first, OTHER);
  await arrived(recordNo);
  expect(sent).toEqual([OTHER]);
  expect(new Set((await kept(first, 'answers')).map((one) => one.personId)).size).toBeLessThan(2);
  await context.close();
}, 90_000);

test('issue 4: signing out reaches every tab, and takes what was kept of claims with it', async () => {
  const { page: first, context } = await chromium.open(SPECIALIST, '/claims');
  const second = await openTabAs(context, SPECIALIST, '/claims');
  await second.getByRole('button', { name: /身份与设置/ }).click();
  await second.getByRole('button', { name: '退出登录' }).click();
  await first.getByRole('heading', { name: '本机已在另一个标签页退出登录。' }).waitFor();
  expect(await tokens(first)).toBe(0);
  await first.waitForTimeout(1_500);
  expect(await kept(first, 'answers')).toEqual([]);
  await context.close();
}, 60_000);

test('issue 4: a token that the server does not take any more, and nothing to renew it with: the person is told, and a reload leads to the sign-in', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report');
  await page.getByLabel('病历号').waitFor();
  await context.clearCookies();
  await page.evaluate(() => {
    const [key] = Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.user:'));
    const { refresh_token: _, ...user } = JSON.parse(sessionStorage[key!]!) as Record<string, unknown>;
    sessionStorage.setItem(key!, JSON.stringify({ ...user, access_token: 'not-a-token-any-more' }));
  });
  const recordNo = newRecord();
  await sendReport(page, recordNo, '过期');
  await page.getByText(/^登录已过期/).waitFor();
  await page.reload();
  await page.locator(`button[value="${SPECIALIST}"]`).click();
  await arrived(recordNo);
  expect(await reportsOf(recordNo)).toBe(1);
  await context.close();
}, 60_000);

test.each([['does not open', 'open'], ['is full', 'put']] as const)('issue 4: where the device\'s store %s, an act goes out at once and unkept, and this is said; what was not sent stays in the form', async (_title, fault) => {
  const { page, context } = await chromium.open(SPECIALIST, '/');
  await page.addInitScript((broken) => {
    const refuse = (): never => { throw Object.assign(new Error('no room'), { name: 'QuotaExceededError' }); };
    if (broken === 'open') IDBFactory.prototype.open = refuse;
    else IDBObjectStore.prototype.put = refuse;
  }, fault);
  await openReport(page);
  await context.setOffline(true);
  const recordNo = newRecord();
  await sendReport(page, recordNo, '无痕');
  await page.getByRole('alert').filter({ hasText: '没有网络，或服务器' }).waitFor();
  expect(await page.getByLabel('病历号').inputValue()).toBe(recordNo);
  await context.setOffline(false);
  await page.getByRole('button', { name: '上报', exact: true }).click();
  await page.getByRole('heading', { name: /^已立案/ }).waitFor();
  await page.getByText(/^本机无法保存任何内容/).waitFor();
  expect(await reportsOf(recordNo)).toBe(1);
  await context.close();
}, 60_000);

test('issue 4: an act whose tab was closed while it was sent goes on from another tab, and arrives once', async () => {
  const { page: first, context } = await chromium.open(SPECIALIST, '/report');
  const second = await openTabAs(context, SPECIALIST, '/unsent');
  await first.route('**/v1/claims', (route) => (route.request().method() === 'POST' ? undefined : route.continue()));
  const recordNo = newRecord();
  await sendReport(first, recordNo, '关闭');
  await second.getByText('待发送 1').waitFor();
  await first.close();
  await arrived(recordNo);
  await second.getByText('全部已送达').waitFor({ timeout: ARRIVES_MS });
  expect(await reportsOf(recordNo)).toBe(1);
  await context.close();
}, 90_000);

test('issue 4: a page reloaded while the report is being sent does not offer it again', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report');
  await page.getByLabel('病历号').waitFor();
  await page.route('**/v1/claims', async (route) => { await new Promise((resolve) => setTimeout(resolve, 1_500)); await route.continue().catch(() => undefined); });
  const recordNo = newRecord();
  await page.getByLabel('病历号').fill(recordNo);
  // The draft is kept.
  await page.waitForTimeout(800);
  await sendReport(page, recordNo, '重载');
  await eventually(async () => ((await kept(page, 'acts')).length > 0 ? true : undefined), 5_000);
  await openReport(page);
  expect(await page.getByLabel('病历号').inputValue()).toBe('');
  await arrived(recordNo);
  await context.close();
}, 60_000);

test('issue 4: without a token, what is kept is shown for twelve hours; drafts stay', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/report', { phone: true });
  await page.getByLabel('病历号').fill('DRAFT-1');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 30_000 });
  await context.setOffline(true);
  await page.close();
  const later = await context.newPage();
  await later.goto(`${stack.apiUrl}/report`);
  await later.getByLabel('病历号').waitFor();
  expect(await later.getByLabel('病历号').inputValue()).toBe('DRAFT-1');
  await later.evaluate((at) => { localStorage.setItem('kuaipei.token-good-at', at); }, String(Date.now() - 12 * 3_600_000 - 60_000));
  await later.goto(`${stack.apiUrl}/claims`);
  await later.getByText(/^距上次登录已超过 12 小时/).waitFor();
  expect(await kept(later, 'answers')).toEqual([]);
  expect(await kept(later, 'drafts')).not.toEqual([]);
  await context.close();
}, 60_000);

test('issue 4: a file of the page that is not there any more: the frame stays, says so and goes over to the new version', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/');
  await page.getByRole('navigation', { name: '主导航' }).waitFor();
  await rename(join(folder, 'assets'), join(folder, 'gone'));
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '案件' }).click();
  await page.getByRole('heading', { name: /^这部分内容无法加载/ }).waitFor();
  await page.getByRole('navigation', { name: '主导航' }).waitFor();
  await rename(join(folder, 'gone'), join(folder, 'assets'));
  await page.getByRole('button', { name: '使用新版本' }).click();
  await page.getByRole('heading', { name: '案件', level: 1 }).waitFor();
  await context.close();

  const worker = await readFile(join(folder, 'sw.js'), 'utf8');
  const scripts = (await readdir(join(folder, 'assets'))).filter((file) => /\.(js|css)$/.test(file));
  expect(scripts.filter((file) => !worker.includes(`/assets/${file}`))).toEqual([]);
}, 60_000);

test('issue 4, weight: a script goes out as the build has compressed it, and the same to who takes no Brotli', async () => {
  const style = (await readdir(join(folder, 'assets'))).find((file) => /^index-.*\.css$/.test(file)) ?? '';
  const asked = (encoding: string): Promise<Response> => fetch(`${stack.apiUrl}/assets/${style}`, { headers: { 'accept-encoding': encoding } });
  const [small, plain] = [await asked('br'), await asked('identity')];
  expect([small.headers.get('content-encoding'), small.headers.get('content-type'), small.headers.get('vary')]).toEqual(['br', 'text/css; charset=utf-8', expect.stringMatching(/Accept-Encoding/i)]);
  expect([plain.headers.get('content-encoding'), plain.headers.get('cache-control')]).toEqual([null, small.headers.get('cache-control')]);
  expect(await small.text()).toBe(await plain.text());
  expect((await asked('br;q=0')).headers.get('content-encoding')).toBeNull();
  expect((await fetch(`${stack.apiUrl}/assets/..%2f..%2fpackage.json`, { headers: { 'accept-encoding': 'br' } })).status).toBe(404);
});

test('issue 4: a newer version takes over from the page that broke, also while an older worker serves the old files', async () => {
  const { page, context } = await chromium.open(SPECIALIST, '/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 30_000 });
  // As after a new version at the server: the old one's files are gone there, and the browser has thrown away its own.
  await page.evaluate(async () => {
    for (const name of await caches.keys()) for (const file of await (await caches.open(name)).keys()) if (file.url.endsWith('.js')) await (await caches.open(name)).delete(file);
  });
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
  await rename(join(folder, 'assets'), join(folder, 'gone'));
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '案件' }).click();
  await page.getByRole('heading', { name: /^这部分内容无法加载/ }).waitFor();
  await rename(join(folder, 'gone'), join(folder, 'assets'));
  const worker = await readFile(join(folder, 'sw.js'), 'utf8');
  await writeFile(join(folder, 'sw.js'), worker.replace(/const VERSION = '\w+'/, "const VERSION = 'newer'"));
  await page.getByRole('button', { name: '使用新版本' }).click();
  await page.getByRole('heading', { name: '案件', level: 1 }).waitFor();
  expect(await page.evaluate(() => caches.keys())).toEqual(['kuaipei-newer']);
  await context.close();
}, 60_000);

test('issue 4 part 1: a screen that the role does not have is not opened by its address; a place with two slashes is none', async () => {
  const { page, context } = await chromium.open('finance-a-i001', '/report');
  await page.getByRole('heading', { name: '您的角色没有这个页面。' }).waitFor();
  expect(await page.getByLabel('病历号').count()).toBe(0);
  await context.close();
  const { page: other, context: device } = await chromium.open('finance-a-i001', '//evil.example/x');
  await other.getByRole('navigation', { name: '主导航' }).waitFor();
  expect(new URL(other.url()).pathname).toBe('/');
  await device.close();
}, 60_000);
