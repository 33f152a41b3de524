import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { useIsLive } from '../api/live-context';
import type { components } from '../api/schema';
import { queryOf, type Filters } from '../lists/use-filters';

export type TaskLine = components['schemas']['TaskLine'];
type TasksPage = components['schemas']['TasksPage'];

/** The parameters of `GET /v1/tasks` that are kept in the address. */
export const TASK_FILTERS = ['mine', 'pool', 'waiting', 'done', 'stage', 'tier', 'hospital', 'department', 'kind', 'breached', 'flagged', 'returned', 'due'] as const;
/** A screen or two at once, the rest in large pieces. */
const FIRST_LINES = 60;
const NEXT_LINES = 500;
const UNLIVE_MS = 30_000;

/** The inbox under these filters, page by page; `total` and `asOf` are the server's (UX 5, 6). */
export function useTasks(filters: Filters, q: string) {
  const api = useApi();
  const live = useIsLive();
  const asked = q === '' ? filters : { ...filters, q };
  const query = useInfiniteQuery({
    queryKey: ['lists', 'tasks', queryOf(asked)], structuralSharing: false, refetchInterval: live ? false : UNLIVE_MS,
    initialPageParam: null as string | null, getNextPageParam: ({ nextCursor }: TasksPage) => nextCursor,
    queryFn: async ({ pageParam, signal }) => bodyOf(await api.GET('/v1/tasks', { signal, params: { query: { ...asked, limit: pageParam === null ? FIRST_LINES : NEXT_LINES, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
  });
  const lines = useMemo(() => [...new Map(query.data?.pages.flatMap(({ items }) => items).map((line) => [line.taskId, line])).values()], [query.data]);
  const first = query.data?.pages[0];
  return { query, lines, total: first?.total ?? 0, asOf: first?.asOf ?? null };
}
