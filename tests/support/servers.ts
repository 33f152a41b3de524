import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflows } from '../../dev/bundle';
import type { Child } from '../../dev/children';
import { startIdentityProvider } from '../../dev/identity';
import { freePort } from '../../dev/ports';
import { postgresUrl, prepareDatabase, startPostgres } from '../../dev/postgres';
import { findTestServer } from '../../dev/programs';
import { startTemporal } from '../../dev/temporal';

/** What tests may ask for, and the answer each gives. */
export interface Answers {
  /** A PostgreSQL whose database `kuaipei_template` has all migrations applied. */
  postgres: { port: number; template: string };
  /** A Temporal server, in memory, with our namespace and search attributes. */
  temporal: { address: string };
  /** The executable of the time-skipping test server. */
  testServer: { path: string };
  /** An identity provider that knows the personas. */
  identity: { issuer: string };
  /** The workflow bundle, built from the sources as they are. */
  bundle: { path: string };
}

const run = promisify(execFile);
const TEMPLATE = 'kuaipei_template';

/**
 * The servers of one test run. Each starts when the first test asks for it, so that a run of pure rules starts none.
 * Test files run in processes of their own and ask over HTTP on loopback; the key keeps other programs out.
 */
export interface Servers {
  url: string;
  stop(): Promise<void>;
}

export async function openServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-tests-'));
  // PostgreSQL may run as another user, who has to get through.
  await chmod(folder, 0o711);
  const children: Child[] = [];
  const say = (words: string): void => { process.stderr.write(`  ${words}\n`); };

  const start: { [Name in keyof Answers]: () => Promise<Answers[Name]> } = {
    postgres: async () => {
      const port = await freePort();
      const { child } = await startPostgres({ folder: join(folder, 'postgres'), port, logFile: join(folder, 'postgres.log'), careless: true });
      children.push(child);
      await prepareDatabase(port, TEMPLATE);
      await run(process.execPath, ['--import', 'tsx', join(__dirname, '../../src/platform/database/migrate-main.ts')], { env: { ...process.env, DATABASE_URL: postgresUrl('kuaipei', port, TEMPLATE) } });
      return { port, template: TEMPLATE };
    },
    temporal: async () => {
      const port = await freePort();
      children.push(await startTemporal({ port, uiPort: null, databaseFile: null, logFile: join(folder, 'temporal.log'), say: (words) => { if (!words.startsWith('server ')) say(words); } }));
      return { address: `127.0.0.1:${port}` };
    },
    testServer: async () => ({ path: (await findTestServer(say)).path }),
    identity: async () => {
      const { child, issuer } = await startIdentityProvider({ port: await freePort(), folder: join(folder, 'identity'), logFile: join(folder, 'identity.log') });
      children.push(child);
      return { issuer };
    },
    bundle: async () => ({ path: await bundleWorkflows() }),
  };
  const started = new Map<string, Promise<unknown>>();
  const key = randomBytes(16).toString('hex');

  const server: Server = createServer((request, response) => {
    // A kept connection may be closed by this side while a busy test sends its next question over it.
    response.setHeader('Connection', 'close');
    const name = (request.url ?? '').replace(`/${key}/`, '');
    if (!(name in start)) return void response.writeHead(404).end();
    const answer = started.get(name) ?? start[name as keyof Answers]();
    started.set(name, answer);
    answer.then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${key}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled(started.values());
      await Promise.all(children.map((child) => child.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Called by tests: the server of that name, started if nobody asked before. Throws with the reason it could not start. */
export async function server<Name extends keyof Answers>(name: Name): Promise<Answers[Name]> {
  const url = process.env.KUAIPEI_TEST_SERVERS;
  if (url === undefined) throw new Error('KUAIPEI_TEST_SERVERS is missing: it is set by tests/support/global-setup.ts, run the tests through jest.');
  const answer = await fetch(`${url}/${name}`);
  if (!answer.ok) throw new Error(`${name} could not be started for the tests: ${await answer.text()}`);
  return await answer.json() as Answers[Name];
}
