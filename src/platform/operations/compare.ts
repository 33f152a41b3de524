/**
 * Comparing each open claim with its process, and each running process with its claim. Asking a process costs a worker the replay of its history, so that all of a
 * hundred thousand would take it longer than the time between two rounds. Each round asks of all what Temporal's lists know without a worker, and the process itself where
 * that differs, where the claim has moved lately, where a difference stands open, and of the others in turn, so that each is asked once a day.
 */
import { isDeepStrictEqual } from 'node:util';
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import { claimWorkflowId, DELIVER, STATE, system, type Act, type ClaimState, type Situation } from '../../domain/claim';
import { asWorker, type Database, type Tx } from '../database';
import { abreast, ASKED_AT_ONCE } from './abreast';
import { lostBefore, PROCESS_KINDS, raise, resolveEnded, resolveGone, resolveRestarted, type ClaimFinding, type ProcessFinding } from './differences';
import { grpcCode } from './grpc';
import { lookAt } from './process';
import { restart } from './restart';

export interface CompareDeps { database: Database; temporal: Client; now: () => Date }

/** How far a walk came, so that one that was interrupted goes on from there. */
export interface Walk { cursor: string; compared: number; raised: number; restarted: number }
export const FROM_THE_START: Walk = { cursor: '', compared: 0, raised: 0, restarted: 0 };

const PAGE = 100;
/** What Temporal lists at most at once; a page costs it nearly as much whatever its size. */
const LISTED_AT_ONCE = 1_000;
/** A process may be ahead of its record for as long as the record takes; longer is a difference. */
const GRACE_MS = 60_000;
/** A query is answered by a worker; one that takes longer is not going to be. */
const QUERY_MS = 5_000;
/** What moved within this is asked in every round. */
const LATELY_MS = 3_600_000;
/** Rounds of ten minutes in a day: what has not moved is asked in one of them. */
const ROUND_MS = 600_000, TURNS = 144;

/**
 * Every open claim against its process, a page at a time; `everyProcess` asks them all. A process found lost or ended in an earlier round is started
 * again from the recorded events. `onPage` hears of each page done; give its last word as `from` to go on after an interruption.
 */
export async function compareClaims(deps: CompareDeps, roundStartedAt: string, from: Walk, onPage: (walk: Walk) => void, { everyProcess = false } = {}): Promise<Walk> {
  const { database, temporal, now } = deps;
  for (let walk = from; ;) {
    const page = await asWorker(database, (tx) => openClaims(tx, walk.cursor, roundStartedAt));
    if (page.length === 0) {
      await asWorker(database, (tx) => resolveEnded(tx, now()));
      return walk;
    }
    const listed = await situations(temporal, page.map(({ claimNo }) => claimNo));
    const asked = page.filter((row) => everyProcess || row.inTurn || row.logVersion !== row.version || !isSame(row, listed.get(row.claimNo)));
    const rows = await asWorker(database, (tx) => withStates(tx, asked));
    const claimNos = rows.map(({ claimNo }) => claimNo);
    const suspected = (await abreast(ASKED_AT_ONCE, rows, (row) => compare(deps, row))).flatMap((finding) => finding ?? []);
    const [raised, lost] = await asWorker(database, async (tx) => {
      const found = await unchanged(tx, rows, suspected);
      await resolveGone(tx, claimNos, found, now());
      const isLost = found.filter(({ kind }) => kind === 'workflow-missing' || kind === 'workflow-ended').map(({ claimNo }) => claimNo);
      return [await raise(tx, found, now()), await lostBefore(tx, isLost, roundStartedAt)];
    });
    let restarted = 0;
    for (const claimNo of lost) {
      if (!await restart(deps, claimNo)) continue;
      await asWorker(database, (tx) => resolveRestarted(tx, claimNo, now()));
      restarted += 1;
    }
    for (const { claimNo, kind } of suspected) if (kind === 'claim-ahead') await goOnFromTheRecord(deps, claimNo);
    walk = { cursor: page.at(-1)!.claimNo, compared: walk.compared + page.length, raised: walk.raised + raised, restarted: walk.restarted + restarted };
    onPage(walk);
  }
}

/** A step was lost after it had been recorded: the process hears of it, and adopts what is recorded. The next round finds it gone. */
async function goOnFromTheRecord({ temporal, now }: CompareDeps, claimNo: string): Promise<void> {
  const at = now().toISOString();
  const act: Act = { id: `check-record:${at}`, command: 'check-record', input: {}, actor: system('operations'), receivedAt: at, saidAt: null, hash: '' };
  await temporal.workflow.getHandle(claimWorkflowId(claimNo)).signal(DELIVER, act);
}

interface Line {
  claimNo: string; version: number; logVersion: number; starting: boolean; inTurn: boolean;
  stage: string; tier: string | null; waitingFor: string[]; nextDeadline: Date | null; breached: boolean; stuck: boolean;
}
type Row = Line & { state: ClaimState };

/** The head of the log comes from its primary key; the chain itself is walked by `npm run verify:audit`. */
function openClaims(tx: Tx, after: string, roundStartedAt: string): Promise<Line[]> {
  const round = Date.parse(roundStartedAt);
  return tx.$queryRaw<Line[]>`
    SELECT c.claim_no AS "claimNo", c.version, c.stage, c.tier, c.waiting_for AS "waitingFor", c.next_deadline AS "nextDeadline", c.breached, c.stuck,
      (SELECT coalesce(max(e.version), 0) FROM claim_event e WHERE e.claim_no = c.claim_no) AS "logVersion",
      EXISTS (SELECT FROM outbox o WHERE o.claim_no = c.claim_no AND o.kind = 'start-claim' AND o.done_at IS NULL) AS starting,
      c.updated_at > ${new Date(round - LATELY_MS)} OR (hashtext(c.claim_no) & 2147483647) % ${TURNS}::int = ${Math.floor(round / ROUND_MS) % TURNS}::int
        OR c.claim_no = ANY (ARRAY(SELECT d.claim_no FROM difference d WHERE d.resolved_at IS NULL)) AS "inTurn"
    FROM claim c WHERE (c.stage <> 'closed' OR cardinality(c.waiting_for) > 0) AND c.claim_no > ${after} ORDER BY c.claim_no LIMIT ${PAGE}`;
}

/** The same with their states; without those that have moved since, which the next round asks. */
async function withStates(tx: Tx, lines: readonly Line[]): Promise<Row[]> {
  const found = new Map((await tx.claim.findMany({ where: { claimNo: { in: lines.map(({ claimNo }) => claimNo) } }, select: { claimNo: true, version: true, state: true } })).map((one) => [one.claimNo, one]));
  return lines.filter(({ claimNo, version }) => found.get(claimNo)?.version === version).map((line) => ({ ...line, state: found.get(line.claimNo)!.state as unknown as ClaimState }));
}

/** What Temporal's lists show of the running processes of these claims, which follow one another, by number. They may lag by seconds. */
async function situations(temporal: Client, claimNos: readonly string[]): Promise<Map<string, Partial<Situation>>> {
  const { executions } = await temporal.workflowService.listWorkflowExecutions({
    namespace: temporal.options.namespace, pageSize: LISTED_AT_ONCE, query: `ExecutionStatus = 'Running' AND WorkflowId >= '${claimWorkflowId(claimNos[0]!)}' AND WorkflowId <= '${claimWorkflowId(claimNos.at(-1)!)}'`,
  });
  return new Map((executions ?? []).flatMap(({ execution, searchAttributes }) => claimNoOf(execution?.workflowId).map((claimNo) => [claimNo, Object.fromEntries(
    Object.entries(searchAttributes?.indexedFields ?? {}).map(([name, { data }]) => [name, JSON.parse(Buffer.from(data ?? []).toString() || 'null') as unknown]),
  )])));
}

const isSame = (row: Line, listed: Partial<Situation> | undefined): boolean => listed !== undefined
  && listed.ClaimStage === row.stage && listed.ClaimTier === (row.tier ?? '-') && listed.WaitingFor === (row.waitingFor.join(' ') || '-')
  && (listed.NextDeadline ? Date.parse(listed.NextDeadline) : null) === (row.nextDeadline?.getTime() ?? null) && (listed.Breached ?? false) === row.breached && (listed.Stuck ?? false) === row.stuck;

/** The findings whose claim has not moved since it was read: the others were looked at in passing. */
async function unchanged(tx: Tx, rows: readonly Row[], findings: readonly ClaimFinding[]): Promise<ClaimFinding[]> {
  if (findings.length === 0) return [];
  const again = await tx.claim.findMany({ where: { claimNo: { in: findings.map(({ claimNo }) => claimNo) } }, select: { claimNo: true, version: true } });
  return findings.filter(({ claimNo }) => again.find((row) => row.claimNo === claimNo)?.version === rows.find((row) => row.claimNo === claimNo)?.version);
}

async function compare({ temporal, now }: CompareDeps, row: Row): Promise<ClaimFinding | null> {
  const found = (kind: ClaimFinding['kind'], detail: ClaimFinding['detail']): ClaimFinding => ({ claimNo: row.claimNo, kind, detail });
  if (row.logVersion !== row.version) return found('log-differs', { claim: row.version, log: row.logVersion });
  const process = await lookAt(temporal, row.claimNo);
  // While it waits in the outbox to be started, it is not missing.
  if (process.kind === 'missing') return row.starting ? null : found('workflow-missing', { version: row.version });
  if (process.kind === 'ended') return found('workflow-ended', { how: process.how, at: process.at, version: row.version });

  const state = await stateOf(temporal, row.claimNo);
  if ('unreadable' in state) return await isBusy(temporal, row.claimNo, now()) ? null : found('workflow-unreadable', { error: state.unreadable });
  if (state.version < row.version) return found('claim-ahead', { workflow: state.version, claim: row.version });
  if (state.version > row.version) {
    const longAgo = now().getTime() - Date.parse(state.lastEventAt) > GRACE_MS;
    return longAgo ? found('workflow-ahead', { workflow: state.version, claim: row.version, since: state.lastEventAt }) : null;
  }
  if (isDeepStrictEqual(state, row.state)) return null;
  const fields = [...new Set([...Object.keys(state), ...Object.keys(row.state)])] as Array<keyof ClaimState>;
  return found('state-differs', { version: row.version, fields: fields.filter((field) => !isDeepStrictEqual(state[field], row.state[field])) });
}

/** The state as the process itself has it. Throws when Temporal cannot be reached; a process that does not answer is a finding. */
async function stateOf(temporal: Client, claimNo: string): Promise<ClaimState | { unreadable: string }> {
  try {
    return await temporal.withDeadline(Date.now() + QUERY_MS, () => temporal.workflow.getHandle(claimWorkflowId(claimNo)).query<ClaimState>(STATE));
  } catch (error) {
    const code = grpcCode(error);
    if (code === null && !(error instanceof QueryNotRegisteredError)) throw error;
    if (code === 'UNAVAILABLE') throw error;
    return { unreadable: code ?? 'QueryNotRegistered' };
  }
}

/** Has a worker just now got a step of the process in hand? A query waits for its end. */
async function isBusy(temporal: Client, claimNo: string, now: Date): Promise<boolean> {
  const process = await lookAt(temporal, claimNo);
  const task = process.kind === 'running' ? process.workflowTask : null;
  return task?.state === 'taken' && task.since !== null && now.getTime() - Date.parse(task.since) < GRACE_MS;
}

/** Every running process against its claim, in pages of Temporal's visibility, which may lag by seconds. */
export async function compareProcesses(deps: CompareDeps, from: Walk, onPage: (walk: Walk) => void): Promise<Walk> {
  const { database, temporal, now } = deps;
  await recheck(deps);
  for (let walk = from; ;) {
    const { executions, nextPageToken } = await temporal.workflowService.listWorkflowExecutions({
      namespace: temporal.options.namespace, pageSize: LISTED_AT_ONCE, query: "WorkflowType = 'claim' AND ExecutionStatus = 'Running'", nextPageToken: Buffer.from(walk.cursor, 'base64'),
    });
    const claimNos = (executions ?? []).flatMap(({ execution }) => claimNoOf(execution?.workflowId));
    const found = await findingsOf(deps, claimNos);
    const raised = await asWorker(database, (tx) => raise(tx, found, now()));
    for (const { claimNo, kind } of found) if (kind === 'workflow-not-ended') await goOnFromTheRecord(deps, claimNo);
    walk = { ...walk, cursor: Buffer.from(nextPageToken ?? []).toString('base64'), compared: walk.compared + claimNos.length, raised: walk.raised + raised };
    if (walk.cursor === '') return walk;
    onPage(walk);
  }
}

const PREFIX = claimWorkflowId('');
const claimNoOf = (workflowId: string | null | undefined): string[] => (workflowId?.startsWith(PREFIX) ? [workflowId.slice(PREFIX.length)] : []);

/** What is wrong with running processes of these numbers: no claim, or one that has long been closed. */
async function findingsOf({ database, temporal, now }: CompareDeps, claimNos: readonly string[]): Promise<ProcessFinding[]> {
  const rows = await asWorker(database, (tx) => tx.claim.findMany({ where: { claimNo: { in: [...claimNos] } }, select: { claimNo: true, stage: true, waitingFor: true, closedAt: true } }));
  const suspected = claimNos.flatMap((claimNo): ProcessFinding[] => {
    const row = rows.find((one) => one.claimNo === claimNo);
    if (!row) return [{ claimNo, kind: 'claim-missing', detail: {} }];
    const closed = row.stage === 'closed' && row.waitingFor.length === 0 && row.closedAt !== null && now().getTime() - row.closedAt.getTime() > GRACE_MS;
    return closed ? [{ claimNo, kind: 'workflow-not-ended', detail: { closedAt: row.closedAt!.toISOString() } }] : [];
  });
  const running = await abreast(ASKED_AT_ONCE, suspected, async (one) => (await lookAt(temporal, one.claimNo)).kind === 'running');
  return suspected.filter((_, i) => running[i]);
}

/** Closes the differences of this kind that are no more; there are never many. */
async function recheck(deps: CompareDeps): Promise<void> {
  const open = await asWorker(deps.database, (tx) => tx.difference.findMany({ where: { kind: { in: [...PROCESS_KINDS] }, resolvedAt: null }, select: { id: true, claimNo: true, kind: true } }));
  const still = await findingsOf(deps, [...new Set(open.map(({ claimNo }) => claimNo))]);
  const gone = open.filter(({ claimNo, kind }) => !still.some((one) => one.claimNo === claimNo && one.kind === kind)).map(({ id }) => id);
  await asWorker(deps.database, (tx) => tx.$executeRaw`UPDATE difference SET resolved_at = ${deps.now()}, detail = detail || '{"resolution": "gone"}' WHERE id = ANY (${gone})`);
}
