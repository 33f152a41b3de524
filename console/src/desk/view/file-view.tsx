import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../words/failure';
import { useDownload } from './content';

/** A document that is not shown here: why, and how to get it. */
function NotShown({ documentId, title, hint }: { documentId: string; title: string; hint: string }) {
  const { t } = useTranslation('desk');
  const download = useDownload(documentId);
  const [error, setError] = useState<unknown>(null);
  return (
    <div className="desk-say">
      <p><b>{title}</b></p>
      <p className="quiet">{hint}</p>
      <Button icon={<DownloadOutlined aria-hidden />} onClick={() => { setError(null); download().catch(setError); }}>{t('download')}</Button>
      {error !== null && <Failure error={error} />}
    </div>
  );
}

/** A browser does not draw it, or what it holds must not be opened in place. `found`: what inspection found in it. */
export function FileView({ documentId, found }: { documentId: string; found: readonly string[] }) {
  const { t } = useTranslation('desk');
  return <NotShown documentId={documentId} title={t('file.title')} hint={found.length > 0 ? t('file.found', { what: found.map((one) => t(`found.${one}`, { defaultValue: one })).join(t('comma')) }) : t('file.hint')} />;
}

/** It should have been shown, but its content is damaged or of another make. */
export function CannotShow({ documentId }: { documentId: string }) {
  const { t } = useTranslation('desk');
  return <NotShown documentId={documentId} title={t('file.broken')} hint={t('file.brokenHint')} />;
}
