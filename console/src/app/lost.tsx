import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { PageMessage } from './page-message';

/** No such screen, or one that broke: says so and shows a way on. What was typed is kept in drafts. */
export function Lost() {
  const { t } = useTranslation('app');
  const broke = (useRouteError() ?? null) !== null;
  return (
    <PageMessage title={t(broke ? 'lost.broke' : 'lost.nowhere')} {...(broke ? { hint: t('lost.brokeHint') } : {})}>
      <a className="plain-button main-button" href="/">{t('lost.home')}</a>
      {broke && <button type="button" className="plain-button" onClick={() => { location.reload(); }}>{t('lost.reload')}</button>}
    </PageMessage>
  );
}
