import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createApp, type AppDeps } from '../../src/api/app';
import { createFolderStore } from '../../src/platform/documents/folder-store';
import { createLog } from '../../src/platform/log';
import { keysIn } from '../support/keys';

test('SPEC §3: what a database error quotes of a row does not reach the log of requests', async () => {
  const lines: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-log-'));
  const failed = Object.assign(new Error('Key (phone)=(13800138000) already exists'), { name: 'PrismaClientUnknownRequestError', code: 'P2002', meta: { phone: '13800138000' } });
  const deps = { store: createFolderStore(folder, keysIn(folder)), log: createLog('api', 'info', { write: (line: string) => { lines.push(line); } }), authenticate: () => Promise.reject(failed), leaving: () => false, now: () => new Date(), publicUrl: 'http://api.test', temporalUiUrl: 'http://ui.test', bankSecret: 'x', console: { folder, issuer: 'http://id.test', clientId: 'console', temporalUiUrl: 'http://ui.test' } };
  const answer = await request(createApp(deps as unknown as AppDeps)).get('/v1/claims');
  await rm(folder, { recursive: true, force: true });
  const log = lines.join('');
  expect(answer.status).toBe(500);
  expect(log).toContain('P2002');
  expect(log).toContain('"method":"GET"');
  expect(`${log}${answer.text}`).not.toContain('13800138000');
});
