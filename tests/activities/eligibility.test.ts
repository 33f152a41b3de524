import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { startInsurer } from '../../dev/simulators/insurer';
import type { RunningParty } from '../../dev/simulators/party';
import { createEligibilityActivities, type EligibilityAnswer } from '../../src/activities/eligibility';
import { createInsurerClient } from '../../src/platform/outside/insurer';
import { insurerJournal, setFaults } from '../support/parties';

const secret = 'shared-with-the-insurer';
const request = { claimNo: 'KP-2026-000123', hospital: 'H001', department: 'cardiac-surgery', insurer: 'I001', insuredRef: '3f6d', surgeryAt: '2026-03-02T00:00:00.000Z' };

let server: RunningParty;
beforeAll(async () => { server = await startInsurer({ port: 0, secret }); });
afterEach(() => setFaults(server.url, []));
afterAll(() => server.stop());

/** One attempt, as the worker makes it; the SDK would log each failure that is meant. */
const attempt = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const askEligibility = (input = request, { key = secret, timeoutMs = 10_000 } = {}): Promise<EligibilityAnswer> => {
  const insurer = createInsurerClient({ url: server.url, secret: key, timeoutMs });
  return attempt().run(createEligibilityActivities({ insurer }).askEligibility, input);
};

describe('SPEC §1.1: eligibility is asked of the insurer at report', () => {
  test('the question carries the claim number and the insurer, the answer only what is frozen', async () => {
    expect(await askEligibility()).toEqual({ insured: true, departmentCovered: true, limitLeftFen: 50_000_000, policyNo: expect.stringMatching(/^POL-/), doubts: [] });
    expect(await insurerJournal(server.url)).toContainEqual(expect.objectContaining({ what: 'received', requestId: 'eligibility:KP-2026-000123', insurer: 'I001' }));
  });

  test('a doubt is an answer, never a refusal by itself', async () => {
    await setFaults(server.url, [{ do: 'unknown' }]);
    expect(await askEligibility()).toMatchObject({ insured: false, doubts: ['insured-not-found'] });
  });

  test.each(['fail', 'time-out', 'time-out-then-succeed', 'delay'])('fault %s: fails retryably, and the next attempt is answered', async (fault) => {
    await setFaults(server.url, [{ do: fault, ms: 1500, times: 1 }]);
    await expect(askEligibility(request, { timeoutMs: 400 })).rejects.toMatchObject({ type: 'insurer-unreachable', nonRetryable: false });
    expect(await askEligibility()).toMatchObject({ insured: true });
  });

  test('a refusal is retried too: it says nothing about the patient’s cover', async () => {
    await expect(askEligibility({ ...request, surgeryAt: 'yesterday' })).rejects.toMatchObject({ type: 'insurer-refused', nonRetryable: false });
    await expect(askEligibility(request, { key: 'guess' })).rejects.toMatchObject({ type: 'insurer-refused', nonRetryable: false });
  });
});
