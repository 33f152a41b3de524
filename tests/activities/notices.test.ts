import { startNotices } from '../../dev/simulators/notices';
import type { RunningParty } from '../../dev/simulators/party';
import { createNoticeDelivery } from '../../src/activities/notices';
import { createNoticeClient } from '../../src/platform/outside/notices';
import { noticeJournal, setFaults } from '../support/parties';

const secret = 'shared-with-the-gateway';
const notice = (key: string) => ({ key, to: { role: 'patient', ref: '3f6d' }, template: 'decision-made', params: { claimNo: 'KP-2026-000123' } });

let server: RunningParty;
beforeAll(async () => { server = await startNotices({ port: 0, secret }); });
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

const deliver = (queued: unknown, { key = secret, timeoutMs = 10_000 } = {}) => createNoticeDelivery({ notices: createNoticeClient({ url: server.url, secret: key, timeoutMs }) })(queued);

describe('SPEC §1.7: a notice is delivered once, and its time is kept', () => {
  test('delivered, again under the same key, still once', async () => {
    const first = await deliver(notice('again'));
    expect(first).toEqual({ kind: 'delivered', at: expect.any(String) });
    expect(await deliver(notice('again'))).toEqual(first);
    expect((await noticeJournal(server.url)).filter((entry) => entry.what === 'delivered' && entry.key === 'again')).toHaveLength(1);
  });

  test.each(['fail', 'time-out', 'time-out-then-succeed'])('fault %s: not yet, then delivered once', async (fault) => {
    await setFaults(server.url, [{ do: fault, times: 1 }]);
    expect(await deliver(notice(fault), { timeoutMs: 400 })).toMatchObject({ kind: 'not-yet' });
    expect(await deliver(notice(fault))).toMatchObject({ kind: 'delivered' });
    expect((await noticeJournal(server.url)).filter((entry) => entry.what === 'delivered' && entry.key === fault)).toHaveLength(1);
  });

  test.each([
    ['no template', { ...notice('bad'), template: undefined }, 'template'],
    ['a parameter that is a structure', { ...notice('bad'), params: { patient: { name: '张三' } } }, 'params.patient'],
    ['nothing', null, 'body'],
  ])('%s is undeliverable, named by field', async (_what, queued, field) => {
    const outcome = await deliver(queued);
    expect(outcome).toEqual({ kind: 'undeliverable', cause: expect.stringContaining(field) });
    expect(JSON.stringify(outcome)).not.toContain('张三');
  });

  test('a key taken by another notice is undeliverable; a wrong secret is only not yet', async () => {
    await deliver(notice('taken'));
    expect(await deliver({ ...notice('taken'), template: 'claim-paid' })).toMatchObject({ kind: 'undeliverable' });
    expect(await deliver(notice('taken'), { key: 'guess' })).toMatchObject({ kind: 'not-yet' });
  });
});
