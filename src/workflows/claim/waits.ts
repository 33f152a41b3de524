/**
 * The only places where a claim waits (DESIGN, idea 2): for people and for outside parties. Both climb the ladders on absolute
 * times meanwhile, so there is no wait without owner, due time and ladder.
 */
import { condition, proxyLocalActivities } from '@temporalio/workflow';
import type { DirectoryActivities } from '../../activities/directory';
import { inShanghai, type Outcome, type Stage } from '../../domain/claim';
import { ONE_TURN, type ClaimRun } from './run';

const directory = proxyLocalActivities<DirectoryActivities>(ONE_TURN);

/**
 * Waits until the people who owe something in this stage have done it and the stage is left; says by which outcome.
 * Their tasks, due times and ladders stand in the state; the acts that end the wait come as Updates.
 */
export async function humanTask<S extends Stage>(run: ClaimRun, stage: S): Promise<Outcome<S>> {
  await attend(run, () => run.state.stage !== stage);
  return run.leftBy as Outcome<S>;
}

/** Waits for an outside party, or until the claim no longer needs it; the claim's ladders are climbed meanwhile. */
export async function outsideParty(run: ClaimRun, asked: Promise<unknown>, noLongerNeeded: () => boolean): Promise<void> {
  let answered = false;
  void asked.then(() => { answered = true; });
  await attend(run, () => answered || noLongerNeeded());
}

/** Climbs the ladders, one timer at a time, until `done`. A due time that moves (a pause, a holiday notice) moves the timer. */
export async function attend(run: ClaimRun, done: () => boolean): Promise<void> {
  while (!done()) {
    const next = run.agenda()[0];
    if (next === undefined) {
      const { version } = run.state;
      await condition(() => done() || run.state.version !== version);
      continue;
    }
    const wait = Date.parse(next.at) - Date.now();
    const moved = (): boolean => run.agenda()[0]?.key !== next.key || run.agenda()[0]?.at !== next.at;
    if (wait > 0 && await condition(() => done() || moved(), wait, { summary: `${next.do === 'climb' ? 'rung' : next.do} ${next.key}, ${inShanghai(next.at)}` })) continue;
    await timePassed(run);
  }
}

/** Everything due by now, in one act. For pool tasks that nobody took the directory is asked who has least to do. */
async function timePassed(run: ClaimRun): Promise<void> {
  const now = new Date().toISOString();
  const assignees: Record<string, string | null> = {};
  for (const item of run.agenda()) {
    if (item.do !== 'assign' || item.at > now) continue;
    const { state } = run;
    assignees[item.taskId] = await run.locally('directory', () => directory.leastLoaded({ state, taskId: item.taskId }));
  }
  await run.fact('time-passed', { now, assignees }, 'clock', `time:${run.state.version}`);
}
