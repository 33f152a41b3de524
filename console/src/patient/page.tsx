import { Button } from 'antd';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createApi } from '../api/client';
import { ApiProvider, createQueries } from '../api/context';
import { RequestFailed } from '../api/problem';
import { Loading } from '../app/loading';
import { QueueProvider } from '../queue/context';
import { startQueue } from '../queue/queue';
import { SessionProvider, useSettings } from '../session/context';
import { FilesProvider } from '../upload/context';
import { startFiles } from '../upload/files';
import { PatientClaim } from './claim';
import { PatientFrame } from './frame';
import { createLinkSession, hasCode, isOver, openLink, readOpened, takeCode, type OpenedLink } from './link-session';
import './style.css';

type Step = { at: 'open'; link: OpenedLink } | { at: 'opening' } | { at: 'shut' } | { at: 'failed'; code: string; error: RequestFailed };

const firstStep = (): Step => {
  if (hasCode()) return { at: 'opening' };
  const kept = readOpened();
  return kept && !isOver(kept) ? { at: 'open', link: kept } : { at: 'shut' };
};

/** What a patient's link opens: one claim, on any phone, without an account. */
export function PatientPage() {
  const [step, setStep] = useState(firstStep);
  const shut = useCallback(() => { setStep({ at: 'shut' }); }, []);
  const open = useCallback((code: string) => {
    setStep({ at: 'opening' });
    openLink(code).then(
      (link) => { setStep({ at: 'open', link }); },
      (error: unknown) => { setStep(error instanceof RequestFailed && error.status === 404 ? { at: 'shut' } : { at: 'failed', code, error: error instanceof RequestFailed ? error : new RequestFailed(0, null) }); },
    );
  }, []);
  useEffect(() => {
    const arrived = (): void => { const code = takeCode(); if (code !== null) open(code); };
    arrived();
    // A second link opened in the same tab changes the fragment only.
    window.addEventListener('hashchange', arrived);
    return () => { window.removeEventListener('hashchange', arrived); };
  }, [open]);
  return (
    <PatientFrame>
      <Suspense fallback={<Loading />}>
        {step.at === 'open' ? <OpenClaim key={step.link.token} link={step.link} onOver={shut} />
          : step.at === 'opening' ? <Loading />
          : step.at === 'shut' ? <Shut />
          : <NotOpened onRetry={() => { open(step.code); }} tooMany={step.error.status === 429} />}
      </Suspense>
    </PatientFrame>
  );
}

/** The same providers as the staff's console, with the link's session in them and nothing of theirs. */
function OpenClaim({ link, onOver }: { link: OpenedLink; onOver: () => void }) {
  const settings = useSettings();
  const parts = useMemo(() => {
    const session = createLinkSession(link, onOver);
    const queries = createQueries();
    const queue = startQueue(session, queries);
    return { session, queries, api: createApi(session), queue, files: startFiles(session, queue) };
  }, [link, onOver]);
  return (
    <SessionProvider session={parts.session} settings={settings}>
      <ApiProvider api={parts.api} queries={parts.queries}>
        <QueueProvider queue={parts.queue}><FilesProvider files={parts.files}><PatientClaim claimNo={link.claimNo} /></FilesProvider></QueueProvider>
      </ApiProvider>
    </SessionProvider>
  );
}

/** No link, or one that is over: whom to ask, and what they can do. */
function Shut() {
  const { t } = useTranslation('patient');
  const kept = readOpened();
  return (
    <section className="patient-part">
      <h1>{t(kept ? 'link.over' : 'link.shut')}</h1>
      {kept && <p>{t('link.again')}</p>}
      <p>{kept?.contact === undefined ? t('link.ask') : t('link.askNamed', { name: kept.contact })}</p>
      <p className="quiet">{t('link.kept')}</p>
    </section>
  );
}

function NotOpened({ onRetry, tooMany }: { onRetry: () => void; tooMany: boolean }) {
  const { t } = useTranslation('patient');
  return (
    <section className="patient-part" role="alert">
      <h1>{t(tooMany ? 'link.tooMany' : 'link.unreachable')}</h1>
      <Button type="primary" size="large" onClick={onRetry}>{t('link.retry')}</Button>
    </section>
  );
}
