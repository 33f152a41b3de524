import { useQuery } from '@tanstack/react-query';
import { bodyOf } from './client';
import { useApi } from './context';

/** The catalogue of the rules as people read them (`GET /v1/rules`): titles, codes, enumerations, in both languages. Undefined until it is here. */
export function useRules() {
  const api = useApi();
  return useQuery({ queryKey: ['rules'], staleTime: Infinity, gcTime: Infinity, queryFn: async () => bodyOf(await api.GET('/v1/rules')) }).data;
}
