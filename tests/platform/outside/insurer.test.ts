import { startInsurer } from '../../../dev/simulators/insurer';
import type { RunningParty } from '../../../dev/simulators/party';
import { Ambiguous, Refused } from '../../../src/platform/outside/errors';
import { createInsurerClient, type InsurerClient } from '../../../src/platform/outside/insurer';
import { insurerJournal, setFaults } from '../../support/parties';

const secret = 'shared-with-the-insurer';
const question = { requestId: 'eligibility:KP-2026-000123', insurer: 'I001', insuredRef: '3f6d', department: 'cardiac-surgery', hospital: 'H001', surgeryAt: '2026-03-02T00:00:00.000Z' };

let server: RunningParty;
let insurer: InsurerClient;
let hasty: InsurerClient;
beforeAll(async () => {
  server = await startInsurer({ port: 0, secret });
  // Patient enough for a busy machine; `hasty` is for the faults that are about waiting.
  insurer = createInsurerClient({ url: server.url, secret, timeoutMs: 10_000 });
  hasty = createInsurerClient({ url: server.url, secret, timeoutMs: 400 });
});
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

describe('SPEC §1.1: eligibility is insured on the day, department covered, limit left', () => {
  test('the same question has the same answer', async () => {
    const answer = await insurer.askEligibility(question);
    expect(answer).toMatchObject({ insured: true, departmentCovered: true, doubts: [] });
    expect(await insurer.askEligibility(question)).toEqual(answer);
    expect(await insurer.askEligibility({ ...question, policyNo: 'POL-7' })).toMatchObject({ policyNo: 'POL-7' });
  });

  test('a department that is not covered is a doubt, not a refusal', async () => {
    expect(await insurer.askEligibility({ ...question, department: 'unknown' })).toMatchObject({ insured: true, departmentCovered: false, doubts: ['department-not-covered'] });
  });

  test('faults: unknown insured, another limit, for one claim only', async () => {
    await setFaults(server.url, [
      { do: 'unknown', times: 1, match: { claimNo: 'KP-2026-000123' } },
      { do: 'other-amount', amountFen: 5, match: { key: question.requestId } },
    ]);
    expect(await insurer.askEligibility({ ...question, requestId: 'eligibility:KP-2026-000124' })).toMatchObject({ insured: true, limitLeftFen: 50_000_000 });
    expect(await insurer.askEligibility(question)).toMatchObject({ insured: false, policyNo: null, doubts: ['insured-not-found'] });
    expect(await insurer.askEligibility(question)).toMatchObject({ insured: true, limitLeftFen: 5 });
  });

  test.each(['fail', 'time-out', 'time-out-then-succeed', 'delay'])('fault %s is Ambiguous, and the next question is answered', async (fault) => {
    await setFaults(server.url, [{ do: fault, times: 1, ms: 1000 }]);
    await expect(hasty.askEligibility(question)).rejects.toThrow(Ambiguous);
    expect(await insurer.askEligibility(question)).toMatchObject({ insured: true });
    expect((await insurerJournal(server.url)).some((entry) => entry.what === 'received' && entry.fault === fault)).toBe(true);
  });

  test('a question that breaks the protocol, or comes unsigned, is refused', async () => {
    await expect(insurer.askEligibility({ ...question, surgeryAt: 'yesterday' })).rejects.toThrow(Refused);
    expect((await fetch(`${server.url}/eligibility`, { method: 'POST', body: JSON.stringify(question) })).status).toBe(401);
  });
});
