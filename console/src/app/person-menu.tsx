import { UserOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../session/context';
import { chosenFace, wear, type Face } from './theme';

const FACES: readonly Face[] = ['light', 'dark', 'system'];

/** Who is signed in, in which role, and how the console looks. */
export function PersonMenu() {
  const { t } = useTranslation('app');
  const session = useSession();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (event: Event): void => { if (event instanceof KeyboardEvent ? event.key === 'Escape' : !box.current?.contains(event.target as Node)) setOpen(false); };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', away);
    return () => { document.removeEventListener('pointerdown', away); document.removeEventListener('keydown', away); };
  }, [open]);
  const { person, role } = session;
  if (!person || !role) return null;
  return (
    <div ref={box} className="person">
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={t('tools.person', { name: person.name })} aria-expanded={open} onClick={() => { setOpen(!open); }} />
      {open && (
        <div className="person-menu card">
          <p><b>{person.name}</b><br /><span className="quiet">{t(`role.${role}`)}{person.hospital ?? person.insurer ? ` · ${person.hospital ?? person.insurer}` : ''}</span></p>
          {person.roles.length > 1 && person.roles.map((one) => <Button key={one} block aria-pressed={one === role} onClick={() => { session.actAs(one); }}>{t('tools.actAs', { role: t(`role.${one}`) })}</Button>)}
          <div className="row" role="group" aria-label={t('tools.face.name')}>{FACES.map((face) => <Button key={face} size="small" aria-pressed={chosenFace() === face} type={chosenFace() === face ? 'primary' : 'default'} onClick={() => { wear(face); }}>{t(`tools.face.${face}`)}</Button>)}</div>
          <Button block danger onClick={() => { void session.signOut(); }}>{t('tools.signOut')}</Button>
        </div>
      )}
    </div>
  );
}
