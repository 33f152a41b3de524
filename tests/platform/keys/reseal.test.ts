import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { identityIndexes } from '../../../src/platform/database/sealed';
import { addKey, createKeyFile, destroyKey, useKey } from '../../../src/platform/keys/key-file';
import { KeyMissing, openKeyFile, type KeyRing } from '../../../src/platform/keys/key-ring';
import { countByKey, reseal } from '../../../src/platform/keys/reseal';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { createDatabase, type TestDatabase } from '../../support/database';
import { HEART_H1, plantClaim, plantHouses } from '../database/rows';

let database: TestDatabase;
let file: string;
let superuser: Client;
const opened: Database[] = [];
const worker = (keys?: KeyRing): Database => {
  const one = open(database.workerUrl, { connections: 2, ...(keys ? { keys } : {}) });
  opened.push(one);
  return one;
};
const quiet = (): void => undefined;
beforeEach(async () => {
  database = await createDatabase();
  file = join(mkdtempSync(join(tmpdir(), 'kuaipei-reseal-')), 'keys.json');
  createKeyFile(file, 'first');
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await plantHouses(worker());
});
afterEach(async () => {
  await superuser.end();
  await Promise.all(opened.splice(0).map((one) => one.$disconnect()));
  await database.drop();
});

const identityOf = (n: number): string => `11010119900101${String(n).padStart(4, '0')}`;
const claimNoOf = (n: number): string => `KP-2026-${String(n).padStart(6, '0')}`;
async function write(as: Database, n: number): Promise<void> {
  await plantClaim(as, claimNoOf(n), HEART_H1);
  const { id } = await as.patient.create({ data: { id: randomUUID(), ...HEART_H1, recordNo: `r${n}`, name: 'N', identityNumber: identityOf(n), phone: `1380013${n}` }, select: { id: true } });
  await as.patient.update({ where: { id }, data: { phone: `1390013${n}` } });
}
async function allReadable(as: Database, keys: KeyRing, count: number): Promise<void> {
  expect(await verifyAudit(as)).toEqual({ claims: count, events: 3 * count, broken: null });
  expect((await as.payee.findMany()).map(({ holder, account }) => `${holder} ${account}`)).toEqual(Array.from({ length: count }, () => 'Holder 1'));
  for (let n = 1; n <= count; n += 1) {
    expect(await as.patient.findMany({ where: { identityIndex: { in: identityIndexes(keys, identityOf(n)) } } })).toMatchObject([{ recordNo: `r${n}`, identityNumber: identityOf(n), phone: `1390013${n}` }]);
  }
}

test('issue 5: keys rotate without downtime, and old keys rotated out: all still readable, then provably not with the key destroyed', async () => {
  // A process that looks at its key file when the test says so: until then it goes on sealing with the key it knows.
  let clock = Date.now();
  const keys = openKeyFile(file, () => clock);
  const writer = worker(keys);
  let written = 0;
  let stop = false;
  const writing = (async () => { while (!stop) await write(writer, (written += 1)); })();
  const more = async (): Promise<void> => { const now = written; while (written < now + 3) await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 10))]); };
  await more();

  addKey(file, 'second');
  useKey(file, 'second');
  const ours = openKeyFile(file);
  const said: string[] = [];
  const walk = (): ReturnType<typeof reseal> => reseal(worker(), ours, (line) => { said.push(line); });
  const kept = (await superuser.query<{ content: string }>(`SELECT content::text FROM claim_event_personal WHERE claim_no = '${claimNoOf(1)}' AND version = 2`)).rows[0]!.content;
  expect((await walk()).rows).toBeGreaterThan(10);
  await more(); // it still seals with the first
  expect(Object.keys(await countByKey(worker()))).toEqual(['first', 'second']);
  clock += 11_000;
  await more();
  expect((await walk()).unreadable).toBe(0);
  expect(Object.keys(await countByKey(worker()))).toEqual(['second']);

  destroyKey(file, 'first');
  clock += 11_000;
  await more();
  stop = true;
  await writing;
  const fresh = openKeyFile(file);
  await allReadable(worker(fresh), fresh, written);
  await allReadable(writer, keys, written);
  expect(said.every((line) => /^[a-z_]+: \d+ rows sealed anew so far$/.test(line))).toBe(true);

  // What a thief of an old dump holds.
  await superuser.query(`UPDATE claim_event_personal SET content = $1 WHERE claim_no = '${claimNoOf(1)}' AND version = 2`, [kept]);
  await expect(verifyAudit(worker(fresh))).rejects.toThrow(KeyMissing);
  await expect(writer.claimEventPersonal.findFirst({ where: { claimNo: claimNoOf(1), version: 2 }, select: { content: true } })).rejects.toThrow('no key first on the ring');
  expect(await reseal(worker(), fresh, quiet)).toEqual({ rows: 0, unreadable: 1 });
}, 60_000);

test('rows in clear are sealed too; stopped half-way and begun again, the rest is; what stands stays', async () => {
  const clear = worker();
  for (let n = 1; n <= 3; n += 1) await write(clear, n);
  const keys = openKeyFile(file);
  const stopped = reseal(worker(), keys, () => { throw new Error('killed'); });
  await expect(stopped).rejects.toThrow('killed');
  expect(Object.keys(await countByKey(clear)).sort()).toEqual(['first', 'in clear']);
  await reseal(worker(), keys, quiet);
  expect(Object.keys(await countByKey(clear))).toEqual(['first']);
  await allReadable(worker(keys), keys, 3);
  expect(await reseal(worker(), keys, quiet)).toEqual({ rows: 0, unreadable: 0 });
});

describe('payees and personal parts are never changed, only sealed anew', () => {
  test.each([
    ["SELECT reseal_payee(claim_no, id, holder, account, 'Thief', '6222000000000000') FROM payee", /sealed text/],
    ["SELECT reseal_personal(claim_no, version, salt, content, salt, 'words') FROM claim_event_personal", /sealed text/],
    ["UPDATE payee SET account = 'v1.first.AAAA'", /permission denied/],
    ["UPDATE claim_event_personal SET content = '1'", /permission denied/],
  ])('by the worker: %s', async (sql, refusal) => {
    await write(worker(), 1);
    await expect(worker().$queryRawUnsafe(sql)).rejects.toThrow(refusal);
  });
  test('nor by the API, and the owner who signs in sees none of them', async () => {
    await write(worker(openKeyFile(file)), 1);
    const api = new Client({ connectionString: database.apiUrl });
    await api.connect();
    await expect(api.query("SELECT reseal_payee('a', 'b', 'c', 'd', 'v1.first.AAAA', 'v1.first.AAAA')")).rejects.toThrow(/permission denied/);
    await api.end();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    expect((await owner.query('SELECT FROM payee')).rowCount).toBe(0);
    expect((await owner.query("UPDATE claim_event_personal SET salt = 'x'")).rowCount).toBe(0);
    await owner.end();
  });
});

test('npm run reseal ends with 0 when nothing stands under another key, and prints no value', async () => {
  const clear = worker();
  await write(clear, 1);
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'src/platform/keys/reseal-main.ts'], { env: { ...process.env, WORKER_DATABASE_URL: database.workerUrl, KEY_FILE: file, STORE_DIR: dirname(file) } },
      (error, stdout, stderr) => { resolve({ code: error?.code ?? 0, output: stdout + stderr }); });
  });
  expect(output).toContain('first: 12 values');
  expect(output).not.toMatch(/1390013|110101|Holder|in clear/);
  expect(code).toBe(0);
}, 60_000);
