import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useKeys } from '../app/keys';
import { Loading } from '../app/loading';
import { AsOf } from '../lists/as-of';
import { useCalm, type Shown } from '../lists/calm';
import { News } from '../lists/news';
import { Rows } from '../lists/rows';
import type { Filters } from '../lists/use-filters';
import { useHeld } from '../lists/use-held';
import type { Titles } from '../lists/use-titles';
import { Failure } from '../words/failure';
import { ClaimCells } from './line';
import { useClaims, type ClaimLine } from './use-claims';

const keyOf = ({ claimNo }: ClaimLine): string => claimNo;
const marked = ({ breached, closedAt }: ClaimLine): { late: boolean } => ({ late: breached && closedAt === null });
const NONE: ReadonlySet<string> = new Set();
/** What a table says that does not know its length. */
const UNKNOWN_LENGTH = -2;

interface Given { list: string; filters: Filters; q: string; titles: Titles; onClear: () => void }

export function ClaimList({ list, filters, q, titles, onClear }: Given) {
  const { t } = useTranslation(['claims', 'lists']);
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const active = useRef<string | null>(null);
  const { query, lines, total, asOf } = useClaims(filters, q);
  const { shown, added, moved, show } = useCalm(lines, keyOf, useHeld(box));
  const onMore = useCallback(() => { if (!query.isFetching) void query.fetchNextPage(); }, [query]);
  const narrowed = q !== '' || Object.keys(filters).length > 0;
  useKeys([
    { key: 'Enter', does: t('lists:keys.open'), run: () => { if (active.current !== null) void navigate(`/claims/${active.current}`); } },
  ]);
  const cells = ({ line, gone }: Shown<ClaimLine>) => <ClaimCells line={line} gone={gone} titles={titles} />;
  return (
    <>
      <div className="list-says">
        {asOf !== null && <AsOf asOf={asOf} count={total === null ? t('first', { count: lines.length }) : t('total', { count: total })} />}
        <News added={added} moved={moved} onShow={() => { show(); window.scrollTo({ top: 0 }); }} />
      </div>
      {query.error !== null && <Failure error={query.error} onRetry={() => { void query.refetch(); }} />}
      <div ref={box} data-names={lines.some(({ patientName }) => patientName !== null)}>
        {query.isPending ? query.error === null && <Loading /> : shown.length === 0
          ? query.error === null && <div className="empty"><p>{t(narrowed ? 'empty.narrowed' : 'empty.nothing')}</p>{narrowed && <button type="button" className="plain-button" onClick={onClear}>{t('empty.showAll')}</button>}</div>
          : <Rows list={list} label={t('title')} lines={shown} keyOf={keyOf} cells={cells} marked={marked} selected={NONE} total={total ?? UNKNOWN_LENGTH} more={query.hasNextPage} onMore={onMore} active={active}
            head={(['no', 'stage', 'patient', 'waits', 'due', 'place', 'outcome', 'asked', 'reported'] as const).map((one) => <span key={one} role="columnheader" className={`c-${one}`}>{t(`column.${one}`)}</span>)} />}
        {query.isFetchingNextPage && <p className="quiet list-more" role="status">{t('lists:more')}</p>}
      </div>
    </>
  );
}
