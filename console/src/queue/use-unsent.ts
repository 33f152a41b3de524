import { useKeptFiles } from '../upload/context';
import { useKeptActs } from './context';

/** How much of this person's work the server does not have yet, and since when (ISO). */
export function useUnsent(): { count: number; oldest: string | null } {
  const acts = useKeptActs().filter((act) => act.state === 'waiting' || act.state === 'sending' || act.state === 'refused');
  const files = useKeptFiles().filter((file) => file.state === 'waiting' || file.state === 'sending' || file.state === 'refused');
  const since = [...acts.map((act) => act.saidAt), ...files.map((file) => file.chosenAt)].toSorted();
  return { count: since.length, oldest: since[0] ?? null };
}
