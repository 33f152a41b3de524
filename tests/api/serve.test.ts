import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import * as z from 'zod';
import { createApp, type AppDeps } from '../../src/api/app';
import { route } from '../../src/api/http/route';
import { serve } from '../../src/api/http/serve';
import { fail, NOT_FOUND, ProblemError, sendProblem } from '../../src/api/problems';
import { createFolderStore } from '../../src/platform/documents/folder-store';
import { createLog } from '../../src/platform/log';
import { keysIn } from '../support/keys';

const told = { 200: { description: 'told', schema: z.object({}) } };
const routes = [
  route({ method: 'get', path: '/v1/silent', id: 'silent', tag: 'rules', summary: '', answers: told, handle: () => Promise.resolve({ status: 200, body: {} }) }),
  route({ method: 'get', path: '/v1/kept', id: 'kept', tag: 'rules', summary: '', answers: told, handle: () => Promise.resolve({ status: 200, headers: { 'Cache-Control': 'private, no-cache' }, body: {} }) }),
  route({ method: 'get', path: '/v1/refused', id: 'refused', tag: 'rules', summary: '', answers: told, handle: () => Promise.resolve(fail(NOT_FOUND)) }),
];
const problems: ErrorRequestHandler = (error, req, res, next) => { if (error instanceof ProblemError) sendProblem(req, res, error.problem); else next(error); };

test.each([['silent', 'no-store'], ['kept', 'private, no-cache'], ['refused', 'no-store']])('ASVS 14.3.2: what a route does not say may be kept is kept nowhere: %s, %s', async (name, expected) => {
  const app = express().use(serve(routes, { now: () => new Date('2026-03-02T01:00:00.000Z'), identify: () => Promise.resolve({ sub: 's', personId: 'P-1', roles: ['reviewer'], insurer: 'I001' }) })).use(problems);
  expect((await request(app).get(`/v1/${name}`)).headers['cache-control']).toBe(expected);
});

test.each(['/openapi.json', '/docs/', '/v1/claims', '/v1/patient-sessions', '/assets/none.js', '/nothing'])('ASVS 3.4: browsers are told to keep to HTTPS, to types as given and to say nothing of where they were: %s', async (path) => {
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-headers-'));
  const deps = { store: createFolderStore(folder, keysIn(folder)), log: createLog('api', 'silent'), authenticate: () => Promise.resolve(fail(NOT_FOUND)), leaving: () => false, now: () => new Date(), publicUrl: 'http://api.test', temporalUiUrl: 'http://ui.test', bankSecret: 'x', trustedProxies: 'loopback', console: { folder, issuer: 'http://id.test', clientId: 'console', temporalUiUrl: 'http://ui.test' } };
  const { headers } = await request(createApp(deps as unknown as AppDeps)).get(path);
  rmSync(folder, { recursive: true });
  expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=31536000; includeSubDomains', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'content-security-policy': expect.stringContaining("frame-ancestors 'none'") });
  expect(headers['content-security-policy']).toContain("base-uri 'none'");
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(headers).not.toHaveProperty('x-powered-by');
});
