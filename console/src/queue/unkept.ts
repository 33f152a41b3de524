/** Acts from a device that can write nothing down: they go out at once, and are remembered as long as the page. */
import { asFailure, RequestFailed } from '../api/problem';
import { claimNoIn, pathOf, type Outcome } from './act';
import type { KeptAct } from './store';

/** What the server said to an act. */
export interface Answered { answer: Record<string, unknown>; state: 'done' | 'kept' }

export interface Unkept {
  /** What the server has taken from a person on this page. */
  of(personId: string): KeptAct[];
  /** Sends an act now. Its failure is told to the form; sent once more from there with the same content, it has the same id. */
  send(act: KeptAct): Promise<Outcome>;
}

export function createUnkept(ask: (act: KeptAct, path: string) => Promise<Answered>): Unkept {
  const taken: KeptAct[] = [];
  /** Ids of what may have arrived, by content. */
  const open = new Map<string, string>();
  return {
    of: (personId) => taken.filter((act) => act.personId === personId),
    async send(act) {
      const { personId, role, claimNo, command, path, body } = act;
      const localId = act.localId === act.id ? null : act.localId;
      const said = JSON.stringify([personId, role, claimNo, localId, command, path, body]);
      const id = open.get(said) ?? act.id;
      const sent: KeptAct = { ...act, id, localId: act.localId === act.id ? id : act.localId };
      open.set(said, id);
      try {
        const to = pathOf(sent);
        if (to === null) throw new RequestFailed(0, null);
        const { answer, state } = await ask(sent, to);
        open.delete(said);
        taken.push({ ...sent, state, answer, claimNo: claimNoIn(sent, answer), attempts: 1 });
        return state === 'done' ? { id, kind: 'done', answer, unkept: true } : { id, kind: 'kept', unkept: true };
      } catch (error) {
        const failed = asFailure(error);
        // A refusal is an answer: what is sent after it is another act.
        if (!failed.open) open.delete(said);
        return { id, kind: 'refused', status: failed.status, problem: failed.problem, unkept: true };
      }
    },
  };
}
