import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { shownKey, type Doing } from '../app/keys';
import { placesOf } from '../app/places';
import { claimNoIn } from '../lists/claim-no';
import { useTitles } from '../lists/use-titles';
import { useSession } from '../session/context';
import './style.css';

interface Choice { id: string; name: string; hint: string; run: () => void }

const AFTER_MS = 150;
const MOST_CLAIMS = 8;

/** Goes anywhere by typing: a claim number (pasted, it opens at once), what is found in one's claims, the places of the role, the acts of this screen. */
export default function Palette({ doings, onClose }: { doings: readonly Doing[]; onClose: () => void }) {
  const { t } = useTranslation(['palette', 'app']);
  const titles = useTitles();
  const navigate = useNavigate();
  const api = useApi();
  const { role } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const asked = useLate(typed.trim());
  useEffect(() => { dialog.current?.showModal(); }, []);

  const found = useQuery({
    queryKey: ['lists', 'palette', asked], enabled: asked.length > 1,
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/claims', { signal, params: { query: { q: asked, limit: MOST_CLAIMS } } })).items,
  });
  const leave = (then: () => void): void => { dialog.current?.close(); then(); };
  const open = (claimNo: string): void => { leave(() => { void navigate(`/claims/${claimNo}`); }); };
  const claim = (claimNo: string, hint: string): Choice => ({ id: claimNo, name: claimNo, hint, run: () => { open(claimNo); } });
  const fits = (name: string): boolean => name.toLowerCase().includes(typed.trim().toLowerCase());

  const exact = claimNoIn(typed) ?? numberOfThisYear(typed);
  const claims = (asked === typed.trim() ? found.data ?? [] : []).map(({ claimNo, stage }) => claim(claimNo, titles.stage(stage)));
  const choices = [
    ...(exact === null || claims.some((one) => one.id === exact) ? [] : [claim(exact, t('open'))]),
    ...claims,
    ...(role === null ? [] : placesOf(role)).map(({ path, name }) => ({ id: path, name: t(`app:place.${name}`), hint: t('place'), run: () => { leave(() => { void navigate(path); }); } })).filter(({ name }) => fits(name)),
    ...doings.filter(({ keys }) => !keys.includes('mod+k')).map(({ keys, does, run }) => ({ id: `do ${does}`, name: does, hint: keys.map(shownKey).join(' '), run: () => { leave(run); } })).filter(({ name }) => fits(name)),
  ];
  const here = Math.min(at, choices.length - 1);
  const optionId = (index: number): string => `${id}-${index}`;
  useEffect(() => { document.getElementById(`${id}-${here}`)?.scrollIntoView({ block: 'nearest' }); }, [id, here]);
  return (
    <dialog ref={dialog} className="card palette" aria-label={t('name')} onClose={onClose} onClick={(event) => { if (event.target === dialog.current) dialog.current.close(); }}>
      <input
        autoFocus className="palette-field" role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-label={t('name')} placeholder={t('hint')} autoComplete="off" spellCheck={false} maxLength={100}
        {...(here >= 0 ? { 'aria-activedescendant': optionId(here) } : {})}
        value={typed} onChange={(event) => { setTyped(event.target.value); setAt(0); }}
        onPaste={(event) => {
          const claimNo = claimNoIn(event.clipboardData.getData('text'));
          if (claimNo === null) return;
          event.preventDefault();
          open(claimNo);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            setAt((here + by + choices.length) % Math.max(choices.length, 1));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            choices[here]?.run();
          }
        }}
      />
      <ul role="listbox" id={`${id}-list`} aria-label={t('choices')}>
        {choices.map(({ id: key, name, hint, run }, index) => (
          <li key={key} id={optionId(index)} role="option" aria-selected={index === here} onPointerMove={() => { setAt(index); }} onClick={run}><span className="grow">{name}</span><span className="quiet">{hint}</span></li>
        ))}
      </ul>
      <p role="status" className="quiet palette-none">{choices.length > 0 ? '' : found.isFetching ? t('searching') : t('none')}</p>
    </dialog>
  );
}

/** A few digits mean a claim of this year. */
function numberOfThisYear(text: string): string | null {
  const digits = /^\d{1,6}$/.exec(text.trim().normalize('NFKC'))?.[0];
  return digits === undefined ? null : `KP-${new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 4)}-${digits.padStart(6, '0')}`;
}

/** The value as it was when it last stood still for a moment. */
function useLate(value: string): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => { setLate(value); }, AFTER_MS);
    return () => { window.clearTimeout(timer); };
  }, [value]);
  return late;
}
