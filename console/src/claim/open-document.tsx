import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf, send } from '../api/client';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';

/** Opens a document in a new tab, or keeps it on the device where the server says that it is not to be shown in place. Each opening is recorded by the server. */
export function OpenDocument({ documentId, name }: { documentId: string; name: string }) {
  const { t } = useTranslation('claim');
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function open(): Promise<void> {
    // A tab may be opened only while the click lasts.
    const tab = window.open('', '_blank');
    setBusy(true);
    setError(null);
    try {
      const answer = await send(session, new Request(`${location.origin}/v1/documents/${documentId}`));
      if (!answer.ok) throw await failureOf(answer);
      const url = URL.createObjectURL(await answer.blob());
      if (tab && (answer.headers.get('content-disposition') ?? '').startsWith('inline')) tab.location.href = url;
      else { tab?.close(); save(url, name); }
      window.setTimeout(() => { URL.revokeObjectURL(url); }, KEPT_MS);
    } catch (failure) {
      tab?.close();
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button type="link" className="document-name" loading={busy} onClick={() => { void open(); }} aria-label={t('document.open', { name })}>{name}</Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}

const KEPT_MS = 60_000;

/** Keeps what stands at that address on the device. */
export function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
