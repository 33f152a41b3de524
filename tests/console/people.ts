/** What everybody does on the console: finds their task in the inbox, opens it, sends a form. Titles are given in the language of the page. */
import type { Locator, Page } from 'playwright-core';

/** What arrives through queue, workflow and live events. */
export const ARRIVES_MS = 20_000;

/** Sends the form of that title, which stands open. */
export async function send(page: Page, title: string): Promise<void> {
  await formOf(page, title).getByRole('button', { name: title, exact: true }).click();
}
export const formOf = (page: Page, title: string): Locator => page.getByRole('form', { name: title, exact: true });

/** Opens the form of what the reader owes, from the claim's page. */
export async function begin(page: Page, title: string): Promise<Locator> {
  await page.getByRole('region', { name: /^(What you can do|可以办理)$/ }).getByRole('button', { name: title, exact: true }).first().click();
  const form = formOf(page, title);
  await form.waitFor();
  return form;
}

/** The line of a claim's task in the reader's inbox. */
export async function inInbox(page: Page, claimNo: string, task: string): Promise<Locator> {
  await page.getByRole('navigation').getByRole('link', { name: /^(Inbox|待办)$/ }).click();
  const line = page.getByRole('row').filter({ hasText: claimNo }).filter({ hasText: task });
  await line.waitFor({ timeout: ARRIVES_MS });
  return line;
}

/** From the inbox to the claim that owes this task. */
export async function openTask(page: Page, claimNo: string, task: string): Promise<void> {
  await (await inInbox(page, claimNo, task)).getByRole('link', { name: claimNo }).click();
  await page.getByRole('heading', { level: 1, name: claimNo }).waitFor();
}

export async function openDesk(page: Page, claimNo: string, task: string, desk = 'Open the desk'): Promise<Locator> {
  await openTask(page, claimNo, task);
  await page.getByRole('button', { name: desk }).click();
  const judgement = page.getByRole('region', { name: /^(Judgement|审理)$/ });
  await judgement.getByRole('heading', { level: 1, name: claimNo }).waitFor();
  return judgement;
}
