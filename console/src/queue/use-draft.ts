import { useEffect, useState } from 'react';
import { useSession } from '../session/context';
import { draftKey, putDraftSoon, removeDraft } from './drafts';
import { store } from './store';

export { putDraft } from './drafts';

/**
 * A form's content that outlives a crash, a closed tab and a signed-out session: kept on this device under `key` half a second after each change.
 * `ready` is false until what was kept has been read.
 */
export function useDraft<T>(key: string, initial: T): { key: string; value: T; set: (value: T) => void; clear: () => Promise<void>; ready: boolean; keptAt: string | null } {
  const personId = useSession().person?.personId ?? '';
  const full = draftKey(personId, key);
  const [value, setValue] = useState(initial);
  const [ready, setReady] = useState(false);
  const [keptAt, setKeptAt] = useState<string | null>(null);
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
      if (personId !== '') putDraftSoon(personId, key, next, setKeptAt);
    },
    async clear() {
      // A device that keeps nothing has nothing to clear.
      await removeDraft(personId, key).catch(() => undefined);
      setKeptAt(null);
    },
  };
}
