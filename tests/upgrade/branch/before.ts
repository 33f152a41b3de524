import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export const goSignal = defineSignal('go');

/** Waits to be told. */
export async function waits(): Promise<string> {
  let told = false;
  setHandler(goSignal, () => { told = true; });
  await condition(() => told);
  return 'by the old branch';
}
