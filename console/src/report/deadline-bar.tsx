import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { REPORT_PATH } from '../queue/act';
import { useKeptActs } from '../queue/context';
import { Due } from '../words/due';
import './style.css';

const EVERY_MS = 60_000;

/** The nearest end of a 24-hour collection among the person's and their pool's, on each of their screens (SPEC §1.5); an unsent report has none yet, and says so. */
export function DeadlineBar() {
  const { t } = useTranslation('report');
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['lists', 'collecting'], refetchInterval: EVERY_MS,
    queryFn: async () => bodyOf(await api.GET('/v1/tasks', { params: { query: { kind: 'collect-facts', limit: 1 } } })),
  });
  const unsent = useKeptActs().filter((act) => act.path === REPORT_PATH && (act.state === 'waiting' || act.state === 'sending')).length;
  const next = data?.items[0];
  if (!next && unsent === 0) return null;
  return (
    <div className="deadline-bar" role="status">
      {next && <Link to={`/claims/${next.claimNo}`}><span>{t('bar.next', { who: next.patientName ?? next.claimNo })}</span> <Due dueAt={next.dueAt} /></Link>}
      {data && data.total > 1 && <span className="quiet">{t('bar.more', { count: data.total - 1 })}</span>}
      {!next && <Link to="/unsent">{t('bar.unsent', { count: unsent })}</Link>}
    </div>
  );
}
