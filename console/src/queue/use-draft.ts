import { useEffect, useRef, useState } from 'react';
import { useSession } from '../session/context';
import { store } from './store';

const AFTER_MS = 500;

/**
 * A form's content that outlives a crash, a closed tab and a signed-out session: kept on this device under `key` half a second after each change.
 * `ready` is false until what was kept has been read.
 */
export function useDraft<T>(key: string, initial: T): { key: string; value: T; set: (value: T) => void; clear: () => Promise<void>; ready: boolean; keptAt: string | null } {
  const personId = useSession().person?.personId ?? '';
  const full = `${personId} ${key}`;
  const [value, setValue] = useState(initial);
  const [ready, setReady] = useState(false);
  const [keptAt, setKeptAt] = useState<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    void store().then((database) => database.get('drafts', full)).then((draft) => {
      if (gone) return;
      if (draft) { setValue(draft.value as T); setKeptAt(draft.at); }
      setReady(true);
    }, () => { setReady(true); });
    return () => { gone = true; };
  }, [full]);
  return {
    key, value, ready, keptAt,
    set(next) {
      setValue(next);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        const at = new Date().toISOString();
        void store().then((database) => database.put('drafts', { key: full, personId, value: next, at })).then(() => { setKeptAt(at); });
      }, AFTER_MS);
    },
    async clear() {
      window.clearTimeout(timer.current);
      await (await store()).delete('drafts', full);
      setKeptAt(null);
    },
  };
}

/** Puts a form's content back, for the person to go on with. */
export async function putDraft(personId: string, key: string, value: unknown): Promise<void> {
  await (await store()).put('drafts', { key: `${personId} ${key}`, personId, value, at: new Date().toISOString() });
}
