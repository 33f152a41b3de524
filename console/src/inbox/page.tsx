import { useTranslation } from 'react-i18next';
import { Navigate } from 'react-router';
import { placesOf } from '../app/places';
import { FilterBar } from '../lists/filters';
import { Search } from '../lists/search';
import { queryOf, useFilters } from '../lists/use-filters';
import { useTitles } from '../lists/use-titles';
import { useSession } from '../session/context';
import { TaskList } from './list';
import { useNextTask } from './next-task';
import { taskFields, whoseOf, withChange, withoutWhose } from './task-fields';
import { TASK_FILTERS, useTasks } from './use-tasks';
import { Views } from './views';
import '../lists/style.css';
import './style.css';

/** Everybody's home: what I owe and what my role may take, soonest due first. Who holds no tasks has another home. */
export function InboxPage() {
  const home = placesOf(useSession().role ?? 'ops')[0]?.path ?? '/claims';
  return home === '/' ? <Inbox /> : <Navigate to={home} replace />;
}

function Inbox() {
  const { t } = useTranslation(['inbox', 'lists']);
  const titles = useTitles();
  const { person } = useSession();
  const next = useNextTask();
  const { filters, view, q, go, search } = useFilters(TASK_FILTERS);
  const tasks = useTasks(filters, q);
  const seesFlags = filters['flagged'] !== undefined || tasks.lines.some(({ flags }) => flags !== null);
  return (
    <div className="list-page">
      <h1 className="visually-hidden">{t('title')}</h1>
      <Views filters={filters} view={view} total={q === '' && tasks.query.isSuccess ? tasks.total : null} onGo={(to, id) => { go(to, { view: id, q: '' }); }} />
      <div className="list-tools">
        <Search value={q} label={t('search')} hint={t('searchHint')} keyHint={t('lists:keys.search')} onSearch={search} />
        <FilterBar fields={taskFields(t, titles, { flags: seesFlags, hospitals: person?.hospital === undefined })} filters={{ ...withoutWhose(filters), whose: whoseOf(filters) }} onChange={(changes) => { go(withChange(filters, changes)); }} />
      </div>
      <TaskList key={`${queryOf(filters)} ${q}`} list={`inbox ${queryOf(filters)} ${q}`} tasks={tasks} titles={titles} narrowed={q !== '' || Object.keys(filters).length > 0} onClear={() => { go({}, { view: null, q: '' }); }} onSearchClear={() => { if (q !== '') search(''); }} />
      <label className="next-task quiet"><input type="checkbox" checked={next.on} onChange={(event) => { next.setOn(event.target.checked); }} /> {t('next')}</label>
    </div>
  );
}
