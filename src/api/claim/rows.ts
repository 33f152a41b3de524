/** What the claim's page is made of, read by one statement: `GET /v1/claims/{claimNo}`. */
import type { Actor, ClaimState } from '../../domain/claim';
import { askInScope, type Database } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import { claimNoSchema } from '../http/route';
import { contactAt } from './contact';
import { relatedTo, type RelatedRow } from './related';
import { seesClinical, seesRelated } from './sees';
import { readLately } from './access';
import type { ClaimView } from './view-schema';

/** Lists are null where nothing is found, or not asked for; what is sealed is still so. */
export interface Rows {
  state: ClaimState;
  /** Whose work the reader does meanwhile, and whether that is why they see the claim. */
  owners: string[] | null;
  standsIn: boolean | null;
  readLately: boolean;
  /** Of everybody who holds a task or has acted. */
  names: Record<string, string> | null;
  patient: { recordNo: string; name: string; sex: string | null; birthDate: string | null } | null;
  contact: ClaimView['contact'];
  documents: Array<{ id: string; fileName: string; status: string; kind: string | null; bytes: number; mediaType: string; sha256: string; uploadedAt: string; flags: string[] }> | null;
  /** Why something was asked for or proposed: that stands beside the event. */
  reasons: Array<{ type: string; version: number; proposalId: string | null; content: Prisma.JsonValue }> | null;
  payees: Array<{ id: string; holder: string; bank: string; account: string }> | null;
  related: RelatedRow[] | null;
}

/** Null for a claim outside the reader's scope: row-level security judges each of these rows. What a role never sees is not asked for. */
export async function rowsOf(database: Database, actor: Actor, claimNo: string): Promise<Rows | null> {
  if (!claimNoSchema.safeParse(claimNo).success) return null;
  const ifSees = (sees: boolean, rows: Prisma.Sql): Prisma.Sql => (sees ? Prisma.sql`(${rows})` : Prisma.sql`NULL`);
  const clinical = seesClinical(actor);
  return askInScope(database, actor, Prisma.sql`
    SELECT c.state, scope_owners() AS owners, c.claim_no = ANY (scope_delegated()) AS "standsIn", ${readLately(actor, Prisma.sql`c.claim_no`, 'claim')} AS "readLately",
      (SELECT json_object_agg(p.person_id, p.name) FROM person p WHERE p.person_id = ANY (c.actors || tasks.holders)) AS names,
      ${ifSees(clinical, Prisma.sql`SELECT to_json(one) FROM (SELECT p.record_no AS "recordNo", p.name, p.sex, p.birth_date AS "birthDate" FROM patient p WHERE p.id = c.patient_id) one`)} AS patient,
      ${ifSees(clinical, Prisma.sql`SELECT to_json(one) FROM (${contactAt({ hospital: Prisma.sql`c.hospital`, department: Prisma.sql`c.department`, near: Prisma.sql`(c.state ->> 'reportedBy') || tasks.holders` })}) one`)} AS contact,
      ${ifSees(clinical, Prisma.sql`SELECT json_agg(one) FROM (
        SELECT d.id, d.file_name AS "fileName", d.status, d.kind, d.bytes, d.media_type AS "mediaType", d.sha256, d.uploaded_at AS "uploadedAt", d.flags FROM document d WHERE d.claim_no = c.claim_no ORDER BY d.uploaded_at, d.id) one`)} AS documents,
      ${ifSees(actor.role !== 'ops', Prisma.sql`SELECT json_agg(one) FROM (
        SELECT e.type, e.version, e.data ->> 'proposalId' AS "proposalId", w.content FROM claim_event_personal w JOIN claim_event e USING (claim_no, version)
        WHERE w.claim_no = c.claim_no AND e.type IN ('supplement-asked', 'act-proposed')) one`)} AS reasons,
      ${ifSees(actor.role !== 'ops', Prisma.sql`SELECT json_agg(one) FROM (SELECT y.id, y.holder, y.bank, y.account FROM payee y WHERE y.claim_no = c.claim_no) one`)} AS payees,
      ${ifSees(seesRelated(actor), Prisma.sql`SELECT json_agg(one) FROM (${relatedTo}) one`)} AS related
    FROM claim c CROSS JOIN LATERAL (SELECT ARRAY(SELECT task ->> 'assignee' FROM jsonb_array_elements(c.state -> 'tasks') task) AS holders) tasks WHERE c.claim_no = ${claimNo}`);
}
