import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, useContext, type ReactNode } from 'react';
import type { Api } from './client';
import { RequestFailed } from './problem';

const ApiContext = createContext<Api | null>(null);

/** How often a question is asked again by itself; what was refused stays refused. */
const MOST_RETRIES = 2;

export const createQueries = (): QueryClient => new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000, gcTime: 10 * 60_000, networkMode: 'always',
      retry: (count, error) => error instanceof RequestFailed && error.passing && count < MOST_RETRIES,
    },
  },
});

export function ApiProvider({ api, queries, children }: { api: Api; queries: QueryClient; children: ReactNode }) {
  return <ApiContext value={api}><QueryClientProvider client={queries}>{children}</QueryClientProvider></ApiContext>;
}

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('there is no ApiProvider above');
  return api;
}
