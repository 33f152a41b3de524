/** A real Chromium in front of the real console: one browser per test file, one context (device, person) per call. */
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../dev/programs';

export interface Device {
  /** Touch and 390 × 844, as the specialist's phone. */
  phone?: boolean;
  width?: number;
  height?: number;
  language?: 'zh' | 'en';
  face?: 'light' | 'dark';
}

/** A person at a device. What the page complained about (console errors, broken scripts) is collected and must be empty in the end. */
export interface Seat { page: Page; context: BrowserContext; complaints: string[] }

export interface ConsoleBrowser {
  browser: Browser;
  /** Opens the console at `path` as a persona, through the issuer's own sign-in page; null: nobody signs in. */
  open(account: string | null, path?: string, device?: Device): Promise<Seat>;
  close(): Promise<void>;
}

/** The folder into which `npm test` has built the console; stacks serve it. */
export const BUILT_CONSOLE = resolve(__dirname, '../../build/console');
/** Pictures of what failed, for the person who looks. */
const PICTURES = join(resolve(__dirname, '../..'), 'build', 'console-tests');

export async function openBrowser(baseUrl: string): Promise<ConsoleBrowser> {
  const { path: executablePath } = await findChromium(() => undefined);
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  const seats: Array<Seat & { name: string }> = [];
  return {
    browser,
    async open(account, path = '/', { phone = false, width = phone ? 390 : 1280, height = phone ? 844 : 800, language = 'zh', face = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height }, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', colorScheme: face, hasTouch: phone, isMobile: phone, reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => { complaints.push(error.message); });
      // An answer that refuses is no fault of the page.
      page.on('console', (message) => { if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text()); });
      await page.goto(`${baseUrl}${path}`);
      if (account !== null) {
        await page.locator(`button[value="${account}"]`).click();
        await page.waitForURL((url) => url.href.startsWith(baseUrl) && url.pathname !== '/signed-in');
      }
      const seat = { page, context, complaints };
      seats.push({ ...seat, name: account ?? 'nobody' });
      return seat;
    },
    async close() {
      for (const [n, { page, name }] of seats.entries()) await page.screenshot({ path: join(PICTURES, `${n}-${name}.png`), timeout: 5_000 }).catch(() => undefined);
      await browser.close();
    },
  };
}
