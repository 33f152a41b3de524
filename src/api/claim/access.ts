/** Finding a claim in the asker's scope; whatever lies outside does not exist (SPEC §1.2). */
import { isElsewhere, type Actor, type ClaimState } from '../../domain/claim';
import { inScope, type Database, type Tx } from '../../platform/database';
import { isDatabaseAway } from '../../platform/database/away';
import { Prisma } from '../../platform/database/generated/client';
import { fail, NOT_FOUND, ProblemError, READ_NOT_RECORDED, type Problem } from '../problems';
import { claimNoSchema } from '../http/route';
import { seesAsStandIn } from '../people/standing-in';
import type { Rows } from './rows';
import { seesClinical } from './sees';

/**
 * The claim's state as the read model has it. Through a broken glass the claims of other departments are found, too: that is recorded, once for
 * each reading. Throws ProblemError (404) when there is none in the transaction's scope.
 */
export async function claimInScope(tx: Tx, actor: Actor, claimNo: string): Promise<ClaimState> {
  if (!claimNoSchema.safeParse(claimNo).success) return fail(NOT_FOUND);
  const row = await tx.claim.findUnique({ where: { claimNo }, select: { state: true } });
  if (!row) return fail(NOT_FOUND);
  const state = row.state as unknown as ClaimState;
  if (await isThroughGlass(tx, actor, state)) await recordRead(tx, actor, 'broken-glass claim', state);
  return state;
}

/** As claimInScope, for who is about to change something. Throws ProblemError (403) too, when they see the claim through a broken glass: it is for reading. */
export async function claimToActOn(tx: Tx, actor: Actor, claimNo: string): Promise<ClaimState> {
  const state = await claimInScope(tx, actor, claimNo);
  return await isThroughGlass(tx, actor, state) ? fail(READING_ONLY) : state;
}

export const READING_ONLY: Problem = { status: 403, code: 'glass-reads-only', text: { zh: '紧急调阅只能查看，不能办理：请联系该科室的专员。', en: 'A broken glass is for reading only: ask a specialist of that department to act.' } };

/** A claim of another department: row-level security shows it only where they broke the glass, or do a colleague's work. */
const isThroughGlass = async (tx: Tx, actor: Actor, state: ClaimState): Promise<boolean> => isElsewhere(actor, state) && !await seesAsStandIn(tx, state.claimNo);
/** As isThroughGlass, of who has asked already whether the person stands in there (`scope_delegated()`). */
export const throughGlass = (actor: Actor, { state, standsIn }: Pick<Rows, 'state' | 'standsIn'>): boolean => isElsewhere(actor, state) && standsIn !== true;

/** SPEC §1.2: each read of the auditor is logged, in the transaction that reads. */
export async function logRead(tx: Tx, actor: Actor, what: string, claim: Read): Promise<void> {
  if (actor.role === 'auditor') await recordRead(tx, actor, what, claim);
}

/** As logRead; and whoever else sees the clinical file: a screen asks again with every change, so once in ten minutes is one reading of theirs. */
export async function logClinicalRead(tx: Tx, actor: Actor, what: string, claim: NonNullable<Read>): Promise<void> {
  if (actor.role === 'auditor') await recordRead(tx, actor, what, claim);
  else if (seesClinical(actor)) await recordReadOnce(tx, actor, what, claim);
}

/**
 * As claimInScope and logClinicalRead, of a claim whose page was read by one statement (`rows.ts`): kept for good before anything is told. Who reads on
 * within ten minutes costs no transaction.
 */
export async function logPageRead(database: Database, actor: Actor, { state, standsIn, readLately }: Pick<Rows, 'state' | 'standsIn' | 'readLately'>): Promise<void> {
  const glass = throughGlass(actor, { state, standsIn });
  if (!glass && (readLately || !seesClinical(actor)) && actor.role !== 'auditor') return;
  await inScope(database, actor, async (tx) => {
    if (glass) await recordRead(tx, actor, 'broken-glass claim', state);
    await logClinicalRead(tx, actor, 'claim', state);
  });
}

type Read = Pick<ClaimState, 'claimNo' | 'hospital' | 'department' | 'insurer'> | null;
type Reader = Pick<Actor, 'personId' | 'role'>;

/** Records a reading, whoever reads. Throws ProblemError (503) when it cannot be recorded: then nothing is told (SPEC §1.2). */
export async function recordRead(tx: Tx, { personId, role }: Reader, what: string, claim: Read): Promise<void> {
  const { claimNo = null, hospital = null, department = null, insurer = null } = claim ?? {};
  await tx.readLog.create({ data: { personId, role, what, claimNo, hospital, department, insurer }, select: { id: true } }).catch(notRecorded);
}

/** As recordRead, but for one person the same reading of a claim once in ten minutes. */
export async function recordReadOnce(tx: Tx, { personId, role }: Reader, what: string, { claimNo, hospital, department, insurer }: NonNullable<Read>): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO read_log (person_id, role, claim_no, what, hospital, department, insurer) SELECT ${personId}, ${role}, ${claimNo}, ${what}, ${hospital}, ${department}, ${insurer}
    WHERE NOT ${readLately({ personId, role }, Prisma.sql`${claimNo}`, what)}`.catch(notRecorded);
}

/** Is this reading of theirs of this claim on record, of the last ten minutes? */
export const readLately = ({ personId, role }: Reader, claimNo: Prisma.Sql, what: string): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM read_log r WHERE r.claim_no = ${claimNo} AND r.at > now() - interval '10 minutes' AND r.person_id = ${personId} AND r.role = ${role} AND r.what = ${what})`;

function notRecorded(cause: unknown): never {
  throw isDatabaseAway(cause) ? cause : new ProblemError(READ_NOT_RECORDED, { cause });
}

/** Names of persons by id, as far as the directory shows them to the asker. */
export async function namesOf(tx: Tx, personIds: readonly string[]): Promise<Record<string, string>> {
  const ids = [...new Set(personIds)];
  if (ids.length === 0) return {};
  const rows = await tx.person.findMany({ where: { personId: { in: ids } }, select: { personId: true, name: true } });
  return Object.fromEntries(rows.map((row) => [row.personId, row.name]));
}
