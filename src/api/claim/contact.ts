/** The one person whom a patient asks (SPEC §1.2: the specialist helps patients, the liaison is the department's nurse). */
import type { ClaimState } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import { Prisma } from '../../platform/database/generated/client';
import type { ClaimView } from './view-schema';

/**
 * By name and role: the specialist who reported or holds the claim (`near`, persons), else the department's liaison, else another specialist; always
 * the same as long as the directory stays. Nobody where the reader's directory shows nobody.
 */
export const contactAt = ({ hospital, department, near }: { hospital: Prisma.Sql; department: Prisma.Sql; near: Prisma.Sql }): Prisma.Sql => Prisma.sql`
  SELECT CASE WHEN 'specialist' = ANY (p.roles) THEN 'specialist' ELSE 'liaison' END AS role, p.name FROM person p
  WHERE p.hospital = ${hospital} AND p.active AND ('specialist' = ANY (p.roles) OR 'liaison' = ANY (p.roles) AND ${department} = ANY (p.departments))
  ORDER BY CASE WHEN 'specialist' = ANY (p.roles) AND p.person_id = ANY (${near}) THEN 0 WHEN 'liaison' = ANY (p.roles) THEN 1 ELSE 2 END, p.person_id LIMIT 1`;

export async function contactOf(tx: Tx, state: ClaimState): Promise<ClaimView['contact']> {
  const near = [state.reportedBy, ...state.tasks.flatMap((task) => task.assignee ?? [])];
  const [found] = await tx.$queryRaw<Array<NonNullable<ClaimView['contact']>>>(contactAt({ hospital: Prisma.sql`${state.hospital}`, department: Prisma.sql`${state.department}`, near: Prisma.sql`${near}` }));
  return found ?? null;
}
