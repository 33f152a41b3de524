/** Finding a claim in the asker's scope; whatever lies outside does not exist (SPEC §1.2). */
import type { Actor, ClaimState } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { fail, NOT_FOUND } from '../problems';
import { claimNoSchema } from '../http/route';

/** The claim's state as the read model has it. Throws ProblemError (404) when there is none in the transaction's scope. */
export async function claimInScope(tx: Tx, claimNo: string): Promise<ClaimState> {
  if (!claimNoSchema.safeParse(claimNo).success) return fail(NOT_FOUND);
  const row = await tx.claim.findUnique({ where: { claimNo }, select: { state: true } });
  return row ? (row.state as unknown as ClaimState) : fail(NOT_FOUND);
}

/** SPEC §1.2: each read of the auditor is logged, in the transaction that reads. */
export async function logRead(tx: Tx, actor: Actor, what: string, claim: Read): Promise<void> {
  if (actor.role === 'auditor') await recordRead(tx, actor, what, claim);
}

type Read = Pick<ClaimState, 'claimNo' | 'hospital' | 'department' | 'insurer'> | null;

/** Records a reading, whoever reads. */
export async function recordRead(tx: Tx, actor: Actor, what: string, claim: Read): Promise<void> {
  await tx.readLog.create({
    data: { personId: actor.personId, role: actor.role, what, claimNo: claim?.claimNo ?? null, hospital: claim?.hospital ?? null, department: claim?.department ?? null, insurer: claim?.insurer ?? null },
    select: { id: true },
  });
}

/** Names of persons by id, as far as the directory shows them to the asker. */
export async function namesOf(tx: Tx, personIds: readonly string[]): Promise<Record<string, string>> {
  const ids = [...new Set(personIds)];
  if (ids.length === 0) return {};
  const rows = await tx.person.findMany({ where: { personId: { in: ids } }, select: { personId: true, name: true } });
  return Object.fromEntries(rows.map((row) => [row.personId, row.name]));
}
