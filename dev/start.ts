import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CLAIMS_QUEUE } from '../src/domain/claim';
import { migrate } from '../src/platform/database/migrate';
import { createKeyFile } from '../src/platform/keys/key-file';
import { bundleWorkflows } from './bundle';
import { CannotStart } from './cannot-start';
import { buildConsole } from './console';
import { lastWords, startChild, untilReady, type Child } from './children';
import { fillDirectory } from './directory';
import { prepareFolder } from './folder';
import { startIdentityProvider } from './identity';
import { API_AUDIENCE } from './identity/grant';
import { createNarrator, readyTable } from './narrator';
import { postgresUrl, prepareDatabase, startPostgres } from './postgres';
import { sentenceFor } from './sentence';
import { takeSampleCases } from './sample-cases';
import { readSettings, type Settings } from './settings';
import { startBank } from './simulators/bank';
import { startInsurer } from './simulators/insurer';
import { startNotices } from './simulators/notices';
import { announce, withdraw, type Stack } from './stack';
import { NAMESPACE, reachTemporal, reachWorker, startTemporal } from './temporal';
import { startTemporalCluster } from './temporal-cluster';

/**
 * `npm start`: the whole platform on one machine, from nothing. What you have already may take a part's place:
 * TEMPORAL=cluster runs Temporal as for real, with its tables in the same PostgreSQL, and without its UI;
 * DATABASE_URL with API_DATABASE_URL and WORKER_DATABASE_URL (and ERASER_DATABASE_URL, to erase) for PostgreSQL, TEMPORAL_ADDRESS for Temporal.
 */

const root = resolve(__dirname, '..');
/** Sign the calls between us and each of the parties of this machine. */
const PARTY_SECRETS = { BANK_SECRET: 'local-bank-secret-of-this-machine-alone', INSURER_SECRET: 'local-insurer-secret-of-this-machine-alone', NOTICE_SECRET: 'local-notice-secret-of-this-machine-alone' };
/** Makes the links of patients on this machine. */
const PATIENT_SESSION_SECRET = 'local-patient-session-secret-of-this-machine';

const say = createNarrator();
/** What runs by now, in the order in which it was started. */
const running: Array<{ name: string; stop(): Promise<void> }> = [];
let stopping = false;

async function start(settings: Settings, fresh: boolean): Promise<Stack> {
  await prepareFolder(settings, fresh);
  say('data', `${settings.folder}${fresh ? ' (begun anew)' : ''}`);

  const bringingDatabase = bringDatabase(settings);
  const [database, temporalAddress, issuer, parties, bundle, consoleFolder] = await Promise.all([
    bringingDatabase, bringTemporal(settings, bringingDatabase), bringIdentity(settings), bringParties(settings), bringBundle(), bringConsole(),
  ]);
  const { ports, folder } = settings;
  const stack: Stack = {
    pid: process.pid,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    issuer, ...parties, temporalAddress,
    temporalUiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    databaseUrl: database.owner, apiDatabaseUrl: database.api, workerDatabaseUrl: database.worker,
    logs: join(folder, 'logs'),
    environment: {
      API_DATABASE_URL: database.api, WORKER_DATABASE_URL: database.worker, ...database.eraser, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: NAMESPACE,
      TEMPORAL_UI_URL: `http://127.0.0.1:${ports.temporalUi}`, API_HOST: '127.0.0.1', API_PORT: String(ports.api), PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
      OIDC_ISSUER: issuer, OIDC_AUDIENCE: API_AUDIENCE, BANK_URL: parties.bankUrl, INSURER_URL: parties.insurerUrl, NOTICE_URL: parties.noticeUrl,
      ...PARTY_SECRETS, PATIENT_SESSION_SECRET, KEY_FILE: bringKeys(settings), STORE_DIR: join(folder, 'documents'), WORKFLOW_BUNDLE: bundle, CONSOLE_DIR: consoleFolder, METRICS_PORT: String(ports.workerMetrics),
    },
  };
  await Promise.all([bringWorker(stack), bringApi(stack)]);
  const samples = await takeSampleCases(stack);
  say('sample cases', samples.length === 0 ? 'there are claims already' : `hospital records opened ${samples.join(', ')}`);
  announce(folder, stack);
  running.push({ name: 'announcement', stop: () => { withdraw(folder); return Promise.resolve(); } });
  return stack;
}

async function bringDatabase({ folder, ports }: Settings): Promise<{ owner: string; api: string; worker: string; eraser: { ERASER_DATABASE_URL?: string } }> {
  const { DATABASE_URL: owner, API_DATABASE_URL: api, WORKER_DATABASE_URL: worker, ERASER_DATABASE_URL: erases } = process.env;
  let addresses = { owner: postgresUrl('kuaipei', ports.postgres), api: postgresUrl('kuaipei_api', ports.postgres), worker: postgresUrl('kuaipei_worker', ports.postgres), eraser: { ERASER_DATABASE_URL: postgresUrl('kuaipei_eraser', ports.postgres) } as { ERASER_DATABASE_URL?: string } };
  if (owner !== undefined) {
    if (api === undefined || worker === undefined) throw new CannotStart('DATABASE_URL is set, so API_DATABASE_URL and WORKER_DATABASE_URL are needed too: the same database as roles kuaipei_api and kuaipei_worker.');
    addresses = { owner, api, worker, eraser: erases === undefined ? {} : { ERASER_DATABASE_URL: erases } };
    say('PostgreSQL', 'taken from DATABASE_URL');
  } else {
    say('PostgreSQL', 'starting');
    const { child, isNew } = await startPostgres({ folder: join(folder, 'postgres'), port: ports.postgres, logFile: join(folder, 'logs', 'postgres.log') });
    keep(child);
    await prepareDatabase(ports.postgres);
    say('PostgreSQL', `ready on port ${ports.postgres}${isNew ? ', new' : ''}`);
  }
  const applied = await migrate({ databaseUrl: addresses.owner, log: (line) => { say('migrations', line); } });
  if (applied.length === 0) say('migrations', 'nothing to apply');
  await fillDirectory(addresses.worker);
  return addresses;
}

async function bringTemporal({ folder, ports }: Settings, database: Promise<unknown>): Promise<string> {
  const given = process.env.TEMPORAL_ADDRESS;
  if (given !== undefined && given !== '') {
    await reachTemporal(given).catch((error: unknown) => { throw new CannotStart(`TEMPORAL_ADDRESS names ${given}, which is not ready for us (${String(error)}): it needs namespace ${NAMESPACE} and our search attributes.`); });
    say('Temporal', 'taken from TEMPORAL_ADDRESS');
    return given;
  }
  if (process.env.TEMPORAL === 'cluster') {
    if (process.env.DATABASE_URL !== undefined) throw new CannotStart('TEMPORAL=cluster makes its databases in the PostgreSQL that npm start brings: unset DATABASE_URL, or name a server of yours in TEMPORAL_ADDRESS.');
    await database;
    keep(await startTemporalCluster({
      port: ports.temporal, postgres: { host: '127.0.0.1', port: ports.postgres }, folder: join(folder, 'temporal'), logFile: join(folder, 'logs', 'temporal.log'), say: (words) => { say('Temporal', words); },
    }));
    say('Temporal', `ready on port ${ports.temporal}, its tables in PostgreSQL, without UI`);
    return `127.0.0.1:${ports.temporal}`;
  }
  keep(await startTemporal({
    port: ports.temporal, uiPort: ports.temporalUi, codecUrl: `http://127.0.0.1:${ports.api}/v1/codec`, databaseFile: join(folder, 'temporal', 'temporal.db'), logFile: join(folder, 'logs', 'temporal.log'),
    say: (words) => { say('Temporal', words); },
  }));
  say('Temporal', `ready on port ${ports.temporal}, UI on ${ports.temporalUi}`);
  return `127.0.0.1:${ports.temporal}`;
}

async function bringIdentity({ folder, ports }: Settings): Promise<string> {
  const { child, issuer } = await startIdentityProvider({ port: ports.identity, folder: join(folder, 'identity'), logFile: join(folder, 'logs', 'identity.log') });
  keep(child);
  say('identity provider', `ready on port ${ports.identity}`);
  return issuer;
}

async function bringParties({ folder, ports }: Settings): Promise<{ bankUrl: string; insurerUrl: string; noticeUrl: string }> {
  const journal = (name: string) => join(folder, 'simulators', `${name}.ndjson`);
  const [bank, insurer, notices] = await Promise.all([
    startBank({ port: ports.bank, secret: PARTY_SECRETS.BANK_SECRET, callbackUrl: `http://127.0.0.1:${ports.api}/v1/webhooks/bank`, dataFile: journal('bank') }),
    startInsurer({ port: ports.insurer, secret: PARTY_SECRETS.INSURER_SECRET, dataFile: journal('insurer') }),
    startNotices({ port: ports.notices, secret: PARTY_SECRETS.NOTICE_SECRET, dataFile: journal('notices') }),
  ]);
  running.push({ name: 'bank', stop: () => bank.stop() }, { name: 'insurer', stop: () => insurer.stop() }, { name: 'notice gateway', stop: () => notices.stop() });
  say('outside parties', `bank on port ${ports.bank}, insurer on ${ports.insurer}, notices on ${ports.notices} (simulated)`);
  return { bankUrl: bank.url, insurerUrl: insurer.url, noticeUrl: notices.url };
}

/** Keys of this machine alone, made at the first start. */
function bringKeys({ folder }: Settings): string {
  const file = join(folder, 'keys.json');
  if (!existsSync(file)) createKeyFile(file);
  return file;
}

async function bringBundle(): Promise<string> {
  const file = await bundleWorkflows();
  say('workflows', 'bundled');
  return file;
}

async function bringConsole(): Promise<string> {
  const folder = await buildConsole();
  say('console', 'built');
  return folder;
}

async function bringWorker(stack: Stack): Promise<void> {
  const worker = keep(program('worker', 'worker.ts', stack), () => bringWorker(stack));
  await untilReady(worker, () => reachWorker(stack.temporalAddress, CLAIMS_QUEUE));
  say('worker', `polls task queue ${CLAIMS_QUEUE}`);
}

async function bringApi(stack: Stack): Promise<void> {
  const api = keep(program('API', 'src/api/main.ts', stack), () => bringApi(stack));
  await untilReady(api, async () => {
    const answer = await fetch(`${stack.apiUrl}/readyz`);
    if (!answer.ok) throw new Error(`/readyz answered ${answer.status}`);
  });
  say('API', `ready at ${stack.apiUrl}`);
}

function program(name: string, file: string, stack: Stack): Child {
  return startChild({
    name, command: process.execPath, args: ['--import', 'tsx', file], cwd: root, env: { ...process.env, ...stack.environment },
    logFile: join(stack.logs, `${name.toLowerCase()}.log`), graceSeconds: 20,
  });
}

/** Between the end of a program of ours and its next start: long enough to see what happens without it. In milliseconds. */
const RESTART_MS = 5_000;

/**
 * Remembers a child for the stop, and says so if it ends before. The others go on: what then happens is worth seeing, too.
 * `again` brings it back, as whoever runs it for real would.
 */
function keep(child: Child, again?: () => Promise<void>): Child {
  running.push(child);
  child.ended.catch(() => null).then(async (code) => {
    if (stopping) return;
    say(child.name, `ended by itself (${code === null ? 'killed' : `code ${code}`})${again ? `; it is started again in ${RESTART_MS / 1000} s` : '; Ctrl-C and npm start bring it back'}. Its last words, from ${child.logFile}:\n${await lastWords(child)}`);
    if (!again) return;
    await new Promise((resolve) => { setTimeout(resolve, RESTART_MS); });
    if (!stopping) await again();
  }).catch((error: unknown) => { say(child.name, `could not be started again: ${error instanceof Error ? error.message : 'unknown error'}`); });
  return child;
}

/** Last in, first out. */
async function stopAll(): Promise<void> {
  for (let last = running.pop(); last !== undefined; last = running.pop()) await last.stop();
}

async function main(): Promise<void> {
  let stoppingSince = 0;
  const end = (code: number): void => {
    if (stopping) {
      // Ctrl-C arrives twice under npm, which hands it on. Asked again later means: at once; the leashes do the rest.
      if (Date.now() - stoppingSince > 1_000) process.exit(code);
      return;
    }
    stopping = true;
    stoppingSince = Date.now();
    void stopAll().finally(() => process.exit(code));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping) say('stopping', 'everything that was started');
      end(0);
    });
  }
  // npm may be killed with -9 and cannot tell us: then we have another parent, and end as well.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) setInterval(() => { if (process.ppid !== parent) end(1); }, 500).unref();

  try {
    const unknown = process.argv.slice(2).filter((word) => word !== '--fresh');
    if (unknown.length > 0) throw new CannotStart(`npm start does not know ${unknown.join(' ')}. It knows --fresh: begin anew, without what was there.`);
    const stack = await start(readSettings(process.env), process.argv.includes('--fresh'));
    console.log(`\n${readyTable(stack)}\n`);
    setInterval(() => undefined, 2 ** 30); // nothing else may hold this process
  } catch (error) {
    if (stopping) return;
    console.error(`\n${sentenceFor(error) ?? (error instanceof Error ? error.stack : String(error))}`);
    end(1);
  }
}

void main();
