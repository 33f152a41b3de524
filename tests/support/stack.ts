import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { startChild, untilReady, type Child } from '../../dev/children';
import { fillDirectory } from '../../dev/directory';
import { API_AUDIENCE } from '../../dev/identity/grant';
import { isFree } from '../../dev/ports';
import { postgresUrl, prepareDatabase, startPostgres } from '../../dev/postgres';
import { NAMESPACE, startTemporal } from '../../dev/temporal';
import { dataConverter } from '../../src/platform/codec';
import { createDatabase, type Database } from '../../src/platform/database';
import { createActLog, signInAs, type ActLog, type TestPerson } from './acts';
import { identityProvider } from './identity';
import { freshKeys } from './keys';
import { PARTY_SECRETS, PATIENT_SESSION_SECRET, startParties } from './parties';
import { workflowBundle } from './temporal';

/** What a test may stop, kill and start again; each keeps its port and its data. */
export type Part = 'postgres' | 'temporal' | 'worker' | 'api';

/** The whole platform for one test file: PostgreSQL, Temporal, worker and API as processes of their own, as `npm start` runs them. */
export interface TestStack {
  apiUrl: string;
  bankUrl: string;
  insurerUrl: string;
  noticeUrl: string;
  workerMetricsUrl: string;
  bankSecret: string;
  /** What API and worker are started with (but for `around`); changed, it holds from the next start on. */
  environment: Record<string, string>;
  /** Under the worker's role, which sees everything: for checks. */
  database: Database;
  databaseUrl: string;
  temporal: Client;
  /** Every act that persons of this stack did, with each answer they got. */
  acts: ActLog;
  /** Signs in as a persona of dev/personas.ts. */
  person(account: string): Promise<TestPerson>;
  /** False when it was stopped or killed, or has ended by itself. */
  isUp(part: Part): boolean;
  /** `kill -9`: the part gets no chance to put anything in order. */
  kill(part: Part): Promise<void>;
  stop(part: Part): Promise<void>;
  /** Starts a stopped or killed part again and waits until it serves. */
  start(part: Part): Promise<void>;
  /** The numbers of a running part's own processes, the first one first: for freezing them and counting what they hold open. */
  processes(part: Part): Promise<number[]>;
  /** Everything that the processes of this stack have written, by file. */
  logs(): Promise<Array<{ file: string; text: string }>>;
  close(): Promise<void>;
}

const run = promisify(execFile);
const root = resolve(__dirname, '../..');
/** A killed PostgreSQL leaves backends that end a moment later; until then the next one does not start. */
const LONGEST_START_MS = 30_000;

let lastPort = 0;
/**
 * A port below those that the system lends to outgoing connections: while the part that listens there is stopped, nothing takes its
 * place. Test files run side by side: each begins to look at a place of its own.
 */
async function steadyPort(): Promise<number> {
  lastPort ||= 20_000 + (process.pid % 1_000) * 10;
  do lastPort += 1; while (!(await isFree(lastPort)));
  return lastPort;
}

/** Whoever descends from this process, as /proc tells, parents first. */
async function descendants(of: number): Promise<Array<{ pid: number; name: string }>> {
  const stats = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  const all = stats.flatMap((text) => { const found = /^(\d+) \((.*)\) \S (\d+)/s.exec(text); return found ? [{ pid: Number(found[1]), name: found[2]!, parent: Number(found[3]) }] : []; });
  const below = (parent: number): Array<{ pid: number; name: string }> => all.filter((one) => one.parent === parent).flatMap(({ pid, name }) => [{ pid, name }, ...below(pid)]);
  return below(of);
}

/** Waits for all before it throws, so that nothing is still being started when everything is stopped. */
async function allOrThrow(work: Array<Promise<void>>): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

/** What a test may have otherwise. */
export interface StackOptions {
  /** Folders of data that the test fills, loses or exchanges; PostgreSQL's user must get through to its own. */
  folders?: { postgres?: string; temporal?: string; documents?: string };
  /** Without API and worker, and with no table in the database: for who starts releases of their own; whatever then listens at `apiUrl` is what the persons and the bank reach. */
  bare?: boolean;
  /** The variables of worker or API as that part is to have them: through another address, under another clock. Asked at each start. */
  around?(part: 'worker' | 'api', environment: Record<string, string>): Promise<Record<string, string>>;
}

/** Starts the parts in order; all are ready when this settles. */
export async function startStack({ bare = false, folders = {}, around = (_, as) => Promise.resolve(as) }: StackOptions = {}): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-stack-'));
  // PostgreSQL may run as another user, who has to get through.
  await chmod(folder, 0o711);
  const [postgresPort, temporalPort, apiPort, metricsPort] = [await steadyPort(), await steadyPort(), await steadyPort(), await steadyPort()];
  const { issuer, audience } = await identityProvider();
  const { codePath: bundle } = await workflowBundle();
  const url = (role: 'kuaipei' | 'kuaipei_api' | 'kuaipei_worker' | 'kuaipei_eraser'): string => postgresUrl(role, postgresPort);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const temporalAddress = `127.0.0.1:${temporalPort}`;

  const running = new Map<Part, Child>();
  let starts = 0;
  const logFile = (part: Part): string => join(folder, 'logs', `${part}-${(starts += 1)}.log`);

  const parties = await startParties(apiUrl);
  const { file: keyFile, keys } = freshKeys(folder);
  const environment: Record<string, string> = {
    API_DATABASE_URL: url('kuaipei_api'), WORKER_DATABASE_URL: url('kuaipei_worker'), ERASER_DATABASE_URL: url('kuaipei_eraser'), TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: NAMESPACE,
    TEMPORAL_UI_URL: apiUrl, API_HOST: '127.0.0.1', API_PORT: String(apiPort), PUBLIC_URL: apiUrl, OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience ?? API_AUDIENCE,
    ...parties.environment, PATIENT_SESSION_SECRET, KEY_FILE: keyFile, STORE_DIR: folders.documents ?? join(folder, 'documents'), WORKFLOW_BUNDLE: bundle, METRICS_PORT: String(metricsPort),
  };
  const program = async (part: 'worker' | 'api', file: string): Promise<Child> => startChild({
    name: part, command: process.execPath, args: ['--import', 'tsx', file], cwd: root, env: { ...process.env, ...await around(part, environment) }, logFile: logFile(part), graceSeconds: 20,
  });

  const starters: Record<Part, () => Promise<Child>> = {
    postgres: async () => (await startPostgres({ folder: folders.postgres ?? join(folder, 'postgres'), port: postgresPort, logFile: logFile('postgres') })).child,
    temporal: () => startTemporal({ port: temporalPort, uiPort: null, databaseFile: join(folders.temporal ?? join(folder, 'temporal'), 'temporal.db'), logFile: logFile('temporal'), say: () => undefined }),
    worker: async () => {
      const child = await program('worker', 'worker.ts');
      // The server remembers the poller that was killed for minutes: only the log tells of the new one.
      await untilReady(child, async () => { if (!(await readFile(child.logFile, 'utf8')).includes('worker: running')) throw new Error('not running yet'); });
      return child;
    },
    api: async () => {
      const child = await program('api', 'src/api/main.ts');
      await untilReady(child, () => fetch(`${apiUrl}/healthz`));
      return child;
    },
  };

  async function start(part: Part): Promise<void> {
    const giveUp = Date.now() + LONGEST_START_MS;
    for (;;) {
      try {
        running.set(part, await starters[part]());
        return;
      } catch (error) {
        if (part !== 'postgres' || Date.now() > giveUp) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }
  const end = async (part: Part, how: 'kill' | 'stop'): Promise<void> => {
    const child = running.get(part);
    running.delete(part);
    await child?.[how]();
  };

  const database = createDatabase(url('kuaipei_worker'), { connections: 4, keys });
  const connection = Connection.lazy({ address: temporalAddress });
  const acts = createActLog();
  const persons = new Map<string, Promise<TestPerson>>();

  async function close(): Promise<void> {
    for (const part of ['api', 'worker', 'temporal', 'postgres'] as const) {
      if (part === 'temporal') await Promise.all([database.$disconnect(), connection.close()]);
      await end(part, 'stop');
    }
    await parties.stop();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    await allOrThrow([start('temporal'), start('postgres').then(async () => {
      await prepareDatabase(postgresPort);
      if (bare) return;
      await run(process.execPath, ['--import', 'tsx', join(root, 'src/platform/database/migrate-main.ts')], { env: { ...process.env, DATABASE_URL: url('kuaipei') } });
      await fillDirectory(url('kuaipei_worker'));
    })]);
    if (!bare) await allOrThrow([start('worker'), start('api')]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    apiUrl, bankUrl: parties.bankUrl, insurerUrl: parties.insurerUrl, noticeUrl: parties.noticeUrl, workerMetricsUrl: `http://127.0.0.1:${metricsPort}/metrics`, bankSecret: PARTY_SECRETS.BANK_SECRET, environment,
    database, databaseUrl: url('kuaipei_worker'), temporal: new Client({ connection, namespace: NAMESPACE, dataConverter: dataConverter(keys) }), acts,
    person(account) {
      const known = persons.get(account) ?? signInAs({ apiUrl, issuer }, account, acts);
      persons.set(account, known);
      return known;
    },
    isUp: (part) => running.get(part)?.hasEnded() === false,
    kill: (part) => end(part, 'kill'), stop: (part) => end(part, 'stop'), start, close,
    processes: async (part) => (await descendants(running.get(part)!.pid!)).filter(({ name }) => name !== 'sh' && name !== 'cat').map(({ pid }) => pid),
    async logs() {
      const files = await readdir(join(folder, 'logs'));
      return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(folder, 'logs', file), 'utf8') })));
    },
  };
}
