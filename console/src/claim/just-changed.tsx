import { useEffect, useState } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { lengthWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { useChangedMeanwhile } from './acts/changed';
import type { ClaimView } from './acts/form';
import { useEventTitle } from './event-title';
import { useNames } from './names';

/** Says that somebody else changed the claim while it was on view; a form that is being filled in stays as it is. */
export function JustChanged({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const titleOf = useEventTitle();
  const name = useNames();
  const changed = useChangedMeanwhile(claim, true);
  const last = changed.by.at(-1);
  const now = useSeconds(last !== undefined);
  const agoWords = (ms: number): string => (ms < 60_000 ? t('changed.seconds', { n: Math.max(1, Math.round(ms / 1000)) }) : lengthWords(ms, language));
  return (
    <div role="status" className="just-changed no-print">
      {last && (
        <p className="row">
          <span className="grow">{t('changed.by', { ago: agoWords(now - Date.parse(last.at)), name: last.by.name ?? name('roles', last.by.role), what: titleOf(last) })}{changed.by.length > 1 && ` ${t('changed.more', { count: changed.by.length - 1 })}`}</span>
          <Button size="small" onClick={changed.seeNow}>{t('changed.dismiss')}</Button>
        </p>
      )}
    </div>
  );
}

const EVERY_MS = 1_000;

function useSeconds(running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = window.setInterval(() => { setNow(Date.now()); }, EVERY_MS);
    return () => { window.clearInterval(timer); };
  }, [running]);
  return now;
}
