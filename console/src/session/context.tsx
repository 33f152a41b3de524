import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Session } from './session';
import type { Settings } from './settings';

interface Given { session: Session; settings: Settings }
const SessionContext = createContext<Given | null>(null);

export function SessionProvider({ session, settings, children }: Given & { children: ReactNode }) {
  return <SessionContext value={{ session, settings }}>{children}</SessionContext>;
}

function useGiven(): Given {
  const given = useContext(SessionContext);
  if (!given) throw new Error('there is no SessionProvider above');
  return given;
}

/** The session; the component is drawn again when person or role change, or it is locked. */
export function useSession(): Session {
  const { session } = useGiven();
  useSyncExternalStore(session.watch, () => `${session.person?.sub ?? ''} ${session.role ?? ''} ${session.locked === null ? '' : 'locked'}`);
  return session;
}
export const useSettings = (): Settings => useGiven().settings;
