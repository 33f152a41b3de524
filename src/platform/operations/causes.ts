/** Why an open claim is not going on by itself: named outcomes, in ids, stages, codes and times only (SPEC §1.2, `ops`). */
import * as z from 'zod';

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
    .meta({ description: 'No worker takes the work of this claim. `since`: how long work has been waiting, or when a worker was last seen' }),
  z.object({ kind: z.literal('workflow-missing') }).meta({ description: 'Temporal knows no process of this claim; reconciliation starts it from its recorded events' }),
  z.object({ kind: z.literal('workflow-ended'), how: z.enum(['completed', 'terminated', 'cancelled', 'failed', 'timed-out']), at: time.nullable() })
    .meta({ description: 'The process ended while the claim is open; reconciliation starts it from its recorded events' }),
  z.object({ kind: z.literal('calendar-unknown'), years: z.array(z.int()), nextDeadline: time.nullable() })
    .meta({ description: 'A due date reaches a year without a published notice: it is provisional until the year is recorded' }),
  z.object({ kind: z.literal('marked-stuck'), cause: z.string(), since: time.nullable() })
    .meta({ description: 'The process could not get through for an hour and goes on trying' }),
]);
export type Cause = z.infer<typeof causeSchema>;

export const stuckClaimSchema = z.object({
  claimNo: z.string(), stage: z.string(), since: time.meta({ description: 'In this stage' }), tier: z.string().nullable(), hospital: z.string(), department: z.string(),
  insurer: z.string(), version: z.int(), breached: z.boolean(), waitingFor: z.array(z.string()),
  cause: z.enum(CAUSES).meta({ description: 'The gravest of the causes' }),
  causes: z.array(causeSchema),
  wantsAttention: z.boolean().meta({ description: 'False when all there is to it is people who have time left' }),
  process: z.object({ kind: z.enum(['running', 'missing', 'ended', 'unknown']), temporalUi: z.url() }),
}).meta({ id: 'StuckClaim' });
export type StuckClaim = z.infer<typeof stuckClaimSchema>;

const gravity = ({ kind }: Cause): number => CAUSES.indexOf(kind);

/** In the order of gravity; within one kind as they came. */
export const gravestFirst = (causes: readonly Cause[]): Cause[] => [...causes].sort((a, b) => gravity(a) - gravity(b));
