/**
 * `npm run bench:verify [-- ENTRIES]` (1 000 000; FAULTS 32: in 60 s at most): plants that many chained events on a PostgreSQL of its own, every third
 * with a sealed personal part, verifies them as `npm run verify:audit` does, and prints entries a second, the seconds of processor that it took (on a
 * machine that has other work the honest figure), their ratio to a plain SHA-256 over the same texts, and the memory that it added. One JSON line.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../dev/ports';
import { postgresUrl, prepareDatabase, startPostgres } from '../dev/postgres';
import { eventHash, firstPrevHash, personalHash, type EventToHash } from '../src/platform/audit/chain';
import { eventText } from '../src/platform/audit/judge';
import { verifyAudit } from '../src/platform/audit/verify';
import { createDatabase } from '../src/platform/database';
import { migrate } from '../src/platform/database/migrate';
import { placeOf, sealText } from '../src/platform/database/sealed';
import { createKeyFile } from '../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../src/platform/keys/key-ring';

const PER_CLAIM = 50;
const HOUSE = { hospital: 'H001', department: 'cardiac-surgery', insurer: 'I001' };
const MB = 2 ** 20;

async function main(entries: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-bench-'));
  const port = await freePort();
  const { child } = await startPostgres({ folder: join(folder, 'postgres'), port, logFile: join(folder, 'postgres.log'), careless: true });
  try {
    await prepareDatabase(port, 'bench');
    await migrate({ databaseUrl: postgresUrl('kuaipei', port, 'bench'), log: () => undefined });
    createKeyFile(join(folder, 'keys.json'), 'first');
    const keys = openKeyFile(join(folder, 'keys.json'));
    const texts = await plant(postgresUrl('postgres', port, 'bench'), keys, entries);
    const database = createDatabase(postgresUrl('kuaipei_worker', port, 'bench'), { connections: 1, keys });
    const plain = secondsOf(() => { for (const text of texts) createHash('sha256').update(text).digest('hex'); }) * (entries / texts.length);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 50);
    const begun = performance.now(), cpu = process.cpuUsage();
    const report = await verifyAudit(database);
    const seconds = (performance.now() - begun) / 1000;
    const cpuSeconds = spentSince(cpu);
    clearInterval(watch);
    await database.$disconnect();
    if (report.broken || report.events !== entries) throw new Error(`not verified: ${JSON.stringify(report)}`);
    console.log(JSON.stringify({ entries, seconds: round(seconds), perSecond: Math.round(entries / seconds), cpuSeconds: round(cpuSeconds), plainSha256Seconds: round(plain), ratio: round(cpuSeconds / plain), addedMB: Math.round((peak - before) / MB) }));
  } finally {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Seconds of processor since then. */
function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return spentSince(before);
}

/** How many of the texts are kept to be hashed plainly. */
const MOST_TEXTS = 50_000;

/** Answers the first of the texts that are hashed in the chain. */
async function plant(url: string, keys: KeyRing, entries: number): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("SET session_replication_role = 'replica'"); // no trigger, no foreign key: nothing but events is needed
  const texts: string[] = [];
  for (let from = 0, claim = 1; from < entries; claim += 100) {
    const events: object[] = [], personal: object[] = [], claims: object[] = [];
    for (let n = claim; n < claim + 100 && from < entries; n += 1) {
      const claimNo = `KP-2026-${String(n).padStart(6, '0')}`, count = Math.min(PER_CLAIM, entries - from);
      let prevHash = firstPrevHash(claimNo);
      for (let version = 1; version <= count; version += 1) {
        const at = new Date(Date.UTC(2026, 0, 1) + version * 60_000).toISOString();
        const part = version % 3 === 0 ? { salt: createHash('sha256').update(`${claimNo}/${version}`).digest('hex'), content: { note: `说明第${version}条：材料已核对，等待复核。` } } : null;
        const event: EventToHash = {
          claimNo, version, type: 'document-waived', at, saidAt: null, receivedAt: at, actId: `act-${version}`, actHash: 'h'.repeat(64), actor: { personId: 'P-H001-SPECIALIST-A', role: 'specialist', command: 'waive-document', hospital: 'H001' },
          data: { kind: 'anaesthesia-record', list: ['甲', 1.5, null], count: version }, personalHash: part && personalHash(part), ...HOUSE,
        };
        if (texts.length < MOST_TEXTS) texts.push(eventText(prevHash, event));
        const hash = eventHash(prevHash, event);
        events.push({ ...event, prevHash, hash });
        if (part) personal.push({ claimNo, version, ...HOUSE, salt: sealText(keys, part.salt, placeOf('claim_event_personal', 'salt', [claimNo, version])), content: sealText(keys, JSON.stringify(part.content), placeOf('claim_event_personal', 'content', [claimNo, version])) });
        prevHash = hash;
      }
      claims.push({ claimNo, version: count });
      from += count;
    }
    await client.query(`INSERT INTO claim_event (claim_no, version, type, at, said_at, received_at, act_id, act_hash, actor, data, personal_hash, prev_hash, hash, hospital, department, insurer)
      SELECT "claimNo", version, type, at, "saidAt", "receivedAt", "actId", "actHash", actor, data, "personalHash", "prevHash", hash, hospital, department, insurer
      FROM jsonb_to_recordset($1) AS e("claimNo" text, version int, type text, at timestamptz, "saidAt" timestamptz, "receivedAt" timestamptz, "actId" text, "actHash" text, actor jsonb, data jsonb, "personalHash" text, "prevHash" text, hash text, hospital text, department text, insurer text)`, [JSON.stringify(events)]);
    await client.query(`INSERT INTO claim_event_personal (claim_no, version, salt, content, hospital, department, insurer)
      SELECT "claimNo", version, salt, content, hospital, department, insurer FROM jsonb_to_recordset($1) AS p("claimNo" text, version int, salt text, content jsonb, hospital text, department text, insurer text)`, [JSON.stringify(personal)]);
    await client.query(`INSERT INTO claim (claim_no, version, hospital, department, insurer, patient_id, stage, outcome_type, waiting_for, state, reported_at, occurred_at, surgery_at, natural_key)
      SELECT "claimNo", version, 'H001', 'cardiac-surgery', 'I001', gen_random_uuid(), 'collecting', 'death', '{}', '{}', now(), now(), now(), "claimNo" FROM jsonb_to_recordset($1) AS c("claimNo" text, version int)`, [JSON.stringify(claims)]);
  }
  await client.query('ANALYZE');
  await client.end();
  return texts;
}

main(Number(process.argv[2] ?? 1_000_000)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
