/** The one registry of keys: what a screen registers is what `?` shows, and nothing else answers. */
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface Key {
  /** As `KeyboardEvent.key` has it, with `mod+` for Ctrl or ⌘: `j`, `Enter`, `?`, `mod+k`. */
  key: string;
  /** What it does, in the reader's language. */
  does: string;
  run: () => void;
}

interface Registry { add(keys: readonly Key[]): () => void; all(): Key[] }
const KeysContext = createContext<Registry | null>(null);

/** Answers keys by what the screens on view registered, the latest first; silent while somebody types, also by an input method. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const sets = useRef<Array<readonly Key[]>>([]);
  const [shown, setShown] = useState<Key[] | null>(null);
  const registry = useRef<Registry>({
    add(keys) {
      sets.current = [...sets.current, keys];
      return () => { sets.current = sets.current.filter((one) => one !== keys); };
    },
    all: () => uniqueKeys(sets.current.flat()),
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // A dialog has the keyboard to itself.
      if (event.isComposing || event.altKey || event.defaultPrevented || document.querySelector('dialog:modal')) return;
      const modified = event.ctrlKey || event.metaKey;
      if (!modified && isTyping(event.target)) return;
      const name = `${modified ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
      const all = sets.current.flat();
      if (name === '?') { event.preventDefault(); setShown(uniqueKeys(all)); return; }
      // Enter on a button or link means that button.
      if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a,button,[role="button"],[role="option"]')) return;
      const found = all.findLast((one) => one.key === name);
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', onKey);
    return () => { window.removeEventListener('keydown', onKey); };
  }, []);
  return (
    <KeysContext value={registry.current}>
      {children}
      {shown !== null && <KeysHelp keys={shown} onClose={() => { setShown(null); }} />}
    </KeysContext>
  );
}

function KeysHelp({ keys, onClose }: { keys: readonly Key[]; onClose: () => void }) {
  const { t } = useTranslation('app');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} className="card keys" onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl>{[...keys, { key: '?', does: t('keys.help') }].map(({ key, does }) => <div key={key} className="row"><dt><kbd>{key.replace('mod+', 'Ctrl ')}</kbd></dt><dd>{does}</dd></div>)}</dl>
      <form method="dialog"><button className="plain-button">{t('keys.close')}</button></form>
    </dialog>
  );
}

const uniqueKeys = (keys: Key[]): Key[] => [...new Map(keys.map((one) => [one.key, one])).values()];
const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'));

/** Reads the keys that answer on this screen. */
export function useAllKeys(): () => Key[] {
  const registry = useContext(KeysContext);
  return () => registry?.all() ?? [];
}

/** Registers the keys of a screen while it is on view. */
export function useKeys(keys: readonly Key[]): void {
  const registry = useContext(KeysContext);
  const latest = useRef(keys);
  latest.current = keys;
  const names = keys.map(({ key, does }) => `${key} ${does}`).join('\n');
  useEffect(() => registry?.add(latest.current.map(({ key, does }) => ({ key, does, run: () => { latest.current.find((one) => one.key === key)?.run(); } }))), [registry, names]);
}
