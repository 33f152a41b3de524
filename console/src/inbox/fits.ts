import type { Role } from '../session/session';
import type { TaskLine } from './use-tasks';

export type HandAct = 'claim-task' | 'release-task' | 'reassign-task';

/** Why a line of the list cannot be taken or given back, as far as the line itself says so; everything else the server says of each. */
export type Unfit = 'gone' | 'done' | 'mine' | 'held' | 'other-role' | 'free' | null;

export function unfit(act: Exclude<HandAct, 'reassign-task'>, line: TaskLine, gone: boolean, me: { personId: string; role: Role }): Unfit {
  if (gone) return 'gone';
  if (line.closedAt !== null) return 'done';
  if (act === 'release-task') return line.assignee === me.personId || line.standIn ? null : line.assignee === null ? 'free' : 'held';
  if (line.assignee !== null) return line.assignee === me.personId ? 'mine' : 'held';
  return line.roles.includes(me.role) ? null : 'other-role';
}
