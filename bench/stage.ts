/** What the benches of the claim's path need of the running local stack: a wide-open API, the bare reference beside it, and everybody's process number. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client as Postgres } from 'pg';
import { freePort } from '../dev/ports';
import { postgresUrl } from '../dev/postgres';
import { readSettings } from '../dev/settings';
import { requireStack, type Stack } from '../dev/stack';
import { NAMESPACE } from '../dev/temporal';
import { signInAs, createActLog, type TestPerson } from '../tests/support/acts';
import type { Line } from './bare/driver';
import { pidOf } from './measure';

const root = resolve(__dirname, '..');

export interface BenchStage {
  stack: Stack;
  apiUrl: string;
  /** As superuser: for counting, and for the reference's table. */
  sql: Postgres;
  pids: { api: number; worker: number; postgres: number; temporal: number; bareWorker: number; bareDriver: number };
  person(account: string): Promise<TestPerson>;
  /** Has the reference's caller do something; settles when it is done. */
  bare(line: Omit<Line, 'n'>): Promise<void>;
  close(): Promise<void>;
}

/** Everything beside the running stack; throws CannotStart when none runs. */
export async function openBenchStage(): Promise<BenchStage> {
  const stack = requireStack();
  const apiUrl = `http://127.0.0.1:${await freePort()}`;
  const superuser = postgresUrl('postgres', readSettings(process.env).ports.postgres);
  const sql = new Postgres({ connectionString: superuser });
  await sql.connect();
  await sql.query('DROP TABLE IF EXISTS bench_bare; CREATE TABLE bench_bare (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, what text NOT NULL)');
  const children: ChildProcessWithoutNullStreams[] = [];
  const start = async (file: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<ChildProcessWithoutNullStreams> => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'bench', file), ...args], { cwd: root, env });
    children.push(child);
    child.stderr.on('data', (chunk: Buffer) => { if (/error/i.test(chunk.toString())) process.stderr.write(chunk); });
    await once(child.stdout, 'data');
    return child;
  };
  const queue = `bench-bare-${Date.now()}`;
  const api = await start('api.ts', [], { ...process.env, ...stack.environment, API_PORT: new URL(apiUrl).port, PUBLIC_URL: apiUrl });
  const worker = await start('bare/worker.ts', [stack.temporalAddress, NAMESPACE, queue, superuser]);
  const driver = await start('bare/driver.ts', [stack.temporalAddress, NAMESPACE, queue]);
  const waiting = new Map<number, () => void>();
  createInterface({ input: driver.stdout }).on('line', (n) => { waiting.get(Number(n))?.(); waiting.delete(Number(n)); });
  let lines = 0;
  const persons = new Map<string, Promise<TestPerson>>();
  const log = createActLog();
  return {
    stack, apiUrl, sql,
    pids: {
      api: api.pid!, worker: pidOf(stack.pid, 'worker.ts'), postgres: pidOf(stack.pid, 'bin/postgres'), temporal: pidOf(stack.pid, 'server start-dev'),
      bareWorker: worker.pid!, bareDriver: driver.pid!,
    },
    person(account) {
      const known = persons.get(account) ?? signInAs({ apiUrl, issuer: stack.issuer }, account, log);
      persons.set(account, known);
      return known;
    },
    bare: (line) => new Promise((done) => {
      const n = (lines += 1);
      waiting.set(n, done);
      driver.stdin.write(`${JSON.stringify({ n, ...line })}\n`);
    }),
    async close() {
      for (const child of children) child.kill('SIGTERM');
      driver.stdin.end();
      await Promise.all(children.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => once(child, 'exit')));
      await sql.query('DROP TABLE bench_bare');
      await sql.end();
    },
  };
}

/** Runs `work` on each of these, so many at a time. */
export async function inParallel<T>(items: T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  await Promise.all(Array.from({ length: atOnce }, async () => { for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item); }));
}
