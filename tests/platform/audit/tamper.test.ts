import { Client } from 'pg';
import { eventHash, NODE_HASHES } from '../../../src/platform/audit/chain';
import { anchorHeads } from '../../../src/platform/audit/ledger';
import { verifyAudit } from '../../../src/platform/audit/verify';
import { verifyLedger, type Told } from '../../../src/platform/audit/verify-ledger';
import { CLAIM_NO, closedPaid } from '../../domain/claim/scenario';
import { packedCase, type Case } from '../../verify/packed';
import { HEART_H1, plantClaim } from '../database/rows';

/** 1 000 changes with FAULTS_ROUNDS=20. */
const CHANGES = 50 * Number(process.env['FAULTS_ROUNDS'] ?? 1);
const TWO = 'KP-2026-000900', THREE = 'KP-2026-000901';
const TABLES = ['claim', 'claim_event', 'claim_event_personal', 'document', 'anchor', 'anchor_head'];

let paid: Case;
let superuser: Client;
/** The lines as insurers and hospitals hold them. */
let told: Told[];
/** Versions of each claim's events; of those with a personal part; attaching events by document. */
const last: Record<string, number> = { [TWO]: 3, [THREE]: 3 };
const personal: Record<string, number[]> = {};
let documents: { id: string; version: number }[];

beforeAll(async () => {
  paid = await packedCase(closedPaid());
  const { worker, keys } = paid;
  superuser = new Client({ connectionString: paid.database.superuserUrl });
  await superuser.connect();
  await superuser.query("SET session_replication_role = 'replica'"); // no trigger, no foreign key
  // Contents are smaller here than the scenario says.
  await superuser.query("UPDATE document d SET bytes = (e.data ->> 'bytes')::bigint FROM claim_event e WHERE e.type = 'document-attached' AND e.data ->> 'documentId' = d.id::text");
  let hour = Date.parse('2026-11-22T01:00:00.000Z');
  const line = () => { hour += 3_600_000; return anchorHeads({ database: worker, keys, now: () => new Date(hour) }, new Date(hour).toISOString()); };
  await line();
  await plantClaim(worker, TWO, HEART_H1);
  await line();
  await line();
  await plantClaim(worker, THREE, HEART_H1);
  await line();
  told = await worker.anchor.findMany({ select: { seq: true, hash: true } });
  last[CLAIM_NO] = paid.state.version;
  for (const { claimNo, version } of await worker.claimEventPersonal.findMany()) (personal[claimNo] ??= []).push(version);
  documents = (await superuser.query("SELECT data ->> 'documentId' AS id, version FROM claim_event WHERE type = 'document-attached'")).rows as typeof documents;
  for (const table of TABLES) await superuser.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
}, 120_000);
afterAll(async () => {
  await superuser.end();
  await paid.close();
});

const random = (n: number): number => Math.floor(Math.random() * n);
const one = <T>(list: readonly T[]): T => list[random(list.length)]!;
const hex = (): string => NODE_HASHES.sha256(String(Math.random()));
const literal = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;

/** A change, and what must be named: an event of a claim, any of a claim (`version` null), or a line of the ledger. */
type Change = { sql: string; names: { claimNo: string; version: number | null } | { seq: number } };

const kinds: Record<string, () => Change | Promise<Change>> = {
  'an event edited'() {
    const { claimNo, version, where } = anEvent();
    const set = one([
      "type = type || 'x'", "data = data || '{\"tampered\": true}'", "actor = actor || '{\"personId\": \"P-EVIL\"}'", `act_id = ${literal(hex())}`, `act_hash = ${literal(hex())}`, `hash = ${literal(hex())}`,
      `prev_hash = ${literal(hex())}`, `personal_hash = ${literal(hex())}`, "department = 'elsewhere'", "insurer = 'I002'", `said_at = at - interval '${1 + random(9_999)} ms'`, `received_at = received_at + interval '${1 + random(9_999)} ms'`,
    ]);
    return { sql: `UPDATE claim_event SET ${set} WHERE ${where}`, names: { claimNo, version } };
  },
  'an event deleted'() {
    const { claimNo, version, where } = anEvent();
    return { sql: `DELETE FROM claim_event WHERE ${where}`, names: { claimNo, version } };
  },
  'two events reordered'() {
    const { claimNo } = anEvent();
    const [low, high] = twoOf(last[claimNo]!);
    return { sql: `UPDATE claim_event SET version = -1 WHERE claim_no = '${claimNo}' AND version = ${low}; UPDATE claim_event SET version = ${low} WHERE claim_no = '${claimNo}' AND version = ${high}; UPDATE claim_event SET version = ${high} WHERE version = -1`, names: { claimNo, version: low } };
  },
  'an event back-dated'() {
    const { claimNo, version, where } = anEvent();
    return { sql: `UPDATE claim_event SET at = at - interval '${1 + random(999_999)} ms' WHERE ${where}`, names: { claimNo, version } };
  },
  'the tail cut'() {
    const { claimNo, version } = anEvent();
    return { sql: `DELETE FROM claim_event WHERE claim_no = '${claimNo}' AND version >= ${version}`, names: { claimNo, version } };
  },
  'the tail cut, and the claim set back to what is left'() {
    const { claimNo, version } = anEvent();
    return { sql: `DELETE FROM claim_event WHERE claim_no = '${claimNo}' AND version >= ${version}; DELETE FROM claim_event_personal WHERE claim_no = '${claimNo}' AND version >= ${version}; UPDATE claim SET version = ${version - 1} WHERE claim_no = '${claimNo}'`, names: { claimNo, version: null } };
  },
  async 'events written anew, every hash recomputed'() {
    const { claimNo, version } = anEvent();
    const rows = await paid.worker.claimEvent.findMany({ where: { claimNo, version: { gte: version } }, orderBy: { version: 'asc' } });
    let prevHash = rows[0]!.prevHash;
    const sql = rows.map((row, n) => {
      const at = new Date(row.at.getTime() - (n === 0 ? 60_000 : 0)).toISOString();
      const hash = eventHash(prevHash, { ...row, at, saidAt: row.saidAt?.toISOString() ?? null, receivedAt: row.receivedAt.toISOString() });
      const text = `UPDATE claim_event SET at = ${literal(at)}, prev_hash = ${literal(prevHash)}, hash = ${literal(hash)} WHERE claim_no = '${claimNo}' AND version = ${row.version}`;
      prevHash = hash;
      return text;
    });
    return { sql: sql.join('; '), names: { claimNo, version: last[claimNo]! } };
  },
  'an event put in at the end'() {
    const { claimNo } = anEvent();
    const columns = 'type, at, said_at, received_at, act_id, act_hash, actor, data, personal_hash, hospital, department, insurer';
    return { sql: `INSERT INTO claim_event (claim_no, version, prev_hash, hash, ${columns}) SELECT claim_no, version + 1, hash, '${hex()}', ${columns} FROM claim_event WHERE claim_no = '${claimNo}' AND version = ${last[claimNo]}`, names: { claimNo, version: last[claimNo]! + 1 } };
  },
  "the documents' index edited"() {
    const { id, version } = one(documents);
    const set = one([`sha256 = '${hex()}'`, "kind = CASE kind WHEN 'invoice' THEN 'op-record' ELSE 'invoice' END", 'bytes = bytes + 1', "media_type = 'text/html'", "status = 'stored'", `claim_no = '${TWO}'`, "supersedes = gen_random_uuid()", "hospital = 'H002'"]);
    return { sql: `UPDATE document SET ${set} WHERE id = '${id}'`, names: { claimNo: CLAIM_NO, version } };
  },
  'a document removed from the index'() {
    const { id, version } = one(documents);
    return { sql: `DELETE FROM document WHERE id = '${id}'`, names: { claimNo: CLAIM_NO, version } };
  },
  'a document put into the index'() {
    const { id } = one(documents);
    const columns = 'claim_no, kind, file_name, bytes, media_type, sha256, status, flags, uploaded_by, uploaded_at, hospital, department, insurer';
    return { sql: `INSERT INTO document (id, storage_key, ${columns}) SELECT gen_random_uuid(), '${hex()}', ${columns} FROM document WHERE id = '${id}'`, names: { claimNo: CLAIM_NO, version: 0 } };
  },
  'a personal part edited, exchanged or removed'() {
    const claimNo = one(Object.keys(personal)), version = one(personal[claimNo]!);
    const where = `claim_no = '${claimNo}' AND version = ${version}`;
    const other = `(SELECT %s FROM claim_event_personal WHERE NOT (${where}) ORDER BY random() LIMIT 1)`;
    return { sql: one([`UPDATE claim_event_personal SET salt = ${other.replace('%s', 'salt')} WHERE ${where}`, `UPDATE claim_event_personal SET content = ${other.replace('%s', 'content')} WHERE ${where}`,
      `UPDATE claim_event_personal SET content = '{"note": "other words"}' WHERE ${where}`, `UPDATE claim_event_personal SET salt = '${hex()}' WHERE ${where}`, `DELETE FROM claim_event_personal WHERE ${where}`]), names: { claimNo, version } };
  },
  'a ledger line edited or back-dated'() {
    const seq = 1 + random(4);
    const set = one([`hash = '${hex()}'`, `prev_hash = '${hex()}'`, `root = '${hex()}'`, `at = at - interval '${1 + random(9_999_999)} ms'`, 'claims = claims + 1', 'changed = changed + 1', "key_id = 'other'", 'signature = reverse(signature)']);
    return { sql: `UPDATE anchor SET ${set} WHERE seq = ${seq}`, names: { seq } };
  },
  'a ledger line deleted'() {
    const seq = 1 + random(4);
    return { sql: `DELETE FROM anchor WHERE seq = ${seq}`, names: { seq } };
  },
  'two ledger lines reordered'() {
    const [low, high] = twoOf(4);
    return { sql: `UPDATE anchor SET seq = -1 WHERE seq = ${low}; UPDATE anchor SET seq = ${low} WHERE seq = ${high}; UPDATE anchor SET seq = ${high} WHERE seq = -1`, names: { seq: low } };
  },
  "the ledger's tail cut"() {
    const seq = 1 + random(4);
    return { sql: `DELETE FROM anchor WHERE seq >= ${seq}; DELETE FROM anchor_head WHERE seq >= ${seq}`, names: { seq } };
  },
  'an anchored head edited or removed'() {
    const [claimNo, seq] = one([[CLAIM_NO, 1], [TWO, 2], [THREE, 4]] as const);
    return { sql: one([`UPDATE anchor_head SET hash = '${hex()}'`, 'UPDATE anchor_head SET version = version - 1', `UPDATE anchor_head SET path = path || ARRAY['>${hex()}']`, 'DELETE FROM anchor_head']).concat(` WHERE claim_no = '${claimNo}'`), names: { seq } };
  },
};

function anEvent(): { claimNo: string; version: number; where: string } {
  const claimNo = one([CLAIM_NO, TWO, THREE]), version = 1 + random(last[claimNo]!);
  return { claimNo, version, where: `claim_no = '${claimNo}' AND version = ${version}` };
}
function twoOf(count: number): [number, number] {
  const low = 1 + random(count - 1);
  return [low, low + 1 + random(count - low)];
}

/** All that is named, of events as of the ledger. */
const found = async () => [(await verifyAudit(paid.worker)).broken, (await verifyLedger(paid.worker, paid.keys, told)).broken].flatMap((broken) => broken ?? []);

test(`FAULTS 32: as a superuser ${CHANGES} random changes of events, documents' index, personal parts, ledger lines and anchors: each found, and named`, async () => {
  expect(await found()).toEqual([]);
  const names = Object.keys(kinds);
  for (let n = 0; n < CHANGES; n += 1) {
    const kind = names[n % names.length]!;
    const change = await kinds[kind]!();
    await superuser.query(change.sql);
    const broken = await found();
    const named = broken.some((fault) => ('seq' in change.names ? !('claimNo' in fault) && fault.seq === change.names.seq : 'claimNo' in fault && fault.claimNo === change.names.claimNo && (change.names.version === null || fault.version === change.names.version)));
    expect({ kind, ...change, broken, named }).toMatchObject({ named: true });
    // Kept only for as long as it takes to look.
    for (const table of TABLES) if (change.sql.includes(` ${table} `)) await superuser.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}`);
  }
  expect(await found()).toEqual([]);
}, 600_000);
