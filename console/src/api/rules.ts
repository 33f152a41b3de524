import { queryOptions, useQuery } from '@tanstack/react-query';
import { bodyOf, type Api } from './client';
import { useApi } from './context';

/** The question `GET /v1/rules`. */
export const rulesQuestion = (api: Api) => queryOptions({ queryKey: ['rules'], staleTime: Infinity, gcTime: Infinity, queryFn: async () => bodyOf(await api.GET('/v1/rules')) });

/** The catalogue of the rules as people read them (`GET /v1/rules`): titles, codes, enumerations, in both languages. Undefined until it is here. */
export function useRules() {
  return useQuery(rulesQuestion(useApi())).data;
}
