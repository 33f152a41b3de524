import { useMemo, useRef, useState } from 'react';

/** Which lines are chosen, by key. Only lines that are in the list count. */
export function useSelection(keys: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const here = useMemo(() => new Set(keys), [keys]);
  const selected = useMemo(() => new Set([...chosen].filter((key) => here.has(key))), [chosen, here]);
  return {
    selected,
    /** Turns one over; with `range`, all from the one before to this take its new state. */
    toggle(key: string, range = false) {
      const on = !selected.has(key);
      const from = range && anchor.current !== null ? keys.indexOf(anchor.current) : -1;
      const to = keys.indexOf(key);
      const touched = from === -1 ? [key] : keys.slice(Math.min(from, to), Math.max(from, to) + 1);
      const next = new Set(selected);
      for (const one of touched) if (on) next.add(one); else next.delete(one);
      anchor.current = key;
      setChosen(next);
    },
    all() { setChosen(new Set(keys)); },
    only(some: readonly string[]) { setChosen(new Set(some)); },
    clear() { setChosen(new Set()); },
  };
}
