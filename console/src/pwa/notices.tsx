import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { keepsNothing, watchKeeping } from '../queue/store';
import { useSession } from '../session/context';
import { newerWaits, takeNewest, watchNewer } from './installed';

/** One line each, above every screen: a newer version waits; the sign-in has run out; this device keeps nothing. */
export function Notices() {
  const { t } = useTranslation('app');
  const session = useSession();
  const newer = useSyncExternalStore(watchNewer, newerWaits);
  const unkept = useSyncExternalStore(watchKeeping, keepsNothing);
  const signedOut = useSignedOut();
  return (
    <>
      {signedOut && <div className="notice-bar row" role="status"><span className="grow">{t('pwa.signedOut')}</span><button type="button" className="plain-button" onClick={() => { void session.signIn(); }}>{t('signIn.again')}</button></div>}
      {unkept && <div className="notice-bar" role="status">{t('pwa.unkept')}</div>}
      {newer && <div className="notice-bar row" role="status"><span className="grow">{t('pwa.newer')}</span><button type="button" className="plain-button" onClick={() => { void takeNewest(); }}>{t('pwa.reload')}</button></div>}
    </>
  );
}

/** Is there no token while there is a network: let in without one, or not taken any more? */
function useSignedOut(): boolean {
  const session = useSession();
  const [without, setWithout] = useState(false);
  useEffect(() => {
    const look = (): void => { if (navigator.onLine) void session.token().then((token) => { setWithout(token === null); }, () => undefined); };
    look();
    window.addEventListener('online', look);
    const unwatch = session.watch(look);
    return () => { window.removeEventListener('online', look); unwatch(); };
  }, [session]);
  return without;
}
