import { CloudUploadOutlined, GlobalOutlined, SearchOutlined } from '@ant-design/icons';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation, useNavigate, NavigationType, useNavigationType } from 'react-router';
import { LiveProvider } from '../api/live-context';
import { Notices } from '../pwa/notices';
import { Part } from '../pwa/part';
import { useUnsent } from '../queue/use-unsent';
import { useSession } from '../session/context';
import { speak } from '../words/i18n';
import { useLanguage } from '../words/use-words';
import { useAllKeys, useKeys, type Doing } from './keys';
import { Loading } from './loading';
import { PersonMenu } from './person-menu';
import { hasPlace, placesOf } from './places';

const Palette = lazy(() => import('../palette/palette'));

const DeadlineBar = lazy(async () => ({ default: (await import('../report/deadline-bar')).DeadlineBar }));

/** What stands around every screen: the places of the role, what is not sent yet, language, face, and who is signed in. */
export function Shell() {
  const { t } = useTranslation('app');
  const language = useLanguage();
  const session = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const online = useOnline();
  const unsent = useUnsent();
  const cameBack = useRef(false);
  cameBack.current = useNavigationType() === NavigationType.Pop;
  const allKeys = useAllKeys();
  const [palette, setPalette] = useState<Doing[] | null>(null);
  const openPalette = (): void => { setPalette(allKeys()); };
  useKeys([{ key: 'g', does: t('keys.home'), run: () => { void navigate('/'); } }, { key: 'mod+k', does: t('keys.palette'), run: openPalette }]);
  useEffect(() => {
    document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
    if (!cameBack.current) window.scrollTo({ top: 0, behavior: 'instant' });
  }, [pathname]);
  if (!session.person || !session.role) return null;
  const { role } = session;
  return (
    <div className="shell">
      <a className="skip" href="#main">{t('tools.skip')}</a>
      <header className="shell-top">
        <Link to="/" className="shell-brand"><img src="/icon.svg" alt="" />{t('name')}</Link>
        <nav className="shell-places" aria-label={t('tools.places')}>
          {placesOf(role).map(({ path, name }) => <NavLink key={path} to={path} end={path === '/'}>{t(`place.${name}`)}</NavLink>)}
        </nav>
        <div className="shell-tools">
          <button type="button" className="tool" aria-label={t('keys.palette')} onClick={openPalette}><SearchOutlined aria-hidden /></button>
          {unsent.count > 0 && <Link to="/unsent" className="tool"><CloudUploadOutlined aria-hidden /> {t('tools.unsent', { count: unsent.count })}</Link>}
          <button type="button" className="tool" onClick={() => { void speak(language === 'zh' ? 'en' : 'zh'); }} aria-label={t('tools.language')}><GlobalOutlined aria-hidden /> {language === 'zh' ? 'EN' : '中文'}</button>
          <PersonMenu />
        </div>
      </header>
      {!online && <div className="notice-bar" role="status">{t('tools.offline')}</div>}
      <Notices />
      {hasPlace(role, 'report') && <Part quiet><Suspense><DeadlineBar /></Suspense></Part>}
      <main id="main" className="shell-main" tabIndex={-1}><LiveProvider><Suspense fallback={<Loading />}><Outlet /></Suspense></LiveProvider></main>
      {palette !== null && <Part><Suspense><Palette doings={palette} onClose={() => { setPalette(null); }} /></Suspense></Part>}
    </div>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const changed = (): void => { setOnline(navigator.onLine); };
    window.addEventListener('online', changed);
    window.addEventListener('offline', changed);
    return () => { window.removeEventListener('online', changed); window.removeEventListener('offline', changed); };
  }, []);
  return online;
}
