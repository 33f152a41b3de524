/** The claim's process as the API sees it: an act is done, refused, or kept; never lost and never counted twice (SPEC §3). */
import {
  isGrpcServiceError, WithStartWorkflowOperation, WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client,
} from '@temporalio/client';
import { ApplicationFailure, type Workflow } from '@temporalio/common';
import { CLAIM_WORKFLOW, claimWorkflowId, decide, DELIVER, REFUSED, ROLLING, type Act, type ActAnswer, type ClaimState, type Refusal } from '../../domain/claim';
import { startOptions } from '../../platform/claims/start';

export type Performed =
  | { kind: 'done'; answer: ActAnswer }
  | { kind: 'refused'; refusal: Refusal }
  /** No worker took it: the same act waits as a signal. */
  | { kind: 'queued' }
  /** Temporal cannot be reached; nothing is stored. */
  | { kind: 'away' };

export interface ClaimProcess {
  /** Does a person's act. `stored` is the claim as the read model has it, for a process that has ended or was lost. */
  perform(act: Act, stored: ClaimState): Promise<Performed>;
  /** Keeps an act for its process, which takes it in its turn and holds it against the record before it refuses it. */
  keep(act: Act, stored: ClaimState): Promise<Performed>;
  /** Hands over a system's fact, which the process takes in its turn; one that has ended takes none. */
  deliver(claimNo: string, act: Act): Promise<'delivered' | 'ended' | 'away'>;
}

/** How long a person waits for the process itself before the act is kept for it instead. */
const PATIENCE_MS = 5_000;
const SIGNAL_MS = 2_000;
/** A run that is being continued as new takes acts again within milliseconds. */
const ROLLING_PAUSE_MS = 100;

export function createClaimProcess(client: Client): ClaimProcess {
  /** The same act, with the same id, as a signal; a process that is not there is started with it. */
  async function keep(act: Act, stored: ClaimState): Promise<Performed> {
    try {
      await client.withDeadline(Date.now() + SIGNAL_MS, () => client.workflow.signalWithStart(CLAIM_WORKFLOW, { ...starting(stored), signal: DELIVER, signalArgs: [act] }));
      return { kind: 'queued' };
    } catch (error) {
      if (isAway(error)) return { kind: 'away' };
      throw error;
    }
  }

  /** The process has ended or was lost: asked first whether the act would be taken, so that a refusal starts nothing. */
  async function resume(act: Act, stored: ClaimState, deadline: number): Promise<Performed> {
    const decided = decide(stored, act);
    if (decided.kind === 'refused') return decided;
    return attempt(act, stored, () => client.withDeadline(deadline, () => client.workflow.executeUpdateWithStart<Workflow, ActAnswer, [Act]>(act.command, {
      args: [act], updateId: act.id, startWorkflowOperation: new WithStartWorkflowOperation(CLAIM_WORKFLOW, { ...starting(stored), workflowIdConflictPolicy: 'USE_EXISTING' }),
    })));
  }

  async function attempt(act: Act, stored: ClaimState, update: () => Promise<ActAnswer>): Promise<Performed> {
    try {
      return { kind: 'done', answer: await update() };
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isNotReady(error)) return keep(act, stored);
      if (isAway(error)) return { kind: 'away' };
      const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (failure instanceof ApplicationFailure && failure.type === REFUSED) return { kind: 'refused', refusal: failure.details?.[0] as Refusal };
      throw error;
    }
  }

  return {
    keep,
    async perform(act, stored) {
      const deadline = Date.now() + PATIENCE_MS;
      const handle = client.workflow.getHandle(claimWorkflowId(stored.claimNo));
      const update = (): Promise<ActAnswer> => client.withDeadline(deadline, () => handle.executeUpdate<ActAnswer, [Act]>(act.command, { args: [act], updateId: act.id }));
      // What stands in the record is done, whoever is away: nobody need be waited for. A process whose server was killed before the turn was over
      // has lost the act, and hears of it here; one that knows it answers by the id alone.
      const before = stored.handled.find((one) => one.id === act.id && one.hash === act.hash);
      if (before) {
        void update().catch(() => undefined);
        return { kind: 'done', answer: { claimNo: stored.claimNo, actId: act.id, command: act.command, hash: act.hash, version: before.version, stage: before.stage, closedAs: stored.closedAs } };
      }
      for (;;) {
        try {
          return await attempt(act, stored, update);
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return resume(act, stored, deadline);
          if (!isPassing(error)) throw error;
          if (Date.now() > deadline) return keep(act, stored);
          await new Promise((resolve) => setTimeout(resolve, ROLLING_PAUSE_MS));
        }
      }
    },
    async deliver(claimNo, act) {
      try {
        await client.withDeadline(Date.now() + SIGNAL_MS, () => client.workflow.getHandle(claimWorkflowId(claimNo)).signal(DELIVER, act));
        return 'delivered';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'ended';
        if (isAway(error)) return 'away';
        throw error;
      }
    },
  };
}

/** The options without those that only a plain start takes. */
function starting(stored: ClaimState) {
  const { workflowIdConflictPolicy: _, ...options } = startOptions({ state: stored });
  return options;
}

/** Refused for this moment only: the run is being continued, or ended while the act was on its way. */
function isPassing(error: unknown): boolean {
  const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return failure instanceof ApplicationFailure && (failure.type === ROLLING || failure.type === 'AcceptedUpdateCompletedWorkflow');
}

/** gRPC: the server cannot be reached, or did not answer in time. */
const AWAY = [14, 4];
/** gRPC: the server takes no Update for a process whose step has failed or run out of time again and again: its workers were killed, or are at fault. Signals it takes. */
const NOT_READY = [9];

/** Is this the fault of a Temporal that cannot be reached? */
export const isAway = (error: unknown): boolean => hasCode(error, AWAY);
const isNotReady = (error: unknown): boolean => hasCode(error, NOT_READY);

function hasCode(error: unknown, codes: readonly number[]): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && codes.includes(cause.code)) return true;
  }
  return false;
}
