import type { Page } from 'playwright-core';
import type { Device } from '../../dev/browser';
import { issueTicket } from '../../src/api/documents/ticket';
import { inReview } from '../domain/claim/scenario';
import { eventually, PATIENT_SESSION_SECRET } from '../support/parties';
import { startStack, type TestStack } from '../support/stack';
import { openBrowser, type ConsoleBrowser } from './browser';
import { ARRIVES_MS } from './people';
import { createSeats, DESK, PHONE } from './rare-seats';
import { addDocument, inDocuments, intoAnUnknownYear, lost, overTheAutumnHolidays, picture, recording } from './rare-set-up';
import { pinch } from './rare-touch';

/** Of the page, inside `evaluate`. */
interface Player { currentTime: number; paused: boolean; play(): Promise<void> }

/** Issue 4: what is looked at rarely: days of a clock, the roster's holes, claims that stand still, recordings, pictures on a phone. */
let stack: TestStack;
let chromium: ConsoleBrowser;
let at: (account: string, path: string, device?: Device) => Promise<Page>;
const seats = createSeats();
beforeAll(async () => {
  stack = await startStack();
  chromium = await openBrowser(stack.apiUrl);
  at = (account, path, device) => seats.at(chromium, stack.apiUrl, account, path, device);
}, 120_000);
afterAll(async () => { await chromium.close(); await stack.close(); });
afterEach(async () => { expect(await seats.complaints()).toEqual([]); });

test('SPEC §1.5: the ledger tells each day: counted, weekend, holiday, make-up, paused; and a year without a notice is provisional', async () => {
  const [AUTUMN, UNKNOWN] = ['KP-2026-009101', 'KP-2025-009102'];
  await Promise.all([overTheAutumnHolidays(stack, AUTUMN), intoAnUnknownYear(stack, UNKNOWN)]);
  const page = await at('reviewer-a-i001', `/claims/${AUTUMN}`);
  const days = await ledgerOf(AUTUMN, '15 of 15 working days');
  expect(days.slice(0, 9)).toEqual([
    ['2026-09-18', 'day 1'], ['2026-09-19', 'weekend'], ['2026-09-20', 'day 2 · make-up day'], ['2026-09-21', 'paused: supplement request 1'], ['2026-09-22', 'paused: supplement request 1'],
    ['2026-09-23', 'day 3'], ['2026-09-24', 'day 4'], ['2026-09-25', 'holiday'], ['2026-09-26', 'weekend'],
  ]);
  expect(days).toContainEqual(['2026-10-07', 'holiday']);
  expect(days).toContainEqual(['2026-10-10', 'day 10 · make-up day']);
  expect(days.at(-1)).toEqual(['2026-10-16', 'day 15']);
  await page.getByText('16 Oct, 24:00').first().waitFor();

  const unknown = await ledgerOf(UNKNOWN, /provisional \(holidays not published yet\)/);
  expect(unknown).toContainEqual(['2025-12-31', 'day 8']);
  expect(unknown).toContainEqual(['2026-01-01', 'day 9 · provisional']);
  await page.getByText('The due date reaches a year whose holidays are not published yet: it is provisional and computed anew when they are.').waitFor();

  async function ledgerOf(claimNo: string, net: string | RegExp): Promise<string[][]> {
    await page.goto(`${stack.apiUrl}/claims/${claimNo}`);
    const clocks = page.getByRole('region', { name: 'Clocks' });
    await clocks.getByText(net).first().waitFor();
    await clocks.getByRole('button', { name: 'Day by day' }).first().click();
    const sheet = page.getByRole('dialog', { name: /how the due date came about/ });
    await sheet.waitFor();
    return (await sheet.getByRole('listitem').allInnerTexts()).map((line) => line.split('\n')).map(([day = '', mark = '']) => [day.slice(0, 10), mark]);
  }
}, 60_000);

test('SPEC §1.6, §2: the manager sees what is about to breach, hands it over by one tap, and sees the hole in the roster', async () => {
  const specialist = await stack.person('specialist-a-h002');
  const claimNo = await specialist.report({ department: 'orthopaedics', surgeryAt: new Date(Date.now() - 3 * 3_600_000).toISOString(), occurredAt: new Date(Date.now() - 2 * 3_600_000).toISOString(), outcomeType: 'minor-complication', surgeryCode: '80146002', patient: { recordNo: 'MR-RARE-1', name: '洪波', sex: 'male', birthDate: '1970-01-01' } });
  await stack.database.person.updateMany({ where: { sub: 'liaison-b-h002' }, data: { departments: ['obstetrics'] } });
  const page = await at('manager-h002', '/');
  await page.getByRole('navigation').getByRole('link', { name: 'Team' }).click();
  await page.getByRole('alert').getByText('orthopaedics').waitFor({ timeout: ARRIVES_MS });
  const line = page.getByRole('listitem').filter({ hasText: claimNo }).filter({ hasText: 'Collect the facts' });
  await line.getByRole('button', { name: `Reassign the task of ${claimNo}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: /朱峰/ }).click();
  await line.getByText('held by 朱峰').waitFor({ timeout: ARRIVES_MS });
  await page.getByRole('row').filter({ hasText: '朱峰' }).getByRole('link', { name: 'Open: 1' }).waitFor();
}, 60_000);

test('issue 4: operations see why a claim stands still and what is safe to do, start a round, and the cause is gone; an auditor reads the same and starts nothing', async () => {
  const LOST = 'KP-2026-009103';
  await lost(stack, LOST, inReview({ at: new Date(Date.now() - 3_600_000).toISOString() }));
  const page = await at('ops', '/ops');
  const row = page.getByRole('row').filter({ hasText: LOST });
  await row.getByText('process missing').waitFor({ timeout: ARRIVES_MS });
  await row.getByText('Reconcile now, twice: one round notes it, the next starts the process from its record').waitFor();
  expect(await row.getByRole('link', { name: 'Temporal workflow' }).getAttribute('href')).toMatch(new RegExp(`/namespaces/.+/workflows/claim(:|%3A)${LOST}`));
  await page.getByText('Workers there: 1').first().waitFor();
  expect(await page.getByRole('link', { name: 'Activity queue outside' }).getAttribute('href')).toMatch(/\/task-queues\/outside$/);
  const auditor = await at('auditor', '/ops');
  await auditor.getByRole('row').filter({ hasText: LOST }).getByText('process missing').waitFor({ timeout: ARRIVES_MS });
  expect(await auditor.getByRole('button', { name: 'Reconcile now' }).count()).toBe(0);

  await round();
  await round();
  await row.waitFor({ state: 'detached', timeout: 40_000 });
  await page.getByLabel('Only what wants attention').click();
  await row.getByText('waiting for people').waitFor({ timeout: ARRIVES_MS });
  // Operations open the claim and see nothing of its file.
  await row.getByRole('link', { name: LOST, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: LOST }).waitFor();
  expect(await page.getByRole('heading', { name: 'Documents' }).count()).toBe(0);
  expect(await page.getByRole('link', { name: 'See the workflow in Temporal' }).getAttribute('href')).toContain(encodeURIComponent(`claim:${LOST}`));

  /** What a round finds lost, the next one starts. */
  async function round(): Promise<void> {
    await page.getByRole('button', { name: 'Reconcile now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('noted in one round and started again in the next').waitFor();
    const before = await eventually(async () => (await lastRound()) ?? "never");
    await dialog.getByRole('button', { name: 'Start a round' }).click();
    await page.getByText('A round was asked for').first().waitFor({ timeout: ARRIVES_MS });
    await eventually(async () => ([null, before].includes(await lastRound()) ? undefined : true), 30_000);
  }
  /** When the last round that is over began. */
  async function lastRound(): Promise<string | null> {
    const operations = await stack.person('ops');
    const { reconciliation } = await operations.get<{ reconciliation: { lastAt: string | null; running: boolean } | null }>('/v1/ops/queues').catch(() => ({ reconciliation: null }));
    return reconciliation === null || reconciliation.running ? null : reconciliation.lastAt;
  }
}, 90_000);

test('issue 4: a recording whose ticket runs out goes on under the next one, where it was', async () => {
  const claimNo = await inDocuments(stack);
  const documentId = await addDocument(stack, claimNo, 'witness-pack', 'talk.wav', recording());
  const late = await issueTicket(PATIENT_SESSION_SECRET, documentId, { personId: 'P-H001-MEDICAL-AFFAIRS-A', sub: 'medical-affairs-a-h001', role: 'medical-affairs', hospital: 'H001' }, new Date(Date.now() - 600_000));
  const page = await at('medical-affairs-a-h001', `/claims/${claimNo}/desk?document=${documentId}`, DESK);
  const player = page.locator('audio');
  await player.evaluate((one) => (one as unknown as Player).play());
  const seconds = () => player.evaluate((one) => (one as unknown as Player).currentTime);
  while (await seconds() < 5.5) await page.waitForTimeout(200);
  const first = await player.getAttribute('src');
  let refusals = 0;
  page.on('response', (response) => { if (response.url().includes(documentId) && response.status() === 401) refusals += 1; });
  await page.route((url) => url.pathname + url.search === first, (route) => route.continue({ url: `${stack.apiUrl}${late.url}` }));
  await player.evaluate((one) => { (one as unknown as Player).currentTime = 80; });
  while (await player.getAttribute('src') === first) await page.waitForTimeout(100);
  while (await seconds() < 80.5) await page.waitForTimeout(100);
  expect(refusals).toBeGreaterThan(0);
  expect(await player.evaluate((one) => (one as unknown as Player).paused)).toBe(false);
}, 60_000);

test('issue 4: on a phone two fingers bring a picture nearer and one moves it', async () => {
  const claimNo = await inDocuments(stack);
  const documentId = await addDocument(stack, claimNo, 'claim-form', 'form.png', picture());
  const page = await at('medical-affairs-b-h001', `/claims/${claimNo}/desk?document=${documentId}`, { ...PHONE, language: 'en' });
  const frame = page.getByRole('group', { name: /form\.png$/ });
  const image = frame.getByRole('img');
  const width = async () => (await image.boundingBox())!.width;
  await image.waitFor();
  const before = await width();
  await pinch(page, frame, { from: 60, to: 150 });
  expect(await width() / before).toBeCloseTo(2.5, 1);
  const scrolled = () => frame.evaluate((one) => [one.scrollLeft, one.scrollTop]);
  const there = await scrolled();
  await pinch(page, frame, { move: [-48, -60] });
  const moved = (await scrolled()).map((one, n) => one - there[n]!);
  expect(moved).toEqual([expect.closeTo(48, 0), expect.closeTo(60, 0)]);
}, 60_000);
