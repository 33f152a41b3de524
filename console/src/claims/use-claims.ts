import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { useIsLive } from '../api/live-context';
import type { components } from '../api/schema';
import { queryOf, type Filters } from '../lists/use-filters';

type ClaimsPage = components['schemas']['ClaimsPage'];
export type ClaimLine = ClaimsPage['items'][number];

/** The parameters of `GET /v1/claims` that are kept in the address. */
export const CLAIM_FILTERS = ['stage', 'tier', 'hospital', 'department', 'breached', 'stuck'] as const;
const LINES = 100;
const UNLIVE_MS = 30_000;

/** The claims in scope under these filters, newest report first, page by page; `total` (null: too many to count) and `asOf` are the server's. */
export function useClaims(filters: Filters, q: string) {
  const api = useApi();
  const live = useIsLive();
  const asked = q === '' ? filters : { ...filters, q };
  const query = useInfiniteQuery({
    queryKey: ['lists', 'claims', queryOf(asked)], structuralSharing: false, refetchInterval: live ? false : UNLIVE_MS,
    initialPageParam: null as string | null, getNextPageParam: ({ nextCursor }: ClaimsPage) => nextCursor,
    queryFn: async ({ pageParam, signal }) => bodyOf(await api.GET('/v1/claims', { signal, params: { query: { ...asked, limit: LINES, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
  });
  const lines = useMemo(() => [...new Map(query.data?.pages.flatMap(({ items }) => items).map((line) => [line.claimNo, line])).values()], [query.data]);
  const first = query.data?.pages[0];
  return { query, lines, total: first?.total ?? null, asOf: first?.asOf ?? null };
}
