/**
 * SPEC §1.2: who acts on a claim and what each may see. Roles are held by accounts; four-eyes compares persons.
 */
import * as z from 'zod';
import type { Text } from './text';

export const ROLES = [
  'patient', 'liaison', 'specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer',
  'approver', 'mediator', 'finance', 'auditor', 'ops', 'his-feed',
] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_TITLES: Record<Role, Text> = {
  patient: { zh: '申请人', en: 'claimant' }, liaison: { zh: '科室联络护士', en: 'department liaison' }, specialist: { zh: '驻点专员', en: 'on-site specialist' },
  manager: { zh: '驻点项目经理', en: 'on-site manager' }, 'medical-affairs': { zh: '医务管理', en: 'medical affairs' }, reviewer: { zh: '审核员', en: 'reviewer' },
  'senior-reviewer': { zh: '高级审核员', en: 'senior reviewer' }, approver: { zh: '审批人', en: 'approver' }, mediator: { zh: '中立方', en: 'mediator' }, finance: { zh: '财务', en: 'finance' },
  auditor: { zh: '审计', en: 'auditor' }, ops: { zh: '运维', en: 'operations' }, 'his-feed': { zh: '医院信息系统', en: 'hospital information system' },
};

/** Whoever an act is attributed to that is not a person: our own rules and timers, and the outside parties. */
export const SYSTEMS = ['rule', 'clock', 'insurer', 'bank', 'storage', 'notices', 'directory', 'operations', 'retention'] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** Who performs an act, in the role it is performed in. No name: names stay in the directory. */
export const actorSchema = z.object({
  personId: z.string().min(1).max(64),
  sub: z.string().min(1).max(128),
  role: z.enum(ROLES).or(z.literal('system')),
  hospital: z.string().max(32).optional(),
  departments: z.array(z.string().max(64)).max(50).optional(),
  insurer: z.string().max(32).optional(),
  /** Signed in by a patient's link: acts on this claim only, and only in the ways of `ACTS_BY_LINK`. */
  onlyClaim: z.string().max(20).optional(),
  /** Persons who are away and whose work in this role the actor does, as the directory has it at the request; no token says it. */
  standsInFor: z.array(z.string().max(64)).max(100).optional(),
  /** The one of them for whom the act was done; in the record. */
  onBehalfOf: z.string().max(64).optional(),
});
export type Actor = z.infer<typeof actorSchema>;

/** The actor under which a system's fact stands in the record. */
export const system = (name: SystemName): Actor => ({ personId: `system:${name}`, sub: `system:${name}`, role: 'system' });

export const HOSPITAL_ROLES = ['liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed'] as const satisfies readonly Role[];
export const INSURER_ROLES = ['reviewer', 'senior-reviewer', 'approver', 'finance'] as const satisfies readonly Role[];

/** The house that a role speaks for. */
export const sideOf = (role: string): 'hospital' | 'insurer' => ((INSURER_ROLES as readonly string[]).includes(role) ? 'insurer' : 'hospital');

/** Who hears of it when the holder of a role does not do what is owed (SPEC §1.6 "supervisor", "lead"). OD. */
export const SUPERVISOR: Record<Role, Role> = {
  patient: 'specialist', specialist: 'manager', liaison: 'medical-affairs', 'medical-affairs': 'manager', manager: 'medical-affairs',
  reviewer: 'senior-reviewer', 'senior-reviewer': 'approver', approver: 'senior-reviewer', finance: 'approver',
  mediator: 'senior-reviewer', auditor: 'ops', ops: 'ops', 'his-feed': 'ops',
};
