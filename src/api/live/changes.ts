/** Changes of claims as the database notifies them, handed to whoever watches. */
import { listen } from '../../platform/listen';
import type { Log } from '../../platform/log';

/** `at` (ISO) is when what changed it happened; undefined where nothing happened to the claim itself. With it come the houses of the claim. */
export interface Change { claimNo: string; version: number; at?: string | undefined; hospital?: string | undefined; insurer?: string | undefined }
export interface Changes {
  /** Calls `onChange` for each change until the returned function is called. */
  watch(onChange: (change: Change) => void, onEnd: () => void): () => void;
  /** Ends the streams one by one in the second half of this time: by then others take the new ones, and not all come at once. */
  leave(withinMs: number): void;
  stop(): Promise<void>;
}

/** One connection of the database for all who watch. */
export function createChanges(databaseUrl: string, log: Log): Changes {
  const watchers = new Map<(change: Change) => void, () => void>();
  const listener = listen(databaseUrl, 'claim_changed', {
    log,
    onMessage: (payload) => {
      const [claimNo = '', version = '', at, hospital, insurer] = payload.split(' ').map(decodeURIComponent);
      for (const onChange of watchers.keys()) onChange({ claimNo, version: Number(version), at, hospital, insurer });
    },
  });
  return {
    watch(onChange, onEnd) {
      watchers.set(onChange, onEnd);
      return () => { watchers.delete(onChange); };
    },
    leave(withinMs) {
      for (const onEnd of watchers.values()) setTimeout(onEnd, withinMs * (0.5 + Math.random() / 2)).unref();
    },
    async stop() {
      for (const onEnd of watchers.values()) onEnd();
      await listener.stop();
    },
  };
}
