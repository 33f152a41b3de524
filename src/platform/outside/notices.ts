import { z } from 'zod';
import { Malformed } from './errors';
import { exchange, type PartyConnection } from './exchange';

const key = z.string().min(1).max(200);

/**
 * One notice (SMS or WeChat) to somebody named by role and our reference; the gateway knows the phone, we do not send it.
 * `params` fill the template: claim numbers, dates, amounts; nothing personal or clinical.
 */
export const noticeSchema = z.object({
  key,
  to: z.object({ role: z.string().min(1).max(40), ref: z.string().min(1).max(100).optional() }),
  template: z.string().regex(/^[a-z0-9-]{1,80}$/),
  params: z.record(z.string().max(60), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])),
});
export type Notice = z.infer<typeof noticeSchema>;

/** The gateway's receipt. `at` is when it was first delivered, also in the answer to a repetition. */
export const noticeReceiptSchema = z.object({ key, status: z.literal('delivered'), at: z.iso.datetime() });

export type NoticeAnswer = { kind: 'delivered'; at: string };
export type NoticeClient = ReturnType<typeof createNoticeClient>;

/** Our side of the notice gateway. */
export function createNoticeClient(connection: PartyConnection) {
  return {
    /** Delivers by key: the same notice again reaches nobody twice, so an ambiguous delivery is repeated as it was. Throws `Ambiguous`, `Refused` or `Malformed`. */
    async deliver(notice: Notice): Promise<NoticeAnswer> {
      const receipt = await exchange(connection, {
        party: 'notices', operation: 'deliver notice', method: 'POST', path: '/notices', body: notice, statuses: [200], answer: noticeReceiptSchema,
      });
      if (receipt.key !== notice.key) throw new Malformed('notices', 'deliver notice', 'key: not the one sent');
      return { kind: 'delivered', at: receipt.at };
    },
  };
}
