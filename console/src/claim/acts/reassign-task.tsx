import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { useApi } from '../../api/context';
import { Loading } from '../../app/loading';
import { Failure } from '../../words/failure';
import { useNames } from '../names';
import { Choices, NoteField } from './fields';
import { withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';
import { TaskChoice } from './task-choice';

/** To whom: the server names those who may hold the task, the least loaded first. */
export default function ReassignTask({ claim, about, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const api = useApi();
  const name = useNames();
  const [chosen, setChosen] = useState(about ?? null);
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const tasks = claim.tasks.filter((task) => task.handOver && (about === undefined || task.taskId === about));
  const asked = tasks.find((task) => task.taskId === chosen) ?? (tasks.length === 1 ? tasks[0] : undefined);
  const people = useQuery({
    queryKey: ['claim', claim.claimNo, 'people', asked?.taskId], enabled: asked !== undefined,
    queryFn: async () => bodyOf(await api.GET('/v1/people', { params: { query: { task: asked?.taskId ?? '' } } })),
  });
  const receivers = (people.data?.items ?? []).filter((one) => one.personId !== asked?.assignee);
  const receiver = receivers.find((one) => one.personId === to);
  return (
    <ActFrame claim={claim} command="reassign-task" onDone={onDone} valid={asked !== undefined && receiver !== undefined} missing={t('form.reassign.missing')} body={asked && receiver ? withNote({ taskId: asked.taskId, to: receiver.personId }, note) : null}>
      <TaskChoice claim={claim} tasks={tasks} value={chosen} onChange={(taskId) => { setChosen(taskId); setTo(null); }} />
      {people.error && <Failure error={people.error} onRetry={() => { void people.refetch(); }} />}
      {asked && people.isPending && <Loading />}
      {people.data && receivers.length === 0 && <p>{t('form.reassign.nobody')}</p>}
      {receivers.length > 0 && (
        <Choices legend={t('form.reassign.to')} name="receiver" value={to} onChange={setTo}
          options={receivers.map((one) => ({ value: one.personId, label: one.name ?? t('someone'), hint: [one.roles.map((role) => name('roles', role)).join(t('list.comma')), t('form.reassign.load', { count: one.openTasks })].join(' · ') }))} />
      )}
      <NoteField value={note} onChange={setNote} />
    </ActFrame>
  );
}
