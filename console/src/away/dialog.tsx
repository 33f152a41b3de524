import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../app/loading';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { HandOver } from './hand-over';
import { Running } from './running';
import { useDelegations } from './use-delegations';
import './style.css';

/** One's own absence: who does one's work and for whom one does theirs, ending it, and handing over. */
export default function AwayDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('away');
  const { person, role } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { data, error, refetch } = useDelegations();
  useEffect(() => { dialog.current?.showModal(); }, []);
  const own = data?.items.filter((one) => [one.owner.personId, one.delegate.personId].includes(person?.personId ?? ''));
  const isAway = own?.some((one) => one.owner.personId === person?.personId && one.role === role);
  return (
    <dialog ref={dialog} className="card away" aria-labelledby={`${id}-title`} onClose={onClose}>
      <h2 id={`${id}-title`} tabIndex={-1}>{t('title')}</h2>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {!data && !error && <Loading />}
      {own !== undefined && own.length > 0 && <Running items={own} />}
      {isAway === false && role !== null && <HandOver role={role} />}
      <form method="dialog" className="away-close"><button className="plain-button">{t('close')}</button></form>
    </dialog>
  );
}
