import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PageMessage } from '../app/page-message';
import { useSession } from './context';

/** Lets those through who are signed in, or were on this device while there is no network; the others go to the issuer and come back where they were. */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const { t } = useTranslation('app');
  const [unreachable, setUnreachable] = useState(false);
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void (async () => {
      if (session.person && !navigator.onLine) { setOpen(true); return; }
      if (session.person && (await session.token()) !== null) { setOpen(true); return; }
      try {
        await session.signIn();
      } catch {
        // Nobody answers there: who was signed in before goes on with what is on the device.
        if (session.person) setOpen(true);
        else setUnreachable(true);
      }
    })();
  }, [session]);
  if (open) return children;
  if (unreachable) return <PageMessage title={t('signIn.unreachable')}><button type="button" className="plain-button main-button" onClick={() => { location.reload(); }}>{t('lost.reload')}</button></PageMessage>;
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
    session.finishSignIn().then((returnTo) => navigate(returnTo, { replace: true }), () => { setFailed(true); });
  }, [navigate, session]);
  if (!failed) return null;
  return <PageMessage title={t('signIn.failed')}><button type="button" className="plain-button main-button" onClick={() => { void session.signIn('/'); }}>{t('signIn.again')}</button></PageMessage>;
}
