/** A storm: claims under way, and every part of the platform killed again and again at moments that a seed has drawn; then calm, and everything on its way to its end. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Part, TestStack } from '../../support/stack';
import { digestOf, gustsOf, PARTS, type Gust } from './plan';
import { rush, type Travelled } from './travellers';

export interface Storm { seed: number; seconds: number; travellers: number; logFile: string }
export interface Weathered extends Travelled {
  kills: Record<Part, number>;
  /** Parts that ended though nobody killed them: a worker that finds no Temporal at its start does. */
  endedByThemselves: Record<Part, number>;
  /** Sendings of acts, those that were never answered, and answered acts per second of the storm. */
  sent: number; unanswered: number; perSecond: number;
  /** From the start of a part until it served again, the longest, in ms. */
  longestStartMs: Record<Part, number>;
}

/** How long a claim may take to its end once the storm is over. */
const CALM_MS = 90_000;
const LONGEST_START_MS = 120_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ofEach = (): Record<Part, number> => ({ api: 0, worker: 0, postgres: 0, temporal: 0 });

/** One more line of a storm's log. */
export function noteIn(logFile: string, what: string, more: object): void {
  appendFileSync(logFile, `${JSON.stringify({ at: new Date().toISOString(), what, ...more })}\n`);
}

/** Runs the storm; all parts are up when this settles. Every sending, answer and kill becomes a line of `logFile` as it happens. */
export async function weather(stack: TestStack, { seed, seconds, travellers, logFile }: Storm): Promise<Weathered> {
  mkdirSync(dirname(logFile), { recursive: true });
  rmSync(logFile, { force: true });
  const note = (what: string, more: object): void => noteIn(logFile, what, more);
  note('storm', { seed, plan: digestOf(seed), seconds, travellers });
  let [sent, unanswered, answered] = [0, 0, 0];
  stack.acts.heard = (what, { key, account, claimNo, command, answers, told }) => {
    const last = answers.at(-1);
    if (what === 'sent') sent += 1;
    if (what === 'answered') { if (last!.status === null) unanswered += 1; else answered += 1; }
    note(what, { key, account, claimNo, command, ...(what === 'answered' ? { status: last!.status, code: last!.code, version: last!.version } : {}), ...(what === 'told' ? { told } : {}) });
  };

  const endsAt = Date.now() + seconds * 1_000;
  let calmSince = Number.POSITIVE_INFINITY;
  const over = (): boolean => calmSince <= Date.now();
  const leave = (): boolean => calmSince + CALM_MS <= Date.now();
  const [kills, endedByThemselves, longestStartMs] = [ofEach(), ofEach(), ofEach()];

  /** Until it serves: what it needs may be away itself. */
  async function bringBack(part: Part): Promise<void> {
    for (const from = Date.now(); ;) {
      try {
        await stack.start(part);
        longestStartMs[part] = Math.max(longestStartMs[part], Date.now() - from);
        return note('up', { part, ms: Date.now() - from });
      } catch (error) {
        note('start failed', { part, words: String(error) });
        if (Date.now() - from > LONGEST_START_MS) throw error;
        await pause(300);
      }
    }
  }

  async function strike({ part, afterMs, awayMs }: Gust['blows'][number]): Promise<void> {
    await pause(afterMs);
    kills[part] += 1;
    note('kill', { part, awayMs });
    await stack.kill(part);
    await pause(awayMs);
    await bringBack(part);
  }

  /** Whoever keeps the processes starts one that has ended. */
  async function keepUp(): Promise<void> {
    for (const part of PARTS.filter((one) => !stack.isUp(one))) {
      endedByThemselves[part] += 1;
      note('ended by itself', { part });
      await bringBack(part);
    }
  }

  const travelling = rush(stack, { seed, travellers, over, leave });
  // Told below; a traveller that fails must not end the process before the parts are up again.
  travelling.catch(() => undefined);
  const began = Date.now();
  for (const next = gustsOf(seed); Date.now() < endsAt || PARTS.some((part) => kills[part] === 0);) {
    const { blows, calmMs } = next();
    await Promise.all(blows.map(strike));
    for (const until = Date.now() + calmMs; Date.now() < until; await pause(100)) await keepUp();
  }
  await keepUp();
  calmSince = Date.now();
  const perSecond = answered / (calmSince - began) * 1_000;
  note('calm', {});
  const travelled = await travelling;
  stack.acts.heard = undefined;
  const weathered = { ...travelled, kills, endedByThemselves, sent, unanswered, perSecond: Math.round(perSecond * 10) / 10, longestStartMs };
  note('weathered', weathered);
  return weathered;
}

/** What operations do after a storm: a round of reconciliation now, instead of within ten minutes. Settles when it has ended. */
export async function reconcile(stack: TestStack): Promise<void> {
  const ops = await stack.person('ops');
  const rounds = async () => (await ops.get<{ reconciliation: { running: boolean; lastAt: string | null } | null }>('/v1/ops/queues')).reconciliation;
  const before = await rounds();
  const { status } = await ops.fetch('/v1/ops/reconcile', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() } });
  if (status !== 202) throw new Error(`reconciliation was answered with ${status}`);
  for (const giveUp = Date.now() + 60_000; Date.now() < giveUp; await pause(300)) {
    const now = await rounds();
    if (now !== null && !now.running && now.lastAt !== before?.lastAt) return;
  }
  throw new Error('no round of reconciliation within a minute');
}
