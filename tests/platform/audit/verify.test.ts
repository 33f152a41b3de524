import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventHash } from '../../../src/platform/audit/chain';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { HEART_H1, HEART_H2, plantClaim, plantHouses } from '../database/rows';

const { file, keys } = freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-audit-')));
let database: TestDatabase;
let worker: Database;
let superuser: Client;
beforeEach(async () => {
  database = await createDatabase();
  worker = open(database.workerUrl, { keys });
  await plantHouses(worker);
  await plantClaim(worker, 'KP-2026-000001', HEART_H1);
  await plantClaim(worker, 'KP-2026-000002', HEART_H2);
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
});
afterEach(async () => {
  await superuser.end();
  await worker.$disconnect();
  await database.drop();
});

test('SPEC §3: what was recorded verifies as it comes back from the database', async () => {
  expect(await verifyAudit(worker)).toEqual({ claims: 2, events: 6, broken: null });
});

const second = "claim_no = 'KP-2026-000002' AND version = 2";
const attacks: [what: string, sql: string, version: number, field: string][] = [
  ['back-dated by a millisecond', `UPDATE claim_event SET at = at - interval '1 ms' WHERE ${second}`, 2, 'hash'],
  ['data edited', `UPDATE claim_event SET data = jsonb_set(data, '{count}', '9') WHERE ${second}`, 2, 'hash'],
  ['actor exchanged', `UPDATE claim_event SET actor = actor || '{"personId": "P-2"}' WHERE ${second}`, 2, 'hash'],
  ['moved to another tenant', `UPDATE claim_event SET hospital = 'H001' WHERE ${second}`, 2, 'version'], // no longer among the claim's own
  ['removed', `DELETE FROM claim_event_personal WHERE ${second}; DELETE FROM claim_event WHERE ${second}`, 2, 'version'],
  ['two exchanged', "UPDATE claim_event SET version = 5 - version + 100 WHERE claim_no = 'KP-2026-000002' AND version > 1;"
    + "UPDATE claim_event SET version = version - 100 WHERE version > 100", 2, 'prevHash'],
  ['tail cut', "DELETE FROM claim_event WHERE claim_no = 'KP-2026-000002' AND version = 3", 3, 'tail'],
  ['all removed', "DELETE FROM claim_event WHERE claim_no = 'KP-2026-000002'", 1, 'tail'],
  ['the claim itself removed', "DELETE FROM claim WHERE claim_no = 'KP-2026-000002'", 1, 'claimNo'],
  ['personal words changed', `UPDATE claim_event_personal SET content = '{"note": "other"}' WHERE ${second}`, 2, 'personal'],
];

test.each(attacks)('FAULTS 32: a superuser past every lock: %s', async (_what, sql, version, field) => {
  await superuser.query("SET session_replication_role = 'replica'"); // no trigger, no foreign key
  await superuser.query(sql);
  const { broken } = await verifyAudit(worker);
  expect(broken).toEqual({ claimNo: 'KP-2026-000002', version, field });
});

test('issue 5 part 4: what is erased by rule breaks nothing; a personal part that is gone without one is named', async () => {
  const claimNo = 'KP-2026-000001';
  const last = await worker.claimEvent.findFirstOrThrow({ where: { claimNo, version: 3 } });
  const event = { ...last, version: 4, type: 'data-erased', data: { what: 'file' }, actor: { personId: 'system:retention' }, personalHash: null, prevHash: last.hash };
  const hash = eventHash(last.hash, { ...event, at: last.at.toISOString(), saidAt: null, receivedAt: last.receivedAt.toISOString() });
  await worker.claimEvent.create({ data: { ...event, hash } });
  await worker.claim.update({ where: { claimNo }, data: { version: 4 } });
  await superuser.query("SET session_replication_role = 'replica'; DELETE FROM claim_event_personal WHERE claim_no = 'KP-2026-000001'");
  expect((await verifyAudit(worker)).broken).toBeNull();
  await superuser.query(`DELETE FROM claim_event_personal WHERE ${second}`);
  expect((await verifyAudit(worker)).broken).toEqual({ claimNo: 'KP-2026-000002', version: 2, field: 'scrubbed' });
});

test('npm run verify:audit names claim and version of the first broken link and ends with 1', async () => {
  await superuser.query("SET session_replication_role = 'replica'; UPDATE claim_event SET type = 'x' WHERE claim_no = 'KP-2026-000001' AND version = 3");
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'dev/verify-audit.ts'], { env: { ...process.env, WORKER_DATABASE_URL: database.workerUrl, KEY_FILE: file } },
      (error, _stdout, output) => { resolve({ code: error?.code ?? 0, stderr: output }); });
  });
  expect(stderr).toContain('claim KP-2026-000001, event 3');
  expect(code).toBe(1);
});
