import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { createDatabase } from '../../src/platform/database';
import { sign } from '../../src/platform/outside/signature';
import { token } from '../support/identity';
import { eventually, PARTY_SECRETS } from '../support/parties';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack(); }, 120_000);
afterAll(() => stack.stop());

describe('the bank calls back', () => {
  const { BANK_SECRET, INSURER_SECRET, NOTICE_SECRET } = PARTY_SECRETS;
  const callback = (more: Record<string, unknown> = {}) => JSON.stringify({ status: 'confirmed', eventId: randomUUID(), key: 'KP-2026-000001:death:x:1', amountFen: 100, bankReference: 'BK-1', at: new Date().toISOString(), ...more });
  const call = (body: string, headers: Record<string, string>) => request(stack.url).post('/v1/webhooks/bank').set({ 'Content-Type': 'application/json', ...headers }).send(body);

  test('SPEC §1.9: an unsigned, late or altered call is 401', async () => {
    const body = callback();
    expect((await call(body, {})).body.code).toBe('signature-missing');
    expect((await call(body, sign(body, BANK_SECRET, new Date(Date.now() - 600_000)))).body.code).toBe('time-outside-window');
    expect((await call(body.replace('100', '999'), sign(body, BANK_SECRET, new Date()))).body.code).toBe('signature-wrong');
    const nonsense = '{"status":"confirmed"}';
    expect((await call(nonsense, sign(nonsense, BANK_SECRET, new Date()))).status).toBe(422);
  });

  test.each([['insurer', INSURER_SECRET], ['notice gateway', NOTICE_SECRET]])('ASVS 11.1.1: the %s cannot confirm a payment as the bank: its own secret signs nothing here', async (_whose, secret) => {
    const body = callback();
    const answer = await call(body, sign(body, secret, new Date()));
    expect([answer.status, answer.body.code]).toEqual([401, 'signature-wrong']);
  });

  test('SPEC §1.9: a confirmation of an unknown payment is kept under its event id, once', async () => {
    const body = callback();
    for (let times = 0; times < 2; times++) {
      const answer = await call(body, sign(body, BANK_SECRET, new Date()));
      expect([answer.status, answer.body]).toEqual([200, { taken: 'kept' }]);
    }
    const { eventId } = JSON.parse(body) as { eventId: string };
    const differences = createDatabase(stack.database.workerUrl);
    expect(await differences.difference.count({ where: { detail: { path: ['eventId'], equals: eventId } } })).toBe(1);
    await differences.$disconnect();
    const other = callback({ eventId, amountFen: 999 });
    const altered = await call(other, sign(other, BANK_SECRET, new Date()));
    expect([altered.status, altered.body.code]).toEqual([409, 'same-id-other-body']);
  });

  test.each([['key', 'a\u0000b'], ['eventId', 'a\u0000b'], ['at', '0000-01-01T00:00:00Z'], ['at', '9999-12-31T23:59:59Z'], ['amountFen', -1], ['bankReference', 'x'.repeat(81)]])('SPEC §3: %s that cannot be kept is refused', async (field, value) => {
    const body = callback({ [field]: value });
    const answer = await call(body, sign(body, BANK_SECRET, new Date()));
    expect([answer.status, answer.body.field]).toEqual([422, `/${field}`]);
  });
});

describe('intake from hospital records', () => {
  const folder = join(__dirname, '../../dev/samples/fhir');
  const bundles = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object);

  test('a bundle opens its claims, and nothing again when it comes again, from whomever; the answer names no patient', async () => {
    for (const bundle of bundles) {
      const first = await stack.post('his-feed-h001', '/v1/intake/fhir', bundle, { 'Content-Type': 'application/fhir+json' });
      expect([first.status, first.body.alreadyOpen]).toEqual([200, []]);
      const second = await stack.post('specialist-a-h001', '/v1/intake/fhir', bundle);
      expect(second.body).toEqual({ opened: [], alreadyOpen: first.body.opened, unremarkable: first.body.unremarkable });
      for (const { claimNo } of first.body.opened as Array<{ claimNo: string }>) {
        const { body } = await stack.get('reviewer-a-i001', `/v1/claims/${claimNo}`);
        expect(body.stage).toBe('collecting');
        expect(JSON.stringify(first.body)).not.toContain(body.patient.name);
        expect(JSON.stringify(first.body)).not.toContain(body.patient.recordNo);
      }
    }
    expect((await stack.get('auditor', '/v1/claims?limit=100')).body.items.length).toBeGreaterThan(0);
  });

  test('SPEC §3: a bundle that cannot be trusted is refused whole, with the path at fault', async () => {
    const broken = await stack.post('his-feed-h001', '/v1/intake/fhir', { resourceType: 'Bundle', entry: [] });
    expect([broken.status, broken.body.errors[0].field]).toEqual([422, 'entry']);
    expect((await stack.post('his-feed-h001', '/v1/intake/fhir', { resourceType: 'Patient' })).status).toBe(422);
    expect((await stack.post('reviewer-a-i001', '/v1/intake/fhir', bundles[0])).status).toBe(403);
  });
});

describe('live screens', () => {
  async function listenAs(account: string): Promise<{ status: number; next(): Promise<string>; close(): void }> {
    const stop = new AbortController();
    const answer = await fetch(`${stack.url}/v1/events`, { headers: { Authorization: `Bearer ${await token(account)}` }, signal: stop.signal });
    const reader = answer.body!.getReader();
    let text = '';
    return {
      status: answer.status,
      async next() {
        for (;;) {
          const found = /event: claim\ndata: (.*)\n\n/.exec(text);
          if (found) { text = text.slice(found.index + found[0].length); return found[1]!; }
          text += Buffer.from((await reader.read()).value ?? []).toString('utf8');
        }
      },
      close: () => { stop.abort(); },
    };
  }

  test('SPEC §1.2: a change reaches who sees the claim, and nobody else', async () => {
    const [theirs, others] = [await listenAs('reviewer-a-i001'), await listenAs('reviewer-a-i002')];
    const foreign = others.next();
    const { body: { claimNo, version } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('L1'));
    expect(JSON.parse(await theirs.next())).toEqual({ claimNo, version, stage: 'collecting' });
    const own = await stack.post('specialist-a-h002', '/v1/claims', aReport('L2'));
    expect(JSON.parse(await foreign)).toMatchObject({ claimNo: own.body.claimNo });
    theirs.close(); others.close();
  });

  test('one person holds five streams at most', async () => {
    const open = await Promise.all(Array.from({ length: 5 }, () => listenAs('specialist-b-h001')));
    expect((await stack.get('specialist-b-h001', '/v1/events')).status).toBe(429);
    for (const one of open) one.close();
  });
});

test('SPEC §1.2: an account that the directory calls inactive is nobody within seconds, whatever its token says', async () => {
  const { Client } = await import('pg');
  const directory = new Client({ connectionString: stack.database.workerUrl });
  await directory.connect();
  expect((await stack.get('finance-b-i002', '/v1/claims')).status).toBe(200);
  await directory.query("UPDATE person SET active = false WHERE sub = 'finance-b-i002'");
  await directory.end();
  const barred = await eventually(async () => {
    const answer = await stack.get('finance-b-i002', '/v1/claims');
    return answer.status === 401 ? answer.headers['www-authenticate'] : undefined;
  }, 10_000);
  expect(barred).toContain('account inactive');
});

test('ASVS 16.2.1, 16.3: what is refused is logged as a warning with why and whom, by ids alone', async () => {
  const lineOf = ({ headers }: request.Response) => JSON.parse(stack.lines.find((line) => line.includes(String(headers['x-request-id']))) ?? '{}') as object;
  const noRight = lineOf(await stack.get('reviewer-a-i001', '/v1/ops/stuck?name=noticeable'));
  expect(noRight).toMatchObject({ level: 'warn', route: '/v1/ops/stuck', code: 'not-your-role', personId: 'P-I001-REVIEWER-A', res: { status: 403 } });
  expect(Object.keys(noRight).sort()).toEqual(['at', 'code', 'level', 'msg', 'personId', 'req', 'res', 'responseTime', 'route', 'service']);
  expect(JSON.stringify(noRight)).not.toContain('noticeable');
  expect(lineOf(await request(stack.url).get('/v1/claims'))).toMatchObject({ level: 'warn', code: 'unauthenticated', res: { status: 401 } });
  expect(lineOf(await stack.get('finance-b-i002', '/v1/claims'))).toMatchObject({ level: 'warn', code: 'unauthenticated', personId: 'P-I002-FINANCE-B' });
  expect(lineOf(await stack.get('reviewer-a-i001', '/v1/rules'))).toMatchObject({ level: 'info', res: { status: 200 } });
});

test('SPEC §1.2: each reading of the auditor is logged', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('AU1'));
  await stack.get('auditor', `/v1/claims/${claimNo}`);
  await stack.get('auditor', `/v1/claims/${claimNo}/events`);
  const { Client } = await import('pg');
  const log = new Client({ connectionString: stack.database.workerUrl });
  await log.connect();
  const { rows } = await log.query('SELECT what FROM read_log WHERE claim_no = $1 AND person_id = $2 ORDER BY id', [claimNo, 'P-AUDITOR']);
  await log.end();
  expect(rows).toEqual([{ what: 'claim' }, { what: 'events' }]);
});
