/** The whole platform with a link between any two of its parts, and people who work on meanwhile. */
import { readdir, readlink } from 'node:fs/promises';
import type { SentAct } from '../../support/acts';
import { aReport, newClaim, STEPS } from '../../support/journey';
import { eventually } from '../../support/parties';
import { startStack, type Part, type StackOptions, type TestStack } from '../../support/stack';
import { openLink, type Link } from './link';
import { pause } from './seed';

export const LONG = process.env['FAULTS'] === 'long';

/** Which variable of which process leads where. */
const WAYS = [
  { part: 'api', variable: 'API_DATABASE_URL', to: 'PostgreSQL' }, { part: 'worker', variable: 'WORKER_DATABASE_URL', to: 'PostgreSQL' },
  { part: 'api', variable: 'TEMPORAL_ADDRESS', to: 'Temporal' }, { part: 'worker', variable: 'TEMPORAL_ADDRESS', to: 'Temporal' },
  { part: 'worker', variable: 'BANK_URL', to: 'bank' }, { part: 'worker', variable: 'INSURER_URL', to: 'insurer' }, { part: 'worker', variable: 'NOTICE_URL', to: 'notices' },
] as const;
type LinkName = `${'api' | 'worker'}–${(typeof WAYS)[number]['to']}`;

export interface Place { stack: TestStack; links: Link[]; link(name: LinkName): Link; close(): Promise<void> }

/** Starts a stack whose API and worker reach everything through links. */
export async function linkedStack(options: StackOptions = {}): Promise<Place> {
  const links = new Map<string, Link>();
  const around = async (part: 'worker' | 'api', environment: Record<string, string>): Promise<Record<string, string>> => {
    const led = { ...environment };
    for (const { variable, to } of WAYS.filter((way) => way.part === part)) {
      const address = environment[variable]!;
      const port = /127\.0\.0\.1:(\d+)/.exec(address)![1]!;
      const name = `${part}–${to}`;
      const link = links.get(name) ?? await openLink(name, Number(port));
      links.set(name, link);
      led[variable] = address.replace(`127.0.0.1:${port}`, `127.0.0.1:${link.port}`);
    }
    return options.around?.(part, led) ?? led;
  };
  const stack = await startStack({ ...options, around });
  return {
    stack, links: [...links.values()],
    link(name) { return links.get(name)!; },
    async close() {
      await stack.close();
      for (const link of links.values()) await link.close();
    },
  };
}

const step = (name: string): (typeof STEPS)[number] => STEPS.find(({ command }) => command === name)!;

/** People who report and hand in facts, some at once, without patience, until told to stop. */
export async function work(stack: TestStack, over: () => boolean, people = 4, restMs = 150): Promise<void> {
  const specialist = await stack.person('specialist-a-h001');
  await Promise.all(Array.from({ length: people }, async () => {
    while (!over()) {
      const { status, body } = await specialist.sendReport(aReport(newClaim().n));
      if (status === 201) await specialist.send((body as { claimNo: string }).claimNo, 'submit-facts', await step('submit-facts').body(stack, newClaim()));
      await pause(restMs);
    }
  }));
}

/** A claim from the report to the released payment by people who do not give up; its papers are asked for again as well. */
export async function getThrough(stack: TestStack): Promise<string> {
  const claim = newClaim();
  for (const { account, command, body } of STEPS) {
    const [person, given] = [await stack.person(account), await eventually(() => body(stack, claim).catch(() => undefined), 120_000)];
    if (command === 'report') claim.claimNo = await person.report(given);
    else await person.act(claim.claimNo, command, given);
  }
  return claim.claimNo;
}

/** Every answer to these acts, as "status code" with its count. */
export function tally(acts: readonly SentAct[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of acts.flatMap((act) => act.answers)) {
    const name = `${status ?? 'no answer'}${code ? ` ${code}` : ''}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** How many sockets the processes of a part hold open. */
export async function sockets(stack: TestStack, part: Part): Promise<number> {
  let open = 0;
  for (const pid of await stack.processes(part)) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')).startsWith('socket:')) open += 1;
    }
  }
  return open;
}

/** Nothing of the part runs until it is let go: it holds its connections and answers none. */
export async function freeze(stack: TestStack, part: Part): Promise<() => void> {
  const frozen = await stack.processes(part);
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  return () => { for (const pid of frozen) try { process.kill(pid, 'SIGCONT'); } catch { /* ended meanwhile */ } };
}
