/** Evidence of a sound platform, made by the rules alone: what planted bugs are put into. */
import { createHash } from 'node:crypto';
import { dueOf, evolve, waitingFor, type ClaimEvent, type ClaimState } from '../../../src/domain/claim';
import { eventHash, firstPrevHash, type RecordedEvent } from '../../../src/platform/audit/chain';
import type { StuckClaim } from '../../../src/platform/operations/causes';
import type { SentAct } from '../../support/acts';
import type { ClaimEvidence, Evidence } from '../../support/evidence';
import { CLAIM_NO, type Scenario } from '../../domain/claim/scenario';

/** When it is all looked at: after everything that the claims' people have done. */
const LOOKED_AT = '2026-12-31T00:00:00.000Z';

/** The claims as a platform would have recorded them that broke no promise; each under a number of its own. */
export function soundEvidence(scenarios: readonly Scenario[]): Evidence {
  const claims = scenarios.map(({ events }, n) => claimOf(JSON.parse(JSON.stringify(events).replaceAll(CLAIM_NO, numberOf(n + 1))) as ClaimEvent[]));
  return {
    claims, acts: claims.flatMap(({ events }) => actsIn(events)), kept: [], bank: claims.flatMap(({ recorded }) => paidBy(recorded)), byHand: [], untold: [], orphans: [], tampered: null, at: LOOKED_AT,
    waiting: claims.filter(({ recorded }) => recorded.tasks.length > 0).map(({ recorded }) => shownAs(recorded)),
  };
}

export const numberOf = (n: number): string => `KP-2026-${String(n).padStart(6, '0')}`;

/** All that is made from a claim's events, made from these. */
export function claimOf(events: readonly ClaimEvent[]): ClaimEvidence {
  const recorded = JSON.parse(JSON.stringify(events.reduce<ClaimState | null>(evolve, null))) as ClaimState;
  const { claimNo, stage, version, closedAs, paidFen } = recorded;
  return {
    claimNo, recorded, columns: { stage, version, closedAs, paidFen, waitingFor: waitingFor(recorded) }, events: chained(recorded, events),
    tasks: events.flatMap((e) => (e.type === 'task-opened' ? [e.data.taskId] : [])).map((id) => {
      const open = recorded.tasks.find((task) => task.taskId === id);
      return { id, status: open ? 'open' : 'done', assignee: open?.assignee ?? null };
    }),
    deadlines: Object.entries(recorded.clocks).map(([clock, run]) => ({ clock, dueAt: dueOf(recorded, run).dueAt, stoppedAt: run.stoppedAt })),
    payments: recorded.payments.map(({ key, status, amountFen }) => ({ key, status, amountFen })),
    process: stage === 'closed' && recorded.tasks.length === 0 ? 'ended' : recorded,
  };
}

function chained({ claimNo, hospital, department, insurer }: ClaimState, events: readonly ClaimEvent[]): RecordedEvent[] {
  let prevHash = firstPrevHash(claimNo);
  return events.map((e) => {
    const covered = {
      claimNo, hospital, department, insurer, version: e.version, type: e.type, at: e.at, saidAt: e.saidAt, receivedAt: e.at, actId: e.act.id, actHash: e.act.hash,
      actor: { ...e.actor, command: e.act.command }, data: e.data as unknown, personalHash: e.personal === undefined ? null : createHash('sha256').update(JSON.stringify(e.personal)).digest('hex'),
    };
    const hash = eventHash(prevHash, covered);
    const row = { ...covered, prevHash, hash, personal: null };
    prevHash = hash;
    return row;
  });
}

/** What persons sent, each answered once: with the version after it. */
function actsIn(events: readonly RecordedEvent[]): SentAct[] {
  const keys = [...new Set(events.flatMap((e) => ((e.actor as { role: string }).role === 'system' ? [] : [e.actId])))];
  return keys.map((key) => {
    const last = events.filter((e) => e.actId === key).at(-1)!;
    const { personId, command } = last.actor as { personId: string; command: string };
    return { key, account: personId, claimNo: last.claimNo, command, answers: [answer(command === 'report' ? 201 : 200, last.version)] };
  });
}

export const answer = (status: number | null, version: number | null = null, code: string | null = null): SentAct['answers'][number] => ({ status, version, code, retryAfter: null, location: null, body: null, at: 0 });

function paidBy({ claimNo, payments }: ClaimState): Evidence['bank'] {
  return payments.filter(({ status }) => status === 'confirmed').flatMap(({ key, amountFen, bankReference }) => [
    { what: 'accepted' as const, at: LOOKED_AT, key, amountFen, reference: claimNo, accountEnding: '1234', orderHash: key, bankReference: bankReference!, outcome: { status: 'confirmed' as const, amountFen }, settleAfterMs: 0 },
    { what: 'settled' as const, at: LOOKED_AT, key, callbacks: [] },
  ]);
}

function shownAs(state: ClaimState): StuckClaim {
  const { claimNo, stage, stageSince: since, tier, hospital, department, insurer, version, breached } = state;
  return {
    claimNo, stage, since, tier, hospital, department, insurer, version, breached, waitingFor: waitingFor(state), cause: 'waiting', repairs: ['wait'], wantsAttention: false, process: { kind: 'running', temporalUi: 'http://127.0.0.1' },
    causes: state.tasks.map((task) => {
      const due = dueOf(state, state.clocks[task.clock]!);
      return { kind: 'waiting', taskId: task.taskId, task: task.kind, roles: task.roles, assignee: task.assignee, since: task.openedAt, dueAt: due.dueAt, provisional: due.provisional };
    }),
  };
}
