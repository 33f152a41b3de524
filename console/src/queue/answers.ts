/** The last lists, claims and rules that were read, kept on this device per person and role: what a reopened tab shows without a network, with its age. */
import type { QueryClient } from '@tanstack/react-query';
import type { Session } from '../session/session';
import { store } from './store';

const KEPT_KEYS = ['lists', 'claim', 'rules'];
/** Enough for a day's work of one person; the oldest go first. */
const MOST = 60;
const AFTER_MS = 1_000;

/** Puts what was kept into the queries, and keeps what comes from now on. Other people's answers are deleted, and all that nobody may read any more. */
export async function keepAnswers(session: Session, queries: QueryClient): Promise<void> {
  let personId = session.person?.personId;
  await restore(session, queries);
  const soon = new Map<string, number>();
  queries.getQueryCache().subscribe(({ type, query }) => {
    const { state } = query;
    const queryKey = query.queryKey as readonly unknown[];
    if (type !== 'updated' || state.status !== 'success' || state.fetchStatus !== 'idle' || !KEPT_KEYS.includes(String(queryKey[0]))) return;
    const { person, role } = session;
    if (!person || !role) return;
    const key = JSON.stringify([person.personId, role, queryKey]);
    window.clearTimeout(soon.get(key));
    soon.set(key, window.setTimeout(() => {
      soon.delete(key);
      if (session.person?.personId !== person.personId) return;
      void store().then((database) => database.put('answers', { key, personId: person.personId, role, queryKey, value: state.data, at: state.dataUpdatedAt })).catch(() => undefined);
    }, AFTER_MS));
  });
  session.watch(() => {
    for (const timer of soon.values()) window.clearTimeout(timer);
    soon.clear();
    if (session.person?.personId === personId) return undefined;
    personId = session.person?.personId;
    // What one person was answered is not there for the next.
    queries.clear();
    // Who took over in another tab keeps theirs.
    return session.locked ? undefined : restore(session, queries);
  });
}

async function restore(session: Session, queries: QueryClient): Promise<void> {
  const { person, role } = session;
  await forget((answer) => answer.personId !== person?.personId || !session.readable());
  const mine = (await (await store()).getAll('answers')).filter((answer) => answer.role === role).toSorted((a, b) => b.at - a.at);
  for (const { queryKey, value, at } of mine.slice(0, MOST)) {
    queries.setQueryData(queryKey, value, { updatedAt: at });
    // Shown at once, and asked for again as soon as somebody looks.
    void queries.invalidateQueries({ queryKey, exact: true, refetchType: 'none' });
  }
  for (const { key } of mine.slice(MOST)) await (await store()).delete('answers', key);
}

async function forget(which: (answer: { personId: string }) => boolean): Promise<void> {
  const transaction = (await store()).transaction('answers', 'readwrite');
  for (const answer of await transaction.store.getAll()) if (which(answer)) await transaction.store.delete(answer.key);
  await transaction.done;
}
