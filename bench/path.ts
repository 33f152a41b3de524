/**
 * `npm run bench:path [-- CLAIMS AT_ONCE]`, on the running local stack: whole claims from report to paid, each act through the API with
 * encryption, audit and read model on, beside a bare Temporal workflow (bench/bare) with the same waits and as many activities of one
 * statement, on the same server. Prints claims per second of processor for each and their ratio (at least 0.8, issue 6), where the
 * processor went, history events and bytes, and commits and write-ahead log for each claim. The eight files are uploaded between the two
 * halves and counted by themselves.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { paper } from '../dev/paper';
import { NAMESPACE } from '../dev/temporal';
import { claimWorkflowId } from '../src/domain/claim';
import { aReport, ago } from '../tests/support/journey';
import { report, spending, type Spent } from './measure';
import { inParallel, openBenchStage, type BenchStage } from './stage';

const ACTS = 10;
const LINES = [{ benefit: 'medical-costs', askedFen: 600_000 }];
const DECIDED = LINES.map((line) => ({ ...line, approvedFen: line.askedFen }));
interface Claim { n: number; claimNo: string; documents: Record<'patient' | 'hospital', unknown[]> }

const act = async (stage: BenchStage, account: string, claim: Claim, command: string, body: unknown): Promise<void> => {
  const answer = await (await stage.person(account)).send(claim.claimNo, command, body);
  if (answer.status !== 200) throw new Error(`${command} was answered ${answer.status} ${answer.code}`);
};

async function reported(stage: BenchStage, claim: Claim): Promise<void> {
  const specialist = await stage.person('specialist-a-h001');
  claim.claimNo = await specialist.report(aReport(claim.n));
  await act(stage, 'specialist-a-h001', claim, 'submit-facts', { occurredAt: ago(60), outcomeType: 'minor-complication', benefits: LINES, claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血，已输血。' });
  await act(stage, 'specialist-a-h001', claim, 'set-payee', { payees: [{ holder: `收款人${claim.n}`, bank: '示例银行', account: `62220000000${String(claim.n).padStart(5, '0')}` }] });
}

async function uploaded(stage: BenchStage, claim: Claim): Promise<void> {
  const specialist = await stage.person('specialist-a-h001');
  const { clinical } = await specialist.get<{ clinical: { checklist: Array<{ kind: string; need: string }> } }>(`/v1/claims/${claim.claimNo}`);
  const kinds = clinical.checklist.filter((line) => line.need !== 'not-asked').map((line) => line.kind);
  const files = [];
  for (const kind of kinds) files.push(await specialist.upload(claim.claimNo, kind, `${kind}.pdf`, paper(kind, [`Claim ${claim.claimNo}`])));
  claim.documents = { hospital: files.slice(0, 5), patient: files.slice(5) };
}

async function judged(stage: BenchStage, claim: Claim): Promise<void> {
  await act(stage, 'specialist-a-h001', claim, 'upload-documents', { documents: claim.documents.hospital });
  await act(stage, 'specialist-a-h001', claim, 'upload-documents', { documents: claim.documents.patient });
  await act(stage, 'reviewer-a-i001', claim, 'accept-file', {});
  const { rows: [row] } = await stage.sql.query<{ version: number }>("SELECT (state->>'fileVersion')::int AS version FROM claim WHERE claim_no = $1", [claim.claimNo]);
  await act(stage, 'reviewer-a-i001', claim, 'recommend', { decision: 'approve', lines: DECIDED, reasons: ['A01'], fileVersion: row!.version });
  await act(stage, 'approver-a-i001', claim, 'approve', { lines: DECIDED, fileVersion: row!.version });
  await act(stage, 'finance-b-i001', claim, 'confirm-payee', {});
  await act(stage, 'finance-a-i001', claim, 'make-payment', { amountFen: 600_000 });
  await act(stage, 'finance-b-i001', claim, 'check-payment', {});
}

async function allPaid(stage: BenchStage, claims: Claim[]): Promise<void> {
  for (const until = Date.now() + 60_000; ;) {
    const { rows: [row] } = await stage.sql.query<{ open: number }>("SELECT count(*)::int AS open FROM claim WHERE claim_no = ANY($1) AND closed_as IS DISTINCT FROM 'paid'", [claims.map((one) => one.claimNo)]);
    if (row!.open === 0) return;
    if (Date.now() > until) throw new Error(`${row!.open} claims are not paid after a minute`);
    await setTimeout(250);
  }
}

async function bare(stage: BenchStage, id: string, local: boolean): Promise<void> {
  const line = { id, acts: ACTS, local };
  await stage.bare({ ...line, do: 'start' });
  for (let n = 0; n < ACTS; n += 1) await stage.bare({ ...line, do: 'act' });
  await stage.bare({ ...line, do: 'call' });
}

/** Commits and bytes of write-ahead log so far. */
async function written(stage: BenchStage): Promise<{ commits: number; walBytes: number }> {
  await setTimeout(1_100); // backends report what they did within a second
  const { rows: [row] } = await stage.sql.query<{ commits: string; wal: string }>("SELECT sum(xact_commit)::bigint AS commits, pg_current_wal_insert_lsn() - '0/0' AS wal FROM pg_stat_database");
  return { commits: Number(row!.commits), walBytes: Number(row!.wal) };
}

async function history(stage: BenchStage, ids: string[]): Promise<{ events: number; bytes: number }> {
  const connection = await Connection.connect({ address: stage.stack.temporalAddress });
  const shown = await Promise.all(ids.slice(0, 10).map(async (workflowId) => (await connection.workflowService.describeWorkflowExecution({ namespace: NAMESPACE, execution: { workflowId } })).workflowExecutionInfo!));
  await connection.close();
  return { events: Math.max(...shown.map((one) => Number(one.historyLength))), bytes: Math.max(...shown.map((one) => Number(one.historySizeBytes))) };
}

async function main(count: number, atOnce: number): Promise<void> {
  const stage = await openBenchStage();
  const { pids } = stage;
  const ours = { api: [pids.api], worker: [pids.worker], PostgreSQL: [pids.postgres], Temporal: [pids.temporal] };
  const reference = { api: [pids.bareDriver], worker: [pids.bareWorker], PostgreSQL: [pids.postgres], Temporal: [pids.temporal] };
  const claims = (from: number, n: number): Claim[] => Array.from({ length: n }, (_, i) => ({ n: from + i, claimNo: '', documents: { patient: [], hospital: [] } }));
  const ids = (n: number): string[] => Array.from({ length: n }, () => `bare:${randomUUID()}`);
  const cpu = (spent: Spent): number => Object.values(spent.cpu).reduce((sum, s) => sum + s, 0);
  const rows: Array<Record<string, unknown>> = [];
  const row = async (what: string, n: number, parts: Record<string, number[]>, known: string[] | (() => string[]), work: () => Promise<void>): Promise<Record<string, number>> => {
    const before = await written(stage);
    const spent = await spending(parts, work);
    const after = await written(stage);
    const shown = typeof known === 'function' ? known() : known;
    const size = shown.length > 0 ? await history(stage, shown) : { events: 0, bytes: 0 };
    const figures = {
      'claims/s': n / spent.seconds, 'ms of CPU per claim': 1_000 * cpu(spent) / n, ...Object.fromEntries(Object.entries(spent.cpu).map(([name, s]) => [name, 1_000 * s / n])),
      'commits per claim': (after.commits - before.commits) / n, 'kB of WAL per claim': (after.walBytes - before.walBytes) / 1_024 / n, events: size.events, 'kB of history': size.bytes / 1_024, stolen: spent.stolen,
    };
    rows.push({ what, ...figures });
    return figures;
  };
  try {
    // Everybody warm: code compiled, statements planned, pools open.
    const warm = claims(90_000 + Math.floor(Math.random() * 9_000), 10);
    for (const half of [reported, uploaded, judged]) await inParallel(warm, atOnce, (one) => half(stage, one));
    await inParallel(ids(10), atOnce, (id) => bare(stage, id, false));
    const few = claims(1, count), plain = ids(count), local = ids(count);
    const all = () => few.map((one) => claimWorkflowId(one.claimNo));
    const first = await row('ours: report, facts, payee', count, ours, [], () => inParallel(few, atOnce, (one) => reported(stage, one)));
    await row('ours: eight files uploaded', count, ours, [], () => inParallel(few, atOnce, (one) => uploaded(stage, one)));
    const rest = await row('ours: documents to paid', count, ours, all, async () => { await inParallel(few, atOnce, (one) => judged(stage, one)); await allPaid(stage, few); });
    const other = await row('bare Temporal, ordinary activities', count, reference, plain, () => inParallel(plain, atOnce, (id) => bare(stage, id, false)));
    const lean = await row('bare Temporal, local activities', count, reference, local, () => inParallel(local, atOnce, (id) => bare(stage, id, true)));
    const mine = first['ms of CPU per claim']! + rest['ms of CPU per claim']!;
    report('path', rows, { claims: count, atOnce, msOfCpuPerClaim: mine, ratioToBare: other['ms of CPU per claim']! / mine, ratioToBareLocal: lean['ms of CPU per claim']! / mine });
  } finally {
    await stage.close();
  }
}

const [count = 100, atOnce = 8] = process.argv.slice(2).map(Number);
main(count, atOnce).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
