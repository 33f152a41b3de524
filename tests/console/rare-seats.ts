import type { Page } from 'playwright-core';
import type { Device } from '../../dev/browser';
import type { ConsoleBrowser, Seat } from './browser';

/** A step that a screen does not take within this has failed. */
const PATIENCE_MS = 15_000;
export const ENGLISH: Device = { language: 'en' };
export const DESK: Device = { language: 'en', width: 1440, height: 900 };
export const PHONE: Device = { phone: true };

/** Persons each at a device of their own, which stays with them from journey to journey. */
export function createSeats() {
  const seats = new Map<string, Promise<Seat>>();
  return {
    /** The person's page at this path; the device is taken when they first come. */
    async at(chromium: ConsoleBrowser, apiUrl: string, account: string, path: string, device: Device = ENGLISH): Promise<Page> {
      const known = seats.get(account);
      const seat = known ?? chromium.open(account, path, device);
      seats.set(account, seat);
      const { page } = await seat;
      page.setDefaultTimeout(PATIENCE_MS);
      if (known) await page.goto(`${apiUrl}${path}`);
      return page;
    },
    /** What any of the pages complained about. */
    complaints: async (): Promise<string[]> => (await Promise.all(seats.values())).flatMap(({ complaints }) => complaints),
  };
}
