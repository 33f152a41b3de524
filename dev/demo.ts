/**
 * `npm run demo`: plays real cases through the public API as every role. A transfusion after a bypass goes from the hospital's
 * record to the confirmed payment; a death goes as far as the approver. Prints the timeline and the link to the workflow.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signIn, type ApiClient } from './client';
import { paper } from './paper';
import { hoursBefore, shiftBundle } from './samples/shift';
import { sentenceFor } from './sentence';
import { requireStack, type Stack } from './stack';

interface ChecklistLine { kind: string; need: string; status: string }
interface ClaimView {
  claimNo: string; stage: string; tier: string | null; closedAs: string | null;
  clinical: { checklist: ChecklistLine[]; fileVersion: number; facts: { benefits: Array<{ benefit: string; askedFen: number }> } };
  assessment: { eligibility: unknown };
  amounts: { outstandingFen: number; paidFen: number; payees: { list: Array<{ payeeId: string }> } };
}
interface EventView { version: number; type: string; at: string; actId: string; command: string; by: { role: string; personId: string; name: string | null } }

let stack: Stack;
const samples = join(__dirname, 'samples', 'fhir');
const yuan = (fen: number): string => `¥${(fen / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`;
const say = (words: string): void => { console.log(words); };

/** A sample record, moved so that its surgery was five days ago, as the hospital's system would send it. */
async function fromTheHospital(file: string): Promise<string> {
  const { bundle, notice } = shiftBundle(JSON.parse(await readFile(join(samples, file), 'utf8')), hoursBefore(new Date(), 5 * 24));
  say(`\n${file}\n  ${notice}`);
  const feed = await signIn(stack, 'his-feed-h001');
  const { opened } = await feed.post<{ opened: Array<{ claimNo: string }> }>('/v1/intake/fhir', bundle);
  if (!opened[0]) throw new Error('the record opened no claim');
  say(`  hospital record → claim ${opened[0].claimNo}`);
  return opened[0].claimNo;
}

/** What the specialist does on site: the facts, then every document the checklist asks for. */
async function collect(claimNo: string, specialist: ApiClient, outcomeType: string, benefits: Array<{ benefit: string; askedFen: number }>): Promise<void> {
  await specialist.act(claimNo, 'submit-facts', {
    occurredAt: hoursBefore(new Date(), 4 * 24).toISOString(), outcomeType, benefits,
    claimantIsInsured: outcomeType !== 'death', costsClaimed: true, anaesthesia: true, complication: true, narrative: 'Sample record, see the hospital summary.',
  });
  say('  specialist  submitted the facts');
  const { clinical } = await specialist.get<ClaimView>(`/v1/claims/${claimNo}`);
  const kinds = clinical.checklist.filter((line) => line.need !== 'not-asked').map((line) => line.kind);
  const documents = await Promise.all(kinds.map((kind) => specialist.upload(claimNo, kind, `${kind}.pdf`, paper(kind, [`Claim ${claimNo}`, 'Sample paper of the demonstration']))));
  await specialist.act(claimNo, 'upload-documents', { documents });
  say(`  specialist  uploaded ${kinds.length} documents: ${kinds.join(', ')}`);
}

/** Reviewer and, when `decide` is set, approver: unless the claim went straight through by rule. */
async function judge(claimNo: string, decide: boolean): Promise<void> {
  const reviewer = await signIn(stack, 'reviewer-a-i001');
  let claim = await afterInsurerAnswered(claimNo, reviewer);
  if (claim.stage === 'acceptance') {
    await reviewer.act(claimNo, 'accept-file', {});
    claim = await reviewer.get<ClaimView>(`/v1/claims/${claimNo}`);
    say(`  reviewer    accepted the file: tier ${claim.tier ?? '?'}, the fast-track clock runs`);
  }
  if (claim.stage === 'review') {
    const lines = claim.clinical.facts.benefits.map((b) => ({ ...b, approvedFen: b.askedFen }));
    await reviewer.act(claimNo, 'recommend', { decision: 'approve', lines, reasons: ['A01'], fileVersion: claim.clinical.fileVersion });
    say('  reviewer    recommended to approve');
    if (!decide) return;
    const approver = await signIn(stack, 'approver-a-i001');
    await approver.act(claimNo, 'approve', { lines, fileVersion: claim.clinical.fileVersion });
    say('  approver    approved');
  } else say('  rule        accepted and approved at once: candidate for F3, nothing against it');
}

/** Acceptance needs the insurer's answer about eligibility; it comes by itself within moments. */
async function afterInsurerAnswered(claimNo: string, who: ApiClient): Promise<ClaimView> {
  for (let tries = 0; ; tries++) {
    const claim = await who.get<ClaimView>(`/v1/claims/${claimNo}`);
    if (claim.assessment.eligibility !== null || tries > 100) return claim;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function pay(claimNo: string): Promise<void> {
  const [specialist, maker, checker] = await Promise.all([signIn(stack, 'specialist-a-h001'), signIn(stack, 'finance-a-i001'), signIn(stack, 'finance-b-i001')]);
  await specialist.act(claimNo, 'set-payee', { payees: [{ holder: 'Sample Claimant', bank: 'Sample Bank', account: '6222000000000017' }] });
  const { amounts: { payees } } = await checker.get<ClaimView>(`/v1/claims/${claimNo}`);
  await checker.act(claimNo, 'confirm-payee', { payees: payees.list.map((one) => one.payeeId) });
  const { amounts: { outstandingFen } } = await maker.get<ClaimView>(`/v1/claims/${claimNo}`);
  await maker.act(claimNo, 'make-payment', { amountFen: outstandingFen });
  await checker.act(claimNo, 'check-payment', {});
  say(`  finance     payee set and confirmed, payment of ${yuan(outstandingFen)} made and checked by two persons`);
  for (let tries = 0; tries < 200; tries++) {
    const claim = await maker.get<ClaimView>(`/v1/claims/${claimNo}`);
    if (claim.stage === 'closed') return say(`  bank        confirmed: closed as ${claim.closedAs ?? '?'}, paid ${yuan(claim.amounts.paidFen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the bank has not confirmed within 20 s');
}

async function timeline(claimNo: string): Promise<void> {
  const auditor = await signIn(stack, 'auditor');
  const { items } = await auditor.get<{ items: EventView[] }>(`/v1/claims/${claimNo}/events?limit=100`);
  say(`\nTimeline of ${claimNo}`);
  for (const e of items.filter((one, n) => n === 0 || one.actId !== items[n - 1]?.actId)) {
    const did = items.filter((one) => one.actId === e.actId).map((one) => one.type);
    const counted = [...new Set(did)].map((type) => { const n = did.filter((one) => one === type).length; return n > 1 ? `${type} ×${n}` : type; });
    const who = e.by.role === 'system' ? e.by.personId.slice('system:'.length) : `${e.by.role} ${e.by.name ?? e.by.personId}`;
    say(`  ${String(e.version).padStart(3)}  ${e.at.slice(11, 23)}  ${who}: ${e.command} → ${counted.join(', ')}`);
  }
  say(`  workflow: ${stack.temporalUiUrl}/namespaces/kuaipei/workflows/claim:${claimNo}`);
}

async function main(): Promise<void> {
  stack = requireStack();
  const started = Date.now();
  const specialist = await signIn(stack, 'specialist-a-h001');

  const complication = await fromTheHospital('d0b42f62-f2e1-9208-eaf2-e0164a6810b6.json');
  await collect(complication, specialist, 'minor-complication', [{ benefit: 'medical-costs', askedFen: 480_000 }]);
  await judge(complication, true);
  await pay(complication);

  const death = await fromTheHospital('eda17701-070d-4fae-9f7d-c8cd6263b63a.json');
  await collect(death, specialist, 'death', [{ benefit: 'death', askedFen: 50_000_000 }]);
  await judge(death, false);
  say('  approver    owes the decision now, within 12 working days of acceptance');

  await timeline(complication);
  await timeline(death);
  say(`\nDone in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

main().catch((error: unknown) => {
  console.error(sentenceFor(error) ?? (error instanceof Error ? error.message : error));
  process.exitCode = 1;
});
