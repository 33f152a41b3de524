import { useMemo } from 'react';
import { useRules } from '../api/rules';
import { useLanguage, type Text } from '../words/use-words';

interface Coded { code: string; title: Text }

/** Titles of the codes that stand in lists, in the reader's language; a code stays what it is where the rules have no word for it, or are not here yet. */
export function useTitles() {
  const rules = useRules();
  const language = useLanguage();
  return useMemo(() => {
    const read = (coded: readonly Coded[] | undefined) => {
      const titles = new Map(coded?.map(({ code, title }) => [code, title[language]]));
      return (code: string): string => titles.get(code) ?? code;
    };
    const options = (coded: readonly Coded[] | undefined) => (coded ?? []).map(({ code, title }) => ({ value: code, label: title[language] }));
    const hospitals = new Map(rules?.hospitals.map(({ code, name }) => [code, name]));
    return {
      stage: read(rules?.stages), task: read(rules?.tasks), department: read(rules?.departments), outcome: read(rules?.outcomeTypes), role: read(rules?.roles), flag: read(rules?.flags), closedAs: read(rules?.closedAs),
      hospital: (code: string): string => hospitals.get(code) ?? code,
      stages: options(rules?.stages), tasks: options(rules?.tasks), departments: options(rules?.departments),
      tiers: (rules?.tiers ?? []).map(({ code }) => ({ value: code, label: code })),
      hospitals: (rules?.hospitals ?? []).map(({ code, name }) => ({ value: code, label: name })),
      mayDo: (command: string, role: string | null): boolean => rules?.commands.some(({ name, roles }) => name === command && (roles as string[]).includes(role ?? '')) ?? false,
    };
  }, [rules, language]);
}
export type Titles = ReturnType<typeof useTitles>;
