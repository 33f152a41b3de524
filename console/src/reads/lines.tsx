import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { Loading } from '../app/loading';
import { useNames } from '../claim/names';
import { claimNoIn } from '../lists/claim-no';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { whatWords } from './what';

const KINDS = ['outside-hours', 'broken-glass'] as const;
interface LinesProps { days: number; person: string | null; claimNo: string | null; only: string | null; onChange: (changes: Record<string, string | null>) => void }

/** Each reading of the period, latest first, of one person, one claim or one kind where that is asked for. */
export function Lines({ days, person, claimNo, only, onChange }: LinesProps) {
  const { t } = useTranslation('reads');
  const api = useApi();
  const name = useNames();
  const language = useLanguage();
  const kind = KINDS.find((one) => one === only);
  const query = useInfiniteQuery({
    queryKey: ['lists', 'reads', days, person, claimNo, kind], initialPageParam: null as string | null, staleTime: 60_000,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/reads', { params: { query: {
      days, ...(person === null ? {} : { person }), ...(claimNo === null ? {} : { claimNo }), ...(kind === undefined ? {} : { only: kind }), ...(pageParam === null ? {} : { cursor: pageParam }),
    } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = person === null ? null : items.find((one) => one.by.personId === person)?.by.name ?? person;
  return (
    <section className="card" aria-labelledby="reads-lines">
      <h2 id="reads-lines">{t('lines.title')}</h2>
      <div className="ops-filters" role="group" aria-label={t('lines.filter')}>
        {[undefined, ...KINDS].map((one) => <Button key={one ?? 'all'} aria-pressed={kind === one} type={kind === one ? 'primary' : 'default'} onClick={() => { onChange({ only: one ?? null }); }}>{t(`lines.${one ?? 'all'}`)}</Button>)}
        <label>{t('lines.claim')} <input type="search" defaultValue={claimNo ?? ''} placeholder="KP-2026-000123" className="reads-field" size={16}
          onChange={(event) => { const typed = event.target.value.trim(); if (typed === '' || claimNoIn(typed) !== null) onChange({ claim: typed === '' ? null : claimNoIn(typed) }); }} /></label>
        {chosen !== null && <Button onClick={() => { onChange({ person: null }); }} aria-label={t('lines.clear')}>{t('lines.person', { name: chosen })} ×</Button>}
      </div>
      {query.error ? <Failure error={query.error} onRetry={() => { void query.refetch(); }} /> : !query.data ? <Loading /> : items.length === 0 && <p className="empty">{t('nobody')}</p>}
      {items.length > 0 && (
        <table className="ops-table">
          <caption className="ops-hidden">{t('lines.title')}</caption>
          <thead><tr>{(['when', 'who', 'what', 'claim'] as const).map((one) => <th key={one} scope="col">{t(`lines.column.${one}`)}</th>)}</tr></thead>
          <tbody>{items.map((one, n) => (
            <tr key={n}>
              <th scope="row">{instantWords(one.at, language)}{one.outsideHours && <><br /><span className="quiet">{t('lines.outside')}</span></>}</th>
              <td data-label={t('lines.column.who')}>{one.by.name ?? t('someone')}<br /><span className="quiet">{name('roles', one.by.role)}</span></td>
              <td data-label={t('lines.column.what')} className={one.brokenGlass ? 'ops-bad' : undefined}>{whatWords(t, one.what)}</td>
              <td data-label={t('lines.column.claim')}>{one.claimNo === null ? <span className="quiet">{t('lines.list')}</span> : <Link to={`/claims/${one.claimNo}`} className="mono">{one.claimNo}</Link>}</td>
            </tr>
          ))}</tbody>
        </table>
      )}
      {query.hasNextPage && <Button loading={query.isFetchingNextPage} onClick={() => { void query.fetchNextPage(); }}>{t('more')}</Button>}
    </section>
  );
}
