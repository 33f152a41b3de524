import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { Client as Postgres } from 'pg';
import { verifyLedger } from '../../src/platform/audit/verify-ledger';
import { asWorker, createDatabase, type Database } from '../../src/platform/database';
import { ANCHORING } from '../../src/platform/operations/schedule';
import { nodeTools } from '../../src/verify/main';
import { verifyPack } from '../../src/verify/pack';
import { readKeys } from '../../src/verify/keys';
import { Client, Connection } from '@temporalio/client';
import { inDispute } from '../domain/claim/scenario';
import { token } from '../support/identity';
import { eventually, noticeJournal } from '../support/parties';
import { inMemory } from '../verify/packed';
import { plant } from './planted';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
let worker: Database;
let claimNo: string;
const DISPUTED = 'KP-2026-000801';
beforeAll(async () => {
  stack = await startStack({ worker: true });
  worker = createDatabase(stack.database.workerUrl);
  claimNo = (await stack.post('specialist-a-h001', '/v1/claims', aReport('EVIDENCE-1'))).body.claimNo;
  await plant(worker, inDispute().fork(), DISPUTED);
  await asWorker(worker, (tx) => tx.claim.update({ where: { claimNo: DISPUTED }, data: { mediators: ['P-MEDIATOR-A'] } }));
}, 240_000);
afterAll(async () => {
  await worker.$disconnect();
  await stack.stop();
});

async function packFor(account: string, of = claimNo, query = ''): Promise<{ status: number; headers: Record<string, string>; bytes: Buffer; code?: string }> {
  const answer = await request(stack.url).get(`/v1/claims/${of}/evidence-pack${query}`).set({ Authorization: `Bearer ${await token(account)}` }).buffer(true).parse((res, done) => {
    const parts: Buffer[] = [];
    res.on('data', (part: Buffer) => { parts.push(part); });
    res.on('end', () => { done(null, Buffer.concat(parts)); });
  });
  const bytes = answer.body as Buffer;
  return { status: answer.status, headers: answer.headers, bytes, ...(answer.status === 200 ? {} : { code: (JSON.parse(bytes.toString()) as { code: string }).code }) };
}
const published = async () => readKeys((await stack.get('patient-a', '/v1/evidence-keys')).text);

describe('issue 5 part 5: evidence pack: one click, one reproducible ZIP for court or mediation', () => {
  test('who answers for the claim on either side, its mediator and the auditor take it; nobody else', async () => {
    const roles: [string, number][] = [['manager-h001', 200], ['senior-reviewer-a-i001', 200], ['auditor', 200], ['specialist-a-h001', 403], ['reviewer-a-i001', 403], ['finance-a-i001', 403], ['patient-a', 403], ['ops', 403], ['manager-h002', 404]];
    for (const [account, status] of roles) expect([account, (await packFor(account)).status]).toEqual([account, status]);
    expect((await packFor('mediator-a')).status).toBe(404);
    expect((await packFor('mediator-a', DISPUTED)).status).toBe(200);
    expect((await packFor('mediator-b', DISPUTED)).status).toBe(404);
  });

  test('the same bytes again, signed under a published key, verified offline; the reading is recorded each time', async () => {
    const first = await packFor('manager-h001');
    expect(first.headers).toMatchObject({ 'content-type': 'application/zip', 'cache-control': 'no-store', 'content-length': String(first.bytes.length), 'content-disposition': expect.stringContaining(`${claimNo}-v`) });
    const report = await verifyPack(inMemory(first.bytes), nodeTools, await published());
    expect(report).toMatchObject({ isPack: true, claimNo, seenAs: 'manager', faults: [], signedBy: { trusted: true } });
    expect((await packFor('manager-h001')).bytes.equals(first.bytes)).toBe(true);
    const reads = (await stack.get('auditor', `/v1/claims/${claimNo}/reads`)).body.items as { what: string; by: { role: string } }[];
    expect(reads.filter((one) => one.what === `evidence-pack ${report.version}` && one.by.role === 'manager').length).toBeGreaterThanOrEqual(2);
    const withReads = await packFor('manager-h001', claimNo, '?readsUntil=now');
    expect(withReads.bytes.toString('latin1')).toContain(`"what":"evidence-pack ${report.version}"`);
    const until = (await verifyPack(inMemory(withReads.bytes), nodeTools, null)).readsUntil!;
    expect((await packFor('manager-h001', claimNo, `?readsUntil=${until}`)).bytes.equals(withReads.bytes)).toBe(true);
    expect((await packFor('manager-h001', claimNo, '?readsUntil=2999-01-01T00:00:00Z')).status).toBe(422);
  });

  test('ASVS 15.2.2: two at once for each person; the next is told when to try again, others are not kept waiting', async () => {
    const holder = new Postgres({ connectionString: stack.database.superuserUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE read_log IN EXCLUSIVE MODE');
    const held = Array.from({ length: 2 }, () => packFor('manager-h001'));
    const waiting = async (many: number) => eventually(async () => ((await holder.query("SELECT 1 FROM pg_locks WHERE relation = 'read_log'::regclass AND NOT granted")).rowCount === many ? true : undefined));
    await waiting(2);
    expect(await packFor('manager-h001')).toMatchObject({ status: 429, code: 'too-many-packs', headers: { 'retry-after': '30' } });
    const other = packFor('auditor');
    await waiting(3);
    await holder.query('ROLLBACK');
    await holder.end();
    expect((await Promise.all([...held, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await packFor('manager-h001')).status).toBe(200);
  });

  test('a reading that cannot be recorded is not given', async () => {
    const superuser = new Postgres({ connectionString: stack.database.superuserUrl });
    await superuser.connect();
    await superuser.query('REVOKE INSERT ON read_log FROM kuaipei_api');
    try {
      expect(await packFor('manager-h001')).toMatchObject({ status: 503, code: 'read-not-recorded' });
    } finally {
      await superuser.query('GRANT INSERT ON read_log TO kuaipei_api');
      await superuser.end();
    }
  });
});

describe('issue 5 part 5: heads anchored hourly into a signed ledger', () => {
  test('the schedule is there, a round of it writes a line, and insurer and hospital are told', async () => {
    const connection = await Connection.connect({ address: stack.temporal.address });
    const temporal = new Client({ connection, namespace: stack.temporal.namespace });
    const { schedule } = await temporal.workflowService.describeSchedule({ namespace: stack.temporal.namespace, scheduleId: ANCHORING });
    expect(schedule?.spec?.interval?.map(({ interval }) => Number(interval?.seconds))).toEqual([3600]);
    const before = await worker.anchor.count();
    await temporal.schedule.getHandle(ANCHORING).trigger();
    const line = await eventually(async () => (await worker.anchor.findFirst({ where: { seq: { gt: before } }, orderBy: { seq: 'desc' } })) ?? undefined, 30_000);
    await connection.close();
    const told = await eventually(async () => {
      const found = (await noticeJournal(stack.noticeUrl)).filter((one) => one.what === 'delivered' && one.key.startsWith('anchor:') && one.key.endsWith(`:${line.seq}`));
      return found.length >= 4 ? found : undefined;
    }, 30_000);
    expect(told.map((one) => one.what === 'delivered' && [one.to, one.params])).toEqual(expect.arrayContaining([
      [{ role: 'insurer', ref: 'I001' }, { seq: line.seq, at: line.at.toISOString(), hash: line.hash, signature: line.signature }],
      [{ role: 'hospital', ref: 'H002' }, { seq: line.seq, at: line.at.toISOString(), hash: line.hash, signature: line.signature }],
    ]));
    const report = await verifyPack(inMemory((await packFor('auditor', DISPUTED)).bytes), nodeTools, await published());
    expect(report.anchored).toEqual({ event: report.version, seq: line.seq, at: line.at.toISOString() });
    // A planted claim's documents are in no store, and the pack says so; of nothing else.
    expect(report.faults.filter((one) => one.kind !== 'document')).toEqual([]);
    expect((await verifyLedger(worker, null)).broken).toBeNull();
  });

  test('the public keys are published to everybody signed in, and to nobody else', async () => {
    for (const account of ['patient-a', 'liaison-a-h001', 'ops']) {
      expect((await stack.get(account, '/v1/evidence-keys')).body.items).toEqual([{ keyId: 'first', publicKey: expect.stringMatching(/^[\w+/]{43}=$/), fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), since: expect.any(String), current: true }]);
    }
    expect((await request(stack.url).get('/v1/evidence-keys')).status).toBe(401);
  });

  test('an asker sees of the ledger the heads of claims in their scope', async () => {
    const api = new Postgres({ connectionString: stack.database.apiUrl });
    await api.connect();
    const seen = async (scope: object): Promise<number> => {
      await api.query("SELECT set_config('app.scope', $1, false)", [JSON.stringify(scope)]);
      return (await api.query('SELECT FROM anchor_head')).rowCount ?? 0;
    };
    expect(await seen({ personId: 'x', role: 'manager', hospital: 'H001' })).toBeGreaterThan(0);
    expect(await seen({ personId: 'x', role: 'manager', hospital: 'H002' })).toBe(0);
    expect(await seen({ personId: randomUUID(), role: 'patient' })).toBe(0);
    await api.query("SELECT set_config('app.scope', '', false)");
    expect((await api.query('SELECT FROM anchor')).rowCount).toBe(0);
    await api.end();
  });
});

