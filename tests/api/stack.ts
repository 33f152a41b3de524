import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import { fillDirectory } from '../../dev/directory';
import { freePort } from '../../dev/ports';
import { startBank } from '../../dev/simulators/bank';
import { startInsurer } from '../../dev/simulators/insurer';
import { startNotices } from '../../dev/simulators/notices';
import { startApi } from '../../src/api/main';
import { readApiConfig, readWorkerConfig } from '../../src/platform/config';
import { createLog } from '../../src/platform/log';
import { startWorker } from '../../worker';
import { createDatabase, type TestDatabase } from '../support/database';
import { identityProvider, token } from '../support/identity';
import { freshNamespace, workflowBundle } from '../support/temporal';

export const SECRET = 'a-secret-for-the-tests';

export interface Stack {
  url: string;
  database: TestDatabase;
  lines: string[];
  get(account: string, path: string, headers?: Record<string, string>): Promise<Response>;
  /** A keyed POST; the key is made here unless given among the headers. */
  post(account: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a file of its own to a claim; answers what an act says of it. */
  upload(account: string, claimNo: string, kind: string): Promise<{ documentId: string; kind: string; sha256: string; bytes: number; mediaType: string }>;
  /** Starts a second worker, or the first. */
  bringWorker(): Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** A port where nothing listens. */
export const NOWHERE = '127.0.0.1:9';

/** The API on a database of its own; with `worker`, a whole platform on real PostgreSQL and Temporal. `temporal` is its address if not the run's own. */
export async function startStack({ worker = false, temporal }: { worker?: boolean; temporal?: string } = {}): Promise<Stack> {
  const database = await createDatabase();
  await fillDirectory(database.workerUrl);
  const { issuer } = await identityProvider();
  // Claim numbers begin anew in every database, and all workers ask the same task queue: a namespace of its own keeps stacks apart.
  const { address: own, namespace } = await freshNamespace();
  const address = temporal ?? own;
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-api-'));
  const port = await freePort();
  const parties = worker ? await Promise.all([startBank({ port: 0, secret: SECRET, callbackUrl: `http://127.0.0.1:${port}/v1/webhooks/bank` }), startInsurer({ port: 0, secret: SECRET }), startNotices({ port: 0, secret: SECRET })]) : [];
  const [bank, insurer, notices] = parties.map((party) => party.url);
  const environment = {
    API_DATABASE_URL: database.apiUrl, WORKER_DATABASE_URL: database.workerUrl, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, OIDC_ISSUER: issuer,
    BANK_URL: bank ?? `http://${NOWHERE}`, INSURER_URL: insurer ?? `http://${NOWHERE}`, NOTICE_URL: notices ?? `http://${NOWHERE}`, WEBHOOK_SECRET: SECRET, STORE_DIR: folder,
    API_PORT: String(port), ...(worker ? { WORKFLOW_BUNDLE: (await workflowBundle()).codePath } : {}),
  };
  const lines: string[] = [];
  const log = createLog('api', 'info', { write: (line: string) => { lines.push(line); } });
  const api = await startApi(readApiConfig(environment), log, environment);
  const working = worker ? await startWorker(readWorkerConfig(environment), log, environment) : null;
  // As browsers do: thousands of requests need not be thousands of connections.
  const agent = new Agent({ keepAlive: true });
  const tokens = new Map<string, Promise<string>>();
  const bearer = async (account: string): Promise<string> => {
    const known = tokens.get(account) ?? token(account);
    tokens.set(account, known);
    return `Bearer ${await known}`;
  };
  return {
    url: api.url, database, lines,
    get: async (account, path, headers = {}) => request(api.url).get(path).agent(agent).set({ Authorization: await bearer(account), ...headers }),
    post: async (account, path, body = {}, headers = {}) => request(api.url).post(path).agent(agent).set({ Authorization: await bearer(account), 'Idempotency-Key': randomUUID(), ...headers }).send(body as object),
    async upload(account, claimNo, kind) {
      const content = onePdf();
      const sha256 = createHash('sha256').update(content).digest('hex');
      const metadata = Object.entries({ claimNo, kind, filename: `${kind}.pdf`, sha256 }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
      const common = { Authorization: await bearer(account), 'Tus-Resumable': '1.0.0' };
      const begun = await request(api.url).post('/v1/uploads').set({ ...common, 'Upload-Length': String(content.length), 'Upload-Metadata': metadata });
      const { status, body } = begun.status !== 201 ? begun : await request(api.url).patch(new URL(begun.headers['location'] ?? '', `${api.url}/v1/uploads/`).pathname)
        .set({ ...common, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }).send(content);
      if (status !== 200) throw new Error(`upload of ${kind}: ${status} ${JSON.stringify(body)}`);
      return { documentId: body.documentId, kind, sha256: body.sha256, bytes: body.bytes, mediaType: body.mediaType };
    },
    bringWorker: () => startWorker(readWorkerConfig(environment), log, environment),
    async stop() {
      agent.destroy();
      await working?.stop();
      await api.stop();
      await Promise.all(parties.map((party) => party.stop()));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A small whole PDF like no other. */
function onePdf(): Buffer {
  const parts = ['1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n', '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n', `3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Name (${randomUUID()}) >>\nendobj\n`];
  let text = '%PDF-1.4\n';
  const offsets = parts.map((part) => { const at = text.length; text += part; return at; });
  const xref = text.length;
  text += `xref\n0 4\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** A report that opens a claim; `recordNo` tells patients apart. */
export const aReport = (recordNo: string, more: Record<string, unknown> = {}) => ({
  department: 'general-surgery', patient: { recordNo, name: '测试患者', sex: 'female', birthDate: '1961-04-05', personId: 'P-PATIENT-A' },
  surgeryAt: '2026-03-02T01:00:00Z', occurredAt: '2026-03-02T02:30:00Z', outcomeType: 'minor-complication', surgeryCode: '80146002', ...more,
});
