import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../api/context';
import { useIsLive } from '../api/live-context';
import type { components } from '../api/schema';
import type { Filters } from '../lists/use-filters';
import { tasksQuestion } from './tasks-question';

export type TaskLine = components['schemas']['TaskLine'];

/** The parameters of `GET /v1/tasks` that are kept in the address. */
export const TASK_FILTERS = ['mine', 'pool', 'waiting', 'done', 'stage', 'tier', 'hospital', 'department', 'kind', 'breached', 'flagged', 'returned', 'due'] as const;
const UNLIVE_MS = 30_000;

/** The inbox under these filters, page by page; `total` and `asOf` are the server's (UX 5, 6). */
export function useTasks(filters: Filters, q: string) {
  const api = useApi();
  const live = useIsLive();
  const query = useInfiniteQuery({ ...tasksQuestion(api, q === '' ? filters : { ...filters, q }), refetchInterval: live ? false : UNLIVE_MS });
  const lines = useMemo(() => [...new Map(query.data?.pages.flatMap(({ items }) => items).map((line) => [line.taskId, line])).values()], [query.data]);
  const first = query.data?.pages[0];
  return { query, lines, total: first?.total ?? 0, asOf: first?.asOf ?? null };
}
