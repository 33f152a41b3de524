/** A whole local stack in a folder of its own, seen as the tests see one: started, lost, and started again from a restored folder. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { startChild, type Child } from '../../../dev/children';
import { isFree } from '../../../dev/ports';
import { runningStack, type Stack } from '../../../dev/stack';
import { NAMESPACE } from '../../../dev/temporal';
import { dataConverter } from '../../../src/platform/codec';
import { createDatabase } from '../../../src/platform/database';
import { openKeyFile } from '../../../src/platform/keys/key-ring';
import { signInAs, type ActLog } from '../../support/acts';
import { eventually } from '../../support/parties';
import type { TestStack } from '../../support/stack';

const root = join(__dirname, '..', '..', '..');
const run = promisify(execFile);

/** What of a stack the journeys and the invariants use. */
export interface Place { stack: TestStack; about: Stack; lose(): Promise<void>; /** May be called twice. */ leave(): Promise<void> }

/** `npm start` on that folder; ready when this settles. The log of acts outlives it. */
export async function begin(folder: string, base: number, acts: ActLog, logFile: string): Promise<Place> {
  const child: Child = startChild({
    name: 'the stack', command: process.execPath, args: ['--import', 'tsx', 'dev/start.ts'], cwd: root, logFile, graceSeconds: 30,
    env: { ...process.env, KUAIPEI_DATA: folder, KUAIPEI_PORT_BASE: String(base) },
  });
  const about = await eventually(async () => {
    if (child.hasEnded()) throw new Error(`the stack did not start: see ${logFile}`);
    return runningStack(folder) ?? undefined;
  }, 180_000);
  const keys = openKeyFile(join(folder, 'keys.json'));
  const database = createDatabase(about.workerDatabaseUrl, { connections: 4, keys });
  const connection = Connection.lazy({ address: about.temporalAddress });
  const persons = new Map<string, ReturnType<typeof signInAs>>();
  const stack = {
    apiUrl: about.apiUrl, bankUrl: about.bankUrl, database, databaseUrl: about.workerDatabaseUrl, acts,
    temporal: new Client({ connection, namespace: NAMESPACE, dataConverter: dataConverter(keys) }),
    person(account: string) {
      const known = persons.get(account) ?? signInAs(about, account, acts);
      persons.set(account, known);
      return known;
    },
  } as Partial<TestStack> as TestStack;
  let ended = false;
  const end = async (how: 'kill' | 'stop'): Promise<void> => {
    if (ended) return;
    ended = true;
    await Promise.all([database.$disconnect(), connection.close()]);
    await child[how]();
    for (let port = base; port < base + 9; port++) await eventually(async () => (await isFree(port)) || undefined, 60_000);
  };
  return { stack, about, lose: () => end('kill'), leave: () => end('stop') };
}

/** A command of ours as people give it; what it said. Throws with what it said when it fails. */
export async function command(file: string, args: string[], env: Record<string, string>): Promise<string> {
  try {
    return (await run(process.execPath, ['--import', 'tsx', file, ...args], { cwd: root, env: { ...process.env, ...env } })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${file} failed: ${stdout}${stderr}`);
  }
}
