import { useKeptFiles } from '../upload/context';
import { FOR_THE_FILE } from '../upload/files';
import { useKeptActs } from './context';

/** How much of this person's work the server does not have yet, and since when (ISO). */
export function useUnsent(): { count: number; oldest: string | null } {
  const acts = useKeptActs().filter((act) => act.state === 'waiting' || act.state === 'sending' || act.state === 'refused');
  // What is stored joins the claim by an act that is still to be made.
  const files = useKeptFiles().filter(({ state, purpose }) => state === 'waiting' || state === 'sending' || state === 'refused' || (state === 'stored' && purpose === FOR_THE_FILE));
  const since = [...acts.map((act) => act.saidAt), ...files.map((file) => file.chosenAt)].toSorted();
  return { count: since.length, oldest: since[0] ?? null };
}
