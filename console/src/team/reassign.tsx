import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { useNames } from '../claim/names';
import { useSendAct } from '../queue/use-send-act';
import { Failure } from '../words/failure';

/** Hands a task over: opens the persons who may hold it, least loaded first; one tap on a person does it. */
export function Reassign({ taskId, claimNo, holder }: { taskId: string; claimNo: string; holder: string | null }) {
  const { t } = useTranslation('team');
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => { setOpen(true); dialog.current?.showModal(); }} aria-label={t('reassign.openFor', { claimNo })}>{t('reassign.open')}</Button>
      <dialog ref={dialog} className="card team-dialog" aria-label={t('reassign.openFor', { claimNo })} onClose={() => { setOpen(false); }}>
        {open && <Receivers taskId={taskId} claimNo={claimNo} holder={holder} onDone={() => { dialog.current?.close(); }} />}
        <form method="dialog"><button className="plain-button">{t('reassign.not')}</button></form>
      </dialog>
    </>
  );
}

function Receivers({ taskId, claimNo, holder, onDone }: { taskId: string; claimNo: string; holder: string | null; onDone: () => void }) {
  const { t } = useTranslation('team');
  const name = useNames();
  const api = useApi();
  const { send, sending } = useSendAct();
  const { data, error, refetch } = useQuery({ queryKey: ['lists', 'people', taskId], queryFn: async () => bodyOf(await api.GET('/v1/people', { params: { query: { task: taskId } } })).items });
  const others = data?.filter((person) => person.personId !== holder);
  const give = async (to: string): Promise<void> => { if ((await send({ claimNo, command: 'reassign-task', body: { taskId, to } })).kind !== 'refused') onDone(); };
  return (
    <>
      <h2>{t('reassign.to')} · {claimNo}</h2>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {others?.length === 0 && <p>{t('reassign.nobody')}</p>}
      <ul className="team-receivers">{others?.map((person) => (
        <li key={person.personId}>
          <Button block disabled={sending} onClick={() => { void give(person.personId); }}>
            <span><b>{person.name ?? person.personId}</b> <span className="quiet">{person.roles.map((role) => name('roles', role)).join(t('holes.and'))}</span></span><span className="quiet">{t('reassign.holds', { count: person.openTasks })}</span>
          </Button>
        </li>
      ))}</ul>
    </>
  );
}
