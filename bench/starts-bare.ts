/** The least that a workflow of acts can be: each act is one update and one activity. Beside it the claim's replay is judged (bench/starts.ts). */
import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

const { note } = proxyActivities<{ note(act: string): Promise<void> }>({ startToCloseTimeout: '1 minute' });
export const act = defineUpdate<void, [string]>('act');

export async function bare(): Promise<void> {
  let ended = false;
  setHandler(act, async (what) => {
    await note(what);
    ended = what === 'end';
  });
  await condition(() => ended);
}
