import { useTranslation } from 'react-i18next';
import { FilterBar, type Field } from '../lists/filters';
import { Search } from '../lists/search';
import { queryOf, useFilters } from '../lists/use-filters';
import { useTitles } from '../lists/use-titles';
import { useSession } from '../session/context';
import { ClaimList } from './list';
import { CLAIM_FILTERS } from './use-claims';
import '../lists/style.css';
import './style.css';

/** All claims in scope, newest first. */
export function ClaimsPage() {
  const { t } = useTranslation(['claims', 'lists']);
  const titles = useTitles();
  const { person } = useSession();
  const { filters, q, set, go, search } = useFilters(CLAIM_FILTERS);
  const fields: Field[] = [
    { name: 'stage', label: t('lists:stage'), options: titles.stages }, { name: 'tier', label: t('lists:tier'), options: titles.tiers },
    ...(person?.hospital === undefined ? [{ name: 'hospital', label: t('lists:hospital'), options: titles.hospitals }] : []), { name: 'department', label: t('lists:department'), options: titles.departments },
    { name: 'breached', label: t('breached') }, { name: 'stuck', label: t('stuck') },
  ];
  const list = `claims ${queryOf(filters)} ${q}`;
  return (
    <div className="list-page claims-list">
      <div className="list-tools">
        <h1>{t('title')}</h1>
        <Search value={q} label={t('search')} hint={t('searchHint')} keyHint={t('lists:keys.search')} onSearch={search} />
        <FilterBar fields={fields} filters={filters} onChange={set} />
      </div>
      <ClaimList key={list} list={list} filters={filters} q={q} titles={titles} onClear={() => { go({}, { q: '' }); }} />
    </div>
  );
}
