import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useSession } from '../session/context';
import { goLive, type Live } from './live';

const LiveContext = createContext<Live | null>(null);

/** Keeps one stream open while somebody is signed in; a new one when they change their role. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const queries = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);
  const who = `${session.person?.sub ?? ''} ${session.role ?? ''}`;
  const was = useRef(who);
  useEffect(() => {
    // What one role was answered is not what another may see.
    if (was.current !== who) void queries.resetQueries();
    was.current = who;
    const started = goLive(session, queries);
    setLive(started);
    return () => { started.stop(); };
  }, [session, queries, who]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

const nobody = (): (() => void) => () => undefined;

/** Do changes of others arrive by themselves just now? */
export function useIsLive(): boolean {
  const live = useContext(LiveContext);
  return useSyncExternalStore(live?.watch ?? nobody, () => live?.open() ?? false);
}
