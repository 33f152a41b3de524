import { infiniteQueryOptions } from '@tanstack/react-query';
import { bodyOf, type Api } from '../api/client';
import type { components } from '../api/schema';
import { queryOf, type Filters } from '../lists/use-filters';

type TasksPage = components['schemas']['TasksPage'];

/** A screen or two at once, the rest in large pieces. */
const FIRST_LINES = 60;
const NEXT_LINES = 500;

/** The question `GET /v1/tasks` under these filters (with `q`, what is searched for), page by page. */
export const tasksQuestion = (api: Api, asked: Filters) => infiniteQueryOptions({
  queryKey: ['lists', 'tasks', queryOf(asked)], structuralSharing: false,
  initialPageParam: null as string | null, getNextPageParam: ({ nextCursor }: TasksPage) => nextCursor,
  queryFn: async ({ pageParam, signal }) => bodyOf(await api.GET('/v1/tasks', { signal, params: { query: { ...asked, limit: pageParam === null ? FIRST_LINES : NEXT_LINES, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
});
