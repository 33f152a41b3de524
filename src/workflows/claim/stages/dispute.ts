import { proxyLocalActivities } from '@temporalio/workflow';
import type { DirectoryActivities } from '../../../activities/directory';
import type { Outcome } from '../../../domain/claim';
import { ONE_TURN, type ClaimRun } from '../run';
import { humanTask } from '../waits';

const directory = proxyLocalActivities<DirectoryActivities>(ONE_TURN);

/** SPEC §1.1: a panel of three owes its decision within 10 working days. The neutral seat is given to the mediator with least to do. */
export async function dispute(run: ClaimRun): Promise<Outcome<'dispute'>> {
  const neutral = run.state.tasks.find((t) => t.kind === 'decide-as-panel' && t.about === 'neutral');
  if (neutral && neutral.assignee === null) {
    const { state } = run;
    const personId = await run.locally('directory', () => directory.leastLoaded({ state, taskId: neutral.taskId }));
    await run.fact('mediator-appointed', { personId }, 'directory', `mediator:${state.round}`);
  }
  return humanTask(run, 'dispute');
}
