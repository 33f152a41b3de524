/**
 * `npm run bench:click [-- CLAIMS]`, on the running local stack: from a person's click (the act is sent) until the next owner's screen hears of
 * it (server-sent events): alone, and while 20 acts a second are done beside it. The reference is the bare workflow's act, sent and answered
 * (bench/bare, ordinary and local activities), in the same run. Milliseconds; at most 1.5 times the reference at p95, alone (issue 6).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { STEPS, type Step, type Travelling, ORDINARY } from '../tests/support/journey';
import type { TestStack } from '../tests/support/stack';
import { createDatabase } from '../src/platform/database';
import { tokenFor } from '../dev/identity';
import { quantile, report, tails } from './measure';
import { openBenchStage, type BenchStage } from './stage';

/** Who owes the next step hears of this one; `report` is answered before the claim's process has begun. */
const MEASURED = STEPS.slice(1);
const ownerAfter = (n: number): string => MEASURED[n + 1]?.account ?? 'finance-b-i001';

/** Listens as one person; `heard` settles when an event of the claim with at least this version has come. */
async function listenAs(stage: BenchStage, account: string): Promise<{ heard(claimNo: string, version: number): Promise<number>; stop(): void }> {
  const last = new Map<string, { version: number; at: number }>();
  const waiting = new Set<() => void>();
  const stop = new AbortController();
  const token = await tokenFor(stage.stack.issuer, account);
  const { body } = await fetch(`${stage.apiUrl}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  void (async () => {
    let text = '';
    for await (const chunk of body!) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines.filter((one) => one.startsWith('data: '))) {
        const { claimNo, version } = JSON.parse(line.slice(6)) as { claimNo: string; version: number };
        last.set(claimNo, { version, at: performance.now() });
      }
      for (const look of waiting) look();
    }
  })().catch(() => undefined);
  return {
    heard: (claimNo, version) => new Promise((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`${account} did not hear of ${claimNo} version ${version} within 10 s`)); }, 10_000);
      const look = (): void => {
        const known = last.get(claimNo);
        if (!known || known.version < version) return;
        clearTimeout(late);
        waiting.delete(look);
        resolve(known.at);
      };
      waiting.add(look);
      look();
    }),
    stop: () => { stop.abort(); },
  };
}

async function main(count: number): Promise<void> {
  const stage = await openBenchStage();
  const database = createDatabase(stage.stack.workerDatabaseUrl);
  const stack = { ...stage, database } as unknown as TestStack;
  const listeners = new Map<string, Awaited<ReturnType<typeof listenAs>>>();
  for (const account of new Set(STEPS.map((step) => step.account))) listeners.set(account, await listenAs(stage, account));
  let n = Math.floor(Math.random() * 80_000);

  const send = async (claim: Travelling, step: Step): Promise<{ version: number; began: number }> => {
    const [person, body] = await Promise.all([stage.person(step.account), step.body(stack, claim)]);
    const began = performance.now();
    const { status, version, code } = await person.send(claim.claimNo, step.command, body);
    if (status !== 200) throw new Error(`${step.command} was answered ${status} ${code}`);
    return { version: version!, began };
  };
  const reported = async (): Promise<Travelling> => {
    const claim: Travelling = { claimNo: '', n: (n += 1), asked: ORDINARY, documents: null };
    claim.claimNo = await (await stage.person(STEPS[0]!.account)).report(await STEPS[0]!.body(stack, claim));
    return claim;
  };
  /** One claim's acts, one after the other, each until the next owner hears of it. */
  const walk = async (times: number[], answers: number[]): Promise<void> => {
    const claim = await reported();
    for (const [i, step] of MEASURED.entries()) {
      const { version, began } = await send(claim, step);
      answers.push(performance.now() - began);
      times.push(await listeners.get(ownerAfter(i))!.heard(claim.claimNo, version) - began);
    }
  };
  const bare = async (local: boolean, times: number[]): Promise<void> => {
    const line = { id: `bare:${randomUUID()}`, acts: MEASURED.length, local };
    await stage.bare({ ...line, do: 'start' });
    for (let i = 0; i < MEASURED.length; i += 1) {
      const began = performance.now();
      await stage.bare({ ...line, do: 'act' });
      times.push(performance.now() - began);
    }
    await stage.bare({ ...line, do: 'call' });
  };
  try {
    await walk([], []);
    await bare(false, []);
    await bare(true, []);
    const seen: number[] = [], answered: number[] = [], plain: number[] = [], local: number[] = [];
    // In turns, so that what else the machine does falls on all.
    for (let i = 0; i < count; i += 1) {
      await walk(seen, answered);
      await bare(false, plain);
      await bare(true, local);
    }
    const busy: number[] = [], busyAnswers: number[] = [];
    let going = true;
    let done = 0;
    const began = performance.now();
    const others = Array.from({ length: 4 }, async () => {
      while (going) {
        const claim = await reported();
        for (const step of MEASURED) {
          // 20 acts a second among all.
          const due = began + (done += 1) * 50;
          await pause(Math.max(0, due - performance.now()));
          if (going) await send(claim, step);
        }
      }
    });
    for (let i = 0; i < count; i += 1) await walk(busy, busyAnswers);
    const rate = done / ((performance.now() - began) / 1_000);
    going = false;
    await Promise.all(others);
    report('click', [
      { what: 'alone: until the act is answered', ...tails(answered) }, { what: 'alone: until the next owner hears of it', ...tails(seen) },
      { what: `beside ${rate.toFixed(0)} acts a second: answered`, ...tails(busyAnswers) }, { what: `beside ${rate.toFixed(0)} acts a second: next owner hears`, ...tails(busy) },
      { what: 'bare workflow, ordinary activity: answered', ...tails(plain) }, { what: 'bare workflow, local activity: answered', ...tails(local) },
    ], { ratioAtP95: quantile(seen, 0.95) / quantile(plain, 0.95), ratioToLocalAtP95: quantile(seen, 0.95) / quantile(local, 0.95) });
  } finally {
    for (const one of listeners.values()) one.stop();
    await database.$disconnect();
    await stage.close();
  }
}

main(Number(process.argv[2] ?? 20)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
