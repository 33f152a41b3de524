import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { anchorHash, rootFrom, signedText, treeOf } from '../../../src/platform/audit/anchor';
import { eventHash, firstPrevHash, NODE_HASHES } from '../../../src/platform/audit/chain';
import { anchorHeads } from '../../../src/platform/audit/ledger';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { verifyLedger } from '../../../src/platform/audit/verify-ledger';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { addKey, destroyKey, useKey } from '../../../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../../../src/platform/keys/key-ring';
import { isSigned, signerOf } from '../../../src/platform/keys/sign';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { HEART_H1, HEART_H2, plantClaim, plantHouses } from '../database/rows';

const ONE = 'KP-2026-000001', TWO = 'KP-2026-000002';
let database: TestDatabase;
let worker: Database;
let superuser: Client;
let folder: string;
let keyFile: string;
let keys: KeyRing;
let clock = Date.parse('2026-11-22T01:00:00.000Z');

/** A round of the next hour. */
const round = (): Promise<number> => {
  clock += 3_600_000;
  const at = new Date(clock);
  return anchorHeads({ database: worker, keys, now: () => at }, at.toISOString());
};
const wrong = async (told: { seq: number; hash: string }[] = []) => (await verifyLedger(worker, keys, told)).broken;
/** One statement as the superuser whom no trigger and no foreign key holds. */
const tamper = async (sql: string): Promise<void> => { await superuser.query(`SET session_replication_role = 'replica'; ${sql}`); };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kuaipei-ledger-'));
  ({ file: keyFile, keys } = freshKeys(folder));
  database = await createDatabase();
  worker = open(database.workerUrl);
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await plantHouses(worker);
  await plantClaim(worker, ONE, HEART_H1);
  await round();
  await plantClaim(worker, TWO, HEART_H2);
  await round();
  await round();
});
afterEach(async () => {
  await superuser.end();
  await worker.$disconnect();
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe('issue 5 part 5: heads anchored hourly into a signed ledger', () => {
  test('a line holds the heads that changed since the last; an hour without a change has a line too', async () => {
    const lines = await worker.anchor.findMany({ orderBy: { seq: 'asc' } });
    expect(lines.map(({ seq, claims, changed }) => [seq, claims, changed])).toEqual([[1, 1, 1], [2, 2, 1], [3, 2, 0]]);
    expect(lines.map((line) => line.prevHash)).toEqual(['0'.repeat(64), lines[0]!.hash, lines[1]!.hash]);
    expect(await verifyLedger(worker, keys)).toEqual({ lines: 3, heads: 2, lastAt: new Date(clock).toISOString(), broken: null });
    expect(await verifyLedger(worker, null)).toMatchObject({ lines: 3, broken: null });
  });

  test('tried again in the same round it writes no second line', async () => {
    expect(await anchorHeads({ database: worker, keys, now: () => new Date(clock + 5000) }, new Date(clock).toISOString())).toBe(3);
    expect(await worker.anchor.count()).toBe(3);
  });

  test('each insurer and each hospital is told number, time, hash and signature, and nothing else', async () => {
    const told = await worker.outbox.findMany({ where: { kind: 'anchor' }, orderBy: { id: 'asc' } });
    expect(told.map((row) => row.key)).toEqual([1, 2, 3].flatMap((seq) => ['I001', 'I002', 'H001', 'H002'].map((house) => `anchor:${house}:${seq}`)));
    const [line] = await worker.anchor.findMany({ where: { seq: 3 } });
    expect(told.at(-1)!.payload).toEqual({ to: { role: 'hospital', ref: 'H002' }, told: { seq: 3, at: line!.at.toISOString(), hash: line!.hash, signature: line!.signature } });
    const { publicKey } = signerOf(keys.current('signing'));
    expect(isSigned(publicKey, signedText({ seq: 3, at: line!.at.toISOString(), hash: line!.hash }), line!.signature)).toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 8, 13])('%d claims: each reaches the root by its path, and with anything changed does not', (count) => {
    const heads = Array.from({ length: count }, (_, n) => ({ claimNo: `KP-2026-${String(n + 1).padStart(6, '0')}`, version: n + 1, hash: NODE_HASHES.sha256(String(n)) }));
    const { root, paths } = treeOf(NODE_HASHES.sha256, heads);
    heads.forEach((head, n) => {
      expect(rootFrom(NODE_HASHES.sha256, head, paths[n]!)).toBe(root);
      expect(rootFrom(NODE_HASHES.sha256, { ...head, version: 99 }, paths[n]!)).not.toBe(root);
    });
  });

  test('no role of the application changes, removes or skips a line', async () => {
    for (const table of ['anchor', 'anchor_head', 'evidence_key']) {
      for (const url of [database.workerUrl, database.apiUrl, database.ownerUrl]) {
        const client = new Client({ connectionString: url });
        await client.connect();
        for (const sql of [`DELETE FROM ${table}`, `UPDATE ${table} SET ${table === 'evidence_key' ? 'public_key' : 'hash'} = 'x'`, `TRUNCATE ${table} CASCADE`]) await expect(client.query(sql)).rejects.toThrow(/append-only|permission denied/);
        await client.end();
      }
    }
    const client = new Client({ connectionString: database.workerUrl });
    await client.connect();
    await expect(client.query('INSERT INTO anchor SELECT 5, prev_hash, at, claims, changed, root, key_id, hash, signature FROM anchor WHERE seq = 3')).rejects.toThrow(/without a gap/);
    await client.end();
  });
});

describe('issue 5 done means: tampering with any event or ledger line is found, and named', () => {
  test('a chain rewritten by a superuser with every hash recomputed is found though it holds', async () => {
    const rows = await worker.claimEvent.findMany({ where: { claimNo: ONE }, orderBy: { version: 'asc' } });
    let prevHash = firstPrevHash(ONE);
    for (const row of rows) {
      const event = { ...row, at: row.at.toISOString(), saidAt: null, receivedAt: row.receivedAt.toISOString(), data: row.version === 2 ? { count: 99 } : row.data };
      const hash = eventHash(prevHash, event);
      await superuser.query("SET session_replication_role = 'replica'");
      await superuser.query('UPDATE claim_event SET data = $1, prev_hash = $2, hash = $3 WHERE claim_no = $4 AND version = $5', [JSON.stringify(event.data), prevHash, hash, ONE, row.version]);
      prevHash = hash;
    }
    expect((await verifyAudit(worker)).broken).toBeNull();
    expect(await wrong()).toEqual({ seq: 1, claimNo: ONE, version: 3, field: 'rewritten' });
  });

  test('a removed claim, with all that was of it', async () => {
    await tamper(['claim_event_personal', 'claim_event', 'claim'].map((table) => `DELETE FROM ${table} WHERE claim_no = '${TWO}'`).join(';'));
    expect((await verifyAudit(worker)).broken).toBeNull();
    expect(await wrong()).toEqual({ seq: 2, claimNo: TWO, version: 3, field: 'removed' });
  });

  test('a cut tail of events, with the claim\'s version set to match', async () => {
    await tamper(`DELETE FROM claim_event_personal WHERE claim_no = '${TWO}' AND version = 3; DELETE FROM claim_event WHERE claim_no = '${TWO}' AND version = 3; UPDATE claim SET version = 2 WHERE claim_no = '${TWO}'`);
    expect((await verifyAudit(worker)).broken).toBeNull();
    expect(await wrong()).toEqual({ seq: 2, claimNo: TWO, version: 3, field: 'tail' });
    await round(); // the next round does not bless it
    expect(await wrong()).toEqual({ seq: 2, claimNo: TWO, version: 3, field: 'tail' });
  });

  test('a cut tail of the ledger: by the outbox, and where that was cut too, by what an outsider was told', async () => {
    const last = await worker.anchor.findUniqueOrThrow({ where: { seq: 3 } });
    await tamper('DELETE FROM anchor WHERE seq = 3');
    expect(await wrong()).toEqual({ seq: 3, field: 'cut' });
    await tamper("DELETE FROM outbox WHERE kind = 'anchor' AND key LIKE '%:3'");
    expect(await wrong()).toBeNull();
    expect(await wrong([{ seq: 3, hash: last.hash }])).toEqual({ seq: 3, field: 'cut' });
    await round(); // another line takes its number
    expect(await wrong([{ seq: 3, hash: last.hash }])).toEqual({ seq: 3, field: 'told' });
  });

  test('a ledger that forks: the second line under a number cannot be told', async () => {
    await tamper('DELETE FROM anchor WHERE seq = 3');
    await expect(round()).rejects.toThrow(/unique/i);
  });

  const changes: [what: string, sql: string, seq: number, field: string][] = [
    ['back-dated', "UPDATE anchor SET at = at - interval '1 ms' WHERE seq = 2", 2, 'hash'],
    ['another root', "UPDATE anchor SET root = repeat('a', 64) WHERE seq = 2", 2, 'hash'],
    ['another count', 'UPDATE anchor SET claims = 1 WHERE seq = 2', 2, 'hash'],
    ['another key named', "UPDATE anchor SET key_id = 'other' WHERE seq = 2", 2, 'hash'],
    ['another signature', 'UPDATE anchor SET signature = (SELECT signature FROM anchor WHERE seq = 1) WHERE seq = 2', 2, 'signature'],
    ['another predecessor', "UPDATE anchor SET prev_hash = repeat('0', 64) WHERE seq = 2", 2, 'prevHash'],
    ['a line taken out', 'DELETE FROM anchor_head WHERE seq = 2; DELETE FROM anchor WHERE seq = 2', 2, 'seq'],
    ['a head taken out', 'DELETE FROM anchor_head WHERE seq = 2', 2, 'changed'],
    ['a head changed', "UPDATE anchor_head SET hash = repeat('b', 64) WHERE seq = 2", 2, 'root'],
    ['a head exchanged', "UPDATE anchor_head SET version = 2 WHERE seq = 2", 2, 'root'],
    ['a path changed', "UPDATE anchor_head SET path = '{>aa}' WHERE seq = 2", 2, 'root'],
    ['two lines exchanged', 'UPDATE anchor SET seq = seq + 10 WHERE seq > 1; UPDATE anchor SET seq = 15 - seq WHERE seq > 1', 2, 'prevHash'],
  ];
  test.each(changes)('a ledger line changed: %s', async (_what, sql, seq, field) => {
    await tamper(sql);
    expect(await wrong()).toMatchObject({ seq, field });
  });

  test('a line signed by somebody else, with a public key of theirs put into the table', async () => {
    const other = freshKeys(mkdtempSync(join(folder, 'other-'))).keys;
    const forger = signerOf(other.current('signing'));
    const row = await worker.anchor.findUniqueOrThrow({ where: { seq: 3 } });
    const line = { ...row, at: row.at.toISOString(), claims: 2, changed: 0 };
    const hash = anchorHash(NODE_HASHES.sha256, line);
    await superuser.query("SET session_replication_role = 'replica'");
    await superuser.query('UPDATE anchor SET hash = $1, signature = $2 WHERE seq = 3', [hash, forger.sign(signedText({ ...line, hash }))]);
    await superuser.query('UPDATE evidence_key SET public_key = $1', [forger.publicKey]);
    expect(await wrong()).toEqual({ seq: 3, field: 'signature' }); // the ring is believed before the table
    expect((await verifyLedger(worker, null)).broken).toEqual({ seq: 1, field: 'signature' });
  });

  test('npm run verify:audit names the line and ends with 1', async () => {
    await tamper("UPDATE anchor SET at = at - interval '1 ms' WHERE seq = 2");
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', 'dev/verify-audit.ts'], { env: { ...process.env, WORKER_DATABASE_URL: database.workerUrl, KEY_FILE: keyFile } },
        (error, _stdout, output) => { resolve({ code: error?.code ?? 0, stderr: output }); });
    });
    expect(stderr).toContain('ledger line 2 (hash)');
    expect(code).toBe(1);
  });
});

describe('issue 5: old keys rotated out', () => {
  test('what was signed under a destroyed key still verifies, and nothing can be signed under it any more', async () => {
    addKey(keyFile, 'second');
    useKey(keyFile, 'second');
    destroyKey(keyFile, 'first');
    keys = openKeyFile(keyFile);
    await round();
    expect((await worker.anchor.findMany({ orderBy: { seq: 'asc' } })).map((line) => line.keyId)).toEqual(['first', 'first', 'first', 'second']);
    expect(await wrong()).toBeNull();
    expect(() => keys.byId('signing', 'first')).toThrow(/no key first/);
  });

  test('a new key under an old id is refused', async () => {
    keys = freshKeys(mkdtempSync(join(folder, 'again-'))).keys; // its key is called first, too
    await expect(round()).rejects.toThrow(/another public key/);
  });
});
