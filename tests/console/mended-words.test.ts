import { paper } from '../../dev/paper';
import { newClaim, travel, type StepName } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser } from './browser';
import { ARRIVES_MS, begin, send } from './people';

/** Issue 4: what a newcomer read and could not understand. */
let stack: TestStack;
let chromium: ConsoleBrowser;
const complaints: string[][] = [];
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
}, 120_000);
afterAll(async () => {
  await chromium.close();
  await stack.close();
  expect(complaints.flat()).toEqual([]);
});
const pageOf = async (account: string | null, path: string, device = {}) => {
  const seat = await chromium.open(account, path, device);
  complaints.push(seat.complaints);
  return seat.page;
};
const comeTo = async (end: StepName): Promise<string> => (await travel(stack, newClaim(), end)).claimNo;

test('issue 4, people are chosen by name, role and house in words of both languages', async () => {
  const page = await pageOf(null, '/');
  await page.getByRole('heading', { name: '东湖医院 Donghu Hospital (H001)' }).waitFor();
  await page.getByRole('button', { name: '陈静 · 科室联络护士、普通外科、骨科、产科 department liaison, general surgery, orthopaedics, obstetrics liaison-b-h001' }).waitFor();
  await page.getByRole('heading', { name: '安康人寿 Ankang Life (I001)' }).waitFor();
}, 30_000);

test('issue 4, the patient adds the other side of a paper where the first was given', async () => {
  const claimNo = await comeTo('upload-documents');
  const page = await pageOf('patient-a', `/claims/${claimNo}`, { phone: true });
  const asked = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '被保险人身份证明' }) });
  const file = (name: string) => ({ name, mimeType: 'application/pdf', buffer: paper('insured-identity', [name]) });
  await asked.getByLabel('拍照或选择文件').setInputFiles(file('正面.pdf'));
  const more = page.getByLabel('再加一页：被保险人身份证明');
  await more.waitFor({ state: 'attached', timeout: ARRIVES_MS });
  await more.setInputFiles(file('反面.pdf'));
  await page.getByRole('listitem').filter({ hasText: '被保险人身份证明' }).getByText('2 份文件').waitFor({ timeout: ARRIVES_MS });
}, 60_000);

test('issue 4, a tick that is missing is asked for in the words of the page; finance reads what it can check, and from whom it has it', async () => {
  const claimNo = await comeTo('confirm-payee');
  const page = await pageOf('finance-b-i001', `/claims/${claimNo}`);
  const form = await begin(page, '确认收款人');
  await form.getByText(/^请逐项核对户名、开户银行和账号。账户材料属于案卷，您的角色看不到/).waitFor();
  await form.getByText('登记人 医院或申请人一方的人员').waitFor();
  await send(page, '确认收款人');
  await form.getByText('请填写或更正：确认（请勾选）。').waitFor();
  const tick = form.getByLabel('我已核对以上收款人。');
  await tick.and(page.locator(':focus')).waitFor();
  await tick.check();
  await form.getByText('请填写或更正：确认（请勾选）。').waitFor({ state: 'detached' });
}, 60_000);
