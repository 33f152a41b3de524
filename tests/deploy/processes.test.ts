import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../dev/ports';
import { createEmptyDatabase, type TestDatabase } from '../support/database';
import { freshKeys } from '../support/keys';
import { freshNamespace } from '../support/temporal';
import { compose, environmentOf, example, root } from './compose';

/** The topology of docker-compose.yml as plain processes: what the image holds, started by compose's own commands with compose's own variables and no others. */

const run = promisify(execFile);
jest.setTimeout(240_000);

let database: TestDatabase;
let folder: string;
let given: Record<string, string>;
let moved: Record<string, string>;
const started: Process[] = [];

beforeAll(async () => {
  // Prebuild steps included; what is built already is built again, the bundle only when its sources changed.
  await run('npm', ['run', '--silent', 'build'], { cwd: root, shell: process.platform === 'win32' });
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-processes-'));
  const [{ address, namespace }, api, metrics] = await Promise.all([freshNamespace(), freePort(), freePort()]);
  given = Object.fromEntries(Object.entries(example).map(([name, value]) => [name, value !== '' || ['CLAMD_ADDRESS', 'TRUSTED_PROXIES', 'RETENTION'].includes(name) ? value : name.endsWith('_URL') ? 'http://127.0.0.1:9' : `${name}-of-the-tests-that-is-long-enough`]));
  // Where containers have names and networks, this machine has ports; nothing else differs.
  moved = {
    DATABASE_URL: database.ownerUrl, API_DATABASE_URL: database.apiUrl, WORKER_DATABASE_URL: database.workerUrl, ERASER_DATABASE_URL: database.eraserUrl,
    TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, API_HOST: '127.0.0.1', API_PORT: String(api), METRICS_PORT: String(metrics),
    // The secret that compose mounts.
    KEY_FILE: freshKeys(folder).file,
    // What the Dockerfile sets.
    WORKFLOW_BUNDLE: `${root}/build/workflow-bundle.js`,
  };
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop('SIGKILL')));
  await database.drop();
  await rm(folder, { recursive: true });
});

test('migrations, then API and worker: ready with what compose gives them, and ended cleanly when told to', async () => {
  for (const expected of ['migrations: done', 'migrations: the database is up to date']) {
    const migrate = start('migrate');
    expect([await migrate.ended, migrate.output()]).toEqual([0, expect.stringContaining(expected)]);
  }

  const worker = start('worker');
  const api = start('api');
  const metrics = await answerOf(worker, `http://127.0.0.1:${moved.METRICS_PORT}/metrics`, (text) => text.includes('temporal_num_pollers'));
  expect(metrics).toContain('task_queue="claims"');
  const readiness = await answerOf(api, `http://127.0.0.1:${moved.API_PORT}/readyz`, (text) => text.includes('"status":"ready"'));
  expect(JSON.parse(readiness)).toEqual({ status: 'ready', database: 'answers', temporal: 'answers' });
  expect((await fetch(`http://127.0.0.1:${moved.API_PORT}/v1/claims`)).status).toBe(401);

  expect(await Promise.all([api.stop('SIGTERM'), worker.stop('SIGTERM')])).toEqual([0, 0]);
});

test('a missing variable is one sentence that names it and what it is for, and nothing is started', async () => {
  const api = start('api', { BANK_SECRET: '' });
  expect([await api.ended, api.output()]).toEqual([1, expect.stringMatching(/BANK_SECRET is missing: secret of at least 32 characters/)]);
});

interface Process { ended: Promise<number | null>; output(): string; stop(signal: NodeJS.Signals): Promise<number | null> }

/** Starts a service of ours as its container would: its command, its variables, and nothing inherited but where Node is. */
function start(service: string, instead: Record<string, string> = {}): Process {
  const [, ...args] = compose.services[service]?.command ?? [];
  const variables = Object.entries({ ...environmentOf(service, given), ...(service === 'worker' ? { WORKFLOW_BUNDLE: '' } : {}), NODE_ENV: 'production' })
    .map(([name, value]) => [name, instead[name] ?? moved[name] ?? value]);
  const child = spawn(process.execPath, args, { cwd: root, env: Object.fromEntries(variables) as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => { output += data.toString(); });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const one: Process = { ended, output: () => output, stop: (signal) => { child.kill(signal); return ended; } };
  started.push(one);
  return one;
}

/** The first answer that is as wanted. Throws with the process's output when it ends before, or after a minute. */
async function answerOf(from: Process, url: string, wanted: (text: string) => boolean): Promise<string> {
  let ended = false;
  void from.ended.then(() => { ended = true; });
  for (const until = Date.now() + 60_000; ;) {
    const text = await fetch(url).then((answer) => answer.text()).catch(() => '');
    if (wanted(text)) return text;
    if (ended || Date.now() > until) throw new Error(`${url} never answered as wanted (${text}):\n${from.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
