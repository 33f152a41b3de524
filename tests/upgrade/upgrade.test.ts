import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, untilReady, type Child } from '../../dev/children';
import { fillDirectory } from '../../dev/directory';
import { freePort } from '../../dev/ports';
import { postgresUrl } from '../../dev/postgres';
import { buildIdOf } from '../../src/platform/operations/deployment';
import { makeCurrent } from '../../src/release/current';
import { everyStage } from '../faults/drill/claims';
import { checkEverything } from '../support/invariants';
import { newClaim, STEPS, stateOf, take, travel, until } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';
import { workflowBundle } from '../support/temporal';
import { startFront, type Front } from './front';
import { openPage, uploadSlowly, work } from './people';
import { contract, nextRelease, OF_NEXT, previousRelease, today, tsx, type Release } from './trees';

/**
 * `UPGRADE=long npx jest tests/upgrade`: from the release of previous.json, with a claim in every stage, by the commands that operators type, APIs
 * and workers back too, and the contract. Short: today's code plays the previous release, the API goes forward only, the worker back too.
 */
const LONG = process.env['UPGRADE'] === 'long';
/** The balancer looks every 200 ms. */
const DRAIN_SECONDS = 2;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const say = (words: string): void => { process.stderr.write(`  ${words}\n`); };

let stack: TestStack;
let front: Front;
let folder: string;
let running: Release;
let next: Release;
const children: Child[] = [];
let over = false;
/** What people still have in hand; ended before anything is taken from under them. */
const inHand: Array<Promise<unknown>> = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-upgrade-'));
  const releases = (async () => {
    const bundle = (await workflowBundle()).codePath;
    running = LONG ? await previousRelease(join(folder, 'previous')) : today(bundle);
    next = await nextRelease(join(folder, 'next'));
  })();
  stack = await startStack({ bare: true });
  await releases;
  front = await startFront(Number(new URL(stack.apiUrl).port));
}, 300_000);

afterAll(async () => {
  over = true;
  await Promise.allSettled(inHand);
  await Promise.all(children.map((child) => child.stop()));
  await front?.stop();
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const environmentOf = ({ bundle, versioned }: Release): Record<string, string> =>
  ({ ...stack.environment, WORKFLOW_BUNDLE: bundle, WORKER_DEPLOYMENT: versioned ? 'kuaipei' : '', METRICS_PORT: '', DRAIN_SECONDS: String(DRAIN_SECONDS), DATABASE_URL: postgresUrl('kuaipei', Number(new URL(stack.databaseUrl).port)) });

function program(release: Release, file: string, more: Record<string, string> = {}): Child {
  const name = `${file.replaceAll('/', '-')}-${children.length}`;
  const child = startChild({ name, command: process.execPath, args: ['--import', 'tsx', file], cwd: release.folder, env: { ...process.env, ...environmentOf(release), ...more }, logFile: join(folder, 'logs', `${name}.log`), graceSeconds: 30 });
  children.push(child);
  return child;
}

async function startWorker(release: Release): Promise<Child> {
  const worker = program(release, 'worker.ts');
  await untilReady(worker, async () => { if (!(await readFile(worker.logFile, 'utf8')).includes('worker: running')) throw new Error('not running yet'); });
  return worker;
}

async function startApi(release: Release): Promise<{ child: Child; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = program(release, 'src/api/main.ts', { API_PORT: String(port) });
  await untilReady(child, () => fetch(`${url}/healthz`));
  front.add(url);
  await front.serving(url);
  return { child, url };
}

/** As whoever keeps it running does: SIGTERM. A release that does not drain by itself is taken out by hand before. */
async function retire({ child, url }: { child: Child; url: string }, drains: boolean): Promise<void> {
  if (!drains) { front.remove(url); await pause(DRAIN_SECONDS * 1_000); }
  await child.stop();
  front.remove(url);
  expect(await child.ended).toBe(0);
}

const migrate = (release: Release): Promise<string> => tsx(release.folder, 'src/platform/database/migrate-main.ts', [], environmentOf(release));

/** Makes a release current: how many claims were kept on the version whose branch they took. */
async function change(by: Release, command: 'current' | 'back', to = by): Promise<number> {
  if (!LONG) return (await makeCurrent({ temporal: stack.temporal, deployment: 'kuaipei', buildId: buildIdOf(to.bundle), patches: to === next ? OF_NEXT : {} })).kept.length;
  const said = (await tsx(by.folder, 'src/release/main.ts', [command, ...(to.versioned ? [] : ['unversioned'])], environmentOf(by))).trim();
  say(said);
  return Number(/(\d+) claims kept/.exec(said)?.[1]);
}

const answered = (from: number, fits: (status: number | null) => boolean): string[] =>
  stack.acts.acts.slice(from).flatMap((act) => act.answers.filter(({ status }) => fits(status)).map(({ status, code }) => `${act.command} on ${act.claimNo ?? 'no claim'}: ${status ?? 'no answer'} ${code ?? ''}`));
/** What was not taken, 503 with a time to come again among it. */
const failed = (from: number): string[] => answered(from, (status) => ![200, 201, 202].includes(status ?? 0));
/** Taken and kept, because its claim's process did not answer within five seconds: no failure, but said. */
const keptForLater = (from: number): number => answered(from, (status) => status === 202).length;

test('issue 6.4: upgrade and rollback of schema, worker and API under load, with claims open in every stage: zero failed acts', async () => {
  await migrate(running);
  await fillDirectory(stack.databaseUrl);
  let worker = await startWorker(running);
  if (running.versioned) await change(running, 'current');
  const before = await startApi(running);
  const claims = LONG ? await everyStage(stack)
    : Object.fromEntries(await Promise.all(['submit-facts', 'accept-file', 'approve', 'make-payment'].map(async (command) => [command, (await travel(stack, newClaim(), command)).claimNo] as const)));
  say(`open: ${Object.keys(claims).join(', ')}`);

  const from = stack.acts.acts.length;
  const began = Date.now();
  const page = await openPage(stack);
  const uploading = uploadSlowly(stack, claims['accept-file'] ?? claims['acceptance']!, () => over);
  const working = work(stack, () => over).then(() => null, (error: unknown) => error);
  inHand.push(uploading, working);
  const still = (LONG ? 10 : 2) * 1_000;
  await pause(still);

  say(`expand: ${(await migrate(next)).match(/migration \w+ applied/g)?.join(', ')}`);
  await startWorker(next);
  await change(next, 'current');
  await pause(1_000);
  await worker.stop();
  const after = await startApi(next);
  await retire(before, running.versioned);
  say(`upgraded ${Math.round((Date.now() - began) / 1000)} s after the first act`);
  await pause(still);
  const upgraded = stack.acts.acts.length;
  expect(failed(from)).toEqual([]);

  // And back. Whoever has begun with the next release stays with its worker.
  worker = await startWorker(running);
  const kept = await change(running.versioned ? running : next, 'back', running);
  if (LONG) {
    await startApi(running);
    await retire(after, true);
  }
  say(`back ${Math.round((Date.now() - began) / 1000)} s after the first act, ${kept} claims kept on the version whose branch they took`);
  await pause(still);
  if (LONG) {
    await contract(next.folder);
    say(`contract: ${(await migrate(next)).match(/migration \w+ applied/g)?.join(', ')}`);
    await pause(1_000);
  }
  over = true;
  expect(await working).toBeNull();
  const upload = await uploading;
  say(`${stack.acts.acts.length - from} acts in ${Math.round((Date.now() - began) / 1000)} s, ${failed(from).length} failed, ${keptForLater(from)} kept for later, answered within ${front.slowestMs()} ms at most; ${upload.pieces} pieces of an upload; the page opened its stream ${page.opened} times, apart ${page.longestGapMs} ms at most`);

  expect(failed(from)).toEqual([]);
  expect(front.broken()).toBe(0);
  expect(stack.acts.acts.length - upgraded).toBeGreaterThan(10); // otherwise nobody was there to notice
  expect(kept).toBeGreaterThan(0);
  expect(upload).toEqual({ pieces: expect.any(Number), faults: [], same: true });
  expect([page.opened > 1, page.faults]).toEqual([true, []]);
  // No line lost: what the page knows is what stands.
  for (const { claimNo, version } of await stack.database.claim.findMany({ select: { claimNo: true, version: true } })) {
    await until(stack, claimNo, (state) => (page.known.get(claimNo) ?? 0) >= Math.min(version, state.version));
  }
  await page.close();

  // Claims from before and from between go on, each under the version that can.
  const onward = Object.entries(claims).filter(([name]) => STEPS.some(({ command }) => command === name));
  for (const [name, claimNo] of onward) await take(stack, { ...newClaim(), claimNo }, STEPS.find(({ command }) => command === name)!);
  say(JSON.stringify(await checkEverything(stack)));
  for (const claimNo of Object.values(claims)) expect((await stateOf(stack, claimNo)).stuck).toBeNull();
}, LONG ? 900_000 : 300_000);
