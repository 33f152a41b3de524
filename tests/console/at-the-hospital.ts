/** What the hospital's people do on their phones, from the report to the payee; their console is Chinese. */
import type { Page } from 'playwright-core';
import { paper } from '../../dev/paper';
import { ARRIVES_MS, begin, openTask, send } from './people';

/** The patient's and the hospital's papers that a minor complication without anaesthesia needs, by kind (SPEC §1.3). */
export const NEEDED = ['claim-form', 'insured-identity', 'payee-account', 'informed-consent', 'medical-summary', 'complication-note', 'invoice'];

/** A PDF as a phone holds it; each differs from every other. */
const pdf = (recordNo: string, kind: string) => ({ name: `${kind}.pdf`, mimeType: 'application/pdf', buffer: paper(kind, [recordNo]) });

/** Fills the report page for a minor complication and sends it. */
export async function sendReport(page: Page, recordNo: string, name: string): Promise<void> {
  await page.getByLabel('病历号').fill(recordNo);
  await page.getByLabel('患者姓名').fill(name);
  await page.getByLabel('轻微并发症').check();
  await page.getByLabel('手术时间: 时间').fill('00:01');
  await page.getByLabel('科室').selectOption('general-surgery');
  await page.getByRole('button', { name: '上报', exact: true }).click();
}

/** At the bedside: reports a minor complication and answers the claim's number. */
export async function report(page: Page, recordNo: string, name: string): Promise<string> {
  await page.getByRole('navigation').getByRole('link', { name: '报案' }).click();
  await sendReport(page, recordNo, name);
  const opened = page.getByRole('heading', { name: /^已立案/ });
  await opened.waitFor({ timeout: ARRIVES_MS });
  return opened.getByRole('link').innerText();
}

/** The facts below the report: what is asked, and the four answers; without anaesthesia its record is not needed. */
async function fillFacts(page: Page, amounts: Record<string, string>): Promise<void> {
  for (const [benefit, yuan] of Object.entries(amounts)) await page.getByLabel(benefit, { exact: true }).fill(yuan);
  for (const question of await page.getByRole('group', { name: /？$/ }).all()) await question.getByLabel('是').check();
  await page.getByRole('group', { name: '手术使用了麻醉？' }).getByLabel('否').check();
}

/** Picks all papers at once, says what each is, and waits until the server has every one. */
async function sendPapers(page: Page, recordNo: string): Promise<void> {
  await page.getByLabel('选择文件: 添加材料').setInputFiles(NEEDED.map((kind) => pdf(recordNo, kind)));
  for (const kind of NEEDED) await page.getByLabel(`${kind}.pdf 的材料类别`).selectOption(kind);
  await page.getByRole('button', { name: `发送 ${NEEDED.length} 个文件` }).click();
  await page.getByText('已存妥').nth(NEEDED.length - 1).waitFor({ timeout: ARRIVES_MS });
}

/** Submits the facts on the report's own page. */
export async function submitFacts(page: Page, amounts: Record<string, string>): Promise<void> {
  await fillFacts(page, amounts);
  await page.getByRole('button', { name: '提交事实' }).click();
  await page.getByText('事实已填写。').waitFor({ timeout: ARRIVES_MS });
}

/** An amount that the server does not take: it says so in the form, and what was typed beside it stays. */
export async function submitRefusedFacts(page: Page, amounts: Record<string, string>): Promise<void> {
  await fillFacts(page, amounts);
  await page.getByRole('button', { name: '提交事实' }).click();
  await page.getByRole('form', { name: '事实' }).getByRole('alert').filter({ hasText: '提交内容不符合要求' }).waitFor({ timeout: ARRIVES_MS });
  for (const [benefit, yuan] of Object.entries(amounts)) expect(await page.getByLabel(benefit, { exact: true }).inputValue()).toBe(yuan);
}

/** Sends the papers; the file is whole, and the claim's page says that the insurer's turn has come. */
export async function completeFile(page: Page, recordNo: string): Promise<void> {
  await sendPapers(page, recordNo);
  await page.getByRole('button', { name: '打开案件' }).click();
  await page.getByText(/^等待.*领取：受理/).waitFor({ timeout: ARRIVES_MS });
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

/** Answers a supplement request of one item by uploading what it asks for. */
export async function answer(page: Page, claimNo: string, { recordNo, kind, title }: { recordNo: string; kind: string; title: string }): Promise<void> {
  await openTask(page, claimNo, '医院答复补充要求');
  const form = await begin(page, '答复补充要求');
  await form.getByLabel(/上传材料/).check();
  await form.getByLabel(`选择文件: ${title}`).setInputFiles([pdf(recordNo, kind)]);
  await form.getByRole('button', { name: '发送 1 个文件' }).click();
  await form.getByRole('checkbox', { name: new RegExp(`^${kind}\\.pdf`) }).check({ timeout: ARRIVES_MS });
  await send(page, '答复补充要求');
  await page.getByText('等待审核员或高级审核员领取：受理').waitFor({ timeout: ARRIVES_MS });
}

export async function setPayee(page: Page, claimNo: string, { holder, account }: { holder: string; account: string }): Promise<void> {
  await openTask(page, claimNo, '登记收款人');
  const form = await begin(page, '登记收款人');
  await form.getByLabel('户名').fill(holder);
  await form.getByLabel('开户银行').fill('示例银行');
  await form.getByLabel('账号').fill(account);
  await send(page, '登记收款人');
  await page.getByText(/^等待财务领取：确认收款人/).waitFor({ timeout: ARRIVES_MS });
}
