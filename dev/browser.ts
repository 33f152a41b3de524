import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium, type Say } from './programs';

/** What a Chromium without a screen is started with: as root it has no sandbox, and it calls nobody at home. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export interface Device {
  /** Touch and 390 × 844, as the specialist's phone. */
  phone?: boolean;
  width?: number;
  height?: number;
  language?: 'zh' | 'en';
  face?: 'light' | 'dark';
}

/** Starts the Chromium of this machine. Throws CannotStart with what to install where there is none. */
export async function launchChromium(say: Say = () => undefined): Promise<Browser> {
  const { path: executablePath } = await findChromium(say);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A device of its own in Shanghai; nothing moves on it that need not. */
export const openDevice = (browser: Browser, { phone = false, width = phone ? 390 : 1280, height = phone ? 844 : 800, language = 'zh', face = 'light' }: Device = {}): Promise<BrowserContext> => browser.newContext({
  viewport: { width, height }, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', colorScheme: face, hasTouch: phone, isMobile: phone, reducedMotion: 'reduce',
});

/** Opens an address of the console as a persona, through the page on which personas are chosen. */
export async function openAs(page: Page, apiUrl: string, path: string, account: string): Promise<void> {
  await page.goto(`${apiUrl}${path}`);
  await page.locator(`button[value="${account}"]`).click();
  await page.waitForURL((url) => url.href.startsWith(apiUrl) && url.pathname !== '/signed-in');
}
