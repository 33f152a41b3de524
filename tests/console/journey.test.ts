import { eventually, paymentsUnder } from '../support/parties';
import { stateOf } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser, type Device, type Seat } from './browser';
import { ARRIVES_MS, begin, bringToInsurer, fillFacts, formOf, inInbox, NEEDED, openDesk, openTask, patientLink, pdf, recommend, report, send, sendPapers } from './people';

/** Issue 4, "Done means": every role's journey through screens only; the database is asked at the end alone. */
let stack: TestStack;
let chromium: ConsoleBrowser;
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); });

const PHONE: Device = { phone: true };
const ENGLISH: Device = { language: 'en' };
const DESK: Device = { language: 'en', width: 1440, height: 900 };
const seats = new Map<string, Promise<Seat>>();
/** A person's own device, opened once: what others do arrives there while it stands open. */
function at(account: string, device: Device): Promise<Seat> {
  const seat = seats.get(account) ?? chromium.open(account, '/', device);
  seats.set(account, seat);
  return seat;
}
const page = async (account: string, device: Device) => (await at(account, device)).page;
const specialist = () => page('specialist-a-h001', PHONE);
const reviewer = () => page('reviewer-a-i001', DESK);
const approver = () => page('approver-a-i001', DESK);
const maker = () => page('finance-a-i001', ENGLISH);
const checker = () => page('finance-b-i001', ENGLISH);
/** The patient's phone, opened from a link. */
async function patientAt(link: string, name: string) {
  const seat = chromium.open(null, link, PHONE);
  seats.set(`patient ${name}`, seat);
  return (await seat).page;
}
afterEach(async () => { expect((await Promise.all(seats.values())).flatMap(({ complaints }) => complaints)).toEqual([]); });

const COSTS = '医疗费用';
const LUMP_SUM = '并发症定额给付';

test('issue 4: a claim goes from the specialist\'s phone to the confirmed payment only through screens, with a supplement loop, a refused act and an approver who returns it', async () => {
  const recordNo = `JRN-${Date.now()}`;
  const bedside = await specialist();
  const claimNo = await report(bedside, recordNo, '周全');
  await refusedThenSubmitted();
  await sendPapers(bedside, recordNo);
  await bedside.getByRole('button', { name: '打开案件' }).click();
  await bedside.getByText(/^等待.*领取：受理/).waitFor({ timeout: ARRIVES_MS });
  const patient = await patientAt(await patientLink(bedside), 'paid');
  await patient.getByText('保险公司正在核对材料是否齐全。').waitFor();

  await takenByKeyboard();
  await readByKeyboard();
  await askedOnce();
  await answeredOnThePhone();
  await acceptedOnTheDesk();
  await patient.reload();
  await patient.getByText('保险公司正在审核。').waitFor();

  await recommendedInPart();
  await returnedToReview();
  await recommendedInFull();
  await approved();

  await payeeSet();
  await payeeConfirmed();
  await paymentMade();
  await paymentChecked();
  await (await checker()).getByText(/^Closed: paid/).waitFor({ timeout: 60_000 });
  await (await specialist()).getByText(/^已结案：已付款/).waitFor({ timeout: ARRIVES_MS });
  await patient.reload();
  await patient.getByText('款项已经支付，本案已结束。').waitFor();
  await patient.getByRole('heading', { name: '理赔决定：给付' }).waitFor();

  const state = await stateOf(stack, claimNo);
  expect([state.closedAs, state.paidFen, state.round]).toEqual(['paid', 630_050, 1]);
  expect(await Promise.all(state.payments.map(({ key }) => paymentsUnder(stack.bankUrl, key)))).toEqual([1, 1]);
  // Each look at a whole account is recorded, with who looked.
  expect(await stack.database.readLog.findMany({ where: { claimNo, what: 'account' }, select: { personId: true } })).toEqual([{ personId: 'P-I001-FINANCE-B' }]);

  async function refusedThenSubmitted(): Promise<void> {
    await fillFacts(bedside, { [COSTS]: '480050000', [LUMP_SUM]: '1500' });
    await bedside.getByRole('button', { name: '提交事实' }).click();
    await bedside.getByRole('alert').filter({ hasText: '提交内容不符合要求' }).waitFor({ timeout: ARRIVES_MS });
    expect(await bedside.getByLabel(LUMP_SUM, { exact: true }).inputValue()).toBe('1500');
    await bedside.getByLabel(COSTS, { exact: true }).fill('4800.50');
    await bedside.getByRole('button', { name: '提交事实' }).click();
    await bedside.getByText('事实已填写。').waitFor({ timeout: ARRIVES_MS });
  }

  async function takenByKeyboard(): Promise<void> {
    const desk = await reviewer();
    await inInbox(desk, claimNo, 'Accept the file');
    const focused = desk.locator(':focus');
    await desk.keyboard.press('j');
    while ((await focused.textContent()) !== claimNo) await desk.keyboard.press('j');
    await desk.keyboard.press('c');
    await desk.getByText('Taken: 1').waitFor({ timeout: ARRIVES_MS });
    await desk.getByRole('row').filter({ hasText: claimNo }).getByText('me', { exact: true }).waitFor({ timeout: ARRIVES_MS });
    await desk.keyboard.press('Enter');
    await desk.getByText(/^You hold this: Accept the file/).waitFor();
    await desk.keyboard.press('d');
    await desk.getByRole('region', { name: 'Judgement' }).waitFor();
    await (await specialist()).getByText('由林芳（审核员或高级审核员）办理：受理').waitFor({ timeout: ARRIVES_MS });
  }

  async function readByKeyboard(): Promise<void> {
    const desk = await reviewer();
    for (const n of NEEDED.keys()) {
      await desk.getByText(`${n + 1} / ${NEEDED.length}`, { exact: true }).waitFor();
      await desk.getByRole('group', { name: 'Page 1 of 1' }).waitFor();
      await desk.keyboard.press('x');
      await desk.keyboard.press('n');
    }
    await desk.getByText(`${NEEDED.length} documents, ${NEEDED.length} checked`).waitFor();
  }

  async function askedOnce(): Promise<void> {
    const desk = await reviewer();
    await desk.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Ask for supplements' }).click();
    const form = formOf(desk, 'Ask for supplements');
    await form.getByText('Request no. 1 of this claim. One more is possible after it.').waitFor();
    await form.getByRole('checkbox', { name: /^intra-operative record/ }).check();
    // What is in the file already is not asked for again without a word why.
    await form.getByRole('button', { name: 'Ask for something else' }).click();
    await form.getByLabel('What', { exact: true }).selectOption({ label: 'medical summary' });
    await form.getByRole('group', { name: 'medical summary' }).getByLabel('Why').fill('The second page cannot be read.');
    await send(desk, 'Ask for supplements');
    await form.getByRole('alert').filter({ hasText: 'is already in the file' }).waitFor({ timeout: ARRIVES_MS });
    await form.getByRole('button', { name: 'Remove', exact: true }).click();
    await send(desk, 'Ask for supplements');
    await desk.getByText(/Answer for the hospital/).first().waitFor({ timeout: ARRIVES_MS });
  }

  async function answeredOnThePhone(): Promise<void> {
    const phone = await specialist();
    await openTask(phone, claimNo, '医院答复补充要求');
    const form = await begin(phone, '答复补充要求');
    await form.getByLabel(/^上传材料/).check();
    await form.getByLabel('选择文件: 手术记录').setInputFiles([pdf(recordNo, 'intraoperative-record')]);
    await form.getByRole('button', { name: '发送 1 个文件' }).click();
    await form.getByRole('checkbox', { name: /^intraoperative-record\.pdf/ }).check({ timeout: ARRIVES_MS });
    await send(phone, '答复补充要求');
    await phone.getByText('由林芳（审核员或高级审核员）办理：受理').waitFor({ timeout: ARRIVES_MS });
  }

  async function acceptedOnTheDesk(): Promise<void> {
    const desk = await reviewer();
    await desk.getByRole('heading', { name: '1 answer to judge' }).waitFor({ timeout: ARRIVES_MS });
    await desk.getByRole('button', { name: 'Accept an answer: intra-operative record' }).click();
    await send(desk, 'Accept an answer');
    await desk.getByRole('heading', { name: '1 answer to judge' }).waitFor({ state: 'detached', timeout: ARRIVES_MS });
    await send(desk, 'Accept the file');
    await desk.getByText(/^You hold this: Review/).waitFor({ timeout: ARRIVES_MS });
  }

  async function recommendedInPart(): Promise<void> {
    const desk = await reviewer();
    await recommend(desk, { decision: 'pay in part', reason: 'Q02', evidence: ['invoice and itemised bill'], amounts: { 'treatment costs': '4,000.25', 'lump sum for the complication': '1500' } });
    await formOf(desk, 'Recommend').getByRole('row', { name: 'Total ¥6,300.50 ¥5,500.25 −¥800.25' }).waitFor();
    await send(desk, 'Recommend');
  }

  async function returnedToReview(): Promise<void> {
    const desk = await approver();
    const judgement = await openDesk(desk, claimNo, 'Approve');
    await judgement.getByRole('heading', { name: 'Recommended: pay in part' }).waitFor();
    await judgement.getByText('Part of the costs is not covered.').first().waitFor();
    await judgement.getByRole('button', { name: 'Return to review' }).click();
    await formOf(desk, 'Return to review').getByLabel('Reason').fill('Transfusions are covered: see clause 1.1.');
    await send(desk, 'Return to review');
    await judgement.getByText(/holds this: Review/).waitFor({ timeout: ARRIVES_MS });
  }

  async function recommendedInFull(): Promise<void> {
    const desk = await reviewer();
    await (await inInbox(desk, claimNo, 'Review')).getByText('Returned', { exact: true }).waitFor();
    const judgement = await openDesk(desk, claimNo, 'Review');
    await judgement.getByRole('heading', { name: /^Returned by 梁雪/ }).waitFor();
    await judgement.getByText('Transfusions are covered: see clause 1.1.').waitFor();
    await recommend(desk, { decision: 'pay in full', reason: 'A01' });
    await send(desk, 'Recommend');
  }

  async function approved(): Promise<void> {
    const desk = await approver();
    const judgement = await openDesk(desk, claimNo, 'Approve');
    await judgement.getByRole('heading', { name: 'Recommended: pay in full' }).waitFor();
    await judgement.getByText('The letter as the patient will read it').click();
    await judgement.getByRole('heading', { name: 'Decision on your claim: paid in full' }).waitFor();
    await send(desk, 'Approve');
    await judgement.getByText(/Name the payee/).first().waitFor({ timeout: ARRIVES_MS });
  }

  async function payeeSet(): Promise<void> {
    const phone = await specialist();
    await openTask(phone, claimNo, '登记收款人');
    const form = await begin(phone, '设置收款人');
    await form.getByLabel('户名').fill('周全');
    await form.getByLabel('开户银行').fill('示例银行');
    await form.getByLabel('账号').fill('6222 0000 0001 2345');
    await send(phone, '设置收款人');
    await phone.getByText(/^等待财务领取：确认收款人/).waitFor({ timeout: ARRIVES_MS });
  }

  async function payeeConfirmed(): Promise<void> {
    const desk = await checker();
    await openTask(desk, claimNo, 'Confirm the payee');
    expect(await desk.getByRole('heading', { name: 'Documents' }).count()).toBe(0);
    const form = await begin(desk, 'Confirm the payee');
    expect(await form.innerText()).not.toContain('6222');
    await form.getByRole('button', { name: 'Show the account' }).click();
    await form.getByText('6222 0000 0001 2345').waitFor();
    await form.getByText('This look was recorded; hidden again after 30 s').waitFor();
    await form.getByLabel('I have checked these payees.').check();
    await send(desk, 'Confirm the payee');
  }

  async function paymentMade(): Promise<void> {
    const desk = await maker();
    await openTask(desk, claimNo, 'Make the payment');
    const form = await begin(desk, 'Make the payment');
    await form.getByLabel('To be paid in all (CNY)').fill('6300');
    await form.getByText('Differs from what is outstanding by −¥0.50').waitFor();
    await form.getByLabel('To be paid in all (CNY)').fill('6300.50');
    await form.getByText('Equals what is outstanding').waitFor();
    await send(desk, 'Make the payment');
    await desk.getByText(/Check the payment/).first().waitFor({ timeout: ARRIVES_MS });
    // Who made it is not offered to check it.
    expect(await desk.getByRole('button', { name: 'Check and release the payment' }).count()).toBe(0);
  }

  async function paymentChecked(): Promise<void> {
    const desk = await checker();
    await openTask(desk, claimNo, 'Check the payment');
    const form = await begin(desk, 'Check and release the payment');
    await form.getByText('The sum equals what is outstanding').waitFor();
    await form.getByLabel(/^I have checked every line/).check();
    await send(desk, 'Check and release the payment');
  }
}, 180_000);

test('issue 4: a dispute: what was rejected is objected to on the patient\'s phone, three seats vote, and people who have not seen it judge anew', async () => {
  const recordNo = `DSP-${Date.now()}`;
  const bedside = await specialist();
  const claimNo = await bringToInsurer(bedside, recordNo, '郑重', { [COSTS]: '9000' });
  const patient = await patientAt(await patientLink(bedside), 'disputing');
  await rejected();
  await objected();
  await voted('medical-affairs-a-h001', { language: 'zh' }, '裁决异议', '打开审核台', '裁决表决', '重新审理');
  await voted('senior-reviewer-a-i001', DESK, 'Decide on the panel', 'Open the desk', 'Vote on the panel', 'uphold');
  await voted(await mediatorOf(), { language: 'zh' }, '裁决异议', '打开审核台', '裁决表决', '重新审理');

  const anew = await page('reviewer-b-i001', DESK);
  await inInbox(anew, claimNo, 'Review');
  const before = await reviewer();
  await before.goto(`${stack.apiUrl}/claims/${claimNo}`);
  await before.getByText('round 2', { exact: true }).waitFor({ timeout: ARRIVES_MS });
  await before.getByText('Why can\'t I…').click();
  await before.getByText('After a dispute or a reopening only people who have not judged this claim may do this.').first().waitFor();
  await eventually(async () => ((await stateOf(stack, claimNo)).stage === 'review' ? true : undefined));
  const panel = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'panel-voted' }, orderBy: { version: 'asc' }, select: { data: true } });
  expect(panel.map(({ data }) => data)).toEqual([{ seat: 'medical-affairs', vote: 'overturn' }, { seat: 'insurer', vote: 'uphold' }, { seat: 'neutral', vote: 'overturn' }]);

  async function rejected(): Promise<void> {
    const desk = await reviewer();
    const judgement = await openDesk(desk, claimNo, 'Accept the file');
    await send(desk, 'Accept the file');
    await judgement.getByText(/: Review/).first().waitFor({ timeout: ARRIVES_MS });
    await recommend(desk, { decision: 'reject', reason: 'C01', evidence: ['medical summary'] });
    await send(desk, 'Recommend');
    const second = await approver();
    await openDesk(second, claimNo, 'Approve');
    const form = formOf(second, 'Reject');
    await form.getByLabel(/^I have read the file and the reasons/).check();
    await send(second, 'Reject');
    await second.getByText(/^Closed: rejected/).waitFor({ timeout: ARRIVES_MS });
  }

  async function objected(): Promise<void> {
    await patient.reload();
    await patient.getByRole('heading', { name: '理赔决定：不予给付' }).waitFor();
    await patient.getByText('结果与手术意外没有因果关系。').waitFor();
    await patient.getByText(/^最后一天：/).waitFor();
    await patient.getByLabel('您不同意什么，为什么').fill('术后两小时出血，手术之前没有。');
    await patient.getByRole('button', { name: '提出异议' }).click();
    await patient.getByText('您的异议由医院、保险公司和中立方三人裁决。').waitFor({ timeout: ARRIVES_MS });
  }

  async function voted(account: string, device: Device, task: string, deskButton: string, title: string, vote: string): Promise<void> {
    const desk = await page(account, device);
    const judgement = await openDesk(desk, claimNo, task, deskButton);
    await judgement.getByText('术后两小时出血，手术之前没有。').waitFor();
    const form = formOf(desk, title);
    await form.getByLabel(new RegExp(`^${vote}`)).check();
    await form.getByRole('textbox').fill('依据病历。');
    await send(desk, title);
    await form.waitFor({ state: 'detached', timeout: ARRIVES_MS });
  }

  /** The directory chose one of the mediators: the claim's page says whom. */
  async function mediatorOf(): Promise<string> {
    const seated = (await page('senior-reviewer-a-i001', DESK)).getByText(/(顾中正|秦公平) \(mediator\) holds this/);
    await seated.waitFor({ timeout: ARRIVES_MS });
    return (await seated.innerText()).startsWith('顾中正') ? 'mediator-a' : 'mediator-b';
  }
}, 180_000);
