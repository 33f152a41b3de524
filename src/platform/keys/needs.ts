/** Who still needs a key before it may be destroyed: the database, and Temporal for as long as it knows of an execution that the key may have sealed something of. */
import type { Client } from '@temporalio/client';
import type { Database } from '../database';
import { keyIdOfPayload } from '../codec/payload-codec';
import { countByKey } from './reseal';

/** A process goes on sealing with the ring it has read (10 s), in a transaction (15 s): so long after it was turned out, nothing is sealed with a key any more. */
const EVERYBODY_KNOWS_MS = 60_000;
const PAGE = 1_000;

/**
 * One sentence for each reason, with how many; none: the key may go. `turnedOut`: ISO time since when it does not seal, as the key file says.
 * `database` is the worker's. Throws when PostgreSQL or Temporal does not answer: who could not be asked may need it.
 */
export async function whatNeeds(keyId: string, turnedOut: string | undefined, { database, temporal, now }: { database: Database; temporal: Client; now: Date }): Promise<string[]> {
  if (turnedOut === undefined) return [`it is not known since when ${keyId} does not seal: use the current key once more, which notes it`];
  const unused = Date.parse(turnedOut) + EVERYBODY_KNOWS_MS;
  if (now.getTime() < unused) return [`some process may still seal with ${keyId} until ${new Date(unused).toISOString()}`];
  const { [keyId]: values = 0 } = await countByKey(database);
  const { running, ended } = await executionsUnder(temporal, keyId, unused);
  return [
    ...(values > 0 ? [`${values} values of the database, keys of stored files among them: npm run reseal seals them anew`] : []),
    ...(running > 0 ? [`${running} workflows that run: they began under ${keyId}, or bear a memo of it`] : []),
    ...(ended > 0 ? [`${ended} workflows that have ended and that Temporal keeps: its retention removes them`] : []),
  ];
}

/** Executions that Temporal knows and that began before `unused` (milliseconds), or were continued from such a one and kept its memo. */
async function executionsUnder({ workflowService, options: { namespace } }: Client, keyId: string, unused: number): Promise<{ running: number; ended: number }> {
  const found = { running: 0, ended: 0 };
  for (let token = new Uint8Array(), more = true; more; more = token.length > 0) {
    const page = await workflowService.listWorkflowExecutions({ namespace, pageSize: PAGE, nextPageToken: token });
    for (const { startTime, memo, closeTime } of page.executions) {
      const began = Number(startTime?.seconds ?? 0) * 1_000;
      if (began < unused || Object.values(memo?.fields ?? {}).some((payload) => keyIdOfPayload(payload) === keyId)) found[closeTime ? 'ended' : 'running'] += 1;
    }
    token = page.nextPageToken as Uint8Array<ArrayBuffer>;
  }
  return found;
}
