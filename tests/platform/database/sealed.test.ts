import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { asWorker, createDatabase as open, inScope, type Database } from '../../../src/platform/database';
import { identityIndexes, openText } from '../../../src/platform/database/sealed';
import { NotGenuine } from '../../../src/platform/keys/seal';
import { keyIdOf } from '../../../src/platform/keys/sealed-text';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { HEART_H1, plantClaim, plantHouses } from './rows';

const CLAIM = 'KP-2026-000001';
const IDENTITY = '11010119900307451X';
const PHONE = '+86 138 0013 8000';
const { keys } = freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-sealed-')));

let database: TestDatabase;
let worker: Database;
let superuser: Client;
beforeEach(async () => {
  database = await createDatabase();
  worker = open(database.workerUrl, { keys });
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await plantHouses(worker);
  await plantClaim(worker, CLAIM, HEART_H1);
});
afterEach(async () => {
  await superuser.end();
  await worker.$disconnect();
  await database.drop();
});

const patient = (recordNo: string) => ({ ...HEART_H1, recordNo, name: 'Somebody' });
const stored = async (sql: string): Promise<string[]> => (await superuser.query<Record<string, string>>(sql)).rows.flatMap((row) => Object.values(row));

describe('issue 5: identity numbers, phones and accounts encrypted by column', () => {
  test('what is written in clear is read in clear, and sealed in between', async () => {
    const { id } = await worker.patient.create({ data: { ...patient('a'), identityNumber: IDENTITY, phone: PHONE }, select: { id: true } });
    expect(await worker.patient.findUnique({ where: { id } })).toMatchObject({ identityNumber: IDENTITY, phone: PHONE, name: 'Somebody' });
    expect(await worker.patient.findMany({ where: { id }, select: { phone: true } })).toMatchObject([{ phone: PHONE }]);
    await asWorker(worker, (tx) => tx.patient.update({ where: { id }, data: { phone: '1', name: 'Other' } }));
    expect(await worker.patient.findUniqueOrThrow({ where: { id } })).toMatchObject({ identityNumber: IDENTITY, phone: '1', name: 'Other' });
    const kept = await stored(`SELECT identity_number, phone FROM patient WHERE id = '${id}'`);
    expect(kept.map(keyIdOf)).toEqual(['first', 'first']);
  });

  test('payees and personal parts, through relations too, in a scope too; JSON of a row is in clear', async () => {
    const kept = await stored('SELECT holder, account FROM payee UNION ALL SELECT salt, content #>> \'{}\' FROM claim_event_personal UNION ALL SELECT file_name, NULL FROM document');
    expect(kept.filter(Boolean)).toHaveLength(9);
    expect(kept.filter(Boolean).map(keyIdOf)).toEqual(Array(9).fill('first'));
    const scoped = open(database.apiUrl, { keys });
    const [payee, event, document] = await inScope(scoped, { personId: 'P-1', role: 'specialist', hospital: 'H001' }, async (tx) => [
      await tx.payee.findFirstOrThrow(),
      await tx.claimEvent.findFirstOrThrow({ where: { version: 2 }, include: { personal: { select: { content: true } } } }),
      await tx.document.findFirstOrThrow({ select: { fileName: true } }),
    ] as const);
    await scoped.$disconnect();
    expect(document).toMatchObject({ fileName: 'a.pdf' });
    expect(payee).toMatchObject({ holder: 'Holder', account: '1', bank: 'Bank' });
    expect(JSON.parse(JSON.stringify(event.personal))).toEqual({ content: { note: 'words 2' } });
    expect((await verifyAudit(worker)).broken).toBeNull();
  });

  test('nobody, null and an empty text stay what they are', async () => {
    const { id } = await worker.patient.create({ data: { ...patient('none'), identityNumber: null, phone: '' }, select: { id: true } });
    expect(await worker.patient.findUniqueOrThrow({ where: { id } })).toMatchObject({ identityNumber: null, identityIndex: null, phone: '' });
    await worker.patient.update({ where: { id }, data: { identityNumber: IDENTITY } });
    await worker.patient.update({ where: { id }, data: { identityNumber: null } });
    expect(await worker.patient.findUniqueOrThrow({ where: { id } })).toMatchObject({ identityNumber: null, identityIndex: null });
  });

  test('a sealed value cannot be moved to another row, or another column', async () => {
    await worker.patient.createMany({ data: [{ ...patient('a'), phone: PHONE }, { ...patient('b'), phone: '2', identityNumber: IDENTITY }] });
    await superuser.query("UPDATE patient SET phone = (SELECT phone FROM patient WHERE record_no = 'a') WHERE record_no = 'b'");
    const read = await worker.patient.findFirstOrThrow({ where: { recordNo: 'b' } });
    expect(() => read.phone).toThrow(NotGenuine);
    await superuser.query("UPDATE patient SET phone = identity_number WHERE record_no = 'b'");
    const again = await worker.patient.findFirstOrThrow({ where: { recordNo: 'b' } });
    expect(() => again.phone).toThrow(NotGenuine);
    expect(again.identityNumber).toBe(IDENTITY);
  });

  test('issue 5: what is sealed is not replaced by a value in clear, whoever writes; it may be emptied', async () => {
    const { id } = await worker.patient.create({ data: { ...patient('a'), identityNumber: IDENTITY, phone: PHONE }, select: { id: true } });
    const clear = open(database.workerUrl, { connections: 1 });
    await expect(clear.patient.update({ where: { id }, data: { phone: '13900139000' } })).rejects.toThrow(/not replaced by one in clear/);
    await expect(superuser.query("UPDATE patient SET identity_number = 'E1' WHERE record_no = 'a'")).rejects.toThrow(/not replaced by one in clear/);
    await clear.patient.update({ where: { id }, data: { phone: null, name: 'another' } });
    expect(await worker.patient.findUniqueOrThrow({ where: { id } })).toMatchObject({ phone: null, identityNumber: IDENTITY });
    await clear.$disconnect();
  });

  test('the audit names a sealed personal part that was exchanged or changed', async () => {
    await superuser.query("SET session_replication_role = 'replica'; UPDATE claim_event_personal SET content = (SELECT content FROM claim_event_personal WHERE version = 1) WHERE version = 2");
    expect((await verifyAudit(worker)).broken).toEqual({ claimNo: CLAIM, version: 2, field: 'personal' });
    await superuser.query("UPDATE claim_event_personal SET content = to_jsonb('words'::text) WHERE version = 2");
    expect((await verifyAudit(worker)).broken).toEqual({ claimNo: CLAIM, version: 2, field: 'personal' });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['many at once', () => worker.patient.updateMany({ data: { phone: '1' } })],
    ['upsert', () => worker.patient.upsert({ where: { id: '00000000-0000-4000-8000-000000000000' }, create: { ...patient('u') }, update: {} })],
    ['an update by another key than the row’s', () => worker.patient.update({ where: { hospital_department_recordNo: { hospital: 'H001', department: 'cardiac-surgery', recordNo: CLAIM } }, data: { phone: '1' } })],
    ['an update of a payee', () => worker.payee.updateMany({ data: { account: '2' } })],
  ])('a way of writing that would leave a value in clear is refused: %s', async (_, write) => {
    await expect(write()).rejects.toThrow(/sealed/);
  });

  test('rows in clear from before are read, and what does not touch them is written', async () => {
    const clear = open(database.workerUrl);
    const { id } = await clear.patient.create({ data: { ...patient('old'), identityNumber: IDENTITY, phone: PHONE }, select: { id: true } });
    await plantClaim(clear, 'KP-2026-000002', HEART_H1);
    await clear.$disconnect();
    expect(await worker.patient.findUniqueOrThrow({ where: { id } })).toMatchObject({ identityNumber: IDENTITY, phone: PHONE });
    expect(await worker.payee.findMany({ where: { claimNo: 'KP-2026-000002' }, select: { account: true } })).toMatchObject([{ account: '1' }]);
    expect(await verifyAudit(worker)).toEqual({ claims: 2, events: 6, broken: null });
  });
});

test('issue 5: blind indexes for exact search: equal for equal numbers however written, and no hash that could be guessed', async () => {
  await worker.patient.createMany({ data: [{ ...patient('a'), identityNumber: IDENTITY }, { ...patient('b'), identityNumber: IDENTITY.toLowerCase() }, { ...patient('c'), identityNumber: 'E12345678' }] });
  const found = await worker.patient.findMany({ where: { identityIndex: { in: identityIndexes(keys, ` ${IDENTITY}`) } }, orderBy: { recordNo: 'asc' } });
  expect(found.map(({ recordNo }) => recordNo)).toEqual(['a', 'b']);
  const others = freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-sealed-'))).keys;
  expect(identityIndexes(others, IDENTITY)).not.toEqual(identityIndexes(keys, IDENTITY));
});

test('a text in clear is never taken for a sealed one', () => {
  for (const clear of ['', '13800138000', '+86 138', IDENTITY, 'v1.', 'v1.first.', 'v1', 'v1 . a', '{"a":"v1.first.AAAA"}']) expect(openText(keys, clear, 'x')).toBe(clear);
  expect(() => openText(keys, 'v1.first.AAAA', 'x')).toThrow(NotGenuine);
});
