/** The one registry of keys: what a screen registers is what `?` shows, and nothing else answers. */
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { leaveField } from './focus';

export interface Key {
  /** As `KeyboardEvent.key` has it, with `mod+` for Ctrl or ⌘: `j`, `Enter`, `?`, `mod+k`. Null: only the palette does it. */
  key: string | null;
  /** What it does, in the reader's language. */
  does: string;
  run: () => void;
}

/** Something that can be done on this screen, with every key that does it. */
export interface Doing { keys: readonly string[]; does: string; run: () => void }

interface Registry { add(keys: readonly Key[]): () => void; all(): Doing[] }
const KeysContext = createContext<Registry | null>(null);

/** Answers keys by what the screens on view registered, the latest first; silent while somebody types, also by an input method. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const sets = useRef<Array<readonly Key[]>>([]);
  const [shown, setShown] = useState<Doing[] | null>(null);
  const registry = useRef<Registry>({
    add(keys) {
      sets.current = [...sets.current, keys];
      return () => { sets.current = sets.current.filter((one) => one !== keys); };
    },
    all: () => doingsOf(sets.current.flat()),
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // A dialog has the keyboard to itself.
      if (event.isComposing || event.altKey || event.defaultPrevented || document.querySelector('dialog:modal')) return;
      const modified = event.ctrlKey || event.metaKey;
      if (!modified && isTyping(event.target)) {
        if (event.key === 'Escape') leaveField(event.target);
        return;
      }
      const name = `${modified ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
      const all = sets.current.flat();
      if (name === '?') { event.preventDefault(); setShown(doingsOf(all)); return; }
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
      {shown !== null && <KeysHelp doings={shown} onClose={() => { setShown(null); }} />}
    </KeysContext>
  );
}

function KeysHelp({ doings, onClose }: { doings: readonly Doing[]; onClose: () => void }) {
  const { t } = useTranslation('app');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} className="card keys" onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl>{[...doings.filter(({ keys }) => keys.length > 0), { keys: ['?'], does: t('keys.help') }].map(({ keys, does }) => <div key={does} className="row"><dt>{keys.map((key) => <kbd key={key}>{shownKey(key)}</kbd>)}</dt><dd>{does}</dd></div>)}</dl>
      <p className="quiet">{t('keys.typing')}</p>
      <form method="dialog"><button className="plain-button">{t('keys.close')}</button></form>
    </dialog>
  );
}

/** A key as it stands on the keyboard. */
export const shownKey = (key: string): string => key.replace('mod+', 'Ctrl ');

/** What the keys do: of two screens that want one key the latest has it, and what two keys do stands there once. */
function doingsOf(all: readonly Key[]): Doing[] {
  const doings = new Map<string, { keys: string[]; run: () => void }>();
  for (const [at, { key, does, run }] of all.entries()) {
    if (key !== null && all.findLastIndex((one) => one.key === key) !== at) continue;
    doings.set(does, { keys: [...doings.get(does)?.keys ?? [], ...(key === null ? [] : [key])], run });
  }
  return [...doings].map(([does, { keys, run }]) => ({ does, keys, run }));
}

const isTyping = (target: EventTarget | null): target is HTMLElement => target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'));

/** Reads the keys that answer on this screen. */
export function useAllKeys(): () => Doing[] {
  const registry = useContext(KeysContext);
  return () => registry?.all() ?? [];
}

/** Registers the keys of a screen while it is on view. */
export function useKeys(keys: readonly Key[]): void {
  const registry = useContext(KeysContext);
  const latest = useRef(keys);
  latest.current = keys;
  const names = keys.map(({ key, does }) => `${key ?? ''} ${does}`).join('\n');
  useEffect(() => registry?.add(latest.current.map(({ key, does }) => ({ key, does, run: () => { latest.current.find((one) => one.key === key && one.does === does)?.run(); } }))), [registry, names]);
}
