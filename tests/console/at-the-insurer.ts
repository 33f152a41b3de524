/** What the insurer's people do at their desks, from the pool to the released payment; their console is English. */
import type { Page } from 'playwright-core';
import { ARRIVES_MS, begin, formOf, inInbox, openDesk, openTask, send } from './people';

/** From the inbox to the desk without a mouse: j to the line, c takes it, Enter opens the claim, d the desk. */
export async function takeByKeyboard(page: Page, claimNo: string, task: string): Promise<void> {
  const line = await inInbox(page, claimNo, task);
  const focused = page.locator(':focus');
  do await page.keyboard.press('j'); while ((await focused.textContent()) !== claimNo);
  await page.keyboard.press('c');
  await page.getByText('Taken: 1').waitFor({ timeout: ARRIVES_MS });
  await line.getByText('me', { exact: true }).waitFor({ timeout: ARRIVES_MS });
  await page.keyboard.press('Enter');
  await page.getByText(`You hold this: ${task}`).waitFor();
  await page.keyboard.press('d');
  await page.getByRole('region', { name: 'Judgement' }).waitFor();
}

/** Each document is drawn, checked off with x and left with n. */
export async function readByKeyboard(page: Page, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await page.getByText(`${n} / ${count}`, { exact: true }).waitFor();
    await page.getByRole('group', { name: 'Page 1 of 1' }).waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('n');
  }
  await page.getByText(`${count} documents, ${count} checked`).waitFor();
}

/** One request for one document that the matrix proposes; what the file holds already is refused without a word why (SPEC §1.7). */
export async function askOnce(page: Page, { asked, there }: { asked: string; there: string }): Promise<void> {
  await page.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Ask for supplements' }).click();
  const form = formOf(page, 'Ask for supplements');
  await form.getByText('Request no. 1 of this claim. One more is possible after it.').waitFor();
  await form.getByRole('checkbox', { name: asked }).check();
  await form.getByRole('button', { name: 'Ask for something else' }).click();
  await form.getByRole('combobox').filter({ hasText: there }).selectOption({ label: there });
  await form.getByRole('group', { name: there }).getByLabel('Why').fill('The second page cannot be read.');
  await send(page, 'Ask for supplements');
  await form.getByRole('alert').filter({ hasText: 'is already in the file' }).waitFor({ timeout: ARRIVES_MS });
  await form.getByRole('button', { name: 'Remove', exact: true }).click();
  await send(page, 'Ask for supplements');
  await page.getByText(/: Answer for the hospital/).first().waitFor({ timeout: ARRIVES_MS });
}

/** The claim is back in the pool with its one answer: takes it, reads the new paper, accepts answer and file. */
export async function acceptAnswerAndFile(page: Page, { title, fileName, papers }: { title: string; fileName: string; papers: number }): Promise<void> {
  const toJudge = page.getByRole('heading', { name: '1 answer to judge' });
  await toJudge.waitFor({ timeout: ARRIVES_MS });
  await page.getByRole('button', { name: 'Take it' }).click();
  await page.getByText('You hold this: Accept the file').waitFor({ timeout: ARRIVES_MS });
  await page.getByRole('region', { name: 'Judgement' }).getByRole('button', { name: `${title} ${fileName}` }).click();
  await page.keyboard.press('x');
  await page.getByText(`${papers} documents, ${papers} checked`).waitFor();
  await page.getByRole('button', { name: `Accept an answer: ${title}` }).click();
  await send(page, 'Accept an answer');
  await toJudge.waitFor({ state: 'detached', timeout: ARRIVES_MS });
  await acceptFile(page);
}

export async function acceptFile(page: Page): Promise<void> {
  await send(page, 'Accept the file');
  await page.getByText(/: Review/).first().waitFor({ timeout: ARRIVES_MS });
}

/** A recommendation on the desk: the decision, a reason found by its code, papers it stands on, and amounts where they are not the whole. */
export async function recommend(page: Page, { decision, reason, evidence = [], amounts = {}, total }: { decision: string; reason: string; evidence?: string[]; amounts?: Record<string, string>; total: string }): Promise<void> {
  const form = formOf(page, 'Recommend');
  await form.getByLabel(decision).check();
  for (const [benefit, yuan] of Object.entries(amounts)) await form.getByLabel(`Approved for ${benefit}, in yuan`).fill(yuan);
  const search = form.getByRole('searchbox', { name: 'Find by code, words or clause' });
  await search.fill(reason);
  await search.press('Enter');
  for (const one of evidence) await form.getByRole('checkbox', { name: one }).check();
  // Asked, approved and the difference add up as one types.
  await form.getByRole('row', { name: total }).waitFor();
  await send(page, 'Recommend');
}

export async function returnToReview(page: Page, claimNo: string, why: string): Promise<void> {
  const judgement = await openDesk(page, claimNo, 'Approve');
  await judgement.getByRole('heading', { name: 'Recommended: pay in part' }).waitFor();
  await judgement.getByText('Part of the costs is not covered.').first().waitFor();
  await judgement.getByRole('button', { name: 'Return to review' }).click();
  await formOf(page, 'Return to review').getByLabel('Reason').fill(why);
  await send(page, 'Return to review');
  await judgement.getByText(/: Review/).first().waitFor({ timeout: ARRIVES_MS });
}

/** Approves what is recommended in full, with the patient's letter read before; amount and payee are confirmed by a tick, and the desk says what was decided. */
export async function approve(page: Page, claimNo: string): Promise<void> {
  const judgement = await openDesk(page, claimNo, 'Approve');
  await judgement.getByRole('heading', { name: 'Recommended: pay in full' }).waitFor();
  await judgement.getByText('The letter as the patient will read it').click();
  await judgement.getByRole('heading', { name: 'Decision on your claim: paid in full' }).waitFor();
  const form = formOf(page, 'Approve');
  await form.getByText('You have not marked any document as checked.').waitFor();
  const sure = form.getByLabel(/I approve the payment of ¥[\d,]+\.\d{2} to: no payee named yet/);
  await send(page, 'Approve');
  await form.getByText('Still missing or wrong: confirmation (tick it).').waitFor();
  await sure.and(page.locator(':focus')).waitFor();
  await sure.check();
  await send(page, 'Approve');
  await judgement.getByText(/: Name the payee/).first().waitFor({ timeout: ARRIVES_MS });
  await judgement.getByRole('heading', { name: /^Decided: pay in full ¥[\d,]+\.\d{2}$/ }).waitFor();
}

export async function reject(page: Page, claimNo: string): Promise<void> {
  await openDesk(page, claimNo, 'Approve');
  await formOf(page, 'Reject').getByLabel(/I have read the file and the reasons/).check();
  await send(page, 'Reject');
  await page.getByText(/^Closed: rejected/).waitFor({ timeout: ARRIVES_MS });
}

/** Finance sees no document, and of the account its end until it asks for the whole. */
export async function confirmPayee(page: Page, claimNo: string, account: string): Promise<void> {
  await openTask(page, claimNo, 'Confirm the payee');
  expect(await page.getByRole('heading', { name: 'Documents' }).count()).toBe(0);
  const form = await begin(page, 'Confirm the payee');
  expect(await form.innerText()).not.toContain(account.slice(0, 4));
  await form.getByRole('button', { name: 'Show the account' }).click();
  await form.getByText(account).waitFor();
  await form.getByText('This look was recorded; hidden again after 30 s').waitFor();
  await form.getByLabel('I have checked these payees.').check();
  await send(page, 'Confirm the payee');
}

/** The maker types the amount; one that differs is said at once. */
export async function makePayment(page: Page, claimNo: string, { wrong, apart, right }: { wrong: string; apart: string; right: string }): Promise<void> {
  await openTask(page, claimNo, 'Make the payment');
  const form = await begin(page, 'Make the payment');
  const amount = form.getByLabel('To be paid in all (CNY)');
  await amount.fill(wrong);
  await form.getByText(`Differs from what is outstanding by ${apart}`).waitFor();
  await amount.fill(right);
  await form.getByText('Equals what is outstanding').waitFor();
  await send(page, 'Make the payment');
  await page.getByText(/: Check the payment/).first().waitFor({ timeout: ARRIVES_MS });
  // Who made it is not offered to check it.
  expect(await page.getByRole('button', { name: 'Check and release the payment' }).count()).toBe(0);
}

export async function checkPayment(page: Page, claimNo: string): Promise<void> {
  await openTask(page, claimNo, 'Check the payment');
  const form = await begin(page, 'Check and release the payment');
  await form.getByText('The sum equals what is outstanding').waitFor();
  await form.getByLabel(/I have checked every line/).check();
  await send(page, 'Check and release the payment');
}
