import { useTranslation } from 'react-i18next';
import type { ClaimView } from './form';
import { Due } from '../../words/due';
import { useNames } from '../names';
import { Choices } from './fields';

/** Which of the claim's open tasks is meant; not asked where there is only one. */
export function TaskChoice({ claim, tasks, value, onChange }: { claim: ClaimView; tasks: ClaimView['tasks']; value: string | null; onChange: (taskId: string) => void }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const words = (task: ClaimView['tasks'][number]): string => `${name('tasks', task.kind)} · ${task.assignee === null ? t('pool') : (claim.names[task.assignee] ?? t('someone'))}`;
  const [only] = tasks;
  if (tasks.length === 0) return <p>{t('form.task.none')}</p>;
  if (only && tasks.length === 1) return <p>{words(only)} <Due dueAt={only.dueAt} paused={only.paused} provisional={only.provisional} full /></p>;
  return <Choices legend={t('form.task.which')} name="task" value={value} onChange={onChange} options={tasks.map((task) => ({ value: task.taskId, label: words(task), hint: <Due dueAt={task.dueAt} paused={task.paused} provisional={task.provisional} full /> }))} />;
}
