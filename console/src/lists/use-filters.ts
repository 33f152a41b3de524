import { useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';

export type Filters = Record<string, string>;

/** Filters as a search string, the same for the same filters. */
export const queryOf = (filters: Filters): string => new URLSearchParams(Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1))).toString();

/** Those of the parameters of a search string that are filters; one without a value is a switch that is on. */
export const filtersOf = (search: string, names: readonly string[]): Filters =>
  Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => names.includes(name)).map(([name, value]) => [name, value === '' ? 'true' : value]));

interface Kept { q?: string }

/**
 * The filters of a list, kept in the address, so that back, reload and a sent link restore them. What is searched for may be a patient's name:
 * it stays in the entry of the history and never stands in the address.
 */
export function useFilters(names: readonly string[]) {
  const location = useLocation();
  const { pathname, search } = location;
  const navigate = useNavigate();
  const filters = useMemo(() => filtersOf(search, names), [search, names]);
  const view = new URLSearchParams(search).get('view');
  const q = (location.state as Kept | null)?.q ?? '';
  const go = (next: Filters, options: { view?: string | null; q?: string; replace?: boolean } = {}): void => {
    const params = new URLSearchParams(queryOf(next));
    const keptView = options.view === undefined ? view : options.view;
    if (keptView !== null) params.set('view', keptView);
    void navigate({ pathname, search: params.toString() }, { state: { q: options.q ?? q } satisfies Kept, replace: options.replace ?? false });
  };
  return {
    filters, view, q, go,
    /** Changes some; an empty value takes a filter away. */
    set(changes: Filters) { go(Object.fromEntries(Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== ''))); },
    search(text: string) { go(filters, { q: text, replace: true }); },
  };
}
