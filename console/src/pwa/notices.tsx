import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeptActs } from '../queue/context';
import { useSession } from '../session/context';
import { useKeptFiles } from '../upload/context';
import { newerWaits, takeNewer, watchNewer } from './installed';

/** One line each, above every screen: a newer version waits; the sign-in has run out while there is work to send. */
export function Notices() {
  const { t } = useTranslation('app');
  const session = useSession();
  const newer = useSyncExternalStore(watchNewer, newerWaits);
  const signedOut = useSignedOut();
  return (
    <>
      {signedOut && <div className="notice-bar row" role="status"><span className="grow">{t('pwa.signedOut')}</span><button type="button" className="plain-button" onClick={() => { void session.signIn(); }}>{t('signIn.again')}</button></div>}
      {newer && <div className="notice-bar row" role="status"><span className="grow">{t('pwa.newer')}</span><button type="button" className="plain-button" onClick={takeNewer}>{t('pwa.reload')}</button></div>}
    </>
  );
}

/** Was the person let in without a token, because there was no network, and is there one now? */
function useSignedOut(): boolean {
  const session = useSession();
  const refused = [...useKeptActs(), ...useKeptFiles()].some((one) => one.waitsFor === 'sign-in');
  const [without, setWithout] = useState(false);
  useEffect(() => {
    const look = (): void => { if (navigator.onLine) void session.token().then((token) => { setWithout(token === null); }, () => undefined); };
    look();
    window.addEventListener('online', look);
    return () => { window.removeEventListener('online', look); };
  }, [session, refused]);
  return without;
}
