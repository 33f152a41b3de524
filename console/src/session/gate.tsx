import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PageMessage } from '../app/page-message';
import { useSession } from './context';

const LOOK_EVERY_MS = 60_000;

/** Lets those through who are signed in, or were on this device some hours ago while there is no network; the others go to the issuer and come back where they were. */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSession();
  const [state, setState] = useState<'asking' | 'open' | 'shut'>('asking');
  const { t } = useTranslation('app');
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    const kept = (): void => { setState(session.person && session.readable() ? 'open' : 'shut'); };
    void (async () => {
      if (session.person && (await session.token()) !== null) { setState('open'); return; }
      if (!navigator.onLine) { kept(); return; }
      // Where nobody answers, who was signed in before goes on with what is on the device.
      await session.signIn().catch(kept);
    })();
  }, [session]);
  useEffect(() => {
    if (state !== 'open') return undefined;
    const look = window.setInterval(() => { void session.token().then((token) => { if (token === null && !session.readable()) setState('shut'); }); }, LOOK_EVERY_MS);
    return () => { window.clearInterval(look); };
  }, [session, state]);
  const again = <button type="button" className="plain-button main-button" onClick={() => { session.signIn().catch(() => { setState('shut'); }); }}>{t('signIn.again')}</button>;
  if (session.locked) return <PageMessage title={session.locked.by === null ? t('signIn.signedOutThere') : t('signIn.otherThere', { name: session.locked.by })} hint={t('signIn.lockedHint')}>{again}</PageMessage>;
  if (state === 'open') return children;
  if (state === 'shut') return <PageMessage title={t('signIn.unreachable')} {...(session.person ? { hint: t('signIn.tooLong') } : {})}>{again}</PageMessage>;
  return null;
}

/** Where the issuer sends people back to. */
export function SignedIn() {
  const session = useSession();
  const navigate = useNavigate();
  const { t } = useTranslation('app');
  const [failed, setFailed] = useState(false);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    session.finishSignIn().then((returnTo) => navigate(returnTo, { replace: true })).catch(() => { setFailed(true); });
  }, [navigate, session]);
  if (!failed) return null;
  return <PageMessage title={t('signIn.failed')}><button type="button" className="plain-button main-button" onClick={() => { void session.signIn('/'); }}>{t('signIn.again')}</button></PageMessage>;
}
