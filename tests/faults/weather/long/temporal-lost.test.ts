import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Stack } from '../../../../dev/stack';
import { copySqlite } from '../../../../src/platform/backup/sqlite-copy';
import { checkEverything } from '../../../support/invariants';
import { paid } from '../../../support/journey';
import { bankJournal, eventually } from '../../../support/parties';
import { startStack, type TestStack } from '../../../support/stack';
import { climbed, everyStage, nearTheirRung, REMINDED } from '../../drill/claims';
import { command } from '../../drill/stage';
import { getThrough, tally, work } from '../place';
import { pause } from '../seed';

let folder: string;
let stack: TestStack;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-temporal-'));
  stack = await startStack({ folders: { temporal: join(folder, 'now') } });
}, 120_000);
afterEach(async () => {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const rebuild = async (): Promise<string> => (await command('src/platform/operations/rebuild-main.ts', [], stack.environment)).trim().split('\n').at(-1)!;
const deadlines = () => stack.database.deadline.findMany({ where: { stoppedAt: null }, select: { claimNo: true, clock: true, dueAt: true }, orderBy: [{ claimNo: 'asc' }, { clock: 'asc' }] });

test.each(['restored from yesterday', 'lost altogether'])('FAULTS: Temporal’s database %s under load: what was answered stands, every open claim runs again with its deadlines, nothing is paid and no rung climbed twice', async (how) => {
  const claims = await everyStage(stack);
  const about = { apiDatabaseUrl: stack.environment['API_DATABASE_URL'] } as Partial<Stack> as Stack;
  const rungs = await nearTheirRung(about, dirname(stack.environment['KEY_FILE']!), [5, 20, 40, 60, 90, 120]);
  await mkdir(join(folder, 'yesterday'));
  await copySqlite(join(folder, 'now', 'temporal.db'), join(folder, 'yesterday', 'temporal.db'));

  const from = stack.acts.acts.length;
  let over = false;
  const paidOnes: string[] = [];
  const loads = [work(stack, () => over, 2, 500), ...[1, 2].map(async () => { while (!over) paidOnes.push(await getThrough(stack)); })];
  await pause(15_000);
  const before = await deadlines();
  await stack.kill('temporal');
  await pause(3_000); // people go on meanwhile
  await rm(join(folder, 'now'), { recursive: true });
  await mkdir(join(folder, 'now'));
  if (how === 'restored from yesterday') await copySqlite(join(folder, 'yesterday', 'temporal.db'), join(folder, 'now', 'temporal.db'));
  await stack.start('temporal');
  const back = Date.now();
  const said = [await rebuild()];
  await pause(10_000);
  over = true;
  await Promise.all(loads);
  for (const claimNo of paidOnes) await paid(stack, claimNo, 120_000);
  for (let rounds = 0; !/ 0 started from their events, 0 differences; \d+ running processes, 0 differences/.test(said.at(-1)!); rounds++) {
    expect(rounds).toBeLessThan(4);
    said.push(await rebuild());
  }
  const agreed = Date.now() - back;

  // As they were: a clock that still runs is due when it was due; those that stopped meanwhile were stopped by acts.
  const after = new Map((await deadlines()).map(({ claimNo, clock, dueAt }) => [`${claimNo} ${clock}`, dueAt?.toISOString()]));
  const moved = before.filter(({ claimNo, clock, dueAt }) => after.has(`${claimNo} ${clock}`) && after.get(`${claimNo} ${clock}`) !== dueAt?.toISOString());
  expect(moved.filter(({ claimNo }) => Object.values(claims).includes(claimNo))).toEqual([]);
  for (const [claimNo, due] of rungs) {
    const at = await eventually(async () => (await climbed(stack, claimNo, REMINDED)) ?? undefined, 200_000);
    expect(at.getTime()).toBeGreaterThanOrEqual(due.getTime());
  }
  const references = (await bankJournal(stack.bankUrl)).flatMap((entry) => (entry.what === 'accepted' ? [entry.reference] : []));
  expect(references).toEqual([...new Set(references)]);
  const acts = stack.acts.acts.slice(from);
  console.log(`${how}: ${said.join(' / ')}; all agreed ${agreed} ms after it was back; ${references.length} claims paid once, ${rungs.size} rungs climbed once; ${JSON.stringify(tally(acts))}; ${JSON.stringify(await checkEverything(stack))}`);
  expect(Object.keys(tally(acts)).filter((name) => !/^(200|201|202|503 .*)$/.test(name))).toEqual([]);
}, 900_000);
