/**
 * Who is told what when something has happened: pure, from the event. Notices go into the outbox in the transaction that
 * records the event; they name the claim by number and the rung by code, nothing personal.
 */
import type { ClaimEvent } from './events';
import type { Audience } from './ladders';
import { SUPERVISOR, type Role } from './people';
import { openRequest, type ClaimState } from './state';

export interface Notice {
  /** Unique for ever: the same notice is delivered once. */
  key: string;
  template: string;
  to: { role: Role | Extract<Audience, 'risk-committee' | 'steering-list' | 'compliance'>; personId: string | null };
  params: Record<string, string | number | boolean | null>;
}

/** The notices that one event causes; `after` is the claim once it has happened. */
export function noticesOf(event: ClaimEvent, after: ClaimState): Notice[] {
  // One audience can be reached by two names (owner and supervisor, say): told once.
  return [...new Map(noticesFor(event, after).map((notice) => [notice.key, notice])).values()];
}

function noticesFor(event: ClaimEvent, after: ClaimState): Notice[] {
  const notice = (template: string, to: Notice['to'], params: Notice['params'] = {}): Notice =>
    ({ key: `${after.claimNo}/${event.version}/${template}/${to.role}${to.personId ? `/${to.personId}` : ''}`, template, to, params: { claimNo: after.claimNo, ...params } });
  const claimant = (template: string, params: Notice['params'] = {}): Notice => notice(template, { role: 'patient', personId: after.patientPersonId }, params);
  switch (event.type) {
    case 'rung-climbed': {
      const task = after.tasks.find((t) => t.taskId === event.data.taskId);
      return event.data.tells.flatMap((audience) => receivers(audience, after, event.data.taskId).map((to) =>
        notice(`rung-${event.data.rung}`, to, { taskKind: task?.kind ?? null, dueAt: event.data.dueAt, breach: event.data.breach })));
    }
    case 'task-assigned': return event.data.to === null || event.data.to.startsWith('system:')
      ? (event.data.why === 'holder-left' ? [notice('holder-left', { role: SUPERVISOR[roleOf(after, event.data.taskId)], personId: null }, { taskId: event.data.taskId })] : event.data.why === 'nobody-eligible' ? [notice('nobody-eligible', { role: 'ops', personId: null }, { taskId: event.data.taskId })] : [])
      : [notice('task-assigned', { role: roleOf(after, event.data.taskId), personId: event.data.to }, { taskId: event.data.taskId })];
    case 'supplement-asked': {
      const request = openRequest(after);
      const from = new Set(request?.items.map((item) => item.from));
      return [
        ...(from.has('hospital') ? [notice('supplement-asked', { role: 'liaison', personId: null }, { requestNo: event.data.requestNo })] : []),
        ...(from.has('patient') ? [claimant('supplement-asked', { requestNo: event.data.requestNo })] : []),
      ];
    }
    case 'tier-overridden': return [claimant('tier-changed', { from: event.data.from, to: event.data.to })];
    case 'decided': return [claimant(event.data.decision === 'reject' ? 'letter-rejected' : event.data.decision === 'part' ? 'letter-part' : 'letter-approved', { reasons: event.data.reasons.join(' ') })];
    case 'payment-failed': return event.data.fault === 'payee' ? [claimant('payee-fault')] : [notice('payment-failed', { role: 'finance', personId: null })];
    case 'bank-answer-raised': return [notice('bank-answer-raised', { role: 'finance', personId: null }, { what: event.data.what, key: event.data.key })];
    case 'stage-left': return event.data.to === 'closed' && event.data.closedAs === 'paid' ? [claimant('paid', { paidFen: after.paidFen })] : [];
    // It shortens how long the claim can be looked into.
    case 'consent-withdrawn': return [SUPERVISOR.reviewer, 'medical-affairs' as const].map((role) => notice('consent-withdrawn', { role, personId: null }));
    case 'got-stuck': return [notice('stuck', { role: 'ops', personId: null }, { cause: event.data.cause })];
    default: return [];
  }
}

function receivers(audience: Audience, state: ClaimState, taskId: string | null): Notice['to'][] {
  const task = state.tasks.find((t) => t.taskId === taskId) ?? state.tasks[0];
  switch (audience) {
    case 'owner': return task?.assignee && !task.assignee.startsWith('system:')
      ? [{ role: task.roles[0]!, personId: task.assignee }]
      : (task?.roles ?? []).map((role) => ({ role, personId: null }));
    case 'supervisor': return [{ role: SUPERVISOR[task?.roles[0] ?? 'ops'], personId: null }];
    case 'claimant': return [{ role: 'patient', personId: state.patientPersonId }];
    default: return [{ role: audience, personId: null }];
  }
}

const roleOf = (state: ClaimState, taskId: string): Role => state.tasks.find((t) => t.taskId === taskId)?.roles[0] ?? 'ops';
