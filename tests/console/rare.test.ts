import type { Page } from 'playwright-core';
import type { Device } from '../../dev/browser';
import { setFaults } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';
import { checkPayment, confirmPayee, makePayment } from './at-the-insurer';
import { openBrowser, type ConsoleBrowser } from './browser';
import { ARRIVES_MS, begin, formOf, inInbox, openTask, send } from './people';
import { createSeats, DESK, PHONE } from './rare-seats';
import { picture, setUp } from './rare-set-up';

/** Issue 4: what happens to few claims, and has to be on the screens all the same. */
let stack: TestStack;
let chromium: ConsoleBrowser;
let claims: ReturnType<typeof setUp>;
let at: (account: string, path: string, device?: Device) => Promise<Page>;
const seats = createSeats();
beforeAll(async () => {
  stack = await startStack();
  claims = setUp(stack);
  chromium = await openBrowser(stack.apiUrl);
  at = (account, path, device) => seats.at(chromium, stack.apiUrl, account, path, device);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); });
afterEach(async () => { expect(await seats.complaints()).toEqual([]); });

test('SPEC §1.1: an investigation is opened and closed on the screen; the fast track runs on meanwhile, and the page says so', async () => {
  const claimNo = await claims.inReview;
  const page = await at('reviewer-a-i001', `/claims/${claimNo}`);
  const opening = await begin(page, 'Open an investigation');
  await opening.getByText('A senior reviewer investigates within 10 working days; the fast track does not pause.').waitFor();
  await opening.getByLabel('documents in doubt').check();
  await opening.getByLabel('Note (optional)').fill('The invoice is dated before the operation.');
  await send(page, 'Open an investigation');
  await page.getByText('Not taken yet (senior reviewer): Investigate').waitFor({ timeout: ARRIVES_MS });
  await page.getByText('suspected fraud').or(page.getByText('fraud suspected')).first().waitFor();
  const clocks = page.getByRole('region', { name: 'Clocks' });
  expect(await clocks.innerText()).not.toContain('paused');
  await clocks.getByText(/^0 of \d+ working days$/).waitFor();

  const senior = await at('senior-reviewer-a-i001', '/', DESK);
  await openTask(senior, claimNo, 'Investigate');
  await senior.getByText('The invoice is dated before the operation.').first().waitFor();
  const closing = await begin(senior, 'Close the investigation');
  await closing.getByLabel('no fraud', { exact: true }).check();
  await closing.getByLabel('Reason').fill('The hospital corrected the date.');
  await send(senior, 'Close the investigation');
  await page.getByText(/: Review/).first().waitFor({ timeout: ARRIVES_MS });
  await page.goto(`${stack.apiUrl}/claims/${claimNo}/desk`);
  await page.getByRole('heading', { name: 'Investigation' }).waitFor();
  await page.getByText('The hospital corrected the date.').waitFor();
}, 60_000);

test('SPEC §1.2: a claim reported twice is made void by two persons, and each of the two names the other', async () => {
  const [survivor, duplicate] = await claims.reportedTwice;
  const page = await at('reviewer-a-i001', `/claims/${duplicate}`);
  const form = await begin(page, 'Void as a duplicate');
  await form.getByLabel(survivor).check();
  await form.getByLabel('Note (optional)').fill('Reported by two nurses.');
  await form.getByLabel(/I understand/).check();
  await send(page, 'Void as a duplicate');
  await page.getByText(/: Confirm as second person/).first().waitFor({ timeout: ARRIVES_MS });
  // Who proposed does not confirm.
  expect(await page.getByRole('button', { name: 'Confirm as second person' }).count()).toBe(0);

  const manager = await at('manager-h001', '/');
  await openTask(manager, duplicate, 'Confirm as second person');
  const confirming = await begin(manager, 'Confirm as second person');
  await confirming.getByText(survivor).waitFor();
  await confirming.getByText('Reported by two nurses.').waitFor();
  await send(manager, 'Confirm as second person');
  await manager.getByText(/^Closed: void/).waitFor({ timeout: ARRIVES_MS });
  await page.getByText(/^Closed: void/).waitFor({ timeout: ARRIVES_MS });
  await page.getByRole('region', { name: 'Related claims' }).getByRole('link', { name: survivor }).click();
  await page.getByRole('listitem').filter({ hasText: 'a duplicate of this one' }).getByRole('link', { name: duplicate }).waitFor();
}, 60_000);

test('SPEC §1.2: a patient with an account hands in papers on the phone, and withdraws; once approved the hospital confirms it', async () => {
  const [early, approved] = [await claims.early, await claims.approved];
  const page = await at('patient-a', '/claims', PHONE);
  await page.getByRole('link', { name: early }).click();
  await page.getByText('您自己的材料也可以现在交，缺少的列在下方。').waitFor();
  await page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '理赔申请书' }) }).locator('input[type=file]').setInputFiles([{ name: '申请书.png', mimeType: 'image/png', buffer: picture() }]);
  await page.getByRole('heading', { name: '已经收到' }).waitFor({ timeout: ARRIVES_MS });
  await withdrawn();
  await page.getByText('申请已经撤回，本案已结束。').waitFor({ timeout: ARRIVES_MS });

  await page.goto(`${stack.apiUrl}/claims/${approved}`);
  await withdrawn('这个案件已经批准。撤回须由医院的一位工作人员确认后才生效。');
  const specialist = await at('specialist-a-h001', '/', PHONE);
  await openTask(specialist, approved, '第二人确认');
  await begin(specialist, '确认');
  await send(specialist, '确认');
  await specialist.getByText(/^已结案：已撤回/).waitFor({ timeout: ARRIVES_MS });
  await page.getByText('申请已经撤回，本案已结束。').waitFor({ timeout: ARRIVES_MS });

  async function withdrawn(second?: string): Promise<void> {
    await page.getByRole('button', { name: '撤回申请…' }).click();
    const dialog = page.getByRole('dialog', { name: '确定要撤回吗？' });
    if (second !== undefined) await dialog.getByText(second).waitFor();
    await dialog.getByRole('button', { name: '撤回申请' }).click();
    await dialog.waitFor({ state: 'hidden', timeout: ARRIVES_MS });
  }
}, 60_000);

test('SPEC §1.8: a patient with an account reads the letter and objects', async () => {
  const claimNo = await claims.rejected;
  const page = await at('patient-a', `/claims/${claimNo}`, PHONE);
  await page.getByRole('heading', { name: '理赔决定：不予给付' }).waitFor();
  await page.getByLabel('您不同意什么，为什么').fill('手术当天就出现了。');
  await page.getByRole('button', { name: '提出异议' }).click();
  await page.getByText('您的异议由医院、保险公司和中立方三人裁决。').waitFor({ timeout: ARRIVES_MS });
}, 60_000);

test('SPEC §1.9: finance returns a payment to who made it; the bank refuses the account, the clock stands still, the payee is corrected by the patient, and it is paid', async () => {
  const claimNo = await claims.toBeChecked;
  const [maker, checker] = [await at('finance-a-i001', '/'), await at('finance-b-i001', '/')];
  await openTask(checker, claimNo, 'Check the payment');
  const returning = await begin(checker, 'Return the payment');
  await returning.getByLabel(/^Why it goes back/).fill('The holder is written otherwise on the card.');
  await send(checker, 'Return the payment');
  await (await inInbox(maker, claimNo, 'Make the payment')).waitFor();
  await makePayment(maker, claimNo, { wrong: '5999', apart: '−¥1.00', right: '6000' });
  await maker.getByText('The holder is written otherwise on the card.').first().waitFor();

  await setFaults(stack.bankUrl, [{ do: 'payee-fault', match: { claimNo }, times: 1 }]);
  await checkPayment(checker, claimNo);
  await checker.getByText('The payee details are wrong and must be corrected.').waitFor({ timeout: ARRIVES_MS });
  await checker.getByText(/wrong payee details/).first().waitFor();
  await checker.getByText('Clock paused').first().waitFor();

  const patient = await at('patient-a', `/claims/${claimNo}`, PHONE);
  await patient.getByText(/银行未能把款项汇到所登记的账户/).waitFor();
  await patient.getByText('登记或更正收款账户').click();
  const form = formOf(patient, '登记收款人');
  await form.getByText(/银行退回/).waitFor();
  await form.getByLabel('户名').fill('旅行者');
  await form.getByLabel('开户银行').fill('示例银行');
  await form.getByLabel('账号').fill('6222 0000 0001 9999');
  await send(patient, '登记收款人');
  await form.waitFor({ state: 'detached', timeout: ARRIVES_MS });
  await confirmPayee(checker, claimNo, '6222 0000 0001 9999');
  await makePayment(maker, claimNo, { wrong: '5999', apart: '−¥1.00', right: '6000' });
  await checkPayment(checker, claimNo);
  await checker.getByText(/^Closed: paid/).waitFor({ timeout: ARRIVES_MS });
  await checker.getByRole('row').filter({ hasText: 'failed' }).waitFor();
}, 90_000);

test('SPEC §1.7: an item is waived by one person, a must-have document by two', async () => {
  const claimNo = await claims.unanswerable;
  const page = await at('reviewer-a-i001', `/claims/${claimNo}`);
  const supplements = page.getByRole('region', { name: 'Supplements' });
  const item = (title: string) => supplements.getByRole('listitem').filter({ hasText: title });
  await item('earlier illness').getByRole('button', { name: 'Waive' }).click();
  await send(page, 'Waive an item');
  await item('earlier illness').getByText('waived').waitFor({ timeout: ARRIVES_MS });

  await item('medical summary').getByRole('button', { name: 'Waive' }).click();
  await formOf(page, 'Waive an item').getByLabel('Note (optional)').fill('The note of the complication says it all.');
  await send(page, 'Waive an item');
  await page.getByText('Waits for a second person: Waive an item').waitFor({ timeout: ARRIVES_MS });
  expect(await item('medical summary').getByText('waived').count()).toBe(0);

  const senior = await at('senior-reviewer-a-i001', '/', DESK);
  await openTask(senior, claimNo, 'Confirm as second person');
  const confirming = await begin(senior, 'Confirm as second person');
  await confirming.getByText('medical summary').waitFor();
  await confirming.getByText('The note of the complication says it all.').waitFor();
  await send(senior, 'Confirm as second person');
  await supplements.getByText(/· ended /).click();
  await item('medical summary').getByText('waived').waitFor();
}, 60_000);
