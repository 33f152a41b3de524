/** Where somebody is on the desk, kept in the address: which document is on view, which lies beside it, and which act is open. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

type Part = 'document' | 'beside' | 'act' | 'about' | 'side';

/** `go` changes parts of the place without a new step back; `null` takes a part away. */
export function usePlace(): { document: string | null; beside: string | null; act: string | null; about: string | null; side: string | null; go: (parts: Partial<Record<Part, string | null>>) => void } {
  const [search, setSearch] = useSearchParams();
  const go = useCallback((parts: Partial<Record<Part, string | null>>) => {
    setSearch((before) => {
      const next = new URLSearchParams(before);
      for (const [part, value] of Object.entries(parts)) {
        if (value === null) next.delete(part);
        else next.set(part, value);
      }
      return next;
      // At once, so that keys pressed one after the other each find the place where the last one led.
    }, { replace: true, flushSync: true });
  }, [setSearch]);
  return { document: search.get('document'), beside: search.get('beside'), act: search.get('act'), about: search.get('about'), side: search.get('side'), go };
}
