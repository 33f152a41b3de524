import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { askInScope, asWorker, createDatabase as open, inScope, type Database, type Scope, type Tx } from '../../../src/platform/database';
import { Prisma } from '../../../src/platform/database/generated/client';
import { createDatabase, type TestDatabase } from '../../support/database';
import { BONES_H1, claimRow, HEART_H1, HEART_H2, plantClaim, plantHouses } from './rows';

const HEART_1 = 'KP-2026-000001';
const BONES_1 = 'KP-2026-000002';
const HEART_2 = 'KP-2026-000003';
const ALL = [HEART_1, BONES_1, HEART_2];

let database: TestDatabase;
let api: Database;
let worker: Database;
beforeAll(async () => {
  database = await createDatabase();
  api = open(database.apiUrl, { connections: 5 });
  worker = open(database.workerUrl);
  await plantHouses(worker);
  await plantClaim(worker, HEART_1, HEART_H1, { patientPersonId: 'P-PATIENT', mediators: ['P-MEDIATOR'] });
  await plantClaim(worker, BONES_1, BONES_H1);
  await plantClaim(worker, HEART_2, HEART_H2);
});
afterAll(async () => {
  await Promise.all([api.$disconnect(), worker.$disconnect()]);
  await database.drop();
});

const at = (personId: string, role: string, house: Partial<{ hospital: string; departments: string[]; insurer: string }> = {}): Scope => ({ personId, role, ...house });

/** The tables of a claim, by the client's names; each planted claim has a row in every one. */
const TABLES = ['claim', 'claimEvent', 'claimEventPersonal', 'task', 'deadline', 'act', 'outbox', 'notice', 'document', 'payee', 'payment'] as const;
type Table = (typeof TABLES)[number] | 'patient';

async function visible(tx: Tx, table: Table): Promise<string[]> {
  if (table === 'patient') return (await tx.patient.findMany()).map((row) => row.recordNo).sort();
  const rows = await (tx[table] as unknown as { findMany(args: object): Promise<{ claimNo: string }[]> }).findMany({ select: { claimNo: true } });
  return [...new Set(rows.map((row) => row.claimNo))].sort();
}

const CLINICAL: Table[] = ['patient', 'document', 'claimEventPersonal'];
const FOR_OPS: Table[] = ['claim', 'task', 'deadline', 'outbox'];
const everything: Table[] = [...TABLES, 'patient'];

/** Who sees the rows of which claims; in tables not named here, none. */
const matrix: { who: string; scope: Scope; claims: string[]; tables: Table[] }[] = [
  { who: 'a liaison: own department', scope: at('P-2', 'liaison', { hospital: 'H001', departments: ['cardiac-surgery'] }), claims: [HEART_1], tables: everything },
  { who: 'a liaison of no department', scope: at('P-2', 'liaison', { hospital: 'H001', departments: [] }), claims: [], tables: everything },
  { who: 'a specialist: own hospital', scope: at('P-2', 'specialist', { hospital: 'H001' }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'a specialist with departments in the token', scope: at('P-2', 'specialist', { hospital: 'H001', departments: ['cardiac-surgery'] }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'a manager of the other hospital', scope: at('P-2', 'manager', { hospital: 'H002' }), claims: [HEART_2], tables: everything },
  { who: 'medical affairs', scope: at('P-2', 'medical-affairs', { hospital: 'H001' }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'the HIS feed', scope: at('P-2', 'his-feed', { hospital: 'H001' }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'a reviewer: own insurer', scope: at('P-2', 'reviewer', { insurer: 'I001' }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'a senior reviewer', scope: at('P-2', 'senior-reviewer', { insurer: 'I002' }), claims: [HEART_2], tables: everything },
  { who: 'an approver', scope: at('P-2', 'approver', { insurer: 'I001' }), claims: [HEART_1, BONES_1], tables: everything },
  { who: 'a reviewer with a hospital in the token', scope: at('P-2', 'reviewer', { insurer: 'I002', hospital: 'H001' }), claims: [HEART_2], tables: everything },
  { who: 'finance: not the clinical file', scope: at('P-2', 'finance', { insurer: 'I001' }), claims: [HEART_1, BONES_1], tables: everything.filter((table) => !CLINICAL.includes(table)) },
  { who: 'the patient: own claim', scope: at('P-PATIENT', 'patient'), claims: [HEART_1], tables: everything },
  { who: "a patient's link: its claim, whoever follows it", scope: { ...at('link-KP-2026-000002', 'patient'), onlyClaim: BONES_1 }, claims: [BONES_1], tables: everything },
  { who: "a patient's link: not the other claims of the same patient", scope: { ...at('P-PATIENT', 'patient'), onlyClaim: BONES_1 }, claims: [BONES_1], tables: everything },
  { who: 'a scope of one claim gives no other role anything', scope: { ...at('P-2', 'specialist', { hospital: 'H002' }), onlyClaim: BONES_1 }, claims: [], tables: everything },
  { who: 'another patient', scope: at('P-3', 'patient'), claims: [], tables: everything },
  { who: 'the patient as somebody else', scope: at('P-PATIENT', 'mediator'), claims: [], tables: everything },
  { who: 'the mediator: the disputed claim', scope: at('P-MEDIATOR', 'mediator'), claims: [HEART_1], tables: everything },
  { who: 'the auditor: all', scope: at('P-2', 'auditor'), claims: ALL, tables: everything },
  { who: 'operations: ids, stages, errors', scope: at('P-2', 'ops'), claims: ALL, tables: FOR_OPS },
  { who: 'the starter of workflows', scope: { role: 'starter' }, claims: ALL, tables: ['outbox'] },
  { who: 'the service that takes codes of links', scope: { role: 'link' }, claims: [], tables: everything },
  { who: "the bank's callback", scope: { role: 'bank' }, claims: ALL, tables: ['payment'] },
  { who: 'an unknown role', scope: at('P-2', 'surgeon', { hospital: 'H001', insurer: 'I001' }), claims: [], tables: everything },
  { who: 'a specialist of no hospital', scope: at('P-2', 'specialist'), claims: [], tables: everything },
];

test.each(matrix)('SPEC §1.2: $who', async ({ scope, claims, tables }) => {
  const seen = await inScope(api, scope, async (tx) => {
    const found: Partial<Record<Table, string[]>> = {};
    for (const table of everything) found[table] = await visible(tx, table);
    return found;
  });
  const expected = Object.fromEntries(everything.map((table) => [table, tables.includes(table) ? claims : []]));
  expect(seen).toEqual(expected);
  // The same in one statement that sets the scope itself.
  const of = (table: Table): Prisma.Sql => Prisma.raw(`ARRAY(SELECT DISTINCT ${table === 'patient' ? 'record_no' : 'claim_no'} FROM ${table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} ORDER BY 1) AS "${table}"`);
  expect(await askInScope(api, scope, Prisma.sql`SELECT ${Prisma.join(everything.map(of))}`)).toEqual(expected);
});

test('SPEC §1.2, §1.9: finance reads what finance wrote (why a payment goes back to its maker), and nothing that others did', async () => {
  const noted = (claimNo: string, insurer: string) => inScope(api, at('P-2', 'finance', { insurer }), async (tx) => (await tx.claimEventPersonal.findMany({ where: { claimNo } })).map(({ content }) => content));
  await asWorker(worker, async (tx) => {
    const { actor: _, ...last } = await tx.claimEvent.findUniqueOrThrow({ where: { claimNo_version: { claimNo: BONES_1, version: 3 } } });
    await tx.claimEvent.create({ data: { ...last, data: {}, version: 4, type: 'payment-returned', actor: { personId: 'P-9', role: 'finance' } } });
    await tx.claimEventPersonal.create({ data: { claimNo: BONES_1, version: 4, salt: 's', content: { note: 'the holder is another' }, ...BONES_H1 } });
  });
  expect([await noted(BONES_1, 'I001'), await noted(BONES_1, 'I002'), await noted(HEART_1, 'I001')]).toEqual([[{ note: 'the holder is another' }], [], []]);
});

test('FAULTS 29: without a scope no row, with raw SQL too', async () => {
  const client = new Client({ connectionString: database.apiUrl });
  await client.connect();
  for (const table of ['claim', 'patient', 'claim_event', 'document', 'person', 'hospital', 'calendar_year', 'read_log']) {
    expect((await client.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
  }
  await client.end();
});

/** 10 000 with FAULTS_ROUNDS=5. */
const TRANSACTIONS = 2_000 * Number(process.env['FAULTS_ROUNDS'] ?? 1);

test(`FAULTS 29: the scope ends with its transaction: ${TRANSACTIONS} interleaved ones on a pool of 5 see no foreign row`, async () => {
  const people = [at('P-2', 'specialist', { hospital: 'H001' }), at('P-2', 'specialist', { hospital: 'H002' })];
  const expected = [[HEART_1, BONES_1], [HEART_2]];
  let foreign = 0;
  await Promise.all(Array.from({ length: 20 }, async (_, lane) => {
    for (let turn = 0; turn < TRANSACTIONS / 20; turn += 1) {
      const person = (lane + turn) % 2;
      const numbers = (rows: Array<{ claimNo: string }>): string[] => rows.map((row) => row.claimNo);
      const seen = turn % 10 === 9
        ? numbers(await api.claim.findMany()) // outside any scope, on a connection that just had one
        : turn % 2 === 0
          ? numbers(await inScope(api, people[person]!, (tx) => tx.claim.findMany({ orderBy: { claimNo: 'asc' } })))
          : (await askInScope<{ seen: string[] }>(api, people[person]!, Prisma.sql`SELECT ARRAY(SELECT claim_no FROM claim ORDER BY 1) AS seen`))!.seen;
      if (JSON.stringify(seen) !== JSON.stringify(turn % 10 === 9 ? [] : expected[person])) foreign += 1;
    }
  }));
  expect(foreign).toBe(0);
}, 30 * TRANSACTIONS);

describe('writing', () => {
  const specialist = at('P-2', 'specialist', { hospital: 'H001' });

  test('SPEC §1.2: a report of another hospital is refused', async () => {
    await expect(inScope(api, specialist, (tx) => tx.patient.create({ data: { ...HEART_H2, recordNo: 'x', name: 'X' } }))).rejects.toThrow(/row-level security/);
  });

  test('a patient reports: patient, claim and outbox in one transaction', async () => {
    const me = at('P-4', 'patient');
    const patientId = randomUUID();
    await inScope(api, me, async (tx) => {
      await tx.patient.create({ data: { id: patientId, ...HEART_H1, recordNo: 'r4', name: 'Me', personId: 'P-4' } });
      await tx.claim.create({ data: { ...claimRow('KP-2026-000004', HEART_H1, patientId), patientPersonId: 'P-4' } });
      await tx.outbox.create({ data: { claimNo: 'KP-2026-000004', ...HEART_H1, kind: 'start-claim', key: 'start-4', payload: {} } });
      throw new Error('enough'); // the other tests count rows
    }).catch((error: Error) => { expect(error.message).toBe('enough'); });
    await expect(inScope(api, me, (tx) => tx.claim.create({ data: claimRow('KP-2026-000005', HEART_H1, patientId) }))).rejects.toThrow(/row-level security/);
  });

  test('a row of a claim carries the tenant of that claim and no other', async () => {
    const both = at('P-2', 'reviewer', { insurer: 'I001' });
    const data = { claimNo: HEART_1, ...BONES_H1, key: 'n', template: 't', toRole: 'reviewer', params: {}, createdAt: new Date() };
    await expect(inScope(api, both, (tx) => tx.notice.create({ data }))).rejects.toThrow(/foreign key/i);
  });

  test('SPEC §1.2: the auditor and operations change nothing of a claim', async () => {
    for (const role of ['auditor', 'ops']) {
      const changed = await inScope(api, at('P-2', role), (tx) => tx.task.updateMany({ data: { assignee: 'P-2' } }));
      expect(changed.count).toBe(0);
    }
  });

  test('the API changes no claim: that is the worker\'s', async () => {
    await expect(inScope(api, specialist, (tx) => tx.claim.updateMany({ data: { stage: 'closed' } }))).rejects.toThrow(/denied access|permission denied/i);
  });

  test('SPEC §1.2: a read is logged in the reader\'s own name', async () => {
    const entry = { personId: 'P-2', role: 'auditor', claimNo: HEART_1, what: 'claim', ...HEART_H1 };
    await inScope(api, at('P-2', 'auditor'), (tx) => tx.readLog.create({ data: entry }));
    await expect(inScope(api, at('P-9', 'auditor'), (tx) => tx.readLog.create({ data: entry }))).rejects.toThrow(/row-level security/);
  });

  test("a patient's link writes to its claim only, though the person has another", async () => {
    const act = (claimNo: string, tenant: typeof HEART_H1) => ({ claimNo, ...tenant, id: `by-link-${claimNo}`, command: 'withdraw', bodyHash: 'h', personId: 'P-PATIENT', at: new Date(), status: 'queued' });
    const link = { ...at('P-PATIENT', 'patient'), onlyClaim: BONES_1 };
    await expect(inScope(api, link, (tx) => tx.act.create({ data: act(HEART_1, HEART_H1) }))).rejects.toThrow(/row-level security/);
    await inScope(api, link, async (tx) => { await tx.act.create({ data: act(BONES_1, BONES_H1) }); throw new Error('enough'); }).catch((error: Error) => { expect(error.message).toBe('enough'); });
  });
});

test('the patient knows those whom to ask: liaisons and specialists at work in the hospital of the claim, and nobody else of it', async () => {
  const account = (sub: string, role: string, hospital: string, active = true) => ({ sub, personId: sub, name: sub, roles: [role], hospital, departments: [], active });
  await worker.person.createMany({ data: [
    account('specialist-1', 'specialist', 'H001'), account('liaison-1', 'liaison', 'H001'), account('manager-1', 'manager', 'H001'), account('gone-1', 'specialist', 'H001', false), account('specialist-2', 'specialist', 'H002'),
  ] });
  const seen = async (scope: Scope): Promise<string[]> => (await inScope(api, scope, (tx) => tx.person.findMany())).map((row) => row.sub).sort();
  expect(await seen(at('P-PATIENT', 'patient'))).toEqual(['liaison-1', 'specialist-1']);
  expect(await seen({ ...at('link-KP-2026-000003', 'patient'), onlyClaim: HEART_2 })).toEqual(['specialist-2']);
  expect(await seen(at('P-3', 'patient'))).toEqual([]);
});
