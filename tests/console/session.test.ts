import { shanghaiDay } from '../../src/domain/calendar';
import { aReport, stateOf } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser } from './browser';

/** Of the page, inside `evaluate`. */
declare const localStorage: Record<string, string>;
declare const sessionStorage: Record<string, string> & { setItem(key: string, value: string): void };

let stack: TestStack;
let chromium: ConsoleBrowser;
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); });

test('issue 4 part 1: sign-in by authorization code with PKCE brings people back to where they wanted to go', async () => {
  const { page, complaints } = await chromium.open('reviewer-a-i001', '/claims?stage=review');
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/claims?stage=review');
  // No token outlives the tab.
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toMatch(/access_token|refresh_token|eyJ/);
  expect(complaints).toEqual([]);
}, 60_000);

test('issue 4 part 1: what a role may not do is not on its screen', async () => {
  const places = async (account: string): Promise<string[]> => {
    const { page, context } = await chromium.open(account, '/', { language: 'en' });
    const links = page.getByRole('navigation', { name: 'Main places' }).getByRole('link');
    await links.first().waitFor();
    const names = await links.allTextContents();
    await context.close();
    return names;
  };
  expect(await places('specialist-a-h001')).toEqual(['Inbox', 'Report', 'Claims']);
  expect(await places('manager-h001')).toEqual(['Inbox', 'Claims', 'Team']);
  expect(await places('finance-a-i001')).toEqual(['Inbox', 'Claims']);
  expect(await places('ops')).toEqual(['Operations', 'Claims']);
}, 60_000);

test('issue 4 part 1: a token that is not taken any more is renewed without anybody seeing it', async () => {
  const { page } = await chromium.open('reviewer-a-i001', '/');
  const answers: number[] = [];
  page.on('response', (response) => { if (response.url().includes('/v1/')) answers.push(response.status()); });
  await page.evaluate(() => {
    const [key] = Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.user:'));
    const user = JSON.parse(sessionStorage[key!]!) as Record<string, unknown>;
    sessionStorage.setItem(key!, JSON.stringify({ ...user, access_token: 'not-a-token-any-more' }));
  });
  const answered = page.waitForResponse((response) => response.url().includes('/v1/claims') && response.status() === 200);
  await page.getByRole('navigation').getByRole('link').nth(1).click();
  await answered;
  expect(answers).toEqual(expect.arrayContaining([401, 200]));
  expect(new URL(page.url()).pathname).toBe('/claims');
}, 60_000);

/** The issuer's answer with another ID token. */
const idToken = (more: object) => (answer: Record<string, unknown>) => {
  const [head, payload = '', signature] = String(answer['id_token']).split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()) as object, ...more };
  return { ...answer, id_token: [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.') };
};
test.each<[string, string, (answer: Record<string, unknown>) => object]>([
  ['an ID token of another sign-in', '**/token', idToken({ nonce: 'of-another-sign-in' })],
  ['an ID token of another issuer', '**/token', idToken({ iss: 'http://elsewhere.localhost' })],
  ['an ID token for another client', '**/token', idToken({ aud: ['another-client'] })],
  ['another issuer’s configuration', '**/.well-known/openid-configuration', (answer) => ({ ...answer, issuer: 'http://elsewhere.localhost' })],
])('ASVS 10.5: %s signs nobody in', async (_what, address, change) => {
  const { page, context } = await chromium.open(null, '/', { language: 'en' });
  await page.locator('button[value="reviewer-a-i001"]').waitFor();
  await page.route(address, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: change(await answer.json() as Record<string, unknown>) });
  });
  await page.locator('button[value="reviewer-a-i001"]').click();
  await page.getByRole('button', { name: 'Sign in again' }).waitFor();
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('access_token');
  await context.close();
}, 60_000);

test('issue 4: signing out ends it here and at the issuer', async () => {
  const { page } = await chromium.open('reviewer-a-i001', '/', { language: 'en' });
  await page.getByRole('button', { name: /identity and settings/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // Ours asks nobody twice: the next person is asked who they are.
  await page.locator('button[value="reviewer-a-i001"]').waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage))).not.toContain('kuaipei.person');
}, 60_000);

test('issue 4: the content security policy has no unsafe-inline scripts, and nothing is asked of third parties', async () => {
  const answer = await fetch(`${stack.apiUrl}/claims`, { headers: { accept: 'text/html' } });
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
  const asked = new Set<string>();
  const { page } = await chromium.open(null, '/');
  page.on('request', (request) => { if (!request.url().startsWith('blob:') && !request.url().startsWith('data:')) asked.add(new URL(request.url()).origin); });
  await page.locator('button[value="specialist-a-h001"]').click();
  await page.waitForURL((url) => url.href === `${stack.apiUrl}/`);
  await page.getByRole('navigation').getByRole('link').nth(1).click();
  await page.waitForTimeout(500);
  expect([...asked].filter((origin) => new URL(origin).hostname !== '127.0.0.1')).toEqual([]);
}, 60_000);

test('what is no page is told to programs as such, and to people as a page', async () => {
  const program = await fetch(`${stack.apiUrl}/nowhere`, { headers: { accept: 'application/json' } });
  expect([program.status, program.headers.get('content-type')]).toEqual([404, expect.stringContaining('problem+json')]);
  const { page } = await chromium.open('reviewer-a-i001', '/nowhere', { language: 'en' });
  await page.getByText('There is no such page.').waitFor();
}, 60_000);

test('issue 5 part 2: away until a day: the colleague finds the task, marked for whom; the manager sees it and ends it', async () => {
  const owner = await stack.person('specialist-a-h001');
  const claimNo = await owner.report(aReport(1));
  await owner.act(claimNo, 'claim-task', { taskId: (await stateOf(stack, claimNo)).tasks[0]!.taskId });
  const colleague = await chromium.open('specialist-b-h001', '/?mine=true', { language: 'en', width: 390 });
  const line = colleague.page.getByRole('row').filter({ hasText: claimNo });
  await colleague.page.getByText('My tasks').first().waitFor();
  expect(await line.count()).toBe(0);

  const { page, complaints } = await chromium.open('specialist-a-h001', '/', { language: 'en' });
  await page.getByRole('button', { name: /identity and settings/ }).click();
  await page.getByRole('button', { name: 'Away: hand over my work' }).click();
  const dialog = page.getByRole('dialog', { name: 'Away: hand over my work' });
  await dialog.getByLabel('Who does it meanwhile').selectOption({ label: '赵磊' });
  await dialog.getByLabel('Until the end of').fill(shanghaiDay(new Date(Date.now() + 3 * 86_400_000).toISOString()));
  await dialog.getByRole('button', { name: 'Hand over', exact: true }).click();
  await dialog.getByText(/赵磊 does your work until/).waitFor();
  await page.keyboard.press('Escape');
  expect(await page.locator(':focus').getAttribute('aria-label')).toMatch(/identity and settings/);

  await line.getByText('for 王海').waitFor({ timeout: 20_000 });
  const manager = await chromium.open('manager-h001', '/team', { language: 'en' });
  await manager.page.getByText(/赵磊 does the work of 王海/).waitFor();
  await manager.page.getByRole('button', { name: 'End now: 赵磊 for 王海' }).click();
  await line.waitFor({ state: 'detached', timeout: 20_000 });
  expect([...complaints, ...colleague.complaints, ...manager.complaints]).toEqual([]);
}, 90_000);
