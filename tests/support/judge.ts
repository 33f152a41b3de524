/** What must hold after whatever happened (FAULTS, I1–I8), judged from the evidence alone: each promise that is broken, as a sentence. */
import { isDeepStrictEqual } from 'node:util';
import { dueOf, evolve, isPaused, waitingFor, type Actor, type ClaimEvent, type ClaimState } from '../../src/domain/claim';
import { verifyChain, type RecordedEvent } from '../../src/platform/audit/chain';
import { checkJudges, checkMoney, checkRecord, checkState } from '../domain/claim/invariants';
import type { SentAct } from './acts';
import type { ClaimEvidence, Evidence } from './evidence';

/** How much there was to judge, so that a test can see that there was something. */
export interface Looked { claims: number; open: number; events: number; acts: number; answered: number; unknown: number; payments: number; movedFen: number; rungs: number; judgements: number; awaitingBank: number }

const UNTOLD_MS = 60_000;

export function judge(evidence: Evidence): { broken: string[]; looked: Looked } {
  const claims = new Map(evidence.claims.map((claim) => [claim.claimNo, claim]));
  const bank = judgeBank(evidence);
  return {
    broken: [
      ...evidence.claims.flatMap((claim) => judgeClaim(claim).map((words) => `${claim.claimNo}: ${words}`)),
      ...judgeActs(evidence, claims), ...bank.broken, ...judgeWaits(evidence),
      ...evidence.untold.filter(({ createdAt }) => Date.parse(evidence.at) - Date.parse(createdAt) > UNTOLD_MS).map(({ kind, key, createdAt }) => `SPEC §3: nobody has been told of ${kind} ${key} since ${createdAt}`),
      ...evidence.orphans.map(({ table, rows }) => `SPEC §3: ${rows} × ${table}`),
      ...(evidence.tampered === null ? [] : [`SPEC §3: the log is broken at ${JSON.stringify(evidence.tampered)}`]),
    ],
    looked: looked(evidence, bank.movedFen),
  };
}

/** The record of one claim against its own rules, then everything that is made from it against the record. */
function judgeClaim({ recorded, columns, events: rows, tasks, deadlines, payments, process }: ClaimEvidence): string[] {
  const broken: string[] = [];
  const same = (what: string, found: unknown, expected: unknown): void => { if (!isDeepStrictEqual(plain(found), plain(expected))) broken.push(`${what} ${differing(found, expected)}`); };
  const chain = verifyChain(rows);
  if (!chain.ok) broken.push(`SPEC §3: the chain breaks at event ${chain.version} (${chain.field})`);
  const events = rows.map(asEvent);
  let rebuilt: ClaimState | null = null;
  try { rebuilt = events.reduce<ClaimState | null>(evolve, null); } catch (error) { broken.push(`SPEC §3: the events do not make a claim: ${String(error)}`); }
  same('SPEC §3: the events rebuild another state:', recorded, rebuilt);
  broken.push(...checkState(plain(recorded)), ...checkRecord(events), ...checkJudges(events), ...checkMoney(recorded, events));

  same('the row says otherwise than its state:', columns, { stage: recorded.stage, version: recorded.version, closedAs: recorded.closedAs, paidFen: recorded.paidFen, waitingFor: waitingFor(recorded) });
  const mustRun = recorded.stage !== 'closed' || recorded.tasks.length > 0;
  if (process === 'unreadable' || (process === 'ended') === mustRun) broken.push(`SPEC §1.1: ${mustRun ? 'open' : 'at its end'}, and its process ${process === 'ended' ? 'has ended' : process === 'unreadable' ? 'does not answer' : 'still runs'}`);
  else if (process !== 'ended') same('process and record differ:', process, recorded);
  const opened = events.flatMap((e) => (e.type === 'task-opened' ? [e.data.taskId] : []));
  same('SPEC §1.1: tasks were opened that have no row, or the other way round:', tasks.map((task) => task.id).sort(), opened.sort());
  same('SPEC §1.1: open tasks differ:', openOf(tasks.filter((task) => task.status === 'open').map(({ id, assignee }) => [id, assignee])), openOf(recorded.tasks.map(({ taskId, assignee }) => [taskId, assignee])));
  const clocks = Object.entries(recorded.clocks).map(([clock, run]) => ({ clock, dueAt: dueOf(recorded, run).dueAt, stoppedAt: run.stoppedAt }));
  same('SPEC §1.5: deadlines differ:', inOrder(deadlines, 'clock'), inOrder(clocks, 'clock'));
  same('SPEC §1.9: payments differ:', inOrder(payments, 'key'), inOrder(recorded.payments.map(({ key, status, amountFen }) => ({ key, status, amountFen })), 'key'));
  return broken;
}

function asEvent({ type, data, version, at, saidAt, actId, actHash, actor: recorded }: RecordedEvent): ClaimEvent {
  const { command, ...actor } = recorded as Actor & { command: string };
  return { type, data, version, at, saidAt, actor, act: { id: actId, hash: actHash, command } } as ClaimEvent;
}

type Answer = SentAct['answers'][number];
const isUnknown = ({ status }: Answer): boolean => status === null || status >= 500;
const isConflictOfBodies = ({ code }: Answer): boolean => code === 'same-id-other-body';

/** SPEC §3: an act that was answered stands once, a refused one not at all, and one without an answer comes to one outcome. */
function judgeActs({ claims: all, acts, kept }: Evidence, claims: ReadonlyMap<string, ClaimEvidence>): string[] {
  const standing = new Map<string, Array<{ claimNo: string; version: number }>>();
  for (const { claimNo, events } of all) for (const { actId, version } of events) (standing.get(actId) ?? standing.set(actId, []).get(actId)!).push({ claimNo, version });
  const rows = new Map(kept.map((row) => [`${row.claimNo}/${row.id}`, row.status]));
  return acts.flatMap((act) => {
    const events = (standing.get(act.key) ?? []).filter(({ claimNo }) => act.claimNo === null || claimNo === act.claimNo);
    const handled = claims.get(act.claimNo ?? '')?.recorded.handled.filter(({ id }) => id === act.key).length ?? 0;
    const words = judgeAct(act, events, handled, rows.get(`${act.claimNo}/${act.key}`) ?? null);
    return words === null ? [] : [`SPEC §3: ${act.command} ${act.key} by ${act.account} on ${act.claimNo ?? 'no claim'}: ${words}; answers ${act.answers.map((a) => `${a.status ?? 'none'}${a.code ? ` ${a.code}` : ''}`).join(', ')}; events ${events.map((e) => e.version).join(' ')}`];
  });
}

function judgeAct({ command, answers, told }: SentAct, events: ReadonlyArray<{ claimNo: string; version: number }>, handled: number, row: string | null): string | null {
  // The key belongs to another act, which is in the log as well.
  if (answers.length > 0 && answers.every(isConflictOfBodies)) return null;
  const done = answers.filter(({ status }) => status === 200 || status === 201);
  const refused = answers.filter((one) => !isUnknown(one) && one.status! >= 400 && !isConflictOfBodies(one));
  const once = events.length > 0 && events.at(-1)!.version - events[0]!.version + 1 === events.length && events.every(({ claimNo }) => claimNo === events[0]!.claimNo);
  // Written down as waiting at the moment in which it was done: the claim knows better.
  if (row === 'queued' && handled === 0) return 'still kept for a worker, though one is there';
  if (told === 'done' && !once) return 'told as done, but it does not stand exactly once';
  if (told === 'refused' && events.length > 0) return 'told as refused, but it stands';
  if (done.length > 0) {
    const reportedBefore = command === 'report' && done.every(({ status }) => status === 200);
    if (!once && !reportedBefore) return 'answered as done, but it does not stand exactly once';
    if (new Set(done.map(({ version }) => version)).size > 1) return 'its answers differ';
    if (!reportedBefore && done[0]!.version !== events.at(-1)!.version) return 'its answer names another version than the record';
    return refused.length > 0 ? 'both done and refused' : null;
  }
  if (refused.length > 0 && events.length > 0) return 'answered as refused, but it stands';
  if (events.length > 0 && !once) return 'nobody was answered, and it stands more than once';
  if (events.length > 0 && command !== 'report' && handled !== 1) return 'the claim does not know it as handled exactly once';
  if (answers.some(({ status }) => status === 202) && events.length === 0 && row !== 'refused' && refused.length === 0) return 'kept for a worker, then lost';
  return null;
}

/** SPEC §1.9: the bank moved money at most once per key, for orders of ours, of our amounts; what it paid and what claims were paid is the same sum. */
function judgeBank({ claims, bank, byHand }: Evidence): { broken: string[]; movedFen: number } {
  const broken: string[] = [];
  const ours = new Map(claims.flatMap((claim) => claim.recorded.payments.map((payment) => [payment.key, payment] as const)));
  /** What the bank said that does not fit: two persons have settled it, or will. */
  const raised = new Set(claims.flatMap((claim) => claim.recorded.raised.map((words) => words.split(' ')[0]!)));
  const settled = new Set(bank.flatMap((entry) => (entry.what === 'settled' ? [entry.key] : [])));
  const accepted = bank.flatMap((entry) => (entry.what === 'accepted' ? [entry] : []));
  const moved = new Map<string, (typeof accepted)[number]>();
  let [debits, credits] = [0, 0];
  for (const entry of accepted) {
    if (moved.has(entry.key)) broken.push(`SPEC §1.9: the bank moved money twice under ${entry.key}`);
    moved.set(entry.key, entry);
    if (byHand.includes(entry.key)) continue;
    const payment = ours.get(entry.key);
    if (!payment) broken.push(`SPEC §1.9: the bank paid ${entry.key}, which nobody ordered`);
    else if (payment.status !== 'confirmed' && entry.amountFen !== payment.amountFen) broken.push(`SPEC §1.9: the bank was told ${entry.amountFen} fen for ${entry.key}, ordered are ${payment.amountFen}`);
    else if (payment.status === 'made' || payment.status === 'returned') broken.push(`SPEC §1.9: ${entry.key} went to the bank before a second person had released it`);
    else if (entry.outcome.status === 'confirmed' && settled.has(entry.key) && payment.status === 'failed' && !raised.has(entry.key)) broken.push(`SPEC §1.9: the bank paid ${entry.key}, and the claim has it as failed`);
    if (payment?.status === 'confirmed' && payment.bankReference !== 'settled-by-hand') debits += entry.outcome.amountFen;
  }
  for (const payment of ours.values()) {
    if (payment.status !== 'confirmed' || byHand.includes(payment.key)) continue;
    const entry = moved.get(payment.key);
    if (!entry || entry.outcome.status !== 'confirmed') broken.push(`SPEC §1.9: ${payment.key} is confirmed, and the bank has paid nothing under it`);
    if (payment.bankReference !== 'settled-by-hand') credits += payment.amountFen;
  }
  if (debits !== credits) broken.push(`SPEC §1.9: the bank paid ${debits} fen, claims were paid ${credits}`);
  return { broken, movedFen: debits };
}

/** Causes that name people with time left, or that a person must end; any other at rest is a part of ours that does not do its work. */
const RESTFUL = ['waiting', 'overdue', 'calendar-unknown', 'activity-failing', 'marked-stuck'];

/** SPEC §1.1: every open claim is among those shown to operations, with owner and due time, or with a cause by name. */
function judgeWaits({ claims, waiting }: Evidence): string[] {
  const shown = new Map(waiting.map((one) => [one.claimNo, one]));
  return claims.flatMap(({ claimNo, recorded }) => {
    if (recorded.stage === 'closed' && recorded.tasks.length === 0) return [];
    const causes = shown.get(claimNo)?.causes ?? [];
    if (causes.length === 0) return [`SPEC §1.1: ${claimNo} waits unseen in ${recorded.stage}`];
    return causes.flatMap((cause) => {
      if (!RESTFUL.includes(cause.kind)) return [`SPEC §1.1: ${claimNo} does not go on: ${cause.kind}`];
      if (cause.kind !== 'waiting' && cause.kind !== 'overdue') return [];
      const run = recorded.clocks[recorded.tasks.find((task) => task.taskId === cause.taskId)?.clock ?? ''];
      const owned = cause.roles.length > 0 || cause.assignee !== null;
      return owned && (cause.dueAt !== null || (run !== undefined && isPaused(run))) ? [] : [`SPEC §1.1: ${claimNo} waits for ${cause.task} without owner or due time`];
    });
  });
}

function looked({ claims, acts, bank }: Evidence, movedFen: number): Looked {
  const count = (types: readonly string[]): number => claims.reduce((sum, { events }) => sum + events.filter(({ type }) => types.includes(type)).length, 0);
  return {
    claims: claims.length, open: claims.filter(({ recorded }) => recorded.stage !== 'closed').length, events: claims.reduce((sum, { events }) => sum + events.length, 0),
    acts: acts.length, answered: acts.filter(({ answers }) => answers.some((one) => one.status === 200 || one.status === 201)).length, unknown: acts.filter(({ answers }) => answers.every(isUnknown)).length,
    payments: bank.filter(({ what }) => what === 'accepted').length, movedFen, rungs: count(['rung-climbed']),
    judgements: count(['decided', 'payee-confirmed', 'payment-checked', 'proposal-ended', 'panel-voted']),
    awaitingBank: claims.reduce((sum, { recorded }) => sum + recorded.payments.filter(({ status }) => status === 'checked').length, 0),
  };
}

/** As JSON keeps it, so that an absent field and an undefined one are the same. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const inOrder = <R>(rows: readonly R[], by: keyof R): R[] => [...rows].sort((a, b) => (String(a[by]) < String(b[by]) ? -1 : 1));
const openOf = (pairs: Array<[string, string | null]>): string[] => pairs.map((pair) => pair.join(' ')).sort();

/** The fields in which two things differ, and how: short, for a person who reads the log of a run. */
function differing(found: unknown, expected: unknown): string {
  const [a, b] = [plain(found), plain(expected)] as Array<Record<string, unknown> | null>;
  const fields = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter((field) => !isDeepStrictEqual(a?.[field], b?.[field]));
  return fields.slice(0, 4).map((field) => `${field} is ${JSON.stringify(a?.[field])?.slice(0, 200)} and not ${JSON.stringify(b?.[field])?.slice(0, 200)}`).join('; ');
}
