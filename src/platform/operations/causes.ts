/** Why an open claim is not going on by itself: named outcomes, in ids, stages, codes and times only (SPEC §1.2, `ops`). */
import * as z from 'zod';

const time = z.iso.datetime();
const attempts = z.int();

export const causeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('waiting'), taskId: z.string(), task: z.string(), roles: z.array(z.string()), assignee: z.string().nullable(), since: time,
    dueAt: time.nullable(), provisional: z.boolean(), overdue: z.boolean(),
  }).meta({ description: 'Somebody owes something: who, since when, until when. `assignee` null: in the pool; `system:…`: an outside party. `dueAt` null: the clock is paused' }),
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
  claimNo: z.string(), stage: z.string(), tier: z.string().nullable(), hospital: z.string(), department: z.string(), insurer: z.string(), version: z.int(), breached: z.boolean(),
  causes: z.array(causeSchema),
  wantsAttention: z.boolean().meta({ description: 'False when all there is to it is people who have time left' }),
  temporalUi: z.url().meta({ description: 'The process in the Temporal UI' }),
}).meta({ id: 'StuckClaim' });
export type StuckClaim = z.infer<typeof stuckClaimSchema>;

/** People who have time left are no cause for concern; everything else is. */
export const wantsAttention = (cause: Cause): boolean => cause.kind !== 'waiting' || cause.overdue;
