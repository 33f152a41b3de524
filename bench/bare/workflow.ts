/**
 * The reference of `bench:path`, `bench:click` and of the replay in `bench:starts`: what a claim would cost if it were nothing but Temporal. It waits as often as a claim
 * waits (ten acts by Update, one call by Signal), runs a timer while it waits, and runs as many activities of one statement each; no rules, no
 * read model, no audit, no encryption, no search attributes.
 */
import { condition, defineSignal, defineUpdate, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './worker';

export interface BareInput { id: string; acts: number; local: boolean }

export const actUpdate = defineUpdate<number, [string]>('act');
export const callSignal = defineSignal('call');

const ordinary = proxyActivities<BareActivities>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '10s' });

export async function bare({ id, acts, local: isLocal }: BareInput): Promise<void> {
  const { write } = isLocal ? local : ordinary;
  let done = 0;
  let called = false;
  setHandler(actUpdate, async (what) => {
    await write(id, what);
    return (done += 1);
  });
  setHandler(callSignal, () => { called = true; });
  // A claim asks the insurer at its start and records the answer.
  await ordinary.write(id, 'insurer');
  await write(id, 'insurer answered');
  while (done < acts) {
    const before = done;
    await condition(() => done > before, '12 hours');
  }
  await ordinary.write(id, 'bank');
  await condition(() => called, '10 minutes');
  await write(id, 'bank called');
}
