/** Finding a claim in the asker's scope; whatever lies outside does not exist (SPEC §1.2). */
import type { Actor, ClaimState } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { fail, NOT_FOUND, type Problem } from '../problems';
import { claimNoSchema } from '../http/route';

/**
 * The claim's state as the read model has it. Through a broken glass the claims of other departments are found, too: that is recorded, once for
 * each reading. Throws ProblemError (404) when there is none in the transaction's scope.
 */
export async function claimInScope(tx: Tx, actor: Actor, claimNo: string): Promise<ClaimState> {
  if (!claimNoSchema.safeParse(claimNo).success) return fail(NOT_FOUND);
  const row = await tx.claim.findUnique({ where: { claimNo }, select: { state: true } });
  if (!row) return fail(NOT_FOUND);
  const state = row.state as unknown as ClaimState;
  if (throughGlass(actor, state)) await recordRead(tx, actor, 'broken-glass claim', state);
  return state;
}

/** As claimInScope, for who is about to change something. Throws ProblemError (403) too, when they see the claim through a broken glass: it is for reading. */
export async function claimToActOn(tx: Tx, actor: Actor, claimNo: string): Promise<ClaimState> {
  const state = await claimInScope(tx, actor, claimNo);
  return throughGlass(actor, state) ? fail(READING_ONLY) : state;
}

const READING_ONLY: Problem = { status: 403, code: 'glass-reads-only', text: { zh: '紧急调阅只能查看，不能办理：请联系该科室的专员。', en: 'A broken glass is for reading only: ask a specialist of that department to act.' } };

/** Is this a claim of a department that is not the liaison's? Row-level security shows it only where they broke the glass. */
const throughGlass = ({ role, departments = [] }: Actor, { department }: ClaimState): boolean => role === 'liaison' && !departments.includes(department);

/** SPEC §1.2: each read of the auditor is logged, in the transaction that reads. */
export async function logRead(tx: Tx, actor: Actor, what: string, claim: Read): Promise<void> {
  if (actor.role === 'auditor') await recordRead(tx, actor, what, claim);
}

type Read = Pick<ClaimState, 'claimNo' | 'hospital' | 'department' | 'insurer'> | null;

/** Records a reading, whoever reads. */
export async function recordRead(tx: Tx, actor: Pick<Actor, 'personId' | 'role'>, what: string, claim: Read): Promise<void> {
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
