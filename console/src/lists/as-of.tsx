import { useTranslation } from 'react-i18next';
import { useIsLive } from '../api/live-context';
import { clockWords } from '../words/time';
import { useLanguage } from '../words/use-words';

/** How many there are and at which time that was so, by the server's clock, and whether changes arrive by themselves. */
export function AsOf({ asOf, count }: { asOf: string; count: string }) {
  const { t } = useTranslation('lists');
  const language = useLanguage();
  const live = useIsLive();
  const time = clockWords(asOf, language);
  return <p className="as-of quiet">{count} · {t('asOf', { time })} · {live ? t('live') : t('notLive')}</p>;
}
