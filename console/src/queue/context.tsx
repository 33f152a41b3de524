import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Queue } from './queue';
import type { KeptAct } from './store';

const QueueContext = createContext<Queue | null>(null);
export function QueueProvider({ queue, children }: { queue: Queue; children: ReactNode }) {
  return <QueueContext value={queue}>{children}</QueueContext>;
}

export function useQueue(): Queue {
  const queue = useContext(QueueContext);
  if (!queue) throw new Error('there is no QueueProvider above');
  return queue;
}

/** Everything this device keeps for the person, oldest first. */
export function useKeptActs(): readonly KeptAct[] {
  const queue = useQueue();
  return useSyncExternalStore(queue.watch, queue.acts);
}
