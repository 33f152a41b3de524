/**
 * SPEC §1.2: who acts on a claim and what each may see. Roles are held by accounts; four-eyes compares persons.
 */
import * as z from 'zod';

export const ROLES = [
  'patient', 'liaison', 'specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer',
  'approver', 'mediator', 'finance', 'auditor', 'ops', 'his-feed',
] as const;
export type Role = (typeof ROLES)[number];

/** Whoever an act is attributed to that is not a person: our own rules and timers, and the outside parties. */
export const SYSTEMS = ['rule', 'clock', 'insurer', 'bank', 'storage', 'notices', 'directory', 'operations'] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** Who performs an act, in the role it is performed in. No name: names stay in the directory. */
export const actorSchema = z.object({
  personId: z.string().min(1).max(64),
  sub: z.string().min(1).max(128),
  role: z.enum(ROLES).or(z.literal('system')),
  hospital: z.string().max(32).optional(),
  departments: z.array(z.string().max(64)).max(50).optional(),
  insurer: z.string().max(32).optional(),
});
export type Actor = z.infer<typeof actorSchema>;

/** The actor under which a system's fact stands in the record. */
export const system = (name: SystemName): Actor => ({ personId: `system:${name}`, sub: `system:${name}`, role: 'system' });

export const HOSPITAL_ROLES = ['liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed'] as const satisfies readonly Role[];
export const INSURER_ROLES = ['reviewer', 'senior-reviewer', 'approver', 'finance'] as const satisfies readonly Role[];

/** Who hears of it when the holder of a role does not do what is owed (SPEC §1.6 "supervisor", "lead"). OD. */
export const SUPERVISOR: Record<Role, Role> = {
  patient: 'specialist', specialist: 'manager', liaison: 'medical-affairs', 'medical-affairs': 'manager', manager: 'medical-affairs',
  reviewer: 'senior-reviewer', 'senior-reviewer': 'approver', approver: 'senior-reviewer', finance: 'approver',
  mediator: 'senior-reviewer', auditor: 'ops', ops: 'ops', 'his-feed': 'ops',
};
