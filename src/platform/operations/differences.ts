/** Differences between a claim's process and its records: raised when found, kept until gone (issue: "compares workflows with the read model"). */
import type { Tx } from '../database';

/** What reconciliation finds, per claim. Other parts raise other kinds, which it leaves alone. */
export const OPEN_CLAIM_KINDS = ['workflow-missing', 'workflow-ended', 'workflow-ahead', 'workflow-unreadable', 'claim-ahead', 'state-differs', 'log-differs'] as const;
export const PROCESS_KINDS = ['claim-missing', 'workflow-not-ended'] as const;

/** `detail` holds versions, codes and times; never what a person wrote or is. */
export interface Finding<K extends string> { claimNo: string; kind: K; detail: Record<string, string | number | string[] | null> }
export type ClaimFinding = Finding<(typeof OPEN_CLAIM_KINDS)[number]>;
export type ProcessFinding = Finding<(typeof PROCESS_KINDS)[number]>;

/** Writes down what is new among the findings; one that is known already keeps its first time. Answers how many were new. */
export async function raise(tx: Tx, findings: ReadonlyArray<ClaimFinding | ProcessFinding>, now: Date): Promise<number> {
  if (findings.length === 0) return 0;
  return tx.$executeRaw`
    INSERT INTO difference (found_at, claim_no, kind, detail)
    SELECT ${now}, f."claimNo", f.kind, f.detail FROM jsonb_to_recordset(${JSON.stringify(findings)}::jsonb) AS f("claimNo" text, kind text, detail jsonb)
    WHERE NOT EXISTS (SELECT FROM difference d WHERE d.claim_no = f."claimNo" AND d.kind = f.kind AND d.resolved_at IS NULL)`;
}

/** Closes the differences of these claims that were not found again. */
export async function resolveGone(tx: Tx, claimNos: readonly string[], found: readonly ClaimFinding[], now: Date): Promise<void> {
  const still = found.map(({ claimNo, kind }) => `${claimNo} ${kind}`);
  await tx.$executeRaw`
    UPDATE difference SET resolved_at = ${now}, detail = detail || '{"resolution": "gone"}'
    WHERE claim_no = ANY (${claimNos}) AND kind = ANY (${OPEN_CLAIM_KINDS}) AND resolved_at IS NULL AND NOT claim_no || ' ' || kind = ANY (${still})`;
}

/** Closes the differences of claims that have ended since: nothing is compared for them any more. */
export async function resolveEnded(tx: Tx, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE difference d SET resolved_at = ${now}, detail = d.detail || '{"resolution": "claim-closed"}'
    FROM claim c WHERE c.claim_no = d.claim_no AND c.stage = 'closed' AND cardinality(c.waiting_for) = 0 AND d.kind = ANY (${OPEN_CLAIM_KINDS}) AND d.resolved_at IS NULL`;
}

/** The claims among these whose process was already found lost or ended before `roundStartedAt`: operations had a round's time to look. */
export async function lostBefore(tx: Tx, claimNos: readonly string[], roundStartedAt: string): Promise<string[]> {
  const rows = await tx.difference.findMany({
    where: { claimNo: { in: [...claimNos] }, kind: { in: ['workflow-missing', 'workflow-ended'] }, resolvedAt: null, foundAt: { lt: roundStartedAt } },
    select: { claimNo: true }, distinct: ['claimNo'],
  });
  return rows.map(({ claimNo }) => claimNo);
}

/** Closes what was open about a claim's lost process, once it runs again. */
export async function resolveRestarted(tx: Tx, claimNo: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE difference SET resolved_at = ${now}, detail = detail || '{"resolution": "restarted"}'
    WHERE claim_no = ${claimNo} AND kind IN ('workflow-missing', 'workflow-ended') AND resolved_at IS NULL`;
}
