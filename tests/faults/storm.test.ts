/** FAULTS 1–5: `kill -9` of API, worker, PostgreSQL and Temporal at random moments under load. At length: npm run storm -- --minutes 15 --seed 7. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEverything } from '../support/invariants';
import { startStack, type TestStack } from '../support/stack';
import { PARTS } from './storm/plan';
import { noteIn, reconcile, weather } from './storm/storm';
import { seeds as failedBefore } from './seeds.json';

const seconds = Number(process.env['STORM_SECONDS'] ?? 25);
const travellers = Number(process.env['STORM_TRAVELLERS'] ?? 8);
/** A short storm has the seed of the day, so that many days are many storms; at length the seeds that once failed come first. */
const given = process.env['STORM_SEED'];
const seeds = given === undefined ? [Math.floor(Date.now() / 86_400_000)] : [...new Set([...failedBefore, Number(given)])];

let stack: TestStack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.close());

test.each(seeds)('issue 6: random kills under load: nothing lost, nothing twice, nothing waits unseen (seed %d)', async (seed) => {
  const logFile = join(__dirname, '../../build/faults', `storm-${seed}.jsonl`);
  let weathered, checked;
  const from = Date.now();
  try {
    weathered = await weather(stack, { seed, seconds, travellers, logFile });
    await reconcile(stack);
    checked = await checkEverything(stack);
    noteIn(logFile, 'checked', checked);
  } catch (error) {
    // What the processes wrote goes with the stack: whoever looks into it will want it.
    noteIn(logFile, 'broken', { words: String(error) });
    for (const { file, text } of await stack.logs()) writeFileSync(logFile.replace('.jsonl', `-${file}`), text);
    throw error;
  }
  console.log(`storm of seed ${seed}, ${seconds} s: ${JSON.stringify(weathered)}\nin ${Date.now() - from} ms with the check: ${JSON.stringify(checked)}\nlog: ${logFile}`);
  expect(weathered.endedByThemselves).toEqual({ api: 0, worker: 0, postgres: 0, temporal: 0 });
  for (const part of PARTS) expect({ part, killed: weathered.kills[part] > 0 }).toEqual({ part, killed: true });
  expect(weathered.unanswered).toBeGreaterThan(0);
  expect(weathered.ended).toBeGreaterThan(0);

  // FAULTS 2: what is judged is what stands there.
  const { claimNo } = await stack.database.claim.findFirstOrThrow({ select: { claimNo: true } });
  await stack.database.claim.update({ where: { claimNo }, data: { paidFen: { increment: 1 } }, select: { claimNo: true } });
  await expect(checkEverything(stack, [], 0)).rejects.toThrow(/row says otherwise than its state: paidFen/);
  await stack.database.claim.update({ where: { claimNo }, data: { paidFen: { decrement: 1 } }, select: { claimNo: true } });
}, (seconds + 400) * 1_000);
