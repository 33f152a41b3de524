/** A real Chromium in front of the real console: one browser per test file, one context (device, person) per call. */
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, openAs, openDevice, type Device } from '../../dev/browser';

/** A person at a device. What the page complained about (console errors, broken scripts) is collected and must be empty in the end. */
export interface Seat { page: Page; context: BrowserContext; complaints: string[] }

export interface ConsoleBrowser {
  browser: Browser;
  /** Opens the console at `path` as a persona, through the issuer's own sign-in page; null: nobody signs in. */
  open(account: string | null, path?: string, device?: Device): Promise<Seat>;
  close(): Promise<void>;
}

/** Pictures of what failed, for the person who looks. */
const PICTURES = resolve(__dirname, '../../build/console-tests');

export async function openBrowser(baseUrl: string): Promise<ConsoleBrowser> {
  const browser = await launchChromium();
  const seats: Array<Seat & { name: string }> = [];
  return {
    browser,
    async open(account, path = '/', device = {}) {
      const context = await openDevice(browser, device);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => { complaints.push(error.message); });
      // An answer that refuses is no fault of the page.
      page.on('console', (message) => { if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text()); });
      if (account === null) await page.goto(`${baseUrl}${path}`);
      else await openAs(page, baseUrl, path, account);
      const seat = { page, context, complaints };
      seats.push({ ...seat, name: account ?? 'nobody' });
      return seat;
    },
    async close() {
      for (const [n, { page, name }] of seats.entries()) await page.screenshot({ path: `${PICTURES}/${n}-${name}.png`, timeout: 5_000 }).catch(() => undefined);
      await browser.close();
    },
  };
}
