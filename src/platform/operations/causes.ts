/** Why an open claim is not going on by itself: named outcomes, in ids, stages, codes and times only (SPEC §1.2, `ops`). */
import * as z from 'zod';
import type { Text } from '../../domain/claim';

const time = z.iso.datetime();
const attempts = z.int();

/** Somebody owes something: who, since when, until when. */
const owed = {
  taskId: z.string(), task: z.string(), roles: z.array(z.string()), since: time, provisional: z.boolean(),
  assignee: z.string().nullable().meta({ description: 'Null: in the pool; `system:…`: an outside party' }),
  dueAt: time.nullable().meta({ description: 'Null: the clock is paused' }),
};

/** The gravest first: what keeps a claim from moving at all stands before what keeps it waiting for people. */
export const CAUSES = [
  'workflows-away', 'not-started', 'workflow-missing', 'workflow-ended', 'workflow-task-failing', 'no-worker', 'not-getting-through', 'activity-failing', 'marked-stuck',
  'overdue', 'calendar-unknown', 'waiting',
] as const;

export const CAUSE_TITLES: Record<(typeof CAUSES)[number], Text> = {
  'workflows-away': { zh: 'Temporal 无应答', en: 'Temporal does not answer' }, 'not-started': { zh: '流程尚未启动', en: 'process not started yet' }, 'workflow-missing': { zh: '流程缺失', en: 'process missing' },
  'workflow-ended': { zh: '流程意外结束', en: 'process ended' }, 'workflow-task-failing': { zh: '流程代码出错', en: 'fault in the code of the process' }, 'no-worker': { zh: '没有工作进程', en: 'no worker' },
  'not-getting-through': { zh: '写入数据库受阻', en: 'not getting through to the database' }, 'activity-failing': { zh: '外部调用失败，重试中', en: 'a call fails and is tried again' }, 'marked-stuck': { zh: '受阻超过一小时', en: 'stuck for an hour' },
  overdue: { zh: '任务超期', en: 'a task is overdue' }, 'calendar-unknown': { zh: '节假日安排未公布', en: 'calendar of a year not known' }, waiting: { zh: '等待办理', en: 'waiting for people' },
};

export const causeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), ...owed }).meta({ description: 'People, or the bank, have time left' }),
  z.object({ kind: z.literal('overdue'), ...owed }).meta({ description: 'What is owed was due' }),
  z.object({ kind: z.literal('workflows-away') }).meta({ description: 'Temporal does not answer: told from the records alone' }),
  z.object({ kind: z.literal('not-started'), since: time, attempts, lastError: z.string().nullable() })
    .meta({ description: 'Reported, but the process could not be started yet' }),
  z.object({ kind: z.literal('activity-failing'), activity: z.string(), errorType: z.string(), attempts, lastAttemptAt: time.nullable(), nextAttemptAt: time.nullable() })
    .meta({ description: 'An activity fails and is tried again' }),
  z.object({ kind: z.literal('workflow-task-failing'), attempts, since: time.nullable() })
    .meta({ description: 'The process itself cannot be run on: a fault in its code; it heals when a mended worker is deployed' }),
  z.object({ kind: z.literal('not-getting-through'), since: time.nullable() })
    .meta({ description: 'A worker has had a step of the process in hand for so long: what it writes to the database, or reads there, does not get through' }),
  z.object({ kind: z.literal('no-worker'), taskQueue: z.string(), since: time.nullable() })
    .meta({ description: 'No worker takes the work of this claim off this task queue. `since`: how long work has been waiting, or when a worker was last seen' }),
  z.object({ kind: z.literal('workflow-missing') }).meta({ description: 'Temporal knows no process of this claim; reconciliation starts it from its recorded events' }),
  z.object({ kind: z.literal('workflow-ended'), how: z.enum(['completed', 'terminated', 'cancelled', 'failed', 'timed-out']), at: time.nullable() })
    .meta({ description: 'The process ended while the claim is open; reconciliation starts it from its recorded events' }),
  z.object({ kind: z.literal('calendar-unknown'), years: z.array(z.int()), nextDeadline: time.nullable() })
    .meta({ description: 'A due date reaches a year without a published notice: it is provisional until the year is recorded' }),
  z.object({ kind: z.literal('marked-stuck'), cause: z.string(), since: time.nullable() })
    .meta({ description: 'The process could not get through for an hour and goes on trying' }),
]);
export type Cause = z.infer<typeof causeSchema>;

/** What is safe to do about a claim that does not move; docs/operations.md says how. None of them changes a decision, and nobody resets a workflow. */
export const REPAIRS = {
  'wait': { zh: '等待：会自行继续', en: 'Wait: it goes on by itself' },
  'ask-their-lead': { zh: '请其主管改派任务', en: 'Ask their lead to reassign the task' },
  'restore-temporal': { zh: '恢复 Temporal', en: 'Bring Temporal back' },
  'start-worker': { zh: '启动工作进程', en: 'Start a worker' },
  'reconcile': { zh: '立即对账两次：第一轮记下差异，第二轮按记录重建流程', en: 'Reconcile now, twice: one round notes it, the next starts the process from its record' },
  'deploy-mended-worker': { zh: '回退版本或部署修复后的工作进程', en: 'Roll back, or deploy a mended worker' },
  'look-at-database': { zh: '检查数据库：磁盘、锁、连接', en: 'Look at the database: disk, locks, connections' },
  'look-at-party': { zh: '检查到外部系统的线路和配置', en: 'Look at the line to the outside party and its settings' },
  'record-year': { zh: '录入该年度的节假日安排', en: "Record that year's holidays" },
} as const satisfies Record<string, Text>;
export type Repair = keyof typeof REPAIRS;

const REPAIR_OF: Record<Cause['kind'], readonly Repair[]> = {
  'workflows-away': ['restore-temporal'], 'not-started': ['wait', 'restore-temporal'], 'workflow-missing': ['reconcile'], 'workflow-ended': ['reconcile'],
  'workflow-task-failing': ['deploy-mended-worker'], 'no-worker': ['start-worker'], 'not-getting-through': ['look-at-database'], 'activity-failing': ['look-at-party'],
  'marked-stuck': ['look-at-party', 'look-at-database'], overdue: ['ask-their-lead'], 'calendar-unknown': ['record-year'], waiting: ['wait'],
};

/** The repairs of these causes in their order; waiting is one only where nothing else is to be done. */
export function repairsOf(causes: readonly Cause[]): Repair[] {
  const all = [...new Set(causes.flatMap(({ kind }) => REPAIR_OF[kind]))];
  return all.length > 1 ? all.filter((repair) => repair !== 'wait') : all;
}

export const stuckClaimSchema = z.object({
  claimNo: z.string(), stage: z.string(), since: time.meta({ description: 'In this stage' }), tier: z.string().nullable(), hospital: z.string(), department: z.string(),
  insurer: z.string(), version: z.int(), breached: z.boolean(), waitingFor: z.array(z.string()),
  cause: z.enum(CAUSES).meta({ description: 'The gravest of the causes' }),
  causes: z.array(causeSchema),
  repairs: z.array(z.enum(Object.keys(REPAIRS) as [Repair, ...Repair[]])).meta({ description: 'What is safe to do, in this order; docs/operations.md says how' }),
  wantsAttention: z.boolean().meta({ description: 'False when all there is to it is people who have time left' }),
  process: z.object({ kind: z.enum(['running', 'missing', 'ended', 'unknown']), temporalUi: z.url() }),
}).meta({ id: 'StuckClaim' });
export type StuckClaim = z.infer<typeof stuckClaimSchema>;

const gravity = ({ kind }: Cause): number => CAUSES.indexOf(kind);

/** In the order of gravity; within one kind as they came. */
export const gravestFirst = (causes: readonly Cause[]): Cause[] => [...causes].sort((a, b) => gravity(a) - gravity(b));
