import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request, { type Response } from 'supertest';
import { signIn, type StoredDocument } from '../../dev/client';
import { fillDirectory } from '../../dev/directory';
import { paper } from '../../dev/paper';
import { freePort } from '../../dev/ports';
import { startApi } from '../../src/api/main';
import { readApiConfig, readWorkerConfig } from '../../src/platform/config';
import type { KeyRing } from '../../src/platform/keys/key-ring';
import { createLog } from '../../src/platform/log';
import { startWorker } from '../../worker';
import { createDatabase, type TestDatabase } from '../support/database';
import { identityProvider, token } from '../support/identity';
import { freshKeys } from '../support/keys';
import { PARTY_SECRETS, PATIENT_SESSION_SECRET, startParties } from '../support/parties';
import { freshNamespace, workflowBundle } from '../support/temporal';

export interface Stack {
  url: string;
  database: TestDatabase;
  /** The keys of API and worker: their file, and a ring of the test's own. */
  keyFile: string;
  keys: KeyRing;
  lines: string[];
  /** Where the bank is, and where notices go; of a stack with a worker. */
  bankUrl: string;
  noticeUrl: string;
  temporal: { address: string; namespace: string };
  /** Where the documents lie. */
  storeFolder: string;
  get(account: string, path: string, headers?: Record<string, string>): Promise<Response>;
  /** A keyed POST; the key is made here unless given among the headers. */
  post(account: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a file of its own to a claim; answers what an act says of it. */
  upload(account: string, claimNo: string, kind: string): Promise<StoredDocument>;
  /** Starts a second worker, or the first; `more` of its environment, such as the eraser's address. */
  bringWorker(more?: Record<string, string>): Promise<{ stop(): Promise<void> }>;
  /** Starts a second API on the same database and store. */
  bringApi(): Promise<{ url: string; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** A port where nothing listens. */
export const NOWHERE = '127.0.0.1:9';

/**
 * The API in this process, on a database of its own; with `worker`, a whole platform on real PostgreSQL and Temporal. `temporal` is its
 * address if not the run's own; `kinds` are the worker's, all unless given; `limits` are the API's, the real ones unless given. Where parts must be killed, tests/support/stack.ts runs each as a process.
 */
export async function startStack({ worker = false, kinds = '', temporal, limits }: { worker?: boolean; kinds?: string; temporal?: string; limits?: Parameters<typeof startApi>[3] } = {}): Promise<Stack> {
  const database = await createDatabase();
  await fillDirectory(database.workerUrl);
  const { issuer } = await identityProvider();
  // Claim numbers begin anew in every database, and all workers ask the same task queue: a namespace of its own keeps stacks apart.
  const { address: own, namespace } = await freshNamespace();
  const address = temporal ?? own;
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-api-'));
  const { file: keyFile, keys } = freshKeys(folder);
  const port = await freePort();
  const parties = worker ? await startParties(`http://127.0.0.1:${port}`) : null;
  const environment = {
    API_DATABASE_URL: database.apiUrl, WORKER_DATABASE_URL: database.workerUrl, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, OIDC_ISSUER: issuer,
    BANK_URL: `http://${NOWHERE}`, INSURER_URL: `http://${NOWHERE}`, NOTICE_URL: `http://${NOWHERE}`, ...PARTY_SECRETS, PATIENT_SESSION_SECRET, ...parties?.environment, KEY_FILE: keyFile, STORE_DIR: folder,
    API_PORT: String(port), ...(worker ? { WORKFLOW_BUNDLE: (await workflowBundle()).codePath } : {}),
  };
  const lines: string[] = [];
  const log = createLog('api', 'info', { write: (line: string) => { lines.push(line); } });
  const api = await startApi(readApiConfig(environment), log, environment, limits);
  const working = worker ? await startWorker(readWorkerConfig({ ...environment, WORKER_KINDS: kinds }), log, environment) : null;
  // As browsers do: thousands of requests need not be thousands of connections.
  const agent = new Agent({ keepAlive: true });
  const bearer = async (account: string): Promise<string> => `Bearer ${await token(account)}`;
  return {
    url: api.url, database, keyFile, keys, lines, bankUrl: parties?.bankUrl ?? `http://${NOWHERE}`, noticeUrl: parties?.noticeUrl ?? `http://${NOWHERE}`, temporal: { address, namespace }, storeFolder: folder,
    get: async (account, path, headers = {}) => request(api.url).get(path).agent(agent).set({ Authorization: await bearer(account), ...headers }),
    post: async (account, path, body = {}, headers = {}) => request(api.url).post(path).agent(agent).set({ Authorization: await bearer(account), 'Idempotency-Key': randomUUID(), ...headers }).send(body as object),
    upload: async (account, claimNo, kind) => (await signIn({ apiUrl: api.url, issuer }, account)).upload(claimNo, kind, `${kind}.pdf`, paper(kind, [randomUUID()])),
    bringWorker: (more = {}) => startWorker(readWorkerConfig({ ...environment, ...more }), log, environment),
    bringApi: async () => startApi(readApiConfig({ ...environment, API_PORT: String(await freePort()) }), log, environment),
    async stop() {
      agent.destroy();
      await working?.stop();
      await api.stop();
      await parties?.stop();
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

/** The facts that fit such a report. */
export const FACTS = {
  occurredAt: '2026-03-02T02:30:00.000Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 480_000 }],
  claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true,
};
