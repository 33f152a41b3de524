import { useEffect, useRef } from 'react';
import { NavigationType, useNavigationType } from 'react-router';

interface Place { y: number; key: string | null; count: number }
interface Given { list: string; count: number; more: boolean; onMore: () => void; active: string | null; onReturn: (key: string) => void }

const nameOf = (list: string): string => `kuaipei.place ${list}`;

/** Who comes back to a list, or reloads it, finds the scroll and the line where they were. Kept as long as the tab. */
export function useKeptPlace({ list, count, more, onMore, active, onReturn }: Given): void {
  const cameBack = useNavigationType() === NavigationType.Pop;
  const wanted = useRef<Place | null | undefined>(undefined);
  if (wanted.current === undefined) {
    const kept = cameBack ? sessionStorage.getItem(nameOf(list)) : null;
    wanted.current = kept === null ? null : (JSON.parse(kept) as Place);
  }
  useEffect(() => {
    const place = wanted.current;
    if (!place || count === 0) return;
    if (more && count < place.count) { onMore(); return; }
    wanted.current = null;
    // After the frame in which the list has got its height, and after the shell has put the focus on the new screen.
    requestAnimationFrame(() => {
      window.scrollTo({ top: place.y, behavior: 'instant' });
      if (place.key !== null) onReturn(place.key);
    });
  }, [count, more, onMore, onReturn]);

  const latest = useRef({ active, count });
  latest.current = { active, count };
  useEffect(() => {
    let y = window.scrollY;
    const keep = (): void => { sessionStorage.setItem(nameOf(list), JSON.stringify({ y, key: latest.current.active, count: latest.current.count } satisfies Place)); };
    // When the list goes away the window has been scrolled already.
    const onScroll = (): void => { y = window.scrollY; };
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, [list]);
}
