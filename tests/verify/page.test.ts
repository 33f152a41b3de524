import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../dev/browser';
import { consoleRouter } from '../../src/api/console';
import { evidenceKeys } from '../../src/platform/audit/evidence-keys';
import { closedPaid } from '../domain/claim/scenario';
import { packedCase } from './packed';

let browser: Browser;
let folder: string;
let built: string;
let genuine: string, changed: string, keys: string, event: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-page-'));
  // In a process of its own: the bundler is an ES module, which Jest's loader does not take.
  built = execFileSync(process.execPath, ['--import', 'tsx', 'dev/console.ts'], { encoding: 'utf8' }).trim();
  const paid = await packedCase(closedPaid());
  await paid.anchor();
  const bytes = await paid.pack();
  const at = (name: string): string => join(folder, name);
  [genuine, changed, event, keys] = [at('genuine.zip'), at('changed.zip'), at('event.zip'), at('keys.json')];
  await writeFile(genuine, bytes);
  const other = Buffer.from(bytes);
  other[7_000]! ^= 0x20;
  await writeFile(changed, other);
  const mark = '"type":"recommended"';
  const rewritten = Buffer.from(bytes);
  rewritten.write('x', bytes.indexOf(mark) + mark.length - 2);
  await writeFile(event, rewritten);
  await writeFile(keys, JSON.stringify({ items: await evidenceKeys(paid.worker, paid.keys) }));
  await paid.close();
  browser = await launchChromium();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The page at an address, what it complained of, and every address that it asked for. */
async function openPage(url: string, language: 'zh-CN' | 'en-GB'): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
  const context = await browser.newContext({ locale: language, offline: url.startsWith('file:') });
  const page = await context.newPage();
  const complaints: string[] = [], asked: string[] = [];
  page.on('pageerror', (error) => { complaints.push(error.message); });
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('request', (request) => { asked.push(request.url()); });
  await page.goto(url);
  return { page, complaints, asked };
}
async function verdictOf(page: Page, pack: string): Promise<{ as: string; text: string }> {
  await page.setInputFiles('#pack', pack);
  await page.locator('#verdict.genuine, #verdict.changed').waitFor();
  return { as: (await page.locator('#verdict').getAttribute('class')) ?? '', text: await page.locator('#verdict').innerText() };
}

describe('issue 5 part 5: a single self-contained HTML page verifies it offline, and says exactly which byte changed', () => {
  test('from a disk, without a network, in Chinese and in English', async () => {
    const url = pathToFileURL(join(built, 'verify.html')).href;
    const { page, complaints, asked } = await openPage(url, 'zh-CN');
    expect(await verdictOf(page, genuine)).toEqual({ as: 'genuine', text: expect.stringContaining('完整，未被改动') });
    expect((await page.locator('#verdict').innerText())).toContain('请与平台公布的公钥');
    await page.setInputFiles('#keys', keys);
    await page.locator('#verdict.genuine').waitFor();
    await expect(page.locator('#verdict').innerText()).resolves.not.toContain('请与平台公布的公钥');
    await page.setInputFiles('#pack', changed);
    await page.locator('#verdict.changed').waitFor();
    expect(await page.locator('#verdict').innerText()).toMatch(/压缩包(内)?第 7000 字节/);
    await page.click('#language');
    expect(await page.locator('#verdict').innerText()).toMatch(/byte 7000 of the pack/);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect([complaints, asked]).toEqual([[], [url]]);
  });

  test('a changed event is named by its number', async () => {
    const { page } = await openPage(pathToFileURL(join(built, 'verify.html')).href, 'en-GB');
    const { as, text } = await verdictOf(page, event);
    expect([as, text]).toEqual(['changed', expect.stringMatching(/events\.ndjson \(event \d+\): byte \d+ [^]*does not fit the hash chain/)]);
  });

  test('served at /verify.html it runs under a policy that allows its own script alone', async () => {
    const app = express();
    app.use(consoleRouter({ folder: built, issuer: 'http://127.0.0.1:1', clientId: 'x', temporalUiUrl: 'http://127.0.0.1:1' }));
    const server = createServer(app).listen(0, '127.0.0.1');
    await new Promise((resolve) => { server.once('listening', resolve); });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify.html`;
    try {
      const policy = (await fetch(url)).headers.get('content-security-policy');
      expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
      const { page, complaints } = await openPage(url, 'en-GB');
      expect(await verdictOf(page, genuine)).toEqual({ as: 'genuine', text: expect.stringContaining('Genuine: nothing was changed') });
      expect(complaints.filter((one) => !one.includes('favicon') && !one.includes('404'))).toEqual([]);
    } finally {
      server.close();
    }
  });
});
