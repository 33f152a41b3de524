import { startNotices } from '../../../dev/simulators/notices';
import type { RunningParty } from '../../../dev/simulators/party';
import { Ambiguous, Refused } from '../../../src/platform/outside/errors';
import { createNoticeClient, type NoticeClient } from '../../../src/platform/outside/notices';
import { noticeJournal, setFaults } from '../../support/parties';

const secret = 'shared-with-the-gateway';
const notice = (key: string) => ({ key, to: { role: 'patient', ref: '3f6d' }, template: 'supplement-asked', params: { claimNo: 'KP-2026-000123', items: 2 } });

let server: RunningParty;
let notices: NoticeClient;
let hasty: NoticeClient;
beforeAll(async () => {
  server = await startNotices({ port: 0, secret });
  // Patient enough for a busy machine; `hasty` is for the faults that are about waiting.
  notices = createNoticeClient({ url: server.url, secret, timeoutMs: 10_000 });
  hasty = createNoticeClient({ url: server.url, secret, timeoutMs: 400 });
});
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

const deliveredUnder = async (key: string) => (await noticeJournal(server.url)).filter((entry) => entry.what === 'delivered' && entry.key === key);

describe('SPEC §1.7: the pause starts when the notice is delivered', () => {
  test('a repetition reaches nobody again and keeps the time of the first delivery', async () => {
    const first = await notices.deliver(notice('twice'));
    const again = await notices.deliver({ ...notice('twice'), params: { items: 2, claimNo: 'KP-2026-000123' } });
    expect(again).toEqual(first);
    expect(await deliveredUnder('twice')).toMatchObject([{ to: { role: 'patient', ref: '3f6d' }, template: 'supplement-asked', at: first.at }]);
  });

  test('another notice under the same key is refused', async () => {
    await notices.deliver(notice('reused'));
    await expect(notices.deliver({ ...notice('reused'), template: 'claim-paid' })).rejects.toThrow(Refused);
  });

  test.each([['fail', 0], ['time-out', 0], ['time-out-then-succeed', 1]])('fault %s: Ambiguous, %i delivered; repeated, exactly one', async (fault, delivered) => {
    await setFaults(server.url, [{ do: fault, times: 1 }]);
    await expect(hasty.deliver(notice(fault))).rejects.toThrow(Ambiguous);
    expect(await deliveredUnder(fault)).toHaveLength(delivered);
    expect(await notices.deliver(notice(fault))).toMatchObject({ kind: 'delivered' });
    expect(await deliveredUnder(fault)).toHaveLength(1);
  });

  test('fault delay: delivered late, once', async () => {
    await setFaults(server.url, [{ do: 'delay', ms: 100, times: 1 }]);
    expect(await notices.deliver(notice('delayed'))).toMatchObject({ kind: 'delivered' });
    expect(await deliveredUnder('delayed')).toHaveLength(1);
  });
});
