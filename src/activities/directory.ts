import { mayHold, type ClaimState } from '../domain/claim';
import { asWorker, type Database } from '../platform/database';

/** Asking the directory who could do a task. */
export function createDirectoryActivities({ database }: { database: Database }) {
  return {
    /**
     * SPEC §1.6: the person with the fewest open tasks among those who may hold this one (role, house, department, four eyes,
     * not seen before); null when nobody is eligible.
     */
    async leastLoaded({ state, taskId }: { state: ClaimState; taskId: string }): Promise<string | null> {
      const task = state.tasks.find((t) => t.taskId === taskId);
      if (!task) return null;
      const candidates = await asWorker(database, (tx) => tx.$queryRaw<Array<{ personId: string }>>`
        SELECT p.person_id AS "personId"
        FROM person p LEFT JOIN task t ON t.assignee = p.person_id AND t.status = 'open'
        WHERE p.active AND p.roles && ${task.roles}::text[]
          AND ( (p.insurer = ${state.insurer} AND p.roles && ARRAY['reviewer', 'senior-reviewer', 'approver', 'finance'])
             OR (p.hospital = ${state.hospital} AND p.roles && ARRAY['specialist', 'manager', 'medical-affairs'])
             OR (p.hospital = ${state.hospital} AND 'liaison' = ANY (p.roles) AND ${state.department} = ANY (p.departments))
             OR 'mediator' = ANY (p.roles) )
        GROUP BY p.person_id ORDER BY count(t.id), p.person_id`);
      return candidates.find(({ personId }) => mayHold(state, task, personId) === null)?.personId ?? null;
    },
  };
}

export type DirectoryActivities = ReturnType<typeof createDirectoryActivities>;
