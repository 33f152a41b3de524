/** Finding what has been kept its time, and telling the claims: each rules for itself, in its turn, so that a hold or a dispute that comes at the same moment is seen. */
import type { Client } from '@temporalio/client';
import { CLAIM_WORKFLOW, DELIVER, system, type Act, type ClaimState } from '../../domain/claim';
import { erasable, heldBy, type Keeps } from '../../domain/retention';
import { RESTORED } from '../claims/standing';
import { rebuild, startOptions } from '../claims/start';
import { asWorker, type Database, type Tx } from '../database';

/** How far a round has come. */
export interface Told { after: string; looked: number; told: number }
export const FROM_THE_FIRST: Told = { after: '', looked: 0, told: 0 };

const PAGE = 200;
/** No rule keeps anything for less (RETENTION's least). */
const SHORTEST_MS = 364 * 86_400_000;

export interface DueDeps { database: Database; temporal: Client; keeps: Keeps; now: () => Date }

/** Walks the closed claims by their numbers. What was told already and is not recorded yet is told again under the same id. `database` is the worker's. */
export async function tellWhatIsDue({ database, temporal, keeps, now }: DueDeps, from: Told, onPage: (at: Told) => void): Promise<Told> {
  let at = from;
  for (;;) {
    const moment = now();
    const page = await database.$queryRaw<Array<{ claimNo: string; state: ClaimState }>>`
      SELECT claim_no AS "claimNo", state FROM claim WHERE stage = 'closed' AND closed_at < ${new Date(moment.getTime() - SHORTEST_MS)} AND claim_no > ${at.after}
        AND jsonb_array_length(coalesce(state -> 'erased', '[]')) < 2 ORDER BY claim_no LIMIT ${PAGE}`;
    for (const { claimNo, state } of page) {
      const due = erasable(state, keeps, moment.toISOString());
      const told = due.length > 0 && !(await asWorker(database, (tx) => heldElsewhere(tx, state))) && await tell(claimNo, due, moment.toISOString());
      at = { after: claimNo, looked: at.looked + 1, told: at.told + (told ? 1 : 0) };
      onPage(at);
    }
    if (page.length < PAGE) return at;
  }

  async function tell(claimNo: string, due: ReturnType<typeof erasable>, receivedAt: string): Promise<boolean> {
    const state = await asWorker(database, (tx) => rebuild(tx, claimNo));
    if (state === null) return false;
    const { workflowIdConflictPolicy: _, ...options } = startOptions({ state });
    for (const input of due) {
      const act: Act = { id: `erase:${claimNo}:${input.what}`, command: 'erase-due', input, actor: system('retention'), receivedAt, saidAt: null, hash: '' };
      await temporal.workflow.signalWithStart(CLAIM_WORKFLOW, { ...options, signal: DELIVER, signalArgs: [act] });
    }
    return true;
  }
}

/**
 * What holds a claim that its own state does not know: money that the bank and we see differently and nobody has settled; a restore after which
 * nobody has looked yet, because a hold set since the copy is lost; of a duplicate, a survivor that is open or held.
 */
async function heldElsewhere(tx: Tx, { claimNo, survivor }: ClaimState): Promise<boolean> {
  if (await tx.difference.findFirst({ where: { resolvedAt: null, OR: [{ claimNo }, { kind: RESTORED }] }, select: { id: true } })) return true;
  const other = survivor === null ? null : await tx.claim.findUnique({ where: { claimNo: survivor }, select: { state: true } });
  return other !== null && heldBy(other.state as unknown as ClaimState).length > 0;
}
