import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components, operations } from '../api/schema';
import { Loading } from '../app/loading';
import { useNames } from '../claim/names';
import { Due } from '../words/due';
import { Failure } from '../words/failure';
import { Reassign } from './reassign';

export type Asked = Pick<NonNullable<operations['listTasks']['parameters']['query']>, 'holder' | 'role' | 'due' | 'breached'>;

/** The tasks behind one number of the page, by the same filter of the server, each to be handed over. */
export function Tasks({ asked, title, onClose }: { asked: Asked; title: string; onClose: () => void }) {
  const { t } = useTranslation('team');
  const api = useApi();
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['lists', 'tasks', 'team', asked], initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/tasks', { params: { query: { ...asked, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  useEffect(() => { heading.current?.focus(); }, [title]);
  const tasks = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="team-tasks">
      <div className="row"><h2 id="team-tasks" ref={heading} tabIndex={-1} className="grow">{title}{data && ` (${data.pages[0]?.total ?? 0})`}</h2><Button onClick={onClose}>{t('close')}</Button></div>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {!data && !error && <Loading />}
      {data && tasks.length === 0 && <p className="quiet">{t('none')}</p>}
      <TaskLines tasks={tasks} />
      {hasNextPage && <Button onClick={() => { void fetchNextPage(); }}>{t('more')}</Button>}
    </section>
  );
}

/** Tasks line by line: which claim, what is owed, until when, who holds it, and handing it over. */
export function TaskLines({ tasks }: { tasks: ReadonlyArray<components['schemas']['TaskLine']> }) {
  const { t } = useTranslation('team');
  const name = useNames();
  return (
    <ul className="team-soon">{tasks.map((task) => (
      <li key={task.taskId}>
        <div className="grow">
          <Link to={`/claims/${task.claimNo}`} className="mono">{task.claimNo}</Link> {name('tasks', task.kind)} <Due dueAt={task.dueAt} paused={task.paused} provisional={task.provisional} />
          <br /><span className="quiet">{name('departments', task.department)}{task.patientName !== null && ` · ${task.patientName}`} · {task.assignee === null ? t('soon.pool') : t('soon.holder', { name: task.assigneeName ?? task.assignee })}</span>
        </div>
        <Reassign taskId={task.taskId} claimNo={task.claimNo} holder={task.assignee} />
      </li>
    ))}</ul>
  );
}
