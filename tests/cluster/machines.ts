/** The platform on several machines: PostgreSQL, Temporal with PostgreSQL and mutual TLS, S3, and any number of APIs and workers, each in a network namespace. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Upload } from 'tus-js-client';
import { bundleWorkflows } from '../../dev/bundle';
import { startChild, untilReady, type Child } from '../../dev/children';
import { fillDirectory } from '../../dev/directory';
import { startIdentityProvider, tokenFor } from '../../dev/identity';
import { API_AUDIENCE } from '../../dev/identity/grant';
import { personaOf } from '../../dev/personas';
import { postgresUrl, prepareDatabase, startPostgres } from '../../dev/postgres';
import { findGoProgram } from '../../dev/programs';
import { NAMESPACE } from '../../dev/temporal';
import { startTemporalCluster } from '../../dev/temporal-cluster';
import { dataConverter } from '../../src/platform/codec';
import { WORK_KINDS } from '../../src/domain/claim';
import { createDatabase } from '../../src/platform/database';
import { createActLog, signInAs, type TestPerson } from '../support/acts';
import { freshKeys } from '../support/keys';
import { PATIENT_SESSION_SECRET, startParties } from '../support/parties';
import type { TestStack } from '../support/stack';
import { makeCertificates } from './certificates';
import { openNet, relay, type Machine, type Net, type Relay } from './net';

const run = promisify(execFile);
const root = resolve(__dirname, '../..');
const PORT = { postgres: 5432, temporal: 7233, storage: 7070, api: 8080 } as const;
const STORAGE = { user: 'storage-of-the-tests', password: 'storage-secret-of-the-tests' } as const;
const say = (words: string): void => { process.stdout.write(`  ${words}\n`); };

/** A machine that runs one of our processes. `kill` is `kill -9`, `stop` asks it to end; `start` brings it up again. */
export interface Member { kind: 'api' | 'worker'; name: string; ip: string; runs: boolean; start(): Promise<void>; kill(): Promise<void>; stop(): Promise<void>; cut(seconds: number): Promise<void> }

export interface Cluster {
  /** What journeys and invariants use; its address is the balancer's, before all APIs. */
  stack: TestStack;
  members: Member[];
  temporalAddress: string;
  issuer: string;
  /** One more machine, running. */
  addApi(): Promise<Member>;
  addWorker(kinds?: string): Promise<Member>;
  /** Connections that each API was handed. */
  served(): Record<string, number>;
  close(): Promise<void>;
}

/** Starts everything but APIs and workers. */
export async function openCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-cluster-'));
  await chmod(folder, 0o755); // PostgreSQL runs as another user, who has to get through
  const logFile = (name: string): string => join(folder, 'logs', `${name}.log`);
  const closing: Array<() => Promise<unknown>> = [];
  const close = async (): Promise<void> => {
    for (let last = closing.pop(); last !== undefined; last = closing.pop()) await last().catch((error: unknown) => { say(`not closed: ${String(error)}`); });
    if (process.env.CLUSTER_KEEP) say(`kept in ${folder}`); else await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  };
  try {
    const net = await openNet();
    closing.push(() => net.close());
    return await fill({ net, folder, logFile, closing, close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill({ net, folder, logFile, closing, close }: { net: Net; folder: string; logFile: (name: string) => string; closing: Array<() => Promise<unknown>>; close: () => Promise<void> }): Promise<Cluster> {
  const keep = (child: Child): Child => { closing.push(() => child.stop()); return child; };
  const [pg, temporal, storage] = [await net.machine('postgres'), await net.machine('temporal'), await net.machine('storage')];
  const postgres = { host: pg.ip, port: PORT.postgres };
  keep((await startPostgres({ folder: join(folder, 'postgres'), ...postgres, within: pg.within, logFile: logFile('postgres') })).child);
  await prepareDatabase(postgres);
  await run(process.execPath, ['--import', 'tsx', join(root, 'src/platform/database/migrate-main.ts')], { env: { ...process.env, DATABASE_URL: postgresUrl('kuaipei', postgres) } });
  await fillDirectory(postgresUrl('kuaipei_worker', postgres));
  say(`PostgreSQL at ${pg.ip}`);

  const tls = await makeCertificates(folder, temporal.ip);
  keep(await startTemporalCluster({ host: temporal.ip, port: PORT.temporal, postgres, folder: join(folder, 'temporal'), logFile: logFile('temporal'), say, tls, within: temporal.within }));
  say(`Temporal at ${temporal.ip}, for those who show a certificate`);
  keep(await startStorage(storage, folder, logFile('storage')));
  say(`S3 at ${storage.ip}`);

  const { child: identity, issuer } = await startIdentityProvider({ host: net.gateway, port: 8090, folder: join(folder, 'identity'), logFile: logFile('identity') });
  keep(identity);
  const members: Member[] = [];
  const balancer = await relay(net.gateway, () => members.filter(({ kind }) => kind === 'api').map(({ ip }) => ({ host: ip, port: PORT.api })));
  closing.push(() => balancer.close());
  const apiUrl = `http://${net.gateway}:${balancer.port}`;
  const parties = await startParties(apiUrl);
  closing.push(() => parties.stop());
  // The parties listen on loopback, which is another one on each machine.
  const outside: Record<string, string> = {};
  for (const name of ['BANK_URL', 'INSURER_URL', 'NOTICE_URL'] as const) {
    const way = await relay(net.gateway, () => [{ host: '127.0.0.1', port: Number(new URL(parties.environment[name]).port) }]);
    closing.push(() => way.close());
    outside[name] = `http://${net.gateway}:${way.port}`;
  }
  const { file: keyFile, keys } = freshKeys(folder);
  const environment = {
    ...process.env, ...tls.client, API_DATABASE_URL: postgresUrl('kuaipei_api', postgres), WORKER_DATABASE_URL: postgresUrl('kuaipei_worker', postgres), ERASER_DATABASE_URL: postgresUrl('kuaipei_eraser', postgres),
    TEMPORAL_ADDRESS: `${temporal.ip}:${PORT.temporal}`, TEMPORAL_NAMESPACE: NAMESPACE, API_HOST: '0.0.0.0', API_PORT: String(PORT.api), PUBLIC_URL: apiUrl, TRUSTED_PROXIES: net.gateway, OIDC_ISSUER: issuer, OIDC_AUDIENCE: API_AUDIENCE,
    ...parties.environment, ...outside, PATIENT_SESSION_SECRET, KEY_FILE: keyFile, WORKFLOW_BUNDLE: await bundleWorkflows(),
    S3_ENDPOINT: `http://${storage.ip}:${PORT.storage}`, S3_BUCKET: 'kuaipei', AWS_ACCESS_KEY_ID: STORAGE.user, AWS_SECRET_ACCESS_KEY: STORAGE.password,
  };

  async function add(kind: Member['kind'], kinds: string): Promise<Member> {
    const name = `${kind}-${members.filter((one) => one.kind === kind).length + 1}`;
    const machine = await net.machine(name);
    let child: Child | null = null;
    let starts = 0;
    const member: Member = {
      kind, name, ip: machine.ip, runs: false,
      async start() {
        const [command = '', ...args] = [...machine.within, process.execPath, '--import', 'tsx', kind === 'api' ? 'src/api/main.ts' : 'worker.ts'];
        const mine = child = startChild({ name, command, args, cwd: root, env: { ...environment, WORKER_KINDS: kinds }, logFile: logFile(`${name}-${starts += 1}`), graceSeconds: 20 });
        await untilReady(mine, async () => {
          if (kind === 'api') await fetch(`http://${machine.ip}:${PORT.api}/healthz`);
          else if (!(await readFile(mine.logFile, 'utf8')).includes('worker: running')) throw new Error('not running yet');
        }, 120);
        member.runs = true;
      },
      async kill() { member.runs = false; await child?.kill(); },
      async stop() { member.runs = false; await child?.stop(); },
      async cut(seconds) {
        await net.cable(machine, false);
        await new Promise((resolve) => { setTimeout(resolve, seconds * 1_000); });
        await net.cable(machine, true);
      },
    };
    members.push(member);
    closing.push(() => member.stop());
    await member.start();
    say(`${name} at ${machine.ip}${kind === 'worker' ? ` does ${kinds}` : ''}`);
    return member;
  }

  const database = createDatabase(environment.WORKER_DATABASE_URL, { connections: 4, keys });
  const connection = Connection.lazy(loadClientConnectConfig({ overrideEnvVars: { ...tls.client, TEMPORAL_ADDRESS: environment.TEMPORAL_ADDRESS } }).connectionOptions);
  closing.push(() => Promise.all([database.$disconnect(), connection.close()]));
  const acts = createActLog();
  const persons = new Map<string, Promise<TestPerson>>();
  const stack = {
    apiUrl, bankUrl: parties.bankUrl, database, databaseUrl: environment.WORKER_DATABASE_URL, acts, temporal: new Client({ connection, namespace: NAMESPACE, dataConverter: dataConverter(keys) }),
    person(account: string) {
      const known = persons.get(account) ?? signInAs({ apiUrl, issuer }, account, acts).then(async (person) => ({ ...person, upload: resuming(apiUrl, await tokenFor(issuer, personaOf(account).account)) }));
      persons.set(account, known);
      return known;
    },
  } as Partial<TestStack> as TestStack;
  return { stack, members, temporalAddress: environment.TEMPORAL_ADDRESS, issuer, addApi: () => add('api', ''), addWorker: (kinds = WORK_KINDS.join()) => add('worker', kinds), served: () => servedBy(members, balancer), close };
}

/** Uploads as the console does: what was begun is gone on with. Begun anew each time, a person would soon have as many unfinished ones as they may. */
const resuming = (apiUrl: string, token: string): TestPerson['upload'] => {
  const upload: TestPerson['upload'] = (claimNo, kind, fileName, content) => new Promise((resolve, reject) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    new Upload(content, {
      endpoint: `${apiUrl}/v1/uploads`, headers: { authorization: `Bearer ${token}` }, uploadSize: content.length, metadata: { claimNo, kind, filename: fileName, sha256 },
      retryDelays: Array<number>(60).fill(2_000),
      onShouldRetry: (error) => { const status = 'originalResponse' in error ? error.originalResponse?.getStatus() : undefined; return !status || status === 409 || status === 429 || status >= 500; },
      onError: reject,
      onSuccess: ({ lastResponse }) => {
        const answer = lastResponse.getBody();
        // Finished, but the answer that named the document was lost with the connection: a finished one is no obstacle to another.
        if (answer === '') return resolve(upload(claimNo, kind, fileName, content));
        const { documentId, mediaType } = JSON.parse(answer) as { documentId: string; mediaType: string };
        resolve({ documentId, kind, sha256, bytes: content.length, mediaType });
      },
    }).start();
  });
  return upload;
};

const servedBy = (members: readonly Member[], balancer: Relay): Record<string, number> =>
  Object.fromEntries(members.filter(({ kind }) => kind === 'api').map(({ name }, index) => [name, balancer.served[index] ?? 0]));

/** The S3 server of docker-compose.yml, with our bucket. */
async function startStorage(machine: Machine, folder: string, logFile: string): Promise<Child> {
  const { path } = await findGoProgram({ name: 'versitygw', module: 'github.com/versity/versitygw/cmd/versitygw', version: '1.8.0' }, say);
  await mkdir(join(folder, 'objects', 'kuaipei'), { recursive: true });
  const [command = '', ...args] = [...machine.within, path, '--health', '/health', 'posix', join(folder, 'objects')];
  const child = startChild({ name: 'S3', command, args, logFile, env: { ...process.env, ROOT_ACCESS_KEY: STORAGE.user, ROOT_SECRET_KEY: STORAGE.password, VGW_PORT: `:${PORT.storage}`, VGW_REGION: 'us-east-1' } });
  await untilReady(child, async () => { if (!(await fetch(`http://${machine.ip}:${PORT.storage}/health`)).ok) throw new Error('not well'); });
  return child;
}
