import { useQuery } from '@tanstack/react-query';
import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { Loading } from '../app/loading';
import { Failure } from '../words/failure';
import { useNow } from '../words/now';
import { instantWords, lengthWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { AsOf } from './as-of';
import { Reconcile } from './reconcile';

export const EVERY_MS = 10_000;

/** Who takes work, what waits, when records and workflows were last compared, and when the ledger last had its line. */
export function Queues({ mayReconcile }: { mayReconcile: boolean }) {
  const { t } = useTranslation('ops');
  const api = useApi();
  const { data, error, refetch, dataUpdatedAt } = useQuery({ queryKey: ['ops', 'queues'], refetchInterval: EVERY_MS, queryFn: async () => bodyOf(await api.GET('/v1/ops/queues')) });
  return (
    <section className="card" aria-labelledby="ops-queues">
      <div className="row"><h2 id="ops-queues" className="grow">{t('queues.title')}</h2><AsOf at={dataUpdatedAt} failing={error !== null} /></div>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {!data && !error && <Loading />}
      {data && (
        <div className="ops-parts">
          {data.queues.map((queue) => <Queue key={`${queue.taskQueue} ${queue.kind}`} queue={queue} />)}
          <Rounds rounds={data.reconciliation} mayReconcile={mayReconcile} />
          <Ledger ledger={data.ledger} />
        </div>
      )}
      {data && data.versions.length > 1 && <p className="ops-bad">{t('queues.versions', { versions: data.versions.join(', ') })}</p>}
    </section>
  );
}

function Queue({ queue }: { queue: components['schemas']['TaskQueue'] }) {
  const { t } = useTranslation('ops');
  const language = useLanguage();
  const now = useNow();
  const there = queue.pollers.filter((one) => one.there).length;
  return (
    <div>
      <h3><a href={queue.temporalUi} target="_blank" rel="noreferrer">{t(`queues.${queue.kind}`)} <span className="mono">{queue.taskQueue}</span></a></h3>
      <p className={there > 0 ? 'ops-good' : 'ops-bad'}>{there > 0 ? <CheckCircleFilled aria-hidden /> : <ExclamationCircleFilled aria-hidden />} {t('queues.workers', { count: there })}</p>
      <p>{queue.backlog === 0 ? t('queues.empty') : t('queues.backlog', { count: queue.backlog, age: lengthWords(queue.oldestSeconds * 1_000, language) })}</p>
      {queue.pollers.length > 0 && (
        <details>
          <summary>{t('queues.list')}</summary>
          <ul className="ops-list">{queue.pollers.map((one) => (
            <li key={one.id}><span className="mono">{one.id}</span> {one.there ? t('queues.there') : t('queues.silent', { age: one.lastSeenAt === null ? '?' : lengthWords(now - Date.parse(one.lastSeenAt), language) })}{one.version !== null && <span className="quiet"> · {one.version}</span>}</li>
          ))}</ul>
        </details>
      )}
    </div>
  );
}

/** The signed ledger has a line an hour: one that is late is said here, in the metrics and in the log. */
function Ledger({ ledger }: { ledger: components['schemas']['LedgerState'] }) {
  const { t } = useTranslation('ops');
  const language = useLanguage();
  return (
    <div>
      <h3>{t('ledger.title')}</h3>
      <p className={ledger.late ? 'ops-bad' : 'ops-good'} role={ledger.late ? 'alert' : undefined}>{ledger.late ? <ExclamationCircleFilled aria-hidden /> : <CheckCircleFilled aria-hidden />} {t(ledger.late ? 'ledger.late' : 'ledger.fine')}</p>
      <p>{ledger.lastAt === null ? t('ledger.none') : t('ledger.last', { line: ledger.line, at: instantWords(ledger.lastAt, language) })}</p>
    </div>
  );
}

function Rounds({ rounds, mayReconcile }: { rounds: components['schemas']['Queues']['reconciliation']; mayReconcile: boolean }) {
  const { t } = useTranslation('ops');
  const language = useLanguage();
  return (
    <div>
      <h3>{rounds?.temporalUi ? <a href={rounds.temporalUi} target="_blank" rel="noreferrer">{t('rounds.title')}</a> : t('rounds.title')}</h3>
      {rounds === null && <p className="ops-bad"><ExclamationCircleFilled aria-hidden /> {t('rounds.none')}</p>}
      {rounds && (
        <>
          <p className={rounds.paused ? 'ops-bad' : 'ops-good'}>{rounds.paused ? <ExclamationCircleFilled aria-hidden /> : <CheckCircleFilled aria-hidden />} {t(rounds.paused ? 'rounds.paused' : rounds.running ? 'rounds.running' : 'rounds.waiting')}</p>
          <p>{t('rounds.last', { at: rounds.lastAt === null ? '–' : instantWords(rounds.lastAt, language) })}<br />{t('rounds.next', { at: rounds.nextAt === null ? '–' : instantWords(rounds.nextAt, language) })}</p>
        </>
      )}
      {mayReconcile && <Reconcile />}
    </div>
  );
}
