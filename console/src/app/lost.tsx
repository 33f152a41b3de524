import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { PageMessage } from './page-message';

/** No such screen, or one that broke: says so and shows a way on. What was typed is kept in drafts. */
export function Lost() {
  const { t } = useTranslation('app');
  const broke = (useRouteError() ?? null) !== null;
  return (
    <PageMessage title={t(broke ? 'lost.broke' : 'lost.nowhere')} {...(broke ? { hint: t('lost.brokeHint') } : {})}>
      <Button type="primary" href="/">{t('lost.home')}</Button>
      {broke && <Button onClick={() => { location.reload(); }}>{t('lost.reload')}</Button>}
    </PageMessage>
  );
}
