import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { ClaimEvent } from './event-title';

/** One claim as the reader's role sees it. */
export function useClaim(claimNo: string) {
  const api = useApi();
  return useQuery({ queryKey: ['claim', claimNo], queryFn: async () => bodyOf(await api.GET('/v1/claims/{claimNo}', { params: { path: { claimNo } } })) });
}

const PER_PAGE = 100;

/** All events of a claim, oldest first; further pages are read one after the other. */
export function useStory(claimNo: string, enabled: boolean) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: ['claim', claimNo, 'events'], enabled, initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/claims/{claimNo}/events', { params: { path: { claimNo }, query: { limit: PER_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => { if (hasNextPage && !isFetching) void fetchNextPage(); }, [hasNextPage, isFetching, fetchNextPage]);
  const events = useMemo<ClaimEvent[]>(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { events, complete: query.data !== undefined && !hasNextPage, error: query.error, retry: () => { void query.refetch(); } };
}
