import { useTranslation } from 'react-i18next';
import type { Language } from './i18n';

/** A text in both languages, as the server states it. */
export interface Text { zh: string; en: string }

export const useLanguage = (): Language => (useTranslation().i18n.language === 'zh' ? 'zh' : 'en');

/** Reads a text of the server in the reader's language. */
export function useWords(): (text: Text) => string {
  const language = useLanguage();
  return (text) => text[language];
}
