/**
 * `npm run bench:lists [-- --sizes 10000,100000] [--rounds 100]`: what lists cost at 10 000, 100 000 and 1 000 000 claims. For each size it fills a
 * database of its own (bench/lists-fill.ts), asks the API for each list in turns, as people of dev/personas.ts with their roles and row-level security, and prints
 * p50, p95 and their ratio to the first size; of PostgreSQL alone milliseconds, blocks and statements for each. The million takes about ten minutes and 12 GB under
 * KUAIPEI_DATA (or the system's folder for temporary files); all is removed in the end, unless `--keep` says that the next run will want it.
 * `--only inbox`: lists whose name has this word.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { Child } from '../dev/children';
import { fillDirectory } from '../dev/directory';
import { startIdentityProvider, tokenFor } from '../dev/identity';
import { API_AUDIENCE } from '../dev/identity/grant';
import { freePort } from '../dev/ports';
import { postgresUrl, prepareDatabase, startPostgres } from '../dev/postgres';
import { NAMESPACE, startTemporal } from '../dev/temporal';
import { startApi } from '../src/api/main';
import { readApiConfig } from '../src/platform/config';
import { migrate } from '../src/platform/database/migrate';
import { createKeyFile } from '../src/platform/keys/key-file';
import { openKeyFile } from '../src/platform/keys/key-ring';
import { createLog } from '../src/platform/log';
import { NO_LIMITS } from '../tests/support/limits';
import { fill, SOUGHT, type Filled } from './lists-fill';
import { quantile, report, spending } from './measure';

const REVIEWER = 'reviewer-a-i001', SPECIALIST = 'specialist-a-h001', LIAISON = 'liaison-b-h001', FINANCE = 'finance-a-i001', MANAGER = 'manager-h001', SENIOR = 'senior-reviewer-a-i001';
/** As an API that has served for a while: its code compiled, its statements planned. */
const WARM_UP = 40;
/** What is as slow as this is not asked as often as the rest. */
const LONGEST_MS = 20_000;
const SECRET = 'a secret of this bench and of nothing else';

/** What is asked, by whom. `open` and `closed` are claims of the reviewer's insurer. */
const asked = ({ open, closed }: { open: string; closed: string }): Array<[name: string, account: string, path: string]> => [
  ['inbox, reviewer', REVIEWER, '/v1/tasks'],
  ['inbox, specialist', SPECIALIST, '/v1/tasks'],
  ['inbox, liaison of three departments', LIAISON, '/v1/tasks'],
  ['inbox, finance', FINANCE, '/v1/tasks'],
  ['inbox: due today', REVIEWER, '/v1/tasks?due=today'],
  ['inbox: waiting for others', REVIEWER, '/v1/tasks?waiting'],
  ['inbox: done', REVIEWER, '/v1/tasks?done'],
  ['inbox: flagged claims', REVIEWER, '/v1/tasks?flagged=true'],
  ['inbox: search by number', REVIEWER, `/v1/tasks?q=${open}`],
  ['views with counts, reviewer', REVIEWER, '/v1/views'],
  ['claims, reviewer', REVIEWER, '/v1/claims'],
  ['claims in review', REVIEWER, '/v1/claims?stage=review'],
  ['claims of one hospital', REVIEWER, '/v1/claims?hospital=H001'],
  ['claims, auditor', 'auditor', '/v1/claims'],
  ['search: claim number', REVIEWER, `/v1/claims?q=${closed}`],
  ['search: beginning of a number', REVIEWER, `/v1/claims?q=${closed.slice(0, 11)}`],
  ['search: patient\'s name', REVIEWER, `/v1/claims?q=${encodeURIComponent(SOUGHT.name)}`],
  ['search: identity number', REVIEWER, `/v1/claims?q=${SOUGHT.identityNumber}`],
  ['search: name, specialist', SPECIALIST, `/v1/claims?q=${encodeURIComponent(SOUGHT.name)}`],
  ['search: name, auditor', 'auditor', `/v1/claims?q=${encodeURIComponent(SOUGHT.name)}`],
  ['claim page, open', REVIEWER, `/v1/claims/${open}`],
  ['claim page, closed', REVIEWER, `/v1/claims/${closed}`],
  ['its events', REVIEWER, `/v1/claims/${closed}/events`],
  ['team, manager', MANAGER, '/v1/team'],
  ['team, senior reviewer', SENIOR, '/v1/team'],
  ['operations: stuck', 'ops', '/v1/ops/stuck'],
  ['operations: gauges', '', '/metrics'],
];

interface Line { name: string; claims: number; p50: number; p95: number; postgresMs: number; blocks: number; statements: number; failed?: true }

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: 'string', default: '10000,100000,1000000' }, rounds: { type: 'string', default: '100' }, only: { type: 'string', default: '' }, keep: { type: 'boolean', default: false } } });
  const sizes = values.sizes.split(',').map(Number), rounds = Number(values.rounds);
  const base = process.env['KUAIPEI_DATA'];
  const folder = base === undefined ? await mkdtemp(join(tmpdir(), 'kuaipei-bench-lists-')) : base;
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const children: Child[] = [];
  try {
    const [postgresPort, temporalPort, issuerPort] = [await freePort(), await freePort(), await freePort()];
    const postgres = { folder: join(folder, 'postgres'), port: postgresPort, logFile: join(folder, 'postgres.log'), careless: true };
    let { child } = await startPostgres(postgres);
    const root = new Client({ connectionString: postgresUrl('postgres', postgresPort, 'postgres') });
    await root.connect();
    await root.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
    await root.query("ALTER SYSTEM SET max_wal_size = '4GB'");
    await root.end();
    await child.stop();
    ({ child } = await startPostgres(postgres));
    children.push(child, await startTemporal({ port: temporalPort, uiPort: null, databaseFile: null, logFile: join(folder, 'temporal.log'), say: () => undefined }));
    const identity = await startIdentityProvider({ port: issuerPort, folder: join(folder, 'identity'), logFile: join(folder, 'identity.log') });
    children.push(identity.child);
    const keyFile = join(folder, 'keys.json');
    if (!existsSync(keyFile)) createKeyFile(keyFile, 'k1');

    const lines: Line[] = [];
    const { stolen } = await spending({}, async () => { for (const claims of sizes) {
      const name = `lists_${claims}`;
      const filled = await bring(name, claims, postgresPort, keyFile);
      if (filled) console.log(`${claims} claims: ${filled.open} open, ${filled.tasks} tasks, ${filled.events} events, ${(filled.bytes / 2 ** 30).toFixed(2)} GB, filled in ${filled.seconds} s`);
      const environment = {
        API_DATABASE_URL: postgresUrl('kuaipei_api', postgresPort, name), TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`, TEMPORAL_NAMESPACE: NAMESPACE, OIDC_ISSUER: identity.issuer, OIDC_AUDIENCE: API_AUDIENCE,
        PATIENT_SESSION_SECRET: SECRET, BANK_SECRET: SECRET, BANK_URL: identity.issuer, KEY_FILE: keyFile, STORE_DIR: join(folder, 'documents'), API_PORT: String(await freePort()),
      };
      const api = await startApi(readApiConfig(environment), createLog('api', 'fatal'), environment, { limits: NO_LIMITS });
      const superuser = new Client({ connectionString: postgresUrl('postgres', postgresPort, name) });
      await superuser.connect();
      try {
        const found = await measure(superuser, api.url, identity.issuer, claims, rounds, values.only);
        lines.push(...found);
        for (const line of found) say(line, lines.find((first) => first.name === line.name) ?? line);
      } finally {
        await superuser.end();
        await api.stop();
      }
    } });
    report('lists', lines.map((line) => ({ ...line, ratio: line.p95 / lines.find((first) => first.name === line.name)!.p95 })), { rounds, stolen });
  } finally {
    for (const one of children.reverse()) await one.stop();
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** The database of that size; null when it stands from a run that kept it, and only new migrations were applied. */
async function bring(name: string, claims: number, port: number, keyFile: string): Promise<Filled | null> {
  const root = new Client({ connectionString: postgresUrl('postgres', port, 'postgres') });
  await root.connect();
  const stands = (await root.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
  await root.end();
  await prepareDatabase(port, name);
  await migrate({ databaseUrl: postgresUrl('kuaipei', port, name), log: () => undefined });
  const superuser = new Client({ connectionString: postgresUrl('postgres', port, name) });
  await superuser.connect();
  try {
    if (stands) { await superuser.query('VACUUM (ANALYZE)'); return null; }
    await superuser.query('CREATE EXTENSION pg_stat_statements');
    await fillDirectory(postgresUrl('kuaipei_worker', port, name));
    return await fill(superuser, postgresUrl('kuaipei_worker', port, name), openKeyFile(keyFile), claims);
  } finally {
    await superuser.end();
  }
}

const agent = new Agent({ keepAlive: true });
/** Node's plain client: the API serves in this process too, and fetch would leave it as much to clear away as the API does. */
const ask = (url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> => new Promise((resolve, reject) => {
  get(url, { agent, headers }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => { resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() }); }).on('error', reject);
  }).on('error', reject);
});

async function measure(superuser: Client, url: string, issuer: string, claims: number, rounds: number, only: string): Promise<Line[]> {
  const { rows: [examples] } = await superuser.query<{ open: string; closed: string }>(`SELECT
    (SELECT claim_no FROM claim WHERE insurer = 'I001' AND stage = 'review' ORDER BY claim_no LIMIT 1) AS open,
    (SELECT claim_no FROM claim WHERE insurer = 'I001' AND stage = 'closed' AND state ->> 'claimNo' = claim_no ORDER BY claim_no OFFSET 20 LIMIT 1) AS closed`);
  const work = asked(examples!).filter(([name]) => name.includes(only));
  const tokens = new Map<string, string>();
  for (const [, account] of work) if (account !== '' && !tokens.has(account)) tokens.set(account, await tokenFor(issuer, account));
  const failed = new Set<string>();
  const read = async ([name, account, path]: (typeof work)[number]): Promise<void> => {
    const { status, body } = await ask(url + path, account === '' ? {} : { Authorization: `Bearer ${tokens.get(account)}` });
    if (status === 503) failed.add(name);
    else if (status !== 200) throw new Error(`${path} answered ${status}: ${body.slice(0, 200)}`);
  };
  const times = new Map<string, number[]>(work.map(([name]) => [name, []]));
  // In turns, so that what else the machine does falls on all.
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const one of work) {
      const spent = times.get(one[0])!;
      if (spent.reduce((sum, ms) => sum + ms, 0) > LONGEST_MS) continue;
      const began = performance.now();
      await read(one);
      if (round >= 0 || performance.now() - began > 1_000) spent.push(performance.now() - began);
    }
  }
  const lines: Line[] = [];
  for (const one of work) {
    await superuser.query('SELECT pg_stat_statements_reset()');
    const asks = quantile(times.get(one[0])!, 0.5) > 1_000 ? 1 : 10;
    for (let n = 0; n < asks; n += 1) await read(one);
    const { rows: [cost] } = await superuser.query<{ ms: number; blocks: number; statements: number }>(`
      SELECT sum(total_exec_time + total_plan_time) / $1 AS ms, sum(shared_blks_hit + shared_blks_read)::float / $1 AS blocks, sum(calls)::float / $1 AS statements FROM pg_stat_statements s
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND userid = 'kuaipei_api'::regrole`, [asks]);
    const of = times.get(one[0])!;
    lines.push({ name: one[0], claims, p50: quantile(of, 0.5), p95: quantile(of, 0.95), postgresMs: cost!.ms, blocks: Math.round(cost!.blocks), statements: cost!.statements, ...(failed.has(one[0]) ? { failed: true } : {}) });
  }
  return lines;
}

const say = (line: Line, first: Line): void => {
  console.log(`${String(line.claims).padStart(8)}  ${line.name.padEnd(36)} p50 ${line.p50.toFixed(1).padStart(7)} ms  p95 ${line.p95.toFixed(1).padStart(7)} ms  ${(line.p95 / first.p95).toFixed(2).padStart(6)}×  PostgreSQL ${line.postgresMs.toFixed(1).padStart(7)} ms ${String(line.blocks).padStart(7)} blocks ${line.statements.toFixed(1).padStart(5)} statements`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
});
