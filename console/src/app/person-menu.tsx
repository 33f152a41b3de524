import { UserOutlined } from '@ant-design/icons';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Part } from '../pwa/part';
import { useSession } from '../session/context';
import { focusOn } from './focus';
import { chosenFace, wear, type Face } from './theme';

const AwayDialog = lazy(() => import('../away/dialog'));

const FACES: readonly Face[] = ['light', 'dark', 'system'];

/** Who is signed in, in which role, and how the console looks. */
export function PersonMenu() {
  const { t } = useTranslation('app');
  const session = useSession();
  const [open, setOpen] = useState(false);
  const [away, setAway] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const elsewhere = (event: PointerEvent): void => { if (!box.current?.contains(event.target as Node)) setOpen(false); };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      focusOn(opener.current);
    };
    document.addEventListener('pointerdown', elsewhere);
    document.addEventListener('keydown', escape);
    return () => { document.removeEventListener('pointerdown', elsewhere); document.removeEventListener('keydown', escape); };
  }, [open]);
  const { person, role } = session;
  if (!person || !role) return null;
  // People of a house; its information system is nobody who goes away.
  const hasColleagues = (person.hospital ?? person.insurer) !== undefined && role !== 'his-feed';
  return (
    <div ref={box} className="person">
      <button ref={opener} type="button" className="tool" aria-label={t('tools.person', { name: person.name })} aria-expanded={open} onClick={() => { setOpen(!open); }}><UserOutlined aria-hidden /></button>
      {open && (
        <div className="person-menu card">
          <p><b>{person.name}</b><br /><span className="quiet">{t(`role.${role}`)}{person.hospital ?? person.insurer ? ` · ${person.hospital ?? person.insurer}` : ''}</span></p>
          {person.roles.length > 1 && person.roles.map((one) => <button key={one} type="button" className="plain-button" aria-pressed={one === role} onClick={() => { session.actAs(one); }}>{t('tools.actAs', { role: t(`role.${one}`) })}</button>)}
          {hasColleagues && <button type="button" className="plain-button" onClick={() => { setOpen(false); setAway(true); }}>{t('tools.away')}</button>}
          <div className="row" role="group" aria-label={t('tools.face.name')}>{FACES.map((face) => <button key={face} type="button" className="plain-button" aria-pressed={chosenFace() === face} onClick={() => { wear(face); }}>{t(`tools.face.${face}`)}</button>)}</div>
          <button type="button" className="plain-button" onClick={() => { void session.signOut(); }}>{t('tools.signOut')}</button>
        </div>
      )}
      {away && <Part><Suspense><AwayDialog onClose={() => { setAway(false); focusOn(opener.current); }} /></Suspense></Part>}
    </div>
  );
}
