/** Starting a claim's process, the first time and again: always from the state that its recorded events rebuild. */
import { defineSearchAttributeKey, TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import type { WorkflowStartOptions } from '@temporalio/client';
import { CLAIMS_QUEUE, claimWorkflowId, evolve, situationOf, type Actor, type ClaimEvent, type ClaimInput, type ClaimState } from '../../domain/claim';
import type { Tx } from '../database';

/** The state of a claim as its events say, or null when there is no such claim in the transaction's scope. */
export async function rebuild(tx: Tx, claimNo: string): Promise<ClaimState | null> {
  const rows = await tx.claimEvent.findMany({ where: { claimNo }, orderBy: { version: 'asc' } });
  return rows.reduce<ClaimState | null>((state, row) => {
    const { command, ...actor } = row.actor as unknown as Actor & { command: string };
    return evolve(state, {
      type: row.type, data: row.data, version: row.version, at: row.at.toISOString(), saidAt: row.saidAt?.toISOString() ?? null,
      actor, act: { id: row.actId, hash: row.actHash, command },
    } as ClaimEvent);
  }, null);
}

/** How a claim's workflow is started, by whoever starts it: one id per claim, so that a second start finds the first. */
export function startOptions({ state }: ClaimInput): WorkflowStartOptions & { args: [ClaimInput] } {
  return {
    workflowId: claimWorkflowId(state.claimNo),
    taskQueue: CLAIMS_QUEUE,
    args: [{ state }],
    // Closed claims come back under the same id; a running one is left alone.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    memo: { claimNo: state.claimNo },
    staticSummary: `claim ${state.claimNo}`,
    typedSearchAttributes: new TypedSearchAttributes(searchAttributes(state)),
  };
}

function searchAttributes(state: ClaimState): SearchAttributePair[] {
  const s = situationOf(state);
  return [
    ...(['ClaimStage', 'ClaimTier', 'HospitalCode', 'DepartmentCode', 'WaitingFor'] as const).map((name) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value: s[name] })),
    ...(s.NextDeadline ? [{ key: defineSearchAttributeKey('NextDeadline', 'DATETIME'), value: new Date(s.NextDeadline) }] : []),
    ...(['Breached', 'Stuck'] as const).map((name) => ({ key: defineSearchAttributeKey(name, 'BOOL'), value: s[name] })),
  ];
}
