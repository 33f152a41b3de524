/**
 * The reference's caller, a process of its own in the place of our API: does for each line of its input what it says, by the SDK's client, and
 * answers with a line. Arguments: address, namespace, queue.
 */
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { actUpdate, bare, callSignal } from './workflow';

/** `start`, an act, or the bank's call; `n` tells which answer belongs to which line. */
export interface Line { n: number; do: 'start' | 'act' | 'call'; id: string; acts: number; local: boolean }

async function main(address: string, namespace: string, taskQueue: string): Promise<void> {
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  createInterface({ input: process.stdin }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    void once(client, taskQueue, line).then(() => { process.stdout.write(`${line.n}\n`); });
  }).on('close', () => process.exit(0));
  process.stdout.write('running\n');
}

async function once(client: Client, taskQueue: string, { do: what, id, acts, local }: Line): Promise<void> {
  if (what === 'start') return void await client.workflow.start(bare, { workflowId: id, taskQueue, args: [{ id, acts, local }] });
  const handle = client.workflow.getHandle<typeof bare>(id);
  if (what === 'act') return void await handle.executeUpdate(actUpdate, { args: ['act'] });
  await handle.signal(callSignal);
  await handle.result();
}

if (require.main === module) main(...process.argv.slice(2) as [string, string, string]).catch((error: unknown) => { console.error(error); process.exit(1); });
