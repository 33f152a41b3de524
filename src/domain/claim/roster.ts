/** SPEC §2, on-site team: a roster hole is an alert. Which roles the stages of SPEC §1.1 need, and where nobody holds one. */
import { OWES, SEAT_ROLES } from './follow';
import { HOSPITAL_ROLES, INSURER_ROLES, type Role } from './people';
import { STAGE_NAMES, type Stage } from './stages';

/** Persons a role needs, where one is not enough: maker and checker of a payment (SPEC §1.2). */
const PERSONS: Partial<Record<Role, number>> = { finance: 2 };

/** Narrowed to departments (SPEC §1.2): needed in each of them. */
const BY_DEPARTMENT: readonly Role[] = ['liaison'];

/** The stages in which a role may owe something, in their order. */
export function stagesOf(role: Role): Stage[] {
  const stages: Stage[] = Object.values(OWES).flatMap(({ stage, roles }) => ((roles as readonly Role[]).includes(role) ? [stage] : []));
  if (Object.values(SEAT_ROLES).some((roles) => roles.includes(role))) stages.push('dispute');
  return STAGE_NAMES.filter((stage) => stages.includes(stage));
}

/** Somebody active in the house (or a mediator, who is of none): one human being, whatever the number of accounts. */
export interface Staff { personId: string; roles: readonly Role[]; departments: readonly string[] }

/** `has` persons where `needs` are needed. `department` is null where the role is of the whole house. */
export interface RosterHole { role: Role; department: string | null; stages: Stage[]; needs: number; has: number }

/** The holes in the roster of a house: a hospital with these departments, or an insurer; the neutral seat belongs to both. */
export function rosterHoles(side: 'hospital' | 'insurer', staff: readonly Staff[], departments: readonly string[]): RosterHole[] {
  const house: readonly Role[] = side === 'hospital' ? HOSPITAL_ROLES : INSURER_ROLES;
  return [...house, 'mediator' as const].flatMap((role) => {
    const stages = stagesOf(role);
    if (stages.length === 0) return [];
    const needs = PERSONS[role] ?? 1;
    const places = BY_DEPARTMENT.includes(role) ? departments : [null];
    return places.flatMap((department) => {
      const holders = staff.filter((one) => one.roles.includes(role) && (department === null || one.departments.includes(department)));
      const has = new Set(holders.map((one) => one.personId)).size;
      return has < needs ? [{ role, department, stages, needs, has }] : [];
    });
  });
}
