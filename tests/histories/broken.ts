/** A change that a running claim does not survive: one wait more at the start. The replay gate must find it. */
import { sleep } from '@temporalio/workflow';
import type { ClaimInput } from '../../src/domain/claim';
import { claim as real } from '../../src/workflows/claim';

export async function claim(input: ClaimInput): Promise<unknown> {
  await sleep('1 minute', { summary: 'a wait that no recorded claim has' });
  return real(input);
}
