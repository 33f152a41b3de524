import { useCallback, useMemo } from 'react';
import { useRules } from '../api/rules';
import { useWords, type Text } from '../words/use-words';

type Catalogue = NonNullable<ReturnType<typeof useRules>>;
/** The lists of the catalogue that give codes a title. */
export type ListName = { [K in keyof Catalogue]: Catalogue[K] extends ReadonlyArray<{ title: Text }> ? K : never }[keyof Catalogue] | 'hospitals' | 'insurers';
type Row = { title: Text; code?: string; name?: string } | { code: string; name: string };

/** What the rules call a stage, a role, a document kind and so on, in the reader's language; the bare code until the catalogue is here. */
export function useNames(): (list: ListName, code: string | null | undefined) => string {
  const rules = useRules();
  const words = useWords();
  const titles = useMemo(() => new Map(Object.entries(rules ?? {}).flatMap(([list, rows]) =>
    (Array.isArray(rows) ? (rows as Row[]).map((row) => [`${list} ${row.code ?? row.name ?? ''}`, 'title' in row ? row.title : { zh: row.name, en: row.name }] as const) : []))), [rules]);
  return useCallback((list, code) => {
    const title = titles.get(`${list} ${code ?? ''}`);
    return title ? words(title) : (code ?? '');
  }, [titles, words]);
}
