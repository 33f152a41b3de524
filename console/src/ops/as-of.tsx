import { useTranslation } from 'react-i18next';
import { clockWords } from '../words/time';
import { useLanguage } from '../words/use-words';

/** How old what stands on the screen is, to the second; said when the last reading did not get through. */
export function AsOf({ at, failing }: { at: number; failing: boolean }) {
  const { t } = useTranslation('ops');
  const language = useLanguage();
  if (at === 0) return null;
  return <span className={failing ? 'ops-bad' : 'quiet'}>{t(failing ? 'asOfOld' : 'asOf', { time: clockWords(at, language) })}</span>;
}
