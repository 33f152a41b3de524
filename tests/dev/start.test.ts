import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tokenFor } from '../../dev/identity';
import { isFree } from '../../dev/ports';
import { runningStack } from '../../dev/stack';

const run = promisify(execFile);
const root = join(__dirname, '..', '..');
jest.setTimeout(180_000);

let folder: string;
let base: number;
const launched: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-start-'));
  base = await nineFreePorts();
});

afterAll(async () => {
  for (const launcher of launched) launcher.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
});

describe('npm start', () => {
  test('brings everything up; killed with -9 it leaves nothing behind; the next start finds everything as it was', async () => {
    const first = launch();
    const seconds = await untilReady(first);
    expect(seconds).toBeLessThan(60); // 30 s on an idle machine; tests share it
    expect(first.output()).toContain('Ready.');

    const stack = runningStack(folder);
    expect(stack).toMatchObject({ pid: first.process.pid, apiUrl: `http://127.0.0.1:${base}` });
    const keys = await (await fetch(`${stack?.issuer}/jwks`)).text();
    await expect(tokenFor(stack?.issuer ?? '', 'reviewer-a-i001')).resolves.toMatch(/^ey/);

    const again = launch();
    expect(await exitOf(again)).toBe(1);
    expect(again.output().trim()).toMatch(/^A stack is already running on .*: use it, or stop it first with Ctrl-C or kill \d+\.$/);
    expect(runningStack(folder)).not.toBeNull();

    const started = await descendants(first.process.pid ?? 0);
    expect(started.length).toBeGreaterThan(5);
    first.process.kill('SIGKILL');
    await untilGone(started);

    const second = launch();
    await untilReady(second);
    expect(second.output()).toContain('nothing to apply');
    expect(await (await fetch(`${stack?.issuer}/jwks`)).text()).toBe(keys);

    const startedAgain = await descendants(second.process.pid ?? 0);
    second.process.kill('SIGINT');
    expect(await exitOf(second)).toBe(0);
    await untilGone(startedAgain);
    expect(runningStack(folder)).toBeNull();
  });

  test('a taken port is one sentence that names it and the way out', async () => {
    const other = createServer().listen(base + 4, '127.0.0.1');
    await once(other, 'listening');
    const start = launch();
    expect(await exitOf(start)).toBe(1);
    expect(start.output().trim()).toBe(`Another program uses port ${base + 4} (notices, move it with KUAIPEI_PORT_NOTICES): stop that program, or set KUAIPEI_PORT_BASE to the first of nine free ports.`);
    other.close();
  });

  test('a port that is none is refused by its variable’s name', async () => {
    const start = launch({ KUAIPEI_PORT_API: 'eighty' });
    expect(await exitOf(start)).toBe(1);
    expect(start.output().trim()).toBe('KUAIPEI_PORT_API must be a port between 1 and 65500.');
  });
});

interface Launch { process: ChildProcess; output(): string }

function launch(environment: NodeJS.ProcessEnv = {}): Launch {
  const launcher = spawn(process.execPath, ['--import', 'tsx', 'dev/start.ts'], {
    cwd: root, env: { ...process.env, KUAIPEI_DATA: folder, KUAIPEI_PORT_BASE: String(base), ...environment }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  launched.push(launcher);
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  return { process: launcher, output: () => output };
}

/** Seconds until the table stands. */
async function untilReady(start: Launch): Promise<number> {
  const begun = Date.now();
  while (!start.output().includes('Ready.')) {
    if (start.process.exitCode !== null) throw new Error(`the start ended:\n${start.output()}`);
    if (Date.now() - begun > 120_000) throw new Error(`not ready after two minutes:\n${start.output()}`);
    await pause();
  }
  return (Date.now() - begun) / 1000;
}

async function exitOf(start: Launch): Promise<number | null> {
  if (start.process.exitCode === null) await once(start.process, 'close');
  return start.process.exitCode;
}

/** All processes that came from this one, however far down. */
async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout.trim().split('\n').map((row) => row.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    parents = rows.filter(([, parent]) => parents.includes(parent ?? 0)).map(([child]) => child ?? 0);
    found.push(...parents);
  }
  return found;
}

async function untilGone(pids: number[]): Promise<void> {
  const giveUp = Date.now() + 30_000;
  let left = pids;
  while ((left = left.filter(isAlive)).length > 0) {
    if (Date.now() > giveUp) throw new Error(`still there: ${left.join(', ')}`);
    await pause();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function nineFreePorts(): Promise<number> {
  for (;;) {
    const candidate = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: 9 }, (_, offset) => isFree(candidate + offset)));
    if (free.every(Boolean)) return candidate;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
