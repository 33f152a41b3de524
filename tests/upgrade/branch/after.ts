import { condition, defineSignal, patched, setHandler, sleep } from '@temporalio/workflow';

export const goSignal = defineSignal('go');

/** The same one release later, with a wait behind `patched`. */
export async function waits(): Promise<string> {
  let told = false;
  setHandler(goSignal, () => { told = true; });
  const branch = patched('2099-12-wait-once-more');
  if (branch) await sleep(1);
  await condition(() => told);
  return branch ? 'by the new branch' : 'by the old branch';
}
