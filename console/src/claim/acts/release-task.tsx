import { useState } from 'react';
import { useSession } from '../../session/context';
import type { ActFormProps } from './form';
import { ActFrame } from './frame';
import { TaskChoice } from './task-choice';

export default function ReleaseTask({ claim, about, onDone }: ActFormProps) {
  const { person } = useSession();
  const tasks = claim.tasks.filter((task) => task.standIn || task.assignee === person?.personId);
  const [chosen, setChosen] = useState(about ?? null);
  const taskId = tasks.length === 1 ? tasks[0]?.taskId : tasks.find((task) => task.taskId === chosen)?.taskId;
  return (
    <ActFrame claim={claim} command="release-task" onDone={onDone} valid={taskId !== undefined} body={taskId === undefined ? null : { taskId }}>
      <TaskChoice claim={claim} tasks={tasks} value={chosen} onChange={setChosen} />
    </ActFrame>
  );
}
