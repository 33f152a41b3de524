import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { bodyOf, type Api } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { Loading } from '../app/loading';
import { useNames } from '../claim/names';
import { Failure } from '../words/failure';
import { AsOf } from './as-of';
import { EVERY_MS } from './queues';
import { StuckRow } from './stuck-row';

export type StuckClaim = components['schemas']['StuckClaim'];
const PER_PAGE = 100;
/** Claims looked at without being asked to look further: each costs a question to Temporal, every ten seconds. */
const PAGES = 5;

/** Why each open claim is where it is; at first those that want attention. Filters stand in the address. */
export function Stuck() {
  const { t } = useTranslation('ops');
  const api = useApi();
  const name = useNames();
  const [query, setQuery] = useSearchParams();
  const [pages, setPages] = useState(PAGES);
  const { data, error, refetch, dataUpdatedAt } = useQuery({ queryKey: ['ops', 'stuck', pages], refetchInterval: EVERY_MS, placeholderData: (before) => before, queryFn: () => readStuck(api, pages) });
  const cause = query.get('cause');
  const all = query.has('all');
  const change = (key: 'cause' | 'all', value: string | null): void => {
    setQuery((before) => {
      const after = new URLSearchParams(before);
      if (value === null) after.delete(key);
      else after.set(key, value);
      return after;
    }, { replace: true });
  };
  const kept = data?.items.filter((claim) => all || claim.wantsAttention) ?? [];
  const counts = new Map<string, number>();
  for (const claim of kept) for (const kind of new Set(claim.causes.map((one) => one.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const shown = cause === null ? kept : kept.filter((claim) => claim.causes.some((one) => one.kind === cause));
  return (
    <section className="card" aria-labelledby="ops-stuck">
      <div className="row"><h2 id="ops-stuck" className="grow">{t('stuck.title')}</h2><AsOf at={dataUpdatedAt} failing={error !== null} /></div>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          {data.worker !== 'up' && <p className="ops-bad" role="alert">{t(`stuck.worker.${data.worker}`)}</p>}
          <div className="ops-filters" role="group" aria-label={t('stuck.filter')}>
            <label><input type="checkbox" checked={!all} onChange={(event) => { change('all', event.target.checked ? null : ''); }} /> {t('stuck.attention')}</label>
            <Button aria-pressed={cause === null} type={cause === null ? 'primary' : 'default'} onClick={() => { change('cause', null); }}>{t('stuck.every')} {kept.length}</Button>
            {[...counts].map(([kind, count]) => <Button key={kind} aria-pressed={cause === kind} type={cause === kind ? 'primary' : 'default'} onClick={() => { change('cause', kind); }}>{name('causes', kind)} {count}</Button>)}
          </div>
          {shown.length === 0 && <p className="empty">{t(cause === null && !all ? 'stuck.none' : 'stuck.noneOfThese')}</p>}
          {shown.length > 0 && (
            <table className="ops-table">
              <caption className="ops-hidden">{t('stuck.title')}</caption>
              <thead><tr>{(['claim', 'stage', 'cause', 'repair', 'links'] as const).map((one) => <th key={one} scope="col">{t(`stuck.column.${one}`)}</th>)}</tr></thead>
              <tbody>{shown.map((claim) => <StuckRow key={claim.claimNo} claim={claim} />)}</tbody>
            </table>
          )}
          <p className="quiet">{t('stuck.looked', { count: data.items.length })} {data.more && <Button size="small" onClick={() => { setPages(pages + PAGES); }}>{t('stuck.further')}</Button>}</p>
        </>
      )}
    </section>
  );
}

async function readStuck(api: Api, pages: number): Promise<{ items: StuckClaim[]; more: boolean; worker: 'up' | 'none' | 'unknown' }> {
  const items: StuckClaim[] = [];
  let cursor: string | undefined;
  for (let page = 1; ; page += 1) {
    const found = bodyOf(await api.GET('/v1/ops/stuck', { params: { query: { limit: PER_PAGE, ...(cursor === undefined ? {} : { cursor }) } } }));
    items.push(...found.items);
    cursor = found.nextCursor ?? undefined;
    if (cursor === undefined || page === pages) return { items, more: cursor !== undefined, worker: found.worker };
  }
}
