/** `GET /v1/ops/stuck`: what each open claim waits for. One statement and at most one description per claim, a page at a time. */
import type { Client } from '@temporalio/client';
import { CLAIMS_QUEUE } from '../../domain/claim';
import { inScope, type Database, type Scope, type Tx } from '../database';
import { abreast, ASKED_AT_ONCE } from './abreast';
import { gravestFirst, repairsOf, type Cause, type StuckClaim } from './causes';
import { grpcCode } from './grpc';
import { lookAt, uiLink, type Process } from './process';
import { lookForWorkers } from './queues';

export interface StuckDeps {
  database: Database;
  temporal: Client;
  temporalUiUrl: string;
  now: () => Date;
}

export interface StuckPage {
  claims: StuckClaim[];
  /** Give it as `after` for the next page; null when this is the last one. */
  next: string | null;
  /** Does anybody take the claims' work? `unknown` while Temporal is away. */
  worker: 'up' | 'none' | 'unknown';
}

/** All of Temporal's answers for one page must be there by then. */
const TEMPORAL_MS = 5_000;
/** A workflow task is usually taken and done within a second. */
const SLOW_MS = 30_000;

/** Open claims by number, after `after`, with what each waits for; the scope's row-level security decides which are seen. */
export async function findStuck({ database, temporal, temporalUiUrl, now }: StuckDeps, scope: Scope, { after, limit }: { after: string | null; limit: number }): Promise<StuckPage> {
  const rows = await inScope(database, scope, (tx) => openClaims(tx, after ?? '', limit + 1));
  const shown = rows.slice(0, limit);
  const asked = await askTemporal(temporal, shown, now());
  const claims = shown.map((row, i): StuckClaim => {
    const process = asked?.processes[i] ?? null;
    const { claimNo, stage, since, tier, hospital, department, insurer, version, breached, waitingFor } = row;
    const causes = gravestFirst([...fromRecords(row, now()), ...(asked && process ? fromProcess(row, process, asked.workers, now()) : [{ kind: 'workflows-away' } satisfies Cause])]);
    const cause = causes[0]?.kind ?? 'waiting';
    return {
      claimNo, stage, since: utc(since), tier, hospital, department, insurer, version, breached, waitingFor, cause, causes, repairs: repairsOf(causes), wantsAttention: cause !== 'waiting',
      process: { kind: process?.kind ?? 'unknown', temporalUi: uiLink(temporalUiUrl, temporal.options.namespace, claimNo, process && 'runId' in process ? process.runId : null) },
    };
  });
  return { claims, next: rows.length > limit ? shown.at(-1)?.claimNo ?? null : null, worker: asked === null ? 'unknown' : asked.workers.get(CLAIMS_QUEUE)?.there ? 'up' : 'none' };
}

type Workers = Awaited<ReturnType<typeof lookForWorkers>>;

/** Null when Temporal does not answer: operations still get what the records say. */
async function askTemporal(temporal: Client, rows: readonly OpenClaim[], now: Date): Promise<{ workers: Workers; processes: Process[] } | null> {
  try {
    return await temporal.withDeadline(Date.now() + TEMPORAL_MS, async () => ({
      workers: await lookForWorkers(temporal, now),
      processes: await abreast(ASKED_AT_ONCE, rows, ({ claimNo }) => lookAt(temporal, claimNo)),
    }));
  } catch (error) {
    if (grpcCode(error) === null) throw error;
    return null;
  }
}

interface OpenClaim {
  claimNo: string; stage: string; since: string; tier: string | null; hospital: string; department: string; insurer: string; version: number; breached: boolean; waitingFor: string[];
  stuckCause: string | null; stuckSince: string | null; nextDeadline: Date | null;
  tasks: Array<{ id: string; kind: string; roles: string[]; assignee: string | null; openedAt: string; dueAt: string | null; provisional: boolean }>;
  /** Years that an open clock reaches and that had no notice. */
  unknownYears: number[];
  start: { since: string; attempts: number; lastError: string | null } | null;
}

/** A closed claim with a task waits too: its reopening needs a second person. */
function openClaims(tx: Tx, after: string, limit: number): Promise<OpenClaim[]> {
  return tx.$queryRaw<OpenClaim[]>`
    SELECT c.claim_no AS "claimNo", c.stage, c.state ->> 'stageSince' AS since, c.waiting_for AS "waitingFor", c.tier, c.hospital, c.department, c.insurer, c.version, c.breached, c.next_deadline AS "nextDeadline",
      c.stuck_cause AS "stuckCause", c.state #>> '{stuck,since}' AS "stuckSince",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'kind', t.kind, 'roles', t.roles, 'assignee', t.assignee, 'openedAt', t.opened_at, 'dueAt', t.due_at,
         'provisional', t.provisional) ORDER BY t.opened_at, t.id), '[]') FROM task t WHERE t.claim_no = c.claim_no AND t.status = 'open') AS tasks,
      ARRAY(SELECT DISTINCT left(line ->> 'day', 4)::int FROM deadline d, jsonb_array_elements(d.ledger) line
         WHERE d.claim_no = c.claim_no AND d.provisional AND d.stopped_at IS NULL AND (line ->> 'provisional')::boolean ORDER BY 1) AS "unknownYears",
      (SELECT jsonb_build_object('since', o.created_at, 'attempts', o.attempts, 'lastError', o.last_error) FROM outbox o
         WHERE o.claim_no = c.claim_no AND o.kind = 'start-claim' AND o.done_at IS NULL LIMIT 1) AS start
    FROM claim c WHERE (c.stage <> 'closed' OR cardinality(c.waiting_for) > 0) AND c.claim_no > ${after} ORDER BY c.claim_no LIMIT ${limit}`;
}

function fromRecords(row: OpenClaim, now: Date): Cause[] {
  return [
    ...row.tasks.map((t): Cause => ({
      kind: t.dueAt !== null && Date.parse(t.dueAt) <= now.getTime() ? 'overdue' : 'waiting', taskId: t.id, task: t.kind, roles: t.roles, assignee: t.assignee, since: utc(t.openedAt), dueAt: t.dueAt === null ? null : utc(t.dueAt),
      provisional: t.provisional,
    })),
    ...(row.start ? [{ kind: 'not-started', ...row.start, since: utc(row.start.since) } satisfies Cause] : []),
    ...(row.stuckCause === null ? [] : [{ kind: 'marked-stuck', cause: row.stuckCause, since: row.stuckSince } satisfies Cause]),
    ...(row.unknownYears.length === 0 ? [] : [{ kind: 'calendar-unknown', years: row.unknownYears, nextDeadline: row.nextDeadline?.toISOString() ?? null } satisfies Cause]),
  ];
}

/** JSON made by PostgreSQL writes an instant in the server's own zone. */
const utc = (time: string): string => new Date(time).toISOString();

function fromProcess(row: OpenClaim, process: Process, workers: Workers, now: Date): Cause[] {
  // Not started yet is told by the outbox, with the reason.
  if (process.kind === 'missing') return row.start ? [] : [{ kind: 'workflow-missing' }];
  if (process.kind === 'ended') return [{ kind: 'workflow-ended', how: process.how, at: process.at }];
  const task = process.workflowTask;
  const slow = task !== null && task.since !== null && now.getTime() - Date.parse(task.since) > SLOW_MS;
  const untaken = slow && task.state === 'waiting';
  const claims = workers.get(CLAIMS_QUEUE);
  return [
    ...process.failing.map((one): Cause => ({ kind: 'activity-failing', ...one })),
    ...(task?.state === 'failing' ? [{ kind: 'workflow-task-failing', attempts: task.attempts, since: task.since } satisfies Cause] : []),
    ...(slow && task.state === 'taken' ? [{ kind: 'not-getting-through', since: task.since } satisfies Cause] : []),
    ...(untaken || !claims?.there ? [{ kind: 'no-worker', taskQueue: CLAIMS_QUEUE, since: untaken ? task.since : claims?.lastSeenAt ?? null } satisfies Cause] : []),
    // Of the other queues only what this claim waits for there.
    ...process.untaken.filter(({ taskQueue }) => taskQueue !== CLAIMS_QUEUE && workers.get(taskQueue)?.there === false).map((one): Cause => ({ kind: 'no-worker', ...one })),
  ];
}
