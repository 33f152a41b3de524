/** Starting claims from the outbox: at once after a report, or when Temporal is back. */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { CLAIM_WORKFLOW, type ClaimInput } from '../domain/claim';
import { startOptions } from '../platform/claims/start';
import { inScope, type Database } from '../platform/database';
import type { Log } from '../platform/log';
import { drainOutbox, type OutboxLoop } from '../platform/outbox';
import { inAct } from '../platform/tracing';
import { START_CLAIM } from './claim/report';

const START_MS = 5_000;

/** The loop that starts the workflows of reported claims; `poke` it after a report. */
export function createStarter({ database, databaseUrl, temporal, log }: { database: Database; databaseUrl: string; temporal: Client; log: Log }): OutboxLoop {
  return drainOutbox({
    kinds: [START_CLAIM], databaseUrl, log,
    asRole: (work) => inScope(database, { role: 'starter' }, work),
    handle: async ({ payload, claimNo }) => {
      // The state as it was reported: a process that has started since, even one that has ended, knows better and must not begin anew.
      const options = { ...startOptions(payload as ClaimInput), workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const;
      const report = (payload as ClaimInput).state.handled[0]?.id;
      await inAct(report, 'outbox start-claim', { 'kuaipei.claim': claimNo ?? '' }, () => temporal.withDeadline(Date.now() + START_MS, () => temporal.workflow.start(CLAIM_WORKFLOW, options))).catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      });
    },
  });
}
