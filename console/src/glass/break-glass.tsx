import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../api/context';
import { bodyOf } from '../api/client';
import { useRules } from '../api/rules';
import type { components } from '../api/schema';
import { useDraft } from '../queue/use-draft';
import { Failure } from '../words/failure';
import './style.css';

type Glass = components['schemas']['BrokenGlass'];
/** What lies outside one's scope: a claim of another department, or what Temporal holds sealed. */
export type Behind = { what: 'claim'; claimNo: string } | { what: 'payloads' };

/** Reading outside one's scope for an hour: asks why, says who is told, and goes on to `onBroken`. */
export function BreakGlass({ behind, onBroken }: { behind: Behind; onBroken: (glass: Glass) => void }) {
  const { t } = useTranslation('glass');
  const api = useApi();
  const queries = useQueryClient();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // One opening of the dialog is one request, however often it has to be sent.
  const key = useRef('');
  const draft = useDraft(`glass ${behind.what === 'claim' ? behind.claimNo : behind.what}`, '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const glass = bodyOf(await api.POST('/v1/break-glass', { params: { header: { 'Idempotency-Key': key.current } }, body: { ...behind, reason: draft.value.trim() } }));
      dialog.current?.close();
      await draft.clear();
      void queries.invalidateQueries({ queryKey: ['lists', 'glass'] });
      onBroken(glass);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  const shortest = useRules()?.glass.shortestReason ?? 0;
  const short = draft.value.trim().length < shortest;
  return (
    <>
      <Button onClick={() => { key.current = crypto.randomUUID(); setError(null); dialog.current?.showModal(); }}>{t(`${behind.what}.open`)}</Button>
      <dialog ref={dialog} className="card glass-dialog" aria-labelledby={`${id}-title`}>
        <form onSubmit={(event) => { void send(event); }}>
          <h2 id={`${id}-title`} tabIndex={-1}>{t(`${behind.what}.open`)}</h2>
          <p>{t(`${behind.what}.what`)}</p>
          <p>{t('told')}</p>
          <label htmlFor={`${id}-why`}>{t('why')}</label>
          <textarea id={`${id}-why`} rows={3} maxLength={500} value={draft.value} onChange={(event) => { draft.set(event.target.value); }} aria-describedby={`${id}-hint`} />
          <p id={`${id}-hint`} className="quiet">{t('hint', { count: shortest })}</p>
          {error !== null && <Failure error={error} />}
          <div className="row">
            <Button type="primary" htmlType="submit" loading={busy} disabled={short}>{t('do')}</Button>
            <Button onClick={() => { dialog.current?.close(); }}>{t('not')}</Button>
          </div>
        </form>
      </dialog>
    </>
  );
}
