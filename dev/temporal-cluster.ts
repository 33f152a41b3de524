import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CannotStart } from './cannot-start';
import { startChild, untilReady, type Child } from './children';
import { asSuperuser, type PostgresAddress } from './postgres';
import { findGoProgram, findTemporal, type Say } from './programs';
import { NAMESPACE, reachTemporal } from './temporal';

/**
 * Temporal as it runs for real: the server itself, with its tables and its visibility in PostgreSQL, in place of the one-file server of
 * `npm start`. `TEMPORAL=cluster npm start` takes it; `npm run cluster` tries it among several machines.
 */

const run = promisify(execFile);
/** The server inside the one-file server of dev/programs.ts, so that both do the same. */
const VERSION = '1.29.1';
/** How many parts the histories are cut into; fixed when the database is made. Many more for real (docs/capacity.md): each is looked after all the time. */
const SHARDS = 4;
/** Where the parts of the server talk to each other, seen from the port that clients use. */
const INNER_PORTS = 2_000;
const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;
const LOCAL_PASSWORD = 'temporal';

export interface ClusterOptions {
  /** Where clients reach it. */
  host?: string;
  port: number;
  /** The server that holds its two databases. */
  postgres: PostgresAddress;
  /** For its configuration; made when missing. */
  folder: string;
  logFile: string;
  say: Say;
  /** Then clients must show a certificate. */
  tls?: MutualTls;
  /** A command that runs its arguments elsewhere, such as in a network namespace. */
  within?: readonly string[];
}

/** Files of the server's certificate and of the authority that signed it and all clients', and the variables by which a client of ours takes part. */
export interface MutualTls { cert: string; key: string; ca: string; client: Record<string, string> }

/** Brings the schema up to date and starts the server with namespace and search attributes; ready when this settles. Throws CannotStart. */
export async function startTemporalCluster({ host = '127.0.0.1', port, postgres, folder, logFile, say, tls, within = [] }: ClusterOptions): Promise<Child> {
  const server = await findGoProgram({ name: 'temporal-server', module: 'go.temporal.io/server/cmd/server', version: VERSION }, say);
  say(`server ${VERSION} with PostgreSQL, ${server.from}`);
  await bringSchema(postgres, say);
  await mkdir(folder, { recursive: true });
  // What is JSON is YAML.
  await writeFile(join(folder, 'cluster.yaml'), JSON.stringify(configuration(host, port, postgres, tls), null, 2), { mode: 0o600 });
  const [command = server.path, ...args] = [...within, server.path, '--root', folder, '--config', '.', '--env', 'cluster', '--allow-no-auth', 'start'];
  const child = startChild({ name: 'Temporal', command, args, logFile });
  const address = `${host}:${port}`;
  await untilReady(child, () => bringNamespace(address, tls?.client ?? {}, say));
  await untilReady(child, () => reachTemporal(address, loadClientConnectConfig({ overrideEnvVars: tls?.client ?? {} }).connectionOptions.tls));
  return child;
}

/** Both databases and their tables, as the server's own tool makes and keeps them. */
async function bringSchema(postgres: PostgresAddress, say: Say): Promise<void> {
  const tool = await findGoProgram({ name: 'temporal-sql-tool', module: 'go.temporal.io/server/cmd/tools/sql', version: VERSION }, say);
  await asSuperuser(postgres, 'postgres', async (client) => {
    if ((await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'temporal'")).rowCount === 0) await client.query(`CREATE ROLE temporal LOGIN PASSWORD '${LOCAL_PASSWORD}'`);
    for (const name of Object.keys(DATABASES)) {
      if ((await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER temporal`);
    }
  });
  for (const [database, schema] of Object.entries(DATABASES)) {
    const asked = (...command: string[]) => run(tool.path, ['--plugin', 'postgres12', '--ep', postgres.host, '-p', String(postgres.port), '-u', 'temporal', '--pw', LOCAL_PASSWORD, '--db', database, ...command])
      .catch((error: unknown) => { throw new CannotStart(`Temporal's tables could not be brought up to date in ${database}: ${error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)}`); });
    await asked('setup-schema', '-v', '0.0');
    await asked('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

/** The same script that a deployment runs. Throws until the server has all it asks for. */
async function bringNamespace(address: string, environment: Record<string, string>, say: Say): Promise<void> {
  const cli = await findTemporal(say);
  const script = resolve(__dirname, '../deploy/temporal/namespace.sh');
  await run('/bin/sh', ['-c', 'temporal() { "$TEMPORAL_CLI" "$@"; }; . "$0"', script], { env: { ...process.env, ...environment, TEMPORAL_CLI: cli.path, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: NAMESPACE }, timeout: 60_000 });
}

function configuration(host: string, port: number, postgres: PostgresAddress, tls: MutualTls | undefined): object {
  const store = (databaseName: string, maxConns: number) => ({
    sql: { pluginName: 'postgres12', databaseName, connectAddr: `${postgres.host}:${postgres.port}`, connectProtocol: 'tcp', user: 'temporal', password: LOCAL_PASSWORD, maxConns, maxIdleConns: maxConns, maxConnLifetime: '1h' },
  });
  const part = (n: number, grpcPort = port + INNER_PORTS + 2 * n) => ({ rpc: { grpcPort, membershipPort: port + INNER_PORTS + 2 * n + 1, bindOnIP: host } });
  const { cert: certFile, key: keyFile, ca } = tls ?? { cert: '', key: '', ca: '' };
  const client = { rootCaFiles: [ca] };
  return {
    log: { stdout: true, level: 'error' },
    persistence: { defaultStore: 'main', visibilityStore: 'visibility', numHistoryShards: SHARDS, datastores: { main: store('temporal', 20), visibility: store('temporal_visibility', 10) } },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: host },
      ...(tls ? { tls: { frontend: { server: { certFile, keyFile, requireClientAuth: true, clientCaFiles: [ca] }, client }, systemWorker: { certFile, keyFile, client } } } : {}),
    },
    services: { frontend: part(0, port), history: part(1), matching: part(2), worker: part(3) },
    clusterMetadata: {
      enableGlobalNamespace: false, failoverVersionIncrement: 10, masterClusterName: 'active', currentClusterName: 'active',
      clusterInformation: { active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `${host}:${port}` } },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    publicClient: { hostPort: `${host}:${port}` },
  };
}
