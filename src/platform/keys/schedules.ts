/** Temporal's schedules live for good, and what they were made with is sealed in them: sealed anew before the key they were made under goes. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { createPayloadCodec, keyIdOfPayload } from '../codec/payload-codec';
import type { KeyRing } from './key-ring';

/** Seals anew, under the key that seals now, what schedules bear under `keyId`; nothing else of them changes. Answers how many did. Throws when one was changed at the same moment. */
export async function resealSchedules(temporal: Client, keys: KeyRing, keyId: string): Promise<number> {
  const { workflowService, options: { namespace } } = temporal;
  const { encode, decode } = createPayloadCodec(keys);
  let changed = 0;
  for await (const { scheduleId } of temporal.schedule.list()) {
    const { schedule, conflictToken } = await workflowService.describeSchedule({ namespace, scheduleId });
    const { userMetadata, input, memo } = schedule?.action?.startWorkflow ?? {};
    const places = [userMetadata, input?.payloads, memo?.fields] as Array<Record<string, Payload | null> | null | undefined>;
    const slots = places.flatMap((holder) => Object.keys(holder ?? {}).map((name) => ({ holder: holder!, name, payload: holder![name] })))
      .filter((slot): slot is typeof slot & { payload: Payload } => Boolean(slot.payload) && keyIdOfPayload(slot.payload!) === keyId);
    if (slots.length === 0) continue;
    for (const { holder, name, payload } of slots) holder[name] = (await encode(await decode([payload])))[0]!;
    await workflowService.updateSchedule({ namespace, scheduleId, schedule, conflictToken, identity: 'keys', requestId: randomUUID() });
    changed += 1;
  }
  return changed;
}
