/** The one person whom a patient asks (SPEC §1.2: the specialist helps patients, the liaison is the department's nurse). */
import type { ClaimState } from '../../domain/claim';
import type { Tx } from '../../platform/database';
import type { ClaimView } from './view-schema';

/**
 * By name and role: the specialist who reported or holds the claim, else the department's liaison, else another specialist; always the same
 * as long as the directory stays. Null where the reader's directory shows nobody.
 */
export async function contactOf(tx: Tx, state: ClaimState): Promise<ClaimView['contact']> {
  const people = await tx.person.findMany({
    where: { hospital: state.hospital, active: true, OR: [{ roles: { has: 'specialist' } }, { roles: { has: 'liaison' }, departments: { has: state.department } }] },
    select: { personId: true, name: true, roles: true }, orderBy: { personId: 'asc' },
  });
  const near = [state.reportedBy, ...state.tasks.map((task) => task.assignee)];
  const found = people.find((one) => one.roles.includes('specialist') && near.includes(one.personId)) ?? people.find((one) => one.roles.includes('liaison')) ?? people[0];
  return found ? { name: found.name, role: found.roles.includes('specialist') ? 'specialist' : 'liaison' } : null;
}
