import { useSyncExternalStore } from 'react';

/** Below this lines are cards; the same width stands in style.css. */
const narrow = window.matchMedia('(max-width: 1099px)');

export const useNarrow = (): boolean => useSyncExternalStore((onChange) => {
  narrow.addEventListener('change', onChange);
  return () => { narrow.removeEventListener('change', onChange); };
}, () => narrow.matches);
