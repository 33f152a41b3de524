import { randomUUID } from 'node:crypto';
import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ worker: true }); }, 240_000);
afterAll(() => stack.stop());

const facts = {
  occurredAt: '2026-03-02T02:30:00.000Z', outcomeType: 'minor-complication', benefits: [{ benefit: 'medical-costs', askedFen: 480_000 }],
  claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后出血',
};

test('SPEC §1.1: the facts lead from collecting to documents', async () => {
  const { body: { claimNo } } = await stack.post('specialist-a-h001', '/v1/claims', aReport('A1'));
  const done = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/submit-facts`, facts);
  console.log(done.status, done.body);
  const seen = await stack.get('specialist-a-h001', `/v1/claims/${claimNo}`);
  console.log(JSON.stringify(seen.body, null, 1).slice(0, 6000));
  const refused = await stack.post('specialist-a-h001', `/v1/claims/${claimNo}/acts/approve`, { lines: [{ benefit: 'medical-costs', askedFen: 1, approvedFen: 1 }], fileVersion: 1 });
  console.log(refused.status, refused.body);
  const events = await stack.get('specialist-a-h001', `/v1/claims/${claimNo}/events`);
  console.log(events.status, JSON.stringify(events.body).slice(0, 1500));
  const tasks = await stack.get('liaison-b-h001', `/v1/tasks?pool`);
  console.log(tasks.status, JSON.stringify(tasks.body).slice(0, 800));
  const list = await stack.get('specialist-a-h001', `/v1/claims?q=A1`);
  console.log(list.status, JSON.stringify(list.body).slice(0, 800), randomUUID());
  console.log(stack.lines.filter((l) => !l.includes('"info"')).join(''));
});
