import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { Loading } from '../app/loading';
import { useNames } from '../claim/names';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import './style.css';

/** Who broke the glass, latest first: the auditor sees all, others their own. */
export function BrokenGlass() {
  const { t } = useTranslation('glass');
  const api = useApi();
  const language = useLanguage();
  const name = useNames();
  const query = useInfiniteQuery({
    queryKey: ['lists', 'glass'], initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/break-glass', { params: { query: pageParam === null ? {} : { cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="glass-broken">
      <h2 id="glass-broken">{t('broken.title')}</h2>
      {query.error ? <Failure error={query.error} onRetry={() => { void query.refetch(); }} /> : !query.data ? <Loading /> : items.length === 0 && <p className="quiet">{t('broken.nobody')}</p>}
      <ul className="plain-list glass-list">
        {items.map((one) => (
          <li key={`${one.by.personId} ${one.id}`}>
            <b>{one.by.name ?? one.by.personId}</b><span className="quiet"> · {name('roles', one.by.role)} · {instantWords(one.at, language)}</span>
            <br />{one.claimNo === null ? t('payloads.title') : <Link to={`/claims/${one.claimNo}`}>{one.claimNo}</Link>}: {one.reason}
          </li>
        ))}
      </ul>
      {query.hasNextPage && <Button size="small" loading={query.isFetchingNextPage} onClick={() => { void query.fetchNextPage(); }}>{t('broken.more')}</Button>}
    </section>
  );
}
