import { Ambiguous, Malformed, Refused } from '../platform/outside/errors';
import { noticeSchema, type NoticeClient } from '../platform/outside/notices';

/**
 * How one delivery ended. `delivered.at` is the gateway's time of first delivery.
 * `undeliverable`: the notice itself is wrong, repeating it is pointless, somebody must look. `not-yet`: repeat it under the same key.
 */
export type NoticeOutcome =
  | { kind: 'delivered'; at: string }
  | { kind: 'undeliverable'; cause: string }
  | { kind: 'not-yet'; cause: string };

/** Delivers one notice of the outbox by its key. Causes name fields and rules, never a person. */
export function createNoticeDelivery({ notices }: { notices: NoticeClient }) {
  return async function deliverNotice(queued: unknown): Promise<NoticeOutcome> {
    const notice = noticeSchema.safeParse(queued);
    if (!notice.success) {
      const issue = notice.error.issues[0];
      return { kind: 'undeliverable', cause: `notice: ${issue?.path.join('.') || 'body'} ${issue?.code ?? 'wrong shape'}` };
    }
    try {
      return await notices.deliver(notice.data);
    } catch (error) {
      // The gateway keeps one notice per key, so repeating an ambiguous one reaches nobody twice.
      if (error instanceof Ambiguous || error instanceof Malformed) return { kind: 'not-yet', cause: error.message };
      if (error instanceof Refused) {
        return { kind: [400, 409, 422].includes(error.status) ? 'undeliverable' : 'not-yet', cause: error.message };
      }
      throw error;
    }
  };
}

export type NoticeDelivery = ReturnType<typeof createNoticeDelivery>;
