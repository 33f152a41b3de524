/** Taking, giving back and handing over tasks; what happens by time; repairs of operations (SPEC §1.6). */
import * as z from 'zod';
import { calendarOf, publishedYearSchema, type Calendar, type PublishedYear } from '../../calendar';
import { event, type EventBody } from '../events';
import { agenda } from '../ladders';
import { endSupplement } from '../follow';
import { HOSPITAL_ROLES, INSURER_ROLES, type Actor, type Role } from '../people';
import { refuse, type Refusal } from '../refusals';
import { STAGE_NAMES } from '../stages';
import { isAmong, personsOf } from '../standing-in';
import { reviewersOf, type ClaimState, type Task } from '../state';
import { id, instant, note, noted } from './inputs';
import { command } from './row';

const EVERYBODY = ['patient', 'liaison', 'specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer', 'approver', 'mediator', 'finance'] as const;
const taskOf = (state: ClaimState, taskId: string): Task | undefined => state.tasks.find((t) => t.taskId === taskId);

/** Managers hand over tasks of the hospital, senior reviewers and approvers those of the insurer. */
export function mayHandOver(role: string, task: Task): boolean {
  const side = (HOSPITAL_ROLES as readonly string[]).includes(role) ? HOSPITAL_ROLES : INSURER_ROLES;
  return task.roles.some((r) => (side as readonly Role[]).includes(r)) || (side === HOSPITAL_ROLES && task.roles.includes('patient'))
    // The neutral seat belongs to neither side; where the directory found nobody, either may name a mediator.
    || (task.roles.includes('mediator') && task.assignee === null);
}

/** The claim's calendar with these years added or amended; the years it knows already stay (SPEC §1.5). */
function withYears(known: Calendar, published: readonly PublishedYear[]): Calendar {
  const kept = Object.entries(known.years).map(([year, days]) => ({ year: Number(year), version: known.version.split('+').find((v) => v.startsWith(`${year}.`)) ?? `${year}.1`, days }));
  return calendarOf([...kept.filter(({ year }) => !published.some((one) => one.year === year)), ...published]);
}

/** A person who judged an earlier round, or the other half of a pair, may not be given a task (SPEC §1.1, §1.2). */
export function mayHold(state: ClaimState, task: Task, personId: string): Refusal | null {
  const judging = ['accept-file', 'review', 'investigate', 'approve', 'decide-as-panel'].includes(task.kind);
  if (judging && isAmong(state, [personId], state.seenBy)) return refuse('has-seen-it', { details: { personId } });
  const apart = task.kind === 'approve' ? reviewersOf(state)
    : task.kind === 'check-payment' ? state.payments.filter((p) => p.status === 'made').map((p) => p.madeBy)
    : task.kind === 'confirm-payee' ? [state.payees?.setBy]
    : task.kind === 'second-person' ? state.proposals.filter((p) => p.proposalId === task.about).map((p) => p.by)
    : task.kind === 'decide-as-panel' ? state.judgedBy
    : [];
  return isAmong(state, [personId], apart) ? refuse('four-eyes', { details: { personId } }) : null;
}

const holds = (actor: Actor, task: Task | undefined): boolean => task !== undefined && task.assignee !== null && personsOf(actor).includes(task.assignee);

/** May this person take this task out of its pool? */
function mayTake(state: ClaimState, task: Task, personId: string): Refusal | null {
  if (task.assignee !== null) return refuse(task.assignee === personId ? 'already-there' : 'task-taken', { field: '/taskId', details: { personId: task.assignee } });
  return mayHold(state, task, personId);
}

export const taskCommands = {
  'claim-task': command({
    title: { zh: '领取任务', en: 'Take the task' },
    causes: { zh: '任务归您，他人可见。', en: 'The task is yours, and others see that.' },
    schema: z.strictObject({ taskId: id }),
    by: EVERYBODY, stages: STAGE_NAMES,
    available: (state, { actor }) => {
      const why = state.tasks.filter((t) => (t.roles as string[]).includes(actor.role)).map((t) => mayTake(state, t, actor.personId));
      return why.includes(null) ? null : why[0] ?? refuse('unknown-task');
    },
    check: (state, input, { actor }) => {
      const task = taskOf(state, input.taskId);
      return task && (task.roles as string[]).includes(actor.role) ? mayTake(state, task, actor.personId) : refuse('unknown-task', { field: '/taskId' });
    },
    effect: (_, input, { actor }) => [event('task-assigned', { taskId: input.taskId, to: actor.personId, why: 'claimed' })],
    example: { taskId: 'KP-2026-000123.review.1' },
  }),

  'release-task': command({
    title: { zh: '放回任务', en: 'Give the task back' },
    causes: { zh: '任务回到任务池。', en: 'The task goes back to its pool.' },
    schema: z.strictObject({ taskId: id }),
    by: EVERYBODY, stages: STAGE_NAMES, available: (state, ctx) => (state.tasks.some((t) => holds(ctx.actor, t)) ? null : refuse('not-your-task')),
    check: (state, input, { actor }) => (holds(actor, taskOf(state, input.taskId)) ? null : refuse('not-your-task', { field: '/taskId' })),
    effect: (_, input) => [event('task-assigned', { taskId: input.taskId, to: null, why: 'released' })],
    example: { taskId: 'KP-2026-000123.review.1' },
  }),

  'reassign-task': command({
    title: { zh: '改派任务', en: 'Reassign the task' },
    causes: { zh: '任务转给指定的人，历史保留。', en: 'The task goes to the person named; its history stays.' },
    schema: z.strictObject({ taskId: id, to: id, note: note.optional() }),
    by: ['manager', 'senior-reviewer', 'approver'], stages: STAGE_NAMES,
    available: (state, { actor }) => (state.tasks.some((t) => mayHandOver(actor.role, t)) ? null : refuse('unknown-task')),
    check: (state, input, { actor }) => {
      const task = taskOf(state, input.taskId);
      if (!task || !mayHandOver(actor.role, task)) return refuse('unknown-task', { field: '/taskId' });
      if (task.assignee === input.to) return refuse('already-there', { field: '/to' });
      return mayHold(state, task, input.to);
    },
    effect: (state, input) => [
      ...(taskOf(state, input.taskId)?.roles.includes('mediator') ? [event('mediator-appointed', { personId: input.to })] : []),
      event('task-assigned', { taskId: input.taskId, to: input.to, why: 'reassigned' }, noted(input)),
    ],
    example: { taskId: 'KP-2026-000123.review.1', to: 'p-reviewer-2' },
  }),

  'holder-left': command({
    title: { zh: '持有人账号停用', en: 'The holder has left' },
    causes: { zh: '其任务回到任务池，升级阶梯照常进行。', en: 'Their tasks go back to the pool; the ladder goes on where it was.' },
    schema: z.strictObject({ personId: id }),
    by: 'directory', stages: STAGE_NAMES,
    effect: (state, input) => state.tasks.filter((t) => t.assignee === input.personId).map((t) => event('task-assigned', { taskId: t.taskId, to: null, why: 'holder-left' })),
    example: { personId: 'p-reviewer-2' },
  }),

  'time-passed': command({
    title: { zh: '到时', en: 'Time has passed' },
    causes: { zh: '升级阶梯按时触发，每级一次。', en: 'The rungs that are due are climbed, each once.' },
    schema: z.strictObject({ now: instant, assignees: z.record(z.string(), id.nullable()) }),
    by: 'clock', stages: STAGE_NAMES,
    effect: (state, input) => dueNow(state, input.now, input.assignees),
    example: { now: '2026-03-03T02:30:00.000Z', assignees: {} },
  }),

  'calendar-published': command({
    title: { zh: '节假日安排公布', en: 'Calendar published' },
    causes: { zh: '暂定的到期日按公布的安排重新计算。', en: 'Provisional due dates are computed anew by the published year.' },
    schema: z.strictObject({ years: z.array(publishedYearSchema).min(1).max(5) }),
    by: 'directory', stages: STAGE_NAMES,
    check: (state, input) => (withYears(state.calendar, input.years).version === state.calendar.version ? refuse('already-there') : null),
    effect: (state, input) => [event('calendar-published', { calendar: withYears(state.calendar, input.years) })],
    example: { years: [{ year: 2026, version: '2026.1', days: { holidays: ['2026-10-01'], makeUp: ['2026-10-10'] } }] },
  }),

  'check-record': command({
    title: { zh: '核对记录', en: 'Check the record' },
    causes: { zh: '流程若落后于记录，则按记录继续。', en: 'A process that lags behind its record goes on from the record.' },
    schema: z.strictObject({}),
    by: 'operations', stages: STAGE_NAMES,
    effect: () => [],
    example: {},
  }),

  'got-stuck': command({
    title: { zh: '流程受阻', en: 'Got stuck' },
    causes: { zh: '运维收到通知，系统继续重试。', en: 'Operations are told; the process goes on trying.' },
    schema: z.strictObject({ cause: z.string().max(200) }),
    by: 'operations', stages: STAGE_NAMES,
    effect: (state, input) => (state.stuck?.cause === input.cause ? [] : [event('got-stuck', input)]),
    example: { cause: 'payment: bank-unreachable' },
  }),

  'got-unstuck': command({
    title: { zh: '流程恢复', en: 'Got unstuck' },
    causes: { zh: '流程恢复正常。', en: 'The process goes on.' },
    schema: z.strictObject({}),
    by: 'operations', stages: STAGE_NAMES,
    effect: (state) => (state.stuck ? [event('got-unstuck', {})] : []),
    example: {},
  }),
};

/**
 * What has come due by `now` (ISO) and was not done yet, as events. `assignees` says whom the directory found for pool tasks
 * that nobody took; a task it was not asked about has its turn next.
 */
export function dueNow(state: ClaimState, now: string, assignees: Record<string, string | null> = {}): EventBody[] {
  const due = agenda(state).filter((item) => item.at <= now);
  // Told late, after the time was missed: what lapsed before a rung was due is no longer reminded of.
  const lapsedBefore = (at: string, task: Task | undefined): boolean => due.some((other) => other.at < at
    && ((other.do === 'lapse-supplement' && (task?.kind === 'answer-as-hospital' || task?.kind === 'answer-as-patient')) || (other.do === 'lapse-proposal' && task?.about === other.proposalId)));
  return due.flatMap((item): EventBody[] => {
    const climbed = event('rung-climbed', { key: item.key, rung: 'lapsed', dueAt: item.at, tells: [], breach: false, taskId: null });
    switch (item.do) {
      case 'climb': return lapsedBefore(item.at, item.taskId === null ? undefined : taskOf(state, item.taskId)) ? [] : [event('rung-climbed', { key: item.key, rung: item.rung, dueAt: item.at, tells: [...item.tells], breach: item.breach, taskId: item.taskId })];
      case 'assign': {
        const found = assignees[item.taskId];
        if (found === undefined) return [];
        const to = found !== null && mayHold(state, taskOf(state, item.taskId)!, found) === null ? found : null;
        return [event('task-assigned', { taskId: item.taskId, to, why: to === null ? 'nobody-eligible' : 'least-loaded' })];
      }
      case 'lapse-supplement': return [climbed, ...endSupplement(state, 'lapsed')];
      case 'lapse-proposal': return [climbed, event('proposal-ended', { proposalId: item.proposalId, how: 'lapsed' })];
    }
  });
}
