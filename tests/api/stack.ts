import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import { fillDirectory } from '../../dev/directory';
import { startBank } from '../../dev/simulators/bank';
import { startInsurer } from '../../dev/simulators/insurer';
import { startNotices } from '../../dev/simulators/notices';
import { startApi } from '../../src/api/main';
import { readApiConfig, readWorkerConfig } from '../../src/platform/config';
import { createLog } from '../../src/platform/log';
import { startWorker } from '../../worker';
import { createDatabase, type TestDatabase } from '../support/database';
import { identityProvider, token } from '../support/identity';
import { temporalAddress, workflowBundle } from '../support/temporal';

export const SECRET = 'a-secret-for-the-tests';

export interface Stack {
  url: string;
  database: TestDatabase;
  lines: string[];
  get(account: string, path: string, headers?: Record<string, string>): Promise<Response>;
  /** A keyed POST; the key is made here unless given among the headers. */
  post(account: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** A port of the discard protocol's neighbour, where nothing listens. */
export const NOWHERE = '127.0.0.1:9';

/** The API on a database of its own; with `worker`, a whole platform on real PostgreSQL and Temporal, its namespace shared with the run. */
export async function startStack({ worker = false, temporal = true }: { worker?: boolean; temporal?: boolean } = {}): Promise<Stack> {
  const database = await createDatabase();
  await fillDirectory(database.workerUrl);
  const { issuer } = await identityProvider();
  const { address, namespace } = temporal ? await temporalAddress() : { address: NOWHERE, namespace: 'kuaipei' };
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-api-'));
  const parties = worker ? await Promise.all([startBank({ port: 0, secret: SECRET }), startInsurer({ port: 0, secret: SECRET }), startNotices({ port: 0, secret: SECRET })]) : [];
  const [bank, insurer, notices] = parties.map((party) => party.url);
  const environment = {
    API_DATABASE_URL: database.apiUrl, WORKER_DATABASE_URL: database.workerUrl, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, OIDC_ISSUER: issuer,
    BANK_URL: bank ?? `http://${NOWHERE}`, INSURER_URL: insurer ?? `http://${NOWHERE}`, NOTICE_URL: notices ?? `http://${NOWHERE}`, WEBHOOK_SECRET: SECRET, STORE_DIR: folder,
    API_PORT: '1', ...(worker ? { WORKFLOW_BUNDLE: (await workflowBundle()).codePath } : {}),
  };
  const lines: string[] = [];
  const log = createLog('api', 'info', { write: (line: string) => { lines.push(line); } });
  const api = await startApi({ ...readApiConfig(environment), port: 0 }, log, environment);
  const working = worker ? await startWorker(readWorkerConfig(environment), log, environment) : null;
  const tokens = new Map<string, Promise<string>>();
  const bearer = async (account: string): Promise<string> => {
    const known = tokens.get(account) ?? token(account);
    tokens.set(account, known);
    return `Bearer ${await known}`;
  };
  return {
    url: api.url, database, lines,
    get: async (account, path, headers = {}) => request(api.url).get(path).set({ Authorization: await bearer(account), ...headers }),
    post: async (account, path, body = {}, headers = {}) => request(api.url).post(path).set({ Authorization: await bearer(account), 'Idempotency-Key': randomUUID(), ...headers }).send(body as object),
    async stop() {
      await working?.stop();
      await api.stop();
      await Promise.all(parties.map((party) => party.stop()));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A report that opens a claim; `recordNo` tells patients apart. */
export const aReport = (recordNo: string, more: Record<string, unknown> = {}) => ({
  department: 'general-surgery', patient: { recordNo, name: '测试患者', sex: 'female', birthDate: '1961-04-05', personId: 'P-PATIENT-A' },
  surgeryAt: '2026-03-02T01:00:00Z', occurredAt: '2026-03-02T02:30:00Z', outcomeType: 'minor-complication', surgeryCode: '80146002', ...more,
});
