import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { Loading } from '../app/loading';
import { useTell } from '../app/tell';
import { useNames } from '../claim/names';
import type { Role } from '../session/session';
import { Failure } from '../words/failure';
import { useChanged } from './use-delegations';

/** Hands work over: to whom, and until when. `owner` for somebody whom one leads, otherwise one's own. */
export function HandOver({ role, owner, onDone }: { role: Role; owner?: string; onDone?: () => void }) {
  const { t } = useTranslation('away');
  const api = useApi();
  const name = useNames();
  const tell = useTell();
  const changed = useChanged();
  const id = useId();
  // One form is one request, however often it has to be sent.
  const key = useRef(crypto.randomUUID());
  const whose = owner === undefined ? {} : { owner };
  const [to, setTo] = useState('');
  const [until, setUntil] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const { data, error, refetch } = useQuery({ queryKey: ['lists', 'receivers', role, owner ?? ''], queryFn: async () => bodyOf(await api.GET('/v1/delegations/receivers', { params: { query: { role, ...whose } } })) });
  if (!data) return error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : <Loading />;
  if (data.items.length === 0) return <p>{t('nobody')}</p>;

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await api.POST('/v1/delegations', { params: { header: { 'Idempotency-Key': key.current } }, body: { ...whose, role, to, until } });
      key.current = crypto.randomUUID();
      tell.success(t('done'));
      await changed();
      onDone?.();
    } catch (failure) {
      setRefused(failure);
    } finally {
      setBusy(false);
    }
  }
  const changing = (set: (value: string) => void) => (event: { target: { value: string } }): void => { set(event.target.value); key.current = crypto.randomUUID(); };
  return (
    <form className="away-form" onSubmit={(event) => { void send(event); }}>
      <p>{t(owner === undefined ? 'means' : 'meansOther')}</p>
      <label htmlFor={`${id}-to`}>{t('to')}</label>
      <select id={`${id}-to`} value={to} onChange={changing(setTo)}>
        <option value="">{t('choose')}</option>
        {data.items.map((one) => <option key={one.personId} value={one.personId}>{[one.name, ...one.departments.map((department) => name('departments', department))].join(' · ')}</option>)}
      </select>
      <label htmlFor={`${id}-until`}>{t('until')}</label>
      <input id={`${id}-until`} type="date" value={until} min={data.firstDay} max={data.lastDay} onChange={changing(setUntil)} />
      {refused !== null && <Failure error={refused} />}
      <div><button type="submit" className="plain-button main-button" disabled={busy || to === '' || until === ''}>{t('do')}</button></div>
    </form>
  );
}
