import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../session/context';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { BreakGlass } from './break-glass';

/** For operations: what workflows hold is sealed; here they say why they must read it, and learn where it is read. */
export function Payloads() {
  const { t } = useTranslation('glass');
  const language = useLanguage();
  const { temporalUiUrl } = useSettings();
  const [until, setUntil] = useState<string | null>(null);
  return (
    <section className="card">
      <h2>{t('payloads.title')}</h2>
      <p className="quiet">{t('payloads.sealed')}</p>
      {until !== null && <p role="status">{t('payloads.open-until', { until: instantWords(until, language) })} <a href={temporalUiUrl} target="_blank" rel="noreferrer">{t('payloads.go')}</a></p>}
      <BreakGlass behind={{ what: 'payloads' }} onBroken={(glass) => { setUntil(glass.until); }} />
    </section>
  );
}
