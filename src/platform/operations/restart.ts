/** Bringing a lost process back: the same claim, rebuilt from its recorded events, deadlines as they were (DESIGN, idea 4). */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { CLAIM_WORKFLOW, claimWorkflowId, DELIVER, isPersonsAct, type Act, type ClaimState, type CommandName } from '../../domain/claim';
import { rebuild, startOptions } from '../claims/start';
import { asWorker, type Database } from '../database';
import { grpcCode } from './grpc';

/**
 * Starts the claim's process again and hands it the acts that its last run had been given but had not done (SPEC §3: a person's act is
 * never lost). One that runs already is left alone. False: events and claim do not agree, and somebody must look first.
 */
export async function restart({ database, temporal }: { database: Database; temporal: Client }, claimNo: string): Promise<boolean> {
  const { state, version, queued } = await asWorker(database, async (tx) => ({
    state: await rebuild(tx, claimNo),
    version: (await tx.claim.findUnique({ where: { claimNo }, select: { version: true } }))?.version,
    queued: (await tx.act.findMany({ where: { claimNo, status: 'queued' }, select: { id: true } })).map(({ id }) => id),
  }));
  if (state === null || state.version !== version) return false;

  const given = await undone(temporal, state, queued);
  const handle = await temporal.workflow.start(CLAIM_WORKFLOW, startOptions({ state }));
  for (const act of given) await handle.signal(DELIVER, act);
  return true;
}

/** What was signalled to the last run and is not in the record: persons' acts that are still kept for them, and facts of systems. */
async function undone(temporal: Client, state: ClaimState, queued: readonly string[]): Promise<Act[]> {
  const signals = await signalsOf(temporal, state.claimNo);
  return signals.filter((act) => !state.handled.some((h) => h.id === act.id) && (!isPersonsAct(act.command as CommandName) || queued.includes(act.id)));
}

async function signalsOf(temporal: Client, claimNo: string): Promise<Act[]> {
  try {
    const { events } = await temporal.workflow.getHandle(claimWorkflowId(claimNo)).fetchHistory();
    const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => (signal?.signalName === DELIVER ? [signal.input?.payloads] : []));
    return await Promise.all(signals.map(async (payloads) => (await decodeArrayFromPayloads(temporal.options.loadedDataConverter, payloads))[0] as Act));
  } catch (error) {
    // Its history is gone with it.
    if (error instanceof WorkflowNotFoundError || grpcCode(error) === 'NOT_FOUND') return [];
    throw error;
  }
}
