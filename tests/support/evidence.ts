/** All that the promises of the platform are judged by, as it stands at one moment: the record, the processes, the bank, and who was told what. */
import type { ClaimState } from '../../src/domain/claim';
import { claimWorkflowId, STATE } from '../../src/domain/claim';
import type { RecordedEvent } from '../../src/platform/audit/chain';
import { verifyAudit, type BrokenLink } from '../../src/platform/audit/verify';
import type { Tx } from '../../src/platform/database';
import { abreast, ASKED_AT_ONCE } from '../../src/platform/operations/abreast';
import type { StuckClaim } from '../../src/platform/operations/causes';
import { findStuck } from '../../src/platform/operations/stuck';
import type { SentAct } from './acts';
import { bankJournal } from './parties';
import type { TestStack } from './stack';

/** One claim: its row, its log without personal parts, the rows beside it, and its process (`ended` too when it was never started). */
export interface ClaimEvidence {
  claimNo: string;
  recorded: ClaimState;
  columns: { stage: string; version: number; closedAs: string | null; paidFen: number; waitingFor: string[] };
  events: RecordedEvent[];
  tasks: Array<{ id: string; status: string; assignee: string | null }>;
  deadlines: Array<{ clock: string; dueAt: string | null; stoppedAt: string | null }>;
  payments: Array<{ key: string; status: string; amountFen: number }>;
  process: ClaimState | 'ended' | 'unreadable';
}

export interface Evidence {
  claims: ClaimEvidence[];
  acts: SentAct[];
  /** Acts as the API has kept them, done or not. */
  kept: Array<{ claimNo: string; id: string; status: string }>;
  bank: Array<Awaited<ReturnType<typeof bankJournal>>[number]>;
  /** Keys of payments that finance settled by the bank's papers. */
  byHand: readonly string[];
  /** What each open claim waits for, as operations are shown it. */
  waiting: StuckClaim[];
  /** Rows of the outbox that nobody has been told of yet. */
  untold: Array<{ kind: string; key: string; createdAt: string }>;
  /** Rows that refer to none, by table; only those that there are. */
  orphans: Array<{ table: string; rows: number }>;
  tampered: BrokenLink | null;
  /** ISO. */
  at: string;
}

/** A read of the whole record takes longer than a person's transaction may. */
const LIMITS = { isolationLevel: 'RepeatableRead', maxWait: 10_000, timeout: 120_000 } as const;
const QUERY_MS = 10_000;

/** A platform that can be judged. */
export type Judged = Pick<TestStack, 'bankUrl' | 'database' | 'temporal' | 'acts'>;

/** Gathers it all. Everything must be up; what moves meanwhile may not fit together. */
export async function gather(stack: Judged, byHand: readonly string[]): Promise<Evidence> {
  const bank = await bankJournal(stack.bankUrl);
  const { rows, kept, untold, orphans } = await stack.database.$transaction(async (tx) => ({
    rows: await claimsIn(tx), kept: await tx.act.findMany({ select: { claimNo: true, id: true, status: true } }),
    untold: await tx.outbox.findMany({ where: { doneAt: null }, select: { kind: true, key: true, createdAt: true } }), orphans: await orphansIn(tx),
  }), LIMITS);
  const processes = await abreast(ASKED_AT_ONCE, rows, ({ claimNo }) => processOf(stack, claimNo));
  const { broken } = await verifyAudit(stack.database);
  return {
    claims: rows.map((row, i) => ({ ...row, process: processes[i]! })), acts: stack.acts.acts, kept, bank, byHand, waiting: await waitingIn(stack),
    untold: untold.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })), orphans, tampered: broken, at: new Date().toISOString(),
  };
}

async function claimsIn(tx: Tx): Promise<Array<Omit<ClaimEvidence, 'process'>>> {
  const claims = await tx.claim.findMany({ select: { claimNo: true, state: true, stage: true, version: true, closedAs: true, paidFen: true, waitingFor: true }, orderBy: { claimNo: 'asc' } });
  const events = byClaim(await tx.claimEvent.findMany({ orderBy: [{ claimNo: 'asc' }, { version: 'asc' }] }));
  const tasks = byClaim(await tx.task.findMany({ select: { claimNo: true, id: true, status: true, assignee: true } }));
  const deadlines = byClaim(await tx.deadline.findMany({ select: { claimNo: true, clock: true, dueAt: true, stoppedAt: true } }));
  const payments = byClaim(await tx.payment.findMany({ select: { claimNo: true, key: true, status: true, amountFen: true } }));
  const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
  return claims.map(({ claimNo, state, paidFen, ...columns }) => ({
    claimNo, recorded: state as unknown as ClaimState, columns: { ...columns, paidFen: Number(paidFen) },
    events: (events.get(claimNo) ?? []).map((e): RecordedEvent => ({ ...e, at: iso(e.at)!, saidAt: iso(e.saidAt), receivedAt: iso(e.receivedAt)!, personal: null })),
    tasks: (tasks.get(claimNo) ?? []).map(({ id, status, assignee }) => ({ id, status, assignee })),
    deadlines: (deadlines.get(claimNo) ?? []).map((row) => ({ clock: row.clock, dueAt: iso(row.dueAt), stoppedAt: iso(row.stoppedAt) })),
    payments: (payments.get(claimNo) ?? []).map(({ key, status, amountFen }) => ({ key, status, amountFen: Number(amountFen) })),
  }));
}

function byClaim<R extends { claimNo: string }>(rows: R[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) (groups.get(row.claimNo) ?? groups.set(row.claimNo, []).get(row.claimNo)!).push(row);
  return groups;
}

async function processOf({ temporal }: Judged, claimNo: string): Promise<ClaimEvidence['process']> {
  const handle = temporal.workflow.getHandle(claimWorkflowId(claimNo));
  const running = await handle.describe().then((d) => d.status.name === 'RUNNING', () => false);
  return running ? temporal.withDeadline(Date.now() + QUERY_MS, () => handle.query<ClaimState>(STATE)).catch(() => 'unreadable' as const) : 'ended';
}

async function waitingIn({ database, temporal }: Judged): Promise<StuckClaim[]> {
  const all: StuckClaim[] = [];
  for (let after: string | null = null; ;) {
    const { claims, next } = await findStuck({ database, temporal, temporalUiUrl: 'http://127.0.0.1', now: () => new Date() }, { role: 'ops', personId: 'P-OPS' }, { after, limit: 200 });
    all.push(...claims);
    if (next === null) return all;
    after = next;
  }
}

/** Every reference that the schema declares, followed anew: after a power cut an index may say what a table does not. And patients of no claim. */
async function orphansIn(tx: Tx): Promise<Evidence['orphans']> {
  const references = await tx.$queryRaw<Array<{ child: string; parent: string; columns: string[]; referred: string[] }>>`
    SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
      ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i) AS columns,
      ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i) AS referred
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace`;
  const counted: Evidence['orphans'] = [];
  for (const { child, parent, columns, referred } of references) {
    const same = columns.map((column, i) => `p."${referred[i]}" = c."${column}"`).join(' AND ');
    const [row] = await tx.$queryRawUnsafe<Array<{ rows: number }>>(`SELECT count(*)::int AS rows FROM ${child} c WHERE ${columns.map((column) => `c."${column}" IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${same})`);
    counted.push({ table: `${child} without ${parent}`, rows: row!.rows });
  }
  const [alone] = await tx.$queryRaw<Array<{ rows: number }>>`SELECT count(*)::int AS rows FROM patient p WHERE NOT EXISTS (SELECT FROM claim c WHERE c.patient_id = p.id)`;
  return [...counted, { table: 'patient without claim', rows: alone!.rows }].filter(({ rows }) => rows > 0);
}
