import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useKeys } from '../app/keys';
import { backToList } from './back-to-list';
import { claimNoIn } from './claim-no';

const AFTER_MS = 300;

/** A search field: `/` goes there, Esc empties it and, when it is empty, leads to the list, a whole claim number with Enter opens the claim. Half-composed characters of an input method are not searched for. */
export function Search({ value, label, hint, keyHint, onSearch }: { value: string; label: string; hint: string; keyHint: string; onSearch: (text: string) => void }) {
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<number | undefined>(undefined);
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => () => { window.clearTimeout(timer.current); }, []);
  useKeys([{ key: '/', does: keyHint, run: () => { field.current?.focus(); field.current?.select(); } }]);
  const later = (text: string, ms: number): void => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => { if (text.trim() !== value) onSearch(text.trim()); }, ms);
  };
  return (
    <input
      ref={field} type="search" className="search-field" value={typed} aria-label={label} placeholder={hint} maxLength={100} autoComplete="off" spellCheck={false} enterKeyHint="search"
      onChange={(event) => {
        setTyped(event.target.value);
        if (!(event.nativeEvent as InputEvent).isComposing) later(event.target.value, AFTER_MS);
      }}
      onCompositionEnd={(event) => { later(event.currentTarget.value, AFTER_MS); }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Escape') {
          event.preventDefault();
          setTyped('');
          later('', 0);
          if (typed === '') backToList();
        } else if (event.key === 'Enter') {
          const claimNo = claimNoIn(typed);
          if (claimNo === null) later(typed, 0);
          else void navigate(`/claims/${claimNo}`);
        }
      }}
    />
  );
}
