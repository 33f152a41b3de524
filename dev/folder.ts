import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from './cannot-start';
import { isFree } from './ports';
import { portVariable, type Part, type Settings } from './settings';
import { runningStack } from './stack';

const NEEDED_MB = 300;
/** What a stack keeps. `--fresh` removes these and nothing else, in case KUAIPEI_DATA names a folder with other things in it. */
const KEPT = ['postgres', 'temporal', 'identity', 'simulators', 'documents', 'logs', 'stack.json'];

/** Makes the data folder, empty when `fresh`, and refuses to start where another stack, a taken port or a full disk is in the way. */
export async function prepareFolder({ folder, ports }: Settings, fresh: boolean): Promise<void> {
  const other = runningStack(folder);
  if (other !== null) throw new CannotStart(`A stack is already running on ${folder} (process ${other.pid}, API at ${other.apiUrl}): use it, or stop it first with Ctrl-C or kill ${other.pid}.`);
  await refuseTakenPorts(ports);
  await mkdir(folder, { recursive: true });
  if (fresh) await Promise.all(KEPT.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  const { bavail, bsize } = await statfs(folder);
  const freeMb = Math.floor((bavail * bsize) / 1024 / 1024);
  if (freeMb < NEEDED_MB) throw new CannotStart(`The disk of ${folder} has ${freeMb} MB left, ${NEEDED_MB} MB are needed: free some space, or set KUAIPEI_DATA to a folder elsewhere.`);
}

/** A stack that was killed a moment ago is still letting go of its ports: so each gets a few seconds. */
async function refuseTakenPorts(ports: Record<Part, number>): Promise<void> {
  const giveUp = Date.now() + 3_000;
  for (;;) {
    const parts = Object.keys(ports) as Part[];
    const free = await Promise.all(parts.map((part) => isFree(ports[part])));
    const taken = parts.filter((_, index) => !free[index]);
    if (taken.length === 0) return;
    if (Date.now() > giveUp) {
      const which = taken.map((part) => `${ports[part]} (${part}, move it with ${portVariable(part)})`).join(', ');
      throw new CannotStart(`Another program uses port ${which}: stop that program, or set KUAIPEI_PORT_BASE to the first of nine free ports.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
