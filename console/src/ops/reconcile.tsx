import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../api/context';
import { useTell } from '../app/tell';
import { Failure } from '../words/failure';

/** Starts a round of reconciliation, after saying what a round does. */
export function Reconcile() {
  const { t } = useTranslation('ops');
  const api = useApi();
  const tell = useTell();
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  // One opening of the dialog is one request, however often it has to be sent.
  const key = useRef('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function start(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await api.POST('/v1/ops/reconcile', { params: { header: { 'Idempotency-Key': key.current } } });
      dialog.current?.close();
      void tell.success(t('reconcile.done'));
      void queries.invalidateQueries({ queryKey: ['ops'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button onClick={() => { key.current = crypto.randomUUID(); setError(null); dialog.current?.showModal(); }}>{t('reconcile.open')}</Button>
      <dialog ref={dialog} className="card ops-dialog" aria-labelledby="ops-reconcile">
        <h2 id="ops-reconcile">{t('reconcile.open')}</h2>
        <p>{t('reconcile.what')}</p>
        {error !== null && <Failure error={error} />}
        <div className="row">
          <Button type="primary" loading={busy} onClick={() => { void start(); }}>{t('reconcile.do')}</Button>
          <Button onClick={() => { dialog.current?.close(); }}>{t('reconcile.not')}</Button>
        </div>
      </dialog>
    </>
  );
}
