import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { bankCallbackSchema, createBankClient } from '../../../src/platform/outside/bank';
import { Ambiguous, Malformed, Refused } from '../../../src/platform/outside/errors';
import { createInsurerClient } from '../../../src/platform/outside/insurer';
import { createNoticeClient } from '../../../src/platform/outside/notices';

let behave: RequestListener;
const server = createServer((req, res) => behave(req, res));
let connection: { url: string; secret: string; timeoutMs: number };
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  connection = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret: 's', timeoutMs: 10_000 };
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const says = (status: number, body: string): RequestListener => (_req, res) => void res.writeHead(status).end(body);
const ask = () => createBankClient(connection).ask('k');
const eligibility = () => createInsurerClient(connection).askEligibility({ requestId: 'r', insurer: 'I001', insuredRef: 'p', department: 'd', hospital: 'H001', surgeryAt: '2026-03-02T00:00:00Z' });
const deliver = () => createNoticeClient(connection).deliver({ key: 'k', to: { role: 'patient' }, template: 't', params: {} });

describe('SPEC §3: every answer is hostile until parsed', () => {
  const honest = { key: 'k', status: 'confirmed', amountFen: 100, bankReference: 'BK-1' };

  test('the honest answer that the hostile ones are made from is believed', async () => {
    behave = says(200, JSON.stringify({ ...honest, extra: 'ignored' }));
    expect(await ask()).toEqual({ kind: 'confirmed', amountFen: 100, bankReference: 'BK-1' });
  });

  test.each([
    ['another key', { ...honest, key: 'other' }],
    ['a status of its own', { ...honest, status: 'paid' }],
    ['failed without whose fault', { ...honest, status: 'failed' }],
    ['an amount as text', { ...honest, amountFen: '100' }],
    ['an amount with parts of a fen', { ...honest, amountFen: 0.1 }],
    ['an amount beyond safe integers', { ...honest, amountFen: 2 ** 53 }],
    ['a reference with markup', { ...honest, bankReference: '<script>' }],
    ['null', null],
    ['a list', [honest]],
  ])('%s is Malformed', async (_what, body) => {
    behave = says(200, JSON.stringify(body));
    await expect(ask()).rejects.toThrow(Malformed);
  });

  test('no JSON is ever taken for a bank answer, an insurer report or a receipt by chance', async () => {
    await fc.assert(fc.asyncProperty(fc.json(), async (body) => {
      behave = says(200, body);
      for (const call of [ask, eligibility, deliver]) await expect(call()).rejects.toThrow(Malformed);
    }), { numRuns: 50 });
  });

  test('text that is not JSON, and an answer without end, are Malformed; nothing of them is repeated', async () => {
    behave = says(200, '<html>张三 6222');
    const error = await ask().catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Malformed);
    expect(inspect(error, { depth: null })).not.toMatch(/张三|6222/);

    behave = (_req, res) => {
      res.writeHead(200);
      const flood = setInterval(() => res.write('x'.repeat(50_000)), 1);
      res.once('close', () => clearInterval(flood));
    };
    await expect(ask()).rejects.toThrow(/longer than/);
  });

  test('a 404 that is not the bank’s own word about the key is not "unknown"', async () => {
    behave = says(404, '<h1>Not Found</h1>');
    await expect(ask()).rejects.toThrow(Malformed);
  });

  test('a redirect is not followed', async () => {
    behave = (_req, res) => void res.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    await expect(ask()).rejects.toThrow(/unexpected HTTP 307/);
  });

  test('a doubt in free words never reaches the claim', async () => {
    const report = { requestId: 'r', insured: true, departmentCovered: true, limitLeftFen: 1, policyNo: 'P-1', doubts: ['limit-used'] };
    behave = says(200, JSON.stringify(report));
    expect(await eligibility()).toEqual(report);
    behave = says(200, JSON.stringify({ ...report, doubts: ['张三 had this before'] }));
    await expect(eligibility()).rejects.toThrow(/doubts\.0/);
  });
});

describe('SPEC §1.9: an answer that never came is unknown, not failed', () => {
  test.each<[string, RequestListener]>([
    ['a connection cut before the answer', (req) => req.socket.destroy()],
    ['a connection cut in the middle of it', (_req, res) => { res.writeHead(200, { 'content-length': '100' }); res.write('{'); setTimeout(() => res.destroy(), 20); }],
    ['headers, then silence', (_req, res) => { res.writeHead(200); res.write('{'); }],
    ['silence', () => undefined],
    ['500', says(500, '{}')],
    ['429', says(429, '{}')],
  ])('%s is Ambiguous', async (_what, listener) => {
    behave = listener;
    await expect(createBankClient({ ...connection, timeoutMs: 300 }).ask('k')).rejects.toThrow(Ambiguous);
  });

  test.each([400, 401, 403, 409, 422])('%i is Refused', async (status) => {
    behave = says(status, '{"detail":"张三"}');
    const error = await ask().catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Refused);
    expect(inspect(error, { depth: null })).not.toContain('张三');
  });
});

test('SPEC §1.9: a bank callback needs its event, key, amount in fen and, when failed, whose fault', () => {
  const callback = { eventId: 'e', key: 'k', status: 'failed', amountFen: 1, bankReference: 'BK-1', at: '2026-03-02T00:00:00Z', fault: 'payee' };
  expect(bankCallbackSchema.safeParse(callback).success).toBe(true);
  for (const field of Object.keys(callback)) expect(bankCallbackSchema.safeParse({ ...callback, [field]: undefined }).success).toBe(false);
});
