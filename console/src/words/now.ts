import { useSyncExternalStore } from 'react';

/** One clock for every due time on the screen: they all move together, twice a minute. */
const EVERY_MS = 30_000;
let now = Date.now();
const watchers = new Set<() => void>();
let timer: number | undefined;

function watch(onTick: () => void): () => void {
  watchers.add(onTick);
  timer ??= window.setInterval(() => { now = Date.now(); for (const tick of watchers) tick(); }, EVERY_MS);
  return () => {
    watchers.delete(onTick);
    if (watchers.size === 0) { window.clearInterval(timer); timer = undefined; }
  };
}

/** The present, in milliseconds since 1970, to within half a minute. */
export const useNow = (): number => useSyncExternalStore(watch, () => now);
