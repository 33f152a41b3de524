import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../api/context';
import { useTell } from '../app/tell';
import { useNames } from '../claim/names';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { dueWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { useChanged, type Delegation } from './use-delegations';

/** Who stands in for whom, each with its end, and ending it now where the server says one may. */
export function Running({ items }: { items: readonly Delegation[] }) {
  const { t } = useTranslation('away');
  const language = useLanguage();
  const name = useNames();
  const api = useApi();
  const tell = useTell();
  const changed = useChanged();
  const { person } = useSession();
  const [ending, setEnding] = useState<string | null>(null);
  const [refused, setRefused] = useState<unknown>(null);
  const nameOf = (one: Delegation['owner']): string => one.name ?? one.personId;
  const words = ({ owner, delegate, role, until }: Delegation): string => {
    const at = dueWords(until, language);
    return owner.personId === person?.personId ? t('byOther', { name: nameOf(delegate), until: at })
      : delegate.personId === person?.personId ? t('byMe', { name: nameOf(owner), until: at })
      : t('both', { owner: nameOf(owner), delegate: nameOf(delegate), role: name('roles', role), until: at });
  };
  async function end(id: string): Promise<void> {
    setEnding(id);
    setRefused(null);
    try {
      await api.POST('/v1/delegations/{id}/end', { params: { path: { id }, header: { 'Idempotency-Key': crypto.randomUUID() } }, body: {} });
      tell.success(t('ended'));
      await changed();
    } catch (failure) {
      setRefused(failure);
    } finally {
      setEnding(null);
    }
  }
  return (
    <>
      {refused !== null && <Failure error={refused} />}
      <ul className="away-list">{items.map((one) => (
        <li key={one.id}>
          <span className="grow">{words(one)}</span>
          {one.mayEnd && <button type="button" className="plain-button" disabled={ending !== null} onClick={() => { void end(one.id); }} aria-label={t('endOf', { owner: nameOf(one.owner), delegate: nameOf(one.delegate) })}>{t('end')}</button>}
        </li>
      ))}</ul>
    </>
  );
}
