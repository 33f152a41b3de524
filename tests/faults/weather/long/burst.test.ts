import { randomUUID } from 'node:crypto';
import type { Answered } from '../../../support/acts';
import { checkEverything } from '../../../support/invariants';
import { aReport, newClaim, STEPS } from '../../../support/journey';
import { startStack, type TestStack } from '../../../support/stack';
import { freeze, tally } from '../place';
import { pause, seedOf } from '../seed';
import { dice } from '../../../domain/claim/walk';

const PHONES = 200;
const AWAY_MS = 60_000;
/** As the console's queue does: it tries what waits this often, or after the time it was told, and at once when the network is back. */
const EVERY_MS = 15_000;

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());

/** Two acts that wait on a phone, in their order; settles when both were done. */
async function phone(account: string, again: () => Promise<void>): Promise<void> {
  const person = await stack.person(account);
  const [reported, handedIn] = [randomUUID(), randomUUID()];
  const body = aReport(newClaim().n);
  const facts = await STEPS[1]!.body(stack, newClaim());
  let claimNo: string | null = null;
  for (;;) {
    const report: string | Answered = claimNo ?? await person.sendReport(body, reported);
    if (typeof report !== 'string' && report.status === 201) claimNo = (report.body as { claimNo: string }).claimNo;
    if (claimNo !== null && (await person.send(claimNo, 'submit-facts', facts, handedIn)).status === 200) return;
    await again();
  }
}

test(`FAULTS 27: ${PHONES} phones send at once after an outage of a minute: only 503 and 429 with Retry-After, normal within a minute, no storm of retries`, async () => {
  const d = dice(seedOf('burst'));
  let back: (() => void) | undefined;
  const returned = new Promise<void>((resolve) => { back = resolve; });
  let isBack = false;
  const thaw = await freeze(stack, 'postgres');
  const finished: number[] = [];
  const waiting = Array.from({ length: PHONES }, async (_, n) => {
    await pause(d.upTo(AWAY_MS - 5_000));
    await phone(n % 2 === 0 ? 'specialist-a-h001' : 'specialist-a-h002', async () => {
      if (isBack) await pause(EVERY_MS);
      else await Promise.race([returned, pause(EVERY_MS)]);
    });
    finished.push(Date.now());
  });
  await pause(AWAY_MS);
  const offeredBefore = stack.acts.acts.flatMap((act) => act.answers).length;
  thaw();
  const at = Date.now();
  isBack = true;
  back?.();
  await Promise.all(waiting);
  const acts = stack.acts.acts;
  const after = acts.flatMap((act) => act.answers).length - offeredBefore;
  const seconds = (finished.map((ms) => ms - at).sort((a, b) => a - b).at(-1)! / 1_000).toFixed(1);
  console.log(`${PHONES} phones, ${acts.length} acts: ${offeredBefore} sent in vain during the outage, ${after} after it; the last was done ${seconds} s after it; ${JSON.stringify(tally(acts))}`);
  expect(acts).toHaveLength(2 * PHONES);
  expect(Object.keys(tally(acts)).filter((name) => !/^(200|201|202|429 .*|503 .*)$/.test(name))).toEqual([]);
  for (const { status, retryAfter } of acts.flatMap((act) => act.answers)) if (status === 503 || status === 429) expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(Number(seconds)).toBeLessThanOrEqual(60);
  expect(after).toBeLessThanOrEqual(2 * acts.length);
  console.log(JSON.stringify(await checkEverything(stack)));
}, 400_000);
