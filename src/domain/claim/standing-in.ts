/**
 * Doing a colleague's work while they are away. The task stays its owner's; the act is done on their behalf, and the record says so.
 * SPEC §1.2 compares persons: on a claim a stand-in and whom they stood in for count as one.
 */
import { HOSPITAL_ROLES, INSURER_ROLES, type Actor, type Role } from './people';
import type { ClaimState, Task } from './state';

/** Whose work can be handed over: people of a house, among whom there are others of the role. */
export const DELEGATED_ROLES: readonly Role[] = [...HOSPITAL_ROLES, ...INSURER_ROLES].filter((role) => role !== 'his-feed');
/** OD. */
export const MOST_DAYS_AWAY = 60;

/** Does this role lead the people of that role, in the same house? */
export const leads = (role: Actor['role'], of: Role): boolean =>
  (role === 'manager' && HOSPITAL_ROLES.some((one) => one === of)) || (role === 'senior-reviewer' && INSURER_ROLES.some((one) => one === of));

/** The actor as an act has them: with whom it is done for, if for anybody, and without the others they could stand in for. */
export function whoActs(state: ClaimState, command: string, input: unknown, { standsInFor, ...actor }: Actor): Actor {
  const held = tasksMeant(state, command, input).find((task) => mayActFor({ ...actor, standsInFor }, task));
  return held ? { ...actor, onBehalfOf: held.assignee! } : actor;
}

/** Does the actor do this task for its holder, who is away? */
export const mayActFor = ({ role, standsInFor = [] }: { role: string; standsInFor?: string[] | undefined }, task: Task): boolean =>
  task.assignee !== null && standsInFor.includes(task.assignee) && (task.roles as string[]).includes(role);

/** The tasks that an act can be about: the one it names, the one that waits for a second person, or what is owed in the stage. Without a body: any it could name. */
function tasksMeant({ tasks }: ClaimState, command: string, input: unknown): Task[] {
  const { taskId, proposalId } = (input ?? {}) as { taskId?: unknown; proposalId?: unknown };
  const seconds = command === 'confirm-proposal' || command === 'decline-proposal';
  if (command.endsWith('-task')) return tasks.filter((task) => taskId === undefined || task.taskId === taskId);
  return tasks.filter((task) => (task.kind === 'second-person') === seconds && (proposalId === undefined || task.about === proposalId));
}

/** Only a liaison is of a department (SPEC §1.2). */
export const isElsewhere = ({ role, departments = [] }: Pick<Actor, 'role' | 'departments'>, { department }: Pick<ClaimState, 'department'>): boolean => role === 'liaison' && !departments.includes(department);

/** The persons who answer for an act: who does it, and for whom. */
export const personsOf = ({ personId, onBehalfOf }: Pick<Actor, 'personId' | 'onBehalfOf'>): string[] => (onBehalfOf === undefined ? [personId] : [personId, onBehalfOf]);

/** Is one of these persons, or somebody who counts as one with them on this claim, among those? */
export function isAmong(state: ClaimState, persons: readonly string[], those: ReadonlyArray<string | null | undefined>): boolean {
  const alike = (state.standIns ?? []).flatMap(({ by, for: owner }) => [...(those.includes(by) ? [owner] : []), ...(those.includes(owner) ? [by] : [])]);
  return persons.some((one) => those.includes(one) || alike.includes(one));
}
