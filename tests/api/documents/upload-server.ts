/**
 * The upload and content routers behind a stand-in for authentication and database: what the tests talk to, in this process or,
 * so that it can be killed, as its own: `tsx upload-server.ts <folder>` prints its port. Rows are lines of JSON in `<folder>/rows.ndjson`.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type ErrorRequestHandler } from 'express';
import { createContentRouter } from '../../../src/api/documents/content-router';
import { createUploadRouter, type StoredUpload, type UploadRoom } from '../../../src/api/documents/upload-router';
import { fail, NOT_FOUND, ProblemError, sendProblem, type Problem } from '../../../src/api/problems';
import { createFolderStore } from '../../../src/platform/documents/folder-store';
import type { Scanner } from '../../../src/platform/documents/scanner';
import type { DocumentStore } from '../../../src/platform/documents/store';
import { keysIn } from '../../support/keys';

export interface UploadServer { url: string; rows: () => StoredUpload[]; stop: () => Promise<void> }

export interface Stand {
  folder: string;
  store?: DocumentStore;
  scanner?: Scanner;
  /** Told of every reading; may throw. */
  onRead?: (personId: string) => void;
  /** Runs before a row is written; may throw. */
  beforeRow?: () => void;
  /** Without end unless given. */
  room?: UploadRoom;
}
const ROOM: UploadRoom = { take: () => Promise.resolve(), giveBack: () => Promise.resolve() };

const clean: Scanner = { scan: (content) => { content.destroy(); return Promise.resolve({ kind: 'clean' }); } };
const FORBIDDEN: Problem = { status: 403, code: 'not-allowed', text: { zh: '不允许', en: 'not allowed' } };

/** Who asks is the bearer token itself. Claim KP-2026-000404 is out of everybody's scope; invoices may not be uploaded. */
export async function startUploadServer({ folder, store: given, scanner = clean, onRead, beforeRow, room = ROOM }: Stand, port = 0): Promise<UploadServer> {
  mkdirSync(folder, { recursive: true });
  const store = given ?? createFolderStore(folder, keysIn(folder));
  const file = join(folder, 'rows.ndjson');
  const rows = (): StoredUpload[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as StoredUpload) : []);
  const personOf = (req: express.Request): string => req.get('authorization')?.replace('Bearer ', '') ?? 'nobody';
  const app = express().set('etag', false);
  app.use(createUploadRouter({
    store,
    scanner,
    personOf,
    authorise: (_req, claimNo, kind) => {
      if (claimNo === 'KP-2026-000404') fail(NOT_FOUND);
      if (kind === 'invoice') fail(FORBIDDEN);
      return Promise.resolve();
    },
    onStored: (stored) => {
      beforeRow?.();
      if (!rows().some((row) => row.uploadId === stored.uploadId)) appendFileSync(file, `${JSON.stringify(stored)}\n`);
      return Promise.resolve({ documentId: stored.uploadId });
    },
    room,
  }));
  app.use(createContentRouter({
    store: store.objects,
    find: (req, id) => {
      const row = rows().find((one) => one.uploadId === id && one.uploadedBy === personOf(req));
      return Promise.resolve(row ? { id, ...row } : null);
    },
    ticketFor: (_req, documentId) => Promise.resolve({ url: `/v1/documents/${documentId}?ticket=t`, expiresAt: '2026-03-02T01:05:00.000Z' }),
    recordRead: (req) => { onRead?.(personOf(req)); return Promise.resolve(); },
  }));
  app.use(problems);
  const server = await new Promise<Server>((resolve) => { const one = app.listen(port, '127.0.0.1', () => { resolve(one); }); });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    rows,
    stop: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}

const problems: ErrorRequestHandler = (error, req, res, next) => { if (error instanceof ProblemError) sendProblem(req, res, error.problem); else next(error); };

if (require.main === module) {
  const [, , folder = '', port = '0'] = process.argv;
  void startUploadServer({ folder }, Number(port)).then(({ url }) => { process.stdout.write(`${url}\n`); });
}
