import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { isMissingFile, takeNewest } from '../pwa/installed';
import { PageMessage } from './page-message';

/** No such screen, or one that broke or could not be loaded: says so and shows a way on. What was typed is kept in drafts. */
export function Lost() {
  const { t } = useTranslation('app');
  const error = useRouteError() ?? null;
  const broke = error !== null;
  const missing = isMissingFile(error);
  return (
    <PageMessage title={t(missing ? 'lost.missing' : broke ? 'lost.broke' : 'lost.nowhere')} {...(broke ? { hint: t('lost.brokeHint') } : {})}>
      {broke && <button type="button" className="plain-button main-button" onClick={() => { void takeNewest(); }}>{t(missing ? 'lost.newest' : 'lost.reload')}</button>}
      <a className={`plain-button ${broke ? '' : 'main-button'}`} href="/">{t('lost.home')}</a>
    </PageMessage>
  );
}

/** A screen that the role does not have. */
export function NotYours() {
  const { t } = useTranslation('app');
  return <PageMessage title={t('lost.notYours')} hint={t('lost.notYoursHint')}><a className="plain-button main-button" href="/">{t('lost.home')}</a></PageMessage>;
}
