import { createHash } from 'node:crypto';
import { z } from 'zod';
import { noticeReceiptSchema, noticeSchema } from '../../src/platform/outside/notices';
import { runAlone } from './alone';
import { claimNoIn, createFaults, LINE_FAULTS } from './faults';
import { createJournal, type Stamped } from './journal';
import { bodyOf, createParty, type PartyOptions, type RunningParty } from './party';

const deliveredSchema = z.object({ what: z.literal('delivered'), noticeHash: z.string(), ...noticeSchema.shape });
const entrySchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('received'), key: z.string(), fault: z.string().optional() }),
  deliveredSchema,
]);
/** One line of the gateway's journal: one `delivered` per notice that reached somebody. */
export type NoticeEntry = Stamped<z.infer<typeof entrySchema>>;

/** The gateway to SMS and WeChat: one delivery per key; the same key with another notice is refused. */
export async function startNotices({ port, secret, dataFile }: PartyOptions): Promise<RunningParty> {
  const journal = createJournal(entrySchema, dataFile);
  const faults = createFaults(LINE_FAULTS);
  const party = createParty('notice gateway', secret, faults, journal);
  const delivered = new Map(journal.entries.flatMap((entry) => (entry.what === 'delivered' ? [[entry.key, entry] as const] : [])));

  party.app.post('/notices', async (req, res) => {
    const notice = noticeSchema.parse(bodyOf(req));
    // A sender that keeps its notices in a database may send the parameters in another order the second time.
    const inOneOrder = { ...notice, params: Object.entries(notice.params).sort() };
    const noticeHash = createHash('sha256').update(JSON.stringify(inOneOrder)).digest('hex');
    const fault = faults.take('submit', { key: notice.key, claimNo: claimNoIn(notice.key) });
    journal.add({ what: 'received', key: notice.key, fault: fault?.do });
    await party.answer(res, fault, () => {
      const known = delivered.get(notice.key) ?? journal.add({ what: 'delivered', noticeHash, ...notice });
      if (known.noticeHash !== noticeHash) return { status: 409, body: { error: 'key-used-for-another-notice' } };
      delivered.set(notice.key, known);
      const { at } = known;
      return { status: 200, body: noticeReceiptSchema.parse({ key: notice.key, status: 'delivered', at }) };
    });
  });
  return party.listen(port);
}

if (require.main === module) runAlone('notices', startNotices);
