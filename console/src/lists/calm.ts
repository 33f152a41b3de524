/** Lists that change while somebody reads them: lines are renewed in place, and nothing moves under the finger until the person says so. */
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { settle } from './settle';

/** A line as it is shown; `gone`: it is no longer in the list, and is shown as it was until the list is renewed. */
export interface Shown<T> { line: T; gone: boolean }

/** Shows `lines` calmly: as they come while nobody holds the list, and otherwise as `settle` says, until `show` is called. */
export function useCalm<T>(lines: readonly T[], keyOf: (line: T) => string, held: boolean): { shown: ReadonlyArray<Shown<T>>; added: number; moved: boolean; show: () => void } {
  const last = useRef<{ order: string[]; lines: Map<string, T>; asked: number }>({ order: [], lines: new Map(), asked: 0 });
  const [asked, setAsked] = useState(0);
  const result = useMemo(() => {
    const now = new Map(lines.map((line) => [keyOf(line), line]));
    const settled = settle(last.current.order, [...now.keys()], held && asked === last.current.asked);
    const shown = settled.order.map((key): Shown<T> => {
      const line = now.get(key);
      return line === undefined ? { line: last.current.lines.get(key) as T, gone: true } : { line, gone: false };
    });
    return { ...settled, shown };
  }, [lines, keyOf, held, asked]);
  useLayoutEffect(() => {
    last.current = { order: result.order, lines: new Map(result.shown.map(({ line }) => [keyOf(line), line])), asked };
  }, [result, keyOf, asked]);
  return { shown: result.shown, added: result.added, moved: result.moved, show: () => { setAsked(asked + 1); } };
}
