import { useQuery, useQueryClient } from '@tanstack/react-query';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { filtersOf, queryOf, type Filters } from '../lists/use-filters';
import { TASK_FILTERS } from './use-tasks';

export type View = components['schemas']['View'];

/** Counting every view asks much of the server: twice a minute, and whenever one of them is changed. */
const EVERY_MS = 30_000;
const KEY = ['views'];

export const filtersOfView = (view: View): Filters => filtersOf(view.query, TASK_FILTERS);
export const isSame = (one: Filters, other: Filters): boolean => queryOf(one) === queryOf(other);

/** The views of the role and one's own, kept on the server. */
export function useViews() {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: KEY, refetchInterval: EVERY_MS, queryFn: async () => bodyOf(await api.GET('/v1/views')) });
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY });
  return {
    views: data?.items ?? [],
    /** Throws RequestFailed when the server does not take it. */
    async save(id: string, name: string, filters: Filters) {
      await api.PUT('/v1/views/{id}', { params: { path: { id } }, body: { name, query: queryOf(filters) } });
      await again();
    },
    async remove(id: string) {
      await api.DELETE('/v1/views/{id}', { params: { path: { id } } });
      await again();
    },
  };
}
