import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { ClaimEvent } from './event-title';

/** One claim as the reader's role sees it. */
export function useClaim(claimNo: string) {
  const api = useApi();
  return useQuery({ queryKey: ['claim', claimNo], queryFn: async () => bodyOf(await api.GET('/v1/claims/{claimNo}', { params: { path: { claimNo } } })) });
}

const PER_PAGE = 100;

/** The story of a claim from its end: `events` are the latest, oldest of them first; `older` reads the page before them, `whole` all of them. */
export function useStory(claimNo: string, enabled: boolean) {
  const api = useApi();
  const [wantsAll, setWantsAll] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ['claim', claimNo, 'events', 'newest'], enabled, initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/claims/{claimNo}/events', { params: { path: { claimNo }, query: { order: 'newest', limit: PER_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => { if (wantsAll && hasNextPage && !isFetching && !isError) void fetchNextPage(); }, [wantsAll, hasNextPage, isFetching, isError, fetchNextPage]);
  const events = useMemo<ClaimEvent[]>(() => data?.pages.flatMap((page) => page.items).toReversed() ?? [], [data]);
  const names = useMemo<Readonly<Record<string, string>>>(() => Object.assign({}, ...(data?.pages.map((page) => page.names) ?? [])) as Record<string, string>, [data]);
  return {
    events, names, more: hasNextPage, reading: query.isPending || query.isFetchingNextPage || (wantsAll && hasNextPage && !isError), error: query.error,
    older: () => { void fetchNextPage(); }, whole: () => { setWantsAll(true); }, retry: () => { void (data ? fetchNextPage() : query.refetch()); },
  };
}

/** When the claim left which stage, oldest first. */
export function useStagesLeft(claimNo: string, enabled: boolean): ClaimEvent[] {
  return useAllEvents(claimNo, enabled, { type: 'stage-left' }).events;
}

/** All events of a claim, or all of one type, oldest first; further pages are read one after the other. */
export function useAllEvents(claimNo: string, enabled: boolean, only: { type?: string } = {}) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: ['claim', claimNo, 'events', 'all', only.type ?? ''], enabled, initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => bodyOf(await api.GET('/v1/claims/{claimNo}/events', { params: { path: { claimNo }, query: { ...only, limit: PER_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    getNextPageParam: (page) => page.nextCursor,
  });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => { if (hasNextPage && !isFetching) void fetchNextPage(); }, [hasNextPage, isFetching, fetchNextPage]);
  const events = useMemo<ClaimEvent[]>(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { events };
}
