/** What the API's role cannot make happen, whoever's scope it sets: acts of a claim are the claim's own, and only an event erases. */
import { Client } from 'pg';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { createDatabase, type TestDatabase } from '../../support/database';
import { HEART_H1, plantClaim, plantHouses } from './rows';

const CLAIM = 'KP-2026-000001';
let database: TestDatabase;
let worker: Database;
let api: Client;
beforeAll(async () => {
  database = await createDatabase();
  worker = open(database.workerUrl);
  await plantHouses(worker);
  await plantClaim(worker, CLAIM, HEART_H1, { patientPersonId: 'P-PATIENT' });
  api = new Client({ connectionString: database.apiUrl });
  await api.connect();
});
afterAll(async () => {
  await Promise.all([api.end(), worker.$disconnect()]);
  await database.drop();
});

const SCOPES: [string, object][] = [
  ['finance', { personId: 'P-X', role: 'finance', insurer: 'I001' }],
  ['a reviewer', { personId: 'P-X', role: 'reviewer', insurer: 'I001' }],
  ['a specialist', { personId: 'P-X', role: 'specialist', hospital: 'H001' }],
  ["the patient's account", { personId: 'P-PATIENT', role: 'patient' }],
  ["a patient's link", { personId: 'link', role: 'patient', onlyClaim: CLAIM }],
  ['the service that starts claims', { role: 'starter' }],
];
const HOUSE = `'${HEART_H1.hospital}', '${HEART_H1.department}', '${HEART_H1.insurer}'`;
const event = (type: string): string => `INSERT INTO claim_event (claim_no, version, type, at, received_at, act_id, act_hash, actor, data, prev_hash, hash, hospital, department, insurer)
  VALUES ('${CLAIM}', 99, '${type}', now(), now(), 'f', 'f', '{}', '{"what":"file"}', 'x', 'x', ${HOUSE})`;
const outbox = (kind: string): string => `INSERT INTO outbox (kind, key, claim_no, payload, hospital, department, insurer) VALUES ('${kind}', 'forged', '${CLAIM}', '{"what":"file"}', ${HOUSE})`;
const FORGED: [string, string][] = [
  ['the event that rules an erasure', event('data-erased')],
  ['any other event of a claim that is there', event('decided')],
  ["an event's personal part", `INSERT INTO claim_event_personal (claim_no, version, salt, content, hospital, department, insurer) VALUES ('${CLAIM}', 99, 's', '{}', ${HOUSE})`],
  ...['erase', 'deliver', 'notice', 'anchor', 'break-glass'].map((kind): [string, string] => [`a row of the outbox of kind ${kind}`, outbox(kind)]),
  ['another kind for a row that is there', "UPDATE outbox SET kind = 'erase'"],
  ['a document without its key', `UPDATE document SET status = 'erased', object_key = NULL`],
];

test.each(SCOPES.flatMap(([who, scope]) => FORGED.map(([what, statement]): [string, string, object, string] => [who, what, scope, statement])))('FAULTS 29: raw SQL in the scope of %s: not %s', async (_who, _what, scope, statement) => {
  await api.query('BEGIN');
  await api.query("SELECT set_config('app.scope', $1, true)", [JSON.stringify(scope)]);
  const outcome = await api.query(statement).then(({ rowCount }) => rowCount ?? 0, (error: { code: string }) => error.code);
  await api.query('ROLLBACK');
  // 42501: no such grant, or against a policy.
  expect(outcome === 0 || outcome === '42501' ? 'refused' : outcome).toBe('refused');
});

test('a claim that it opens has its first events and its start from the API, and no erasure', async () => {
  const fresh = 'KP-2026-000002';
  const outcomes: unknown[] = [];
  await api.query('BEGIN');
  await api.query("SELECT set_config('app.scope', $1, true)", [JSON.stringify({ personId: 'P-X', role: 'specialist', hospital: 'H001' })]);
  await api.query(`INSERT INTO claim SELECT * FROM jsonb_populate_record(NULL::claim, (SELECT to_jsonb(c) || '{"claim_no":"${fresh}","natural_key":"x"}' FROM claim c WHERE claim_no = '${CLAIM}'))`);
  for (const statement of [event('claim-reported'), outbox('start-claim'), event('data-erased'), outbox('erase')]) {
    await api.query('SAVEPOINT one');
    outcomes.push(await api.query(statement.replaceAll(CLAIM, fresh)).then(({ rowCount }) => rowCount, (error: { code: string }) => error.code));
    await api.query('ROLLBACK TO one');
  }
  await api.query('ROLLBACK');
  expect(outcomes).toEqual([1, 1, '42501', '42501']);
});

test('the worker writes them', async () => {
  await worker.$transaction(async (tx) => {
    for (const statement of [event('data-erased'), outbox('erase')]) expect(await tx.$executeRawUnsafe(statement)).toBe(1);
    throw new Error('enough');
  }).catch((error: Error) => { expect(error.message).toBe('enough'); });
});
