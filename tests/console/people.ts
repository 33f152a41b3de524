/** What people do on the console's screens, one step per function; pages of the hospital's people and the patient are Chinese, those of the insurer's English. */
import type { Locator, Page } from 'playwright-core';
import { paper } from '../../dev/paper';

/** What arrives through queue, workflow and live events. */
export const ARRIVES_MS = 20_000;

/** The patient's and the hospital's papers that a minor complication without anaesthesia needs, by kind (SPEC §1.3). */
export const NEEDED = ['claim-form', 'insured-identity', 'payee-account', 'informed-consent', 'medical-summary', 'complication-note', 'invoice'];

/** A PDF as a phone holds it; each differs from every other. */
export const pdf = (recordNo: string, kind: string) => ({ name: `${kind}.pdf`, mimeType: 'application/pdf', buffer: paper(kind, [recordNo]) });

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

/** At the bedside: reports a minor complication and answers the claim's number. */
export async function report(page: Page, recordNo: string, name: string): Promise<string> {
  await page.getByRole('navigation').getByRole('link', { name: '报案' }).click();
  await page.getByLabel('病历号').fill(recordNo);
  await page.getByLabel('患者姓名').fill(name);
  await page.getByLabel('轻微并发症').check();
  await page.getByLabel('手术时间: 时间').fill('00:01');
  await page.getByLabel('科室').selectOption('general-surgery');
  await page.getByRole('button', { name: '上报', exact: true }).click();
  const opened = page.getByRole('heading', { name: /^已立案/ });
  await opened.waitFor({ timeout: ARRIVES_MS });
  return opened.getByRole('link').innerText();
}

/** The facts below the report: what is asked, and the four answers; without anaesthesia its record is not needed. */
export async function fillFacts(page: Page, amounts: Record<string, string>): Promise<void> {
  for (const [benefit, yuan] of Object.entries(amounts)) await page.getByLabel(benefit, { exact: true }).fill(yuan);
  for (const question of await page.getByRole('group', { name: /？$/ }).all()) await question.getByLabel('是').check();
  await page.getByRole('group', { name: '手术使用了麻醉？' }).getByLabel('否').check();
}

/** Picks all papers at once, says what each is, and waits until the server has every one. */
export async function sendPapers(page: Page, recordNo: string): Promise<void> {
  await page.getByLabel('选择文件: 添加材料').setInputFiles(NEEDED.map((kind) => pdf(recordNo, kind)));
  for (const kind of NEEDED) await page.getByLabel(`${kind}.pdf 的材料类别`).selectOption(kind);
  await page.getByRole('button', { name: `发送 ${NEEDED.length} 个文件` }).click();
  await page.getByText('已存妥').nth(NEEDED.length - 1).waitFor({ timeout: ARRIVES_MS });
}

/** A claim that has come to the insurer, all of it from one phone. */
export async function bringToInsurer(page: Page, recordNo: string, name: string, amounts: Record<string, string>): Promise<string> {
  const claimNo = await report(page, recordNo, name);
  await fillFacts(page, amounts);
  await page.getByRole('button', { name: '提交事实' }).click();
  await page.getByText('事实已填写。').waitFor({ timeout: ARRIVES_MS });
  await sendPapers(page, recordNo);
  await page.getByRole('button', { name: '打开案件' }).click();
  await page.getByText(/^等待.*领取：受理/).waitFor({ timeout: ARRIVES_MS });
  return claimNo;
}

/** Makes the patient's link on the claim's page and answers its address without the host. */
export async function patientLink(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: '患者链接' }).click();
  await page.getByRole('button', { name: '制作链接' }).click();
  await page.getByRole('img', { name: '患者链接的二维码' }).waitFor();
  await page.getByRole('button', { name: '复制链接' }).click();
  await page.getByRole('button', { name: '已复制' }).waitFor();
  const { pathname, hash } = new URL(await page.evaluate(() => (globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }).navigator.clipboard.readText()));
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  return pathname + hash;
}

/** A recommendation on the desk: the decision, a reason found by its code, papers it stands on, and amounts where they are not the whole. */
export async function recommend(page: Page, { decision, reason, evidence = [], amounts = {} }: { decision: string; reason: string; evidence?: string[]; amounts?: Record<string, string> }): Promise<void> {
  const form = formOf(page, 'Recommend');
  await form.getByLabel(decision).check();
  for (const [benefit, yuan] of Object.entries(amounts)) await form.getByLabel(`Approved for ${benefit}, in yuan`).fill(yuan);
  const search = form.getByRole('searchbox', { name: 'Find by code, words or clause' });
  await search.fill(reason);
  await search.press('Enter');
  for (const one of evidence) await form.getByRole('checkbox', { name: one }).check();
}
