import { paymentsUnder } from '../support/parties';
import { stateOf } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { answer, completeFile, NEEDED, patientLink, report, setPayee, submitFacts, submitRefusedFacts } from './at-the-hospital';
import { acceptAnswerAndFile, acceptFile, approve, askOnce, checkPayment, confirmPayee, makePayment, readByKeyboard, recommend, reject, returnToReview, takeByKeyboard } from './at-the-insurer';
import type { Device } from '../../dev/browser';
import { openBrowser, type ConsoleBrowser, type Seat } from './browser';
import { ARRIVES_MS, formOf, inInbox, openDesk, openTask, send } from './people';

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
async function at(account: string, device: Device) {
  const seat = seats.get(account) ?? chromium.open(account, '/', device);
  seats.set(account, seat);
  return (await seat).page;
}
/** The patient's phone, opened from the link of this claim. */
async function patientAt(link: string) {
  const seat = chromium.open(null, link, PHONE);
  seats.set(link, seat);
  return (await seat).page;
}
const specialist = () => at('specialist-a-h001', PHONE);
const reviewer = () => at('reviewer-a-i001', DESK);
const approver = () => at('approver-a-i001', DESK);
const senior = () => at('senior-reviewer-a-i001', DESK);
const maker = () => at('finance-a-i001', ENGLISH);
const checker = () => at('finance-b-i001', ENGLISH);
afterEach(async () => { expect((await Promise.all(seats.values())).flatMap(({ complaints }) => complaints)).toEqual([]); });

const COSTS = '医疗费用';
const LUMP_SUM = '并发症定额给付';

test('issue 4: a claim goes from the specialist\'s phone to the confirmed payment only through screens, with a supplement loop, a refused act and an approver who returns it', async () => {
  const recordNo = `JRN-${Date.now()}`;
  const bedside = await specialist();
  const claimNo = await report(bedside, recordNo, '周全');
  await submitRefusedFacts(bedside, { [COSTS]: '480050000', [LUMP_SUM]: '1500' });
  await submitFacts(bedside, { [COSTS]: '4800.50', [LUMP_SUM]: '1500' });
  await completeFile(bedside, recordNo);
  const patient = await patientAt(await patientLink(bedside));
  await patient.getByText('保险公司正在核对材料是否齐全。').waitFor();

  const desk = await reviewer();
  await takeByKeyboard(desk, claimNo, 'Accept the file');
  await bedside.getByText('由另一方人员（审核员或高级审核员）办理：受理').waitFor({ timeout: ARRIVES_MS });
  await readByKeyboard(desk, NEEDED.length);
  await askOnce(desk, { asked: 'intra-operative record', there: 'medical summary' });
  await answer(await at('liaison-b-h001', PHONE), claimNo, { recordNo, kind: 'intraoperative-record', title: '手术记录' });
  await acceptAnswerAndFile(desk, { title: 'intra-operative record', fileName: 'intraoperative-record.pdf', papers: NEEDED.length + 1 });
  await patient.reload();
  await patient.getByText('保险公司正在审核。').waitFor();

  await recommend(desk, {
    decision: 'pay in part', reason: 'Q02', evidence: ['invoice and itemised bill'], amounts: { 'treatment costs': '4,000.25', 'lump sum for the complication': '1500' }, total: 'Total ¥6,300.50 ¥5,500.25 −¥800.25',
  });
  await returnToReview(await approver(), claimNo, 'Transfusions are covered: see clause 1.1.');
  await (await inInbox(desk, claimNo, 'Review')).getByText('Returned', { exact: true }).waitFor();
  const judgement = await openDesk(desk, claimNo, 'Review');
  await judgement.getByRole('heading', { name: /^Returned by 梁雪/ }).waitFor();
  await judgement.getByText('Transfusions are covered: see clause 1.1.').waitFor();
  await recommend(desk, { decision: 'pay in full', reason: 'A01', total: 'Total ¥6,300.50 ¥6,300.50 –' });
  await approve(await approver(), claimNo);

  await setPayee(bedside, claimNo, { holder: '周全', account: '6222 0000 0001 2345' });
  await confirmPayee(await checker(), claimNo, '6222 0000 0001 2345');
  await makePayment(await maker(), claimNo, { wrong: '6300', apart: '−¥0.50', right: '6,300.50' });
  await checkPayment(await checker(), claimNo);
  await (await checker()).getByText(/^Closed: paid/).waitFor({ timeout: 60_000 });
  await bedside.getByText(/^已结案：已付款/).waitFor({ timeout: ARRIVES_MS });
  await patient.reload();
  await patient.getByText('款项已经支付，本案已结束。').waitFor();
  await patient.getByRole('heading', { name: '理赔决定：给付' }).waitFor();
  await lookRecorded();

  const state = await stateOf(stack, claimNo);
  expect([state.closedAs, state.paidFen, state.round]).toEqual(['paid', 630_050, 1]);
  expect(await Promise.all(state.payments.map(({ key }) => paymentsUnder(stack.bankUrl, key)))).toEqual([1, 1]);

  /** Each look at a whole account is recorded, with who looked: the auditor sees one. */
  async function lookRecorded(): Promise<void> {
    const page = await at('auditor', ENGLISH);
    await page.getByRole('navigation').getByRole('link', { name: 'Claims' }).click();
    await page.getByRole('row').filter({ hasText: claimNo }).getByRole('link', { name: claimNo }).click();
    await page.getByText('Who looked at it').click();
    await page.getByText(/^许诺 · finance · a whole account/).waitFor();
    expect(await page.getByText('a whole account').count()).toBe(1);
  }
}, 180_000);

test('issue 4: a dispute: what was rejected is objected to on the patient\'s phone, three seats vote, and people who have not seen it judge anew', async () => {
  const recordNo = `DSP-${Date.now()}`;
  const bedside = await specialist();
  const claimNo = await report(bedside, recordNo, '郑重');
  await submitFacts(bedside, { [COSTS]: '9000' });
  await completeFile(bedside, recordNo);
  const patient = await patientAt(await patientLink(bedside));

  const desk = await reviewer();
  await openDesk(desk, claimNo, 'Accept the file');
  await acceptFile(desk);
  // Sent too early: what is lacking is named in the reader's language, and the first of it has the focus.
  const early = formOf(desk, 'Recommend');
  await early.getByLabel('reject').check();
  await send(desk, 'Recommend');
  await early.getByText('Still missing or wrong: Reasons, Evidence.').waitFor();
  await early.getByRole('searchbox').and(desk.locator(':focus')).waitFor();
  await recommend(desk, { decision: 'reject', reason: 'C01', evidence: ['medical summary'], total: 'Total ¥9,000.00 ¥0.00 −¥9,000.00' });
  await reject(await approver(), claimNo);

  await objected();
  await neutralSeatIsNotOffered(await senior());
  await voted(await at('medical-affairs-a-h001', {}), ['裁决异议', '打开审理台', '裁决表决', '重新审理']);
  await voted(await senior(), ['Decide on the panel', 'Open the desk', 'Vote on the panel', 'uphold']);
  await voted(await at(await mediatorOf(), {}), ['裁决异议', '打开审理台', '裁决表决', '重新审理']);

  await inInbox(await at('reviewer-b-i001', DESK), claimNo, 'Review');
  await desk.goto(`${stack.apiUrl}/claims/${claimNo}`);
  await desk.getByText('round 2', { exact: true }).waitFor({ timeout: ARRIVES_MS });
  await desk.getByText('Why can\'t I…').click();
  await desk.getByText('After a dispute or a reopening only people who have not judged this claim may do this.').first().waitFor();

  const votes = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'panel-voted' }, orderBy: { version: 'asc' }, select: { data: true } });
  expect(votes.map(({ data }) => data)).toEqual([{ seat: 'medical-affairs', vote: 'overturn' }, { seat: 'insurer', vote: 'uphold' }, { seat: 'neutral', vote: 'overturn' }]);
  expect((await stateOf(stack, claimNo)).stage).toBe('review');
  await patient.reload();
  await patient.getByText(/^三人小组支持您的异议：.*保险公司正在审核。/).waitFor();

  async function objected(): Promise<void> {
    await patient.reload();
    await patient.getByRole('heading', { name: '理赔决定：不予给付' }).waitFor();
    await patient.getByText('结果与手术意外没有因果关系。').waitFor();
    await patient.getByText(/^最后一天：/).waitFor();
    await patient.getByLabel('您不同意什么，为什么').fill('术后两小时出血，手术之前没有。');
    await patient.getByRole('button', { name: '提出异议' }).click();
    await patient.getByText('您的异议由医院、保险公司和中立方三人裁决。').waitFor({ timeout: ARRIVES_MS });
    await patient.getByText(/^您已提出异议。.*正在裁决，最晚.*在此之前本决定不变。$/).waitFor();
  }

  async function voted(page: Awaited<ReturnType<typeof at>>, [task, deskButton, title, vote]: [string, string, string, string]): Promise<void> {
    const judgement = await openDesk(page, claimNo, task, deskButton);
    await judgement.getByText('术后两小时出血，手术之前没有。').waitFor();
    await judgement.getByRole('heading', { name: /^(Evidence|依据材料) ?[(（]1[)）]$/ }).waitFor();
    const form = formOf(page, title);
    await form.getByLabel(vote).check();
    await form.getByRole('textbox').fill('依据病历。');
    await send(page, title);
    await form.waitFor({ state: 'detached', timeout: ARRIVES_MS });
  }

  async function neutralSeatIsNotOffered(page: Awaited<ReturnType<typeof at>>): Promise<void> {
    await openTask(page, claimNo, 'Decide on the panel');
    await page.getByRole('button', { name: 'Hand over: Decide on the panel (insurer)' }).waitFor();
    expect(await page.getByRole('button', { name: /^Hand over/ }).count()).toBe(1);
    for (const seat of ['hospital', 'insurer', 'neutral side']) await page.getByRole('region', { name: 'Clocks' }).getByText(`panel (${seat})`, { exact: true }).waitFor();
  }

  /** The directory chose one of the mediators: the senior reviewer's page says whom. */
  async function mediatorOf(): Promise<string> {
    const seated = (await senior()).getByText(/(顾中正|秦公平) \(mediator\) holds this/);
    await seated.waitFor({ timeout: ARRIVES_MS });
    return (await seated.innerText()).startsWith('顾中正') ? 'mediator-a' : 'mediator-b';
  }
}, 180_000);
