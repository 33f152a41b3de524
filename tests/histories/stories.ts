/** The stories whose histories are recorded (`npm run histories`) and replayed: between them every wait of a claim and every way out of it. */
import { eventually } from '../support/parties';
import type { TestClaim, World } from '../workflows/claim/harness';
import { liaison, medicalAffairs, mediator, otherApprover, otherReviewer, otherSenior, reviewer, senior } from '../workflows/claim/people';
import { ASKED, decide, documentOf, MINOR, pay, recommend, SMALL, submitFacts, toDispute, toInvestigation, toPayment, toReview, toSupplement, uploadAll } from '../workflows/claim/steps';

export const STORIES: Record<string, (world: World) => Promise<TestClaim>> = {
  async 'reviewed-and-paid'(world) {
    const claim = await world.report();
    await toPayment(claim);
    await pay(claim);
    await claim.end();
    return claim;
  },

  async 'straight-through'(world) {
    const claim = await world.report({ before: (outside) => { outside.sample = { sampled: false, why: 'lot-not-drawn' }; } });
    await submitFacts(claim, SMALL);
    await uploadAll(claim);
    await eventually(async () => (claim.known().stage === 'payment' ? true : undefined));
    await pay(claim);
    await claim.end();
    return claim;
  },

  async 'supplement-answered-then-investigated'(world) {
    const claim = await world.report();
    await toSupplement(claim);
    await claim.deliver('notice-delivered', { requestNo: 1 }, 'notices');
    await world.skip('2 days');
    const document = documentOf('event-report');
    await claim.act('upload-documents', { documents: [document] }, liaison);
    await claim.act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'upload', documentIds: [document.documentId] } }, liaison);
    await claim.act('accept-answer', { itemId: 'S1.1' }, reviewer);
    await claim.act('open-investigation', { reason: 'documents-doubtful' }, reviewer);
    await claim.act('close-investigation', { finding: 'no-fraud', note: '经核实' }, senior);
    await recommend(claim, 0);
    await decide(claim);
    await claim.end();
    return claim;
  },

  async 'disputed-and-overturned'(world) {
    const claim = await world.report({ before: ({ directory }) => { directory.least = mediator.personId; } });
    await toDispute(claim);
    await claim.act('panel-decision', { vote: 'overturn', note: '理由' }, medicalAffairs);
    await claim.act('panel-decision', { vote: 'overturn', note: '理由' }, otherSenior);
    await recommend(claim, 1, otherReviewer);
    await decide(claim, otherApprover);
    await pay(claim);
    await claim.end();
    return claim;
  },

  async 'late-at-every-stage'(world) {
    const claim = await world.report({ before: ({ directory, bank }) => { directory.least = otherReviewer.personId; bank.tells = 'accepted'; } });
    await world.skip('50 hours');
    await submitFacts(claim);
    await world.skip('9 days');
    await uploadAll(claim);
    await world.skip('9 days');
    await claim.act('accept-file', {}, reviewer);
    await claim.act('ask-supplement', ASKED, reviewer);
    await world.skip('12 days');
    await recommend(claim);
    await world.skip('12 days');
    await decide(claim);
    await pay(claim);
    await eventually(async () => claim.outside.bank.orders.size || undefined);
    claim.outside.bank.orders.get(claim.known().payments[0]!.key)!.status = 'confirmed';
    await world.skip('15 minutes');
    await claim.end();
    return claim;
  },

  async 'payee-fault'(world) {
    const claim = await world.report({ before: ({ bank }) => { bank.tells = 'payee-fault'; } });
    await toPayment(claim);
    await pay(claim);
    await eventually(async () => claim.known().payees?.faulty || undefined);
    claim.outside.bank.tells = 'confirmed';
    await pay(claim);
    await claim.end();
    return claim;
  },

  async 'continued-as-new'(world) {
    const claim = await world.report({ rollAfter: 20 });
    const unlessRolling = async (act: () => Promise<unknown>): Promise<void> => { await eventually(async () => act().then(() => true, () => undefined)); };
    await unlessRolling(() => submitFacts(claim, MINOR));
    await unlessRolling(() => uploadAll(claim));
    await world.skip('5 hours');
    await unlessRolling(() => claim.act('accept-file', {}, reviewer));
    await unlessRolling(() => recommend(claim));
    await unlessRolling(() => decide(claim));
    await pay(claim);
    await claim.end();
    return claim;
  },

  async 'investigated-and-withdrawn'(world) {
    const claim = await world.report();
    await toInvestigation(claim);
    await world.skip('6 days');
    await claim.act('withdraw', {}, { personId: 'p-patient', sub: 'p-patient', role: 'patient' });
    await claim.end();
    return claim;
  },

  async 'reviewed-and-void'(world) {
    const claim = await world.report();
    await toReview(claim);
    await claim.act('void', { survivor: 'KP-2026-000001' }, senior);
    await claim.act('confirm-proposal', { proposalId: claim.known().proposals[0]!.proposalId }, medicalAffairs);
    await claim.end();
    return claim;
  },
};
