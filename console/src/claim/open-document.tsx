import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Failure } from '../words/failure';
import { save, useFile } from './use-file';

/** Opens a document in a new tab, or keeps it on the device where the server says that it is not to be shown in place. Each opening is recorded by the server. */
export function OpenDocument({ documentId, name }: { documentId: string; name: string }) {
  const { t } = useTranslation('claim');
  const { busy, error, fetchFile } = useFile();
  function open(): void {
    // A tab may be opened only while the click lasts.
    const tab = window.open('', '_blank');
    void fetchFile(`/v1/documents/${documentId}`, ({ url, inline }) => {
      if (tab && inline) tab.location.href = url;
      else { tab?.close(); save(url, name); }
    }, () => { tab?.close(); });
  }
  return (
    <>
      <Button type="link" className="document-name" loading={busy} onClick={open} aria-label={t('document.open', { name })}>{name}</Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}
