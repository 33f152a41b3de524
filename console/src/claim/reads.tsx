import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { useRules } from '../api/rules';
import { Loading } from '../app/loading';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { whatWords } from '../reads/what';
import { useNames } from './names';

/** Who looked at the claim, latest first; asked for only when opened, because this look is recorded too. For who may see it. */
export function Reads({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('claim');
  const { role } = useSession();
  const readers = useRules()?.readers.reads;
  const [open, setOpen] = useState(false);
  if (role === null || !readers?.includes(role)) return null;
  return (
    <section className="card">
      <details onToggle={(event) => { setOpen(event.currentTarget.open); }}>
        <summary>{t('reads.title')}</summary>
        {open && <ReadList claimNo={claimNo} />}
      </details>
    </section>
  );
}

function ReadList({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('reads');
  const api = useApi();
  const language = useLanguage();
  const name = useNames();
  const query = useInfiniteQuery({
    queryKey: ['claim', claimNo, 'reads'], initialPageParam: null as string | null, staleTime: Infinity,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/claims/{claimNo}/reads', { params: { path: { claimNo }, query: pageParam === null ? {} : { cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  if (!query.data) return query.error ? <Failure error={query.error} onRetry={() => { void query.refetch(); }} /> : <Loading />;
  const reads = query.data.pages.flatMap((page) => page.items);
  if (reads.length === 0) return <p className="quiet">{t('nobody')}</p>;
  return (
    <>
      <ul className="plain-list">{reads.map((read, n) => <li key={n}>{read.by.name ?? t('someone')}<span className="quiet"> · {name('roles', read.by.role)} · {whatWords(t, read.what)} · {instantWords(read.at, language)}</span></li>)}</ul>
      {query.hasNextPage && <Button size="small" loading={query.isFetchingNextPage} onClick={() => { void query.fetchNextPage(); }}>{t('more')}</Button>}
    </>
  );
}
