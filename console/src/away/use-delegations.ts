import { useQuery, useQueryClient } from '@tanstack/react-query';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';

export type Delegation = components['schemas']['Delegation'];

/** Who stands in for whom now, as the server shows it to this person, and whose work they may hand over besides their own. */
export function useDelegations() {
  const api = useApi();
  return useQuery({ queryKey: ['lists', 'delegations'], queryFn: async () => bodyOf(await api.GET('/v1/delegations')) });
}

/** What changes when one begins or ends: whose tasks one sees, and what one may do on every claim. */
export function useChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => { await Promise.all([queries.invalidateQueries({ queryKey: ['lists'] }), queries.invalidateQueries({ queryKey: ['claim'] })]); };
}
