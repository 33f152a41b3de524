import { Client as Postgres } from 'pg';
import { lastDayKept, rulesOf, type Erasable } from '../../../src/domain/retention';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { createDatabase, type Database } from '../../../src/platform/database';
import { createEraser } from '../../../src/platform/retention/erase';
import { nodeTools } from '../../../src/verify/main';
import { verifyPack } from '../../../src/verify/pack';
import { sentences } from '../../../src/verify/report';
import { CLAIM_NO, closedPaid, SECRET, type Scenario } from '../../domain/claim/scenario';
import { inMemory, packedCase, type Case } from '../../verify/packed';

/** Paid, and ten years later ruled to be erased. */
function ruled(what: readonly Erasable[]): Scenario {
  const s = closedPaid();
  s.at('2037-01-01T00:00:00.000Z');
  for (const one of what) {
    const { rule } = rulesOf(s.state).find((each) => each.what === one)!;
    s.fact('erase-due', { what: one, rule, dueOn: lastDayKept(s.state.closedAt!, one === 'file' ? 60 : 120) }, 'retention');
  }
  return s;
}

let open: Case, erased: Case;
let eraser: Postgres;
const row = { claimNo: CLAIM_NO };
beforeAll(async () => {
  [open, erased] = [await packedCase(closedPaid()), await packedCase(ruled(['file', 'person']))];
  await open.worker.patient.updateMany({ data: { birthDate: new Date('1961-04-05') } });
  eraser = new Postgres({ connectionString: open.database.eraserUrl });
  await eraser.connect();
}, 60_000);
afterAll(async () => {
  await eraser.end();
  await Promise.all([open.close(), erased.close()]);
});

describe('issue 5 part 4: only roles that must', () => {
  const TABLES = ['document', 'claim_event_personal', 'notice', 'patient_link', 'payee', 'patient'];
  test('of a claim that no event rules to be erased, the role sees and removes nothing', async () => {
    for (const table of TABLES) expect([table, (await eraser.query(`SELECT 1 FROM ${table}`)).rowCount]).toEqual([table, 0]);
    for (const table of ['claim_event_personal', 'notice', 'patient_link']) expect([table, (await eraser.query(`DELETE FROM ${table}`)).rowCount]).toEqual([table, 0]);
    for (const change of ["document SET file_name = ''", "payee SET holder = ''", "patient SET name = ''", "claim SET natural_key = 'x'"]) expect([change, (await eraser.query(`UPDATE ${change}`)).rowCount]).toEqual([change, 0]);
    const asked = createEraser({ database: createDatabase(open.database.eraserUrl, { connections: 1 }), store: open.store.objects, keys: open.keys });
    await expect(asked.erase({ ...row, payload: { what: 'file' } })).rejects.toMatchObject({ name: 'NotRuled' });
    await asked.close();
  });

  test.each([
    "UPDATE claim_event SET type = 'x'", 'DELETE FROM claim_event', "INSERT INTO claim_event (claim_no) VALUES ('x')", "UPDATE claim_event_personal SET salt = ''", 'DELETE FROM document', 'DELETE FROM payee', 'DELETE FROM patient', 'DELETE FROM claim',
    'SELECT state FROM claim', 'SELECT account FROM payee', 'SELECT name FROM patient', 'SELECT content FROM claim_event_personal', 'SELECT file_name FROM document', 'SELECT 1 FROM read_log', 'DELETE FROM outbox', 'SELECT 1 FROM person', "UPDATE document SET sha256 = ''",
  ])('it may not: %s', async (statement) => { await expect(eraser.query(statement)).rejects.toMatchObject({ code: '42501' }); });
});

/** The same database, which dies at the `dies`th call of a statement: before it, or after it has been done. */
function mortal(database: Database, store: Case['store']['objects'], dies: number): { database: Database; store: { remove(key: string): Promise<void> } } {
  let calls = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === dies) throw new Error('killed before');
    const done = await work();
    calls += 1;
    if (calls === dies) throw new Error('killed after');
    return done;
  };
  return {
    store: { remove: (key) => step(() => store.remove(key)) },
    database: new Proxy(database, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        return ['$executeRaw', '$queryRaw', '$transaction'].includes(String(name)) ? (...given: unknown[]) => step(() => (member as (...all: unknown[]) => Promise<unknown>).apply(target, given)) : member;
      },
    }),
  };
}

describe('issue 5 part 4: what the purpose no longer needs is scrubbed, the chain still verifies', () => {
  test('once, restartable after a kill between any two steps: the chain and a pack verify after each', async () => {
    const { worker, database, keys, store, state } = erased;
    const removing = createDatabase(database.eraserUrl, { connections: 2 });
    await erased.anchor();
    let kills = 0;
    for (const what of ['file', 'person'] as const) {
      for (let dies = 1; ; dies += 1) {
        const end = await createEraser({ ...mortal(removing, store.objects, dies), keys }).erase({ ...row, payload: { what } }).then(() => 'done', (error: Error) => error.message);
        if (end === 'done') break;
        expect(end).toMatch(/^killed/);
        kills += 1;
        if (kills % 4 === 1) expect(await verifyAudit(worker)).toMatchObject({ broken: null });
        if (kills % 12 === 1) expect(await verifyPack(inMemory(await erased.pack()), nodeTools, null)).toMatchObject({ isPack: true, faults: [] });
      }
    }
    expect(kills).toBeGreaterThan(20);
    await removing.$disconnect();
    for (const { documentId } of state.documents) expect(await store.objects.stat({ storageKey: `documents/${documentId}`, bytes: 1, objectKey: null })).toBeNull();
  }, 60_000);

  test('nothing personal is left in any column of any table, and the skeleton is', async () => {
    const { worker, state } = erased;
    expect([await worker.claimEventPersonal.count(), await worker.notice.count()]).toEqual([0, 0]);
    const documents = await worker.document.findMany({ select: { status: true, fileName: true, objectKey: true, sha256: true } });
    expect(documents.map(({ status, fileName, objectKey, sha256 }) => ({ status, fileName, objectKey, sha256 }))).toEqual(state.documents.map(({ sha256 }) => ({ status: 'erased', fileName: '', objectKey: null, sha256 })));
    expect(await worker.payee.findFirstOrThrow()).toMatchObject({ holder: '', bank: '', account: '' });
    expect(await worker.patient.findFirstOrThrow()).toMatchObject({ name: '', recordNo: `erased:${state.patientId}`, identityNumber: null, identityIndex: null, phone: null, birthDate: null });
    expect(await worker.claim.findFirstOrThrow()).toMatchObject({ naturalKey: `erased:${CLAIM_NO}`, paidFen: 1_000_000n });
    expect(await worker.payment.count()).toBe(1);
    expect(await worker.claimEvent.count()).toBe(state.version);
    const owner = new Postgres({ connectionString: erased.database.superuserUrl });
    await owner.connect();
    const tables = (await owner.query<{ name: string }>("SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")).rows;
    for (const { name } of tables) expect([name, (await owner.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE ANY ($1)`, [[`%${SECRET}%`, '%患者%', '%6222000000001234%']])).rowCount]).toEqual([name, 0]);
    await owner.end();
  });

  test('a pack made after says of each item by which rule and on which day it was erased, and still verifies', async () => {
    const report = await verifyPack(inMemory(await erased.pack()), nodeTools, null);
    expect(report).toMatchObject({ isPack: true, faults: [], erased: [{ what: 'file', rule: 'settled', on: '2037-01-01' }, { what: 'person', rule: 'paid', on: '2037-01-01' }] });
    expect(sentences(report).map(({ en }) => en)).toContain('Documents and remarks: erased by rule settled on 2037-01-01; their hashes remain.');
    const text = (await erased.pack()).toString('latin1');
    expect(text.match(/"content": "erased"/g)).toHaveLength(erased.state.documents.length);
  });

  test('a document that is only said to be erased, and by no event, is missing', async () => {
    const pack = await packedCase(closedPaid());
    await pack.worker.$executeRaw`UPDATE document SET status = 'erased'`;
    for (const { documentId } of pack.state.documents) await pack.store.objects.remove(`documents/${documentId}`);
    const { faults } = await verifyPack(inMemory(await pack.pack()), nodeTools, null);
    expect(faults).toEqual(pack.state.documents.map(({ documentId }) => ({ kind: 'document', documentId, why: 'missing' })));
    await pack.close();
  });

  test('the file alone: payees and their accounts stay as long as the person', async () => {
    const kept = await packedCase(ruled(['file']));
    const worker = createEraser({ database: createDatabase(kept.database.eraserUrl, { connections: 1 }), store: kept.store.objects, keys: kept.keys });
    await worker.erase({ ...row, payload: { what: 'file' } });
    await expect(worker.erase({ ...row, payload: { what: 'person' } })).rejects.toMatchObject({ name: 'NotRuled' });
    await worker.close();
    expect(await kept.worker.payee.findFirstOrThrow()).toMatchObject({ holder: SECRET, account: '6222000000001234' });
    const left = await kept.worker.claimEventPersonal.findMany({ select: { event: { select: { type: true } } } });
    expect(left.map(({ event }) => event.type)).toEqual(['payee-set']);
    expect(await kept.worker.patient.findFirstOrThrow()).toMatchObject({ name: '患者' });
    await kept.close();
  });
});
