/** What the drill finds and leaves: claims in every stage, claims whose next rung is near, people who go on working. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Stage } from '../../../src/domain/claim';
import { reportClaim, reportSchema } from '../../../src/api/claim/report';
import type { Deps } from '../../../src/api/deps';
import { createDatabase } from '../../../src/platform/database';
import { openKeyFile } from '../../../src/platform/keys/key-ring';
import { personaOf } from '../../../dev/personas';
import type { Stack } from '../../../dev/stack';
import { aReport, newClaim, ORDINARY, paid, stateOf, STEPS, travel, until } from '../../support/journey';
import type { TestStack } from '../../support/stack';

const HOUR_MS = 3_600_000;
/** SPEC §1.6: twelve hours after the report the specialist is reminded. */
export const REMINDED = 'collection/reminded';

/** One claim in every stage, and in every step of payment; by what it waits for. */
export async function everyStage(stack: TestStack): Promise<Record<string, string>> {
  const at = async (end: string | null): Promise<string> => (await travel(stack, newClaim(), end)).claimNo;
  const [reviewer, approver, patient] = await Promise.all([stack.person('reviewer-a-i001'), stack.person('approver-a-i001'), stack.person('patient-a')]);
  const supplement = await at('recommend');
  await reviewer.act(supplement, 'ask-supplement', { items: [{ document: 'event-report', from: 'hospital', couldNotHaveBeenKnown: true, why: '手术记录提到' }] });
  const investigation = await at('recommend');
  await reviewer.act(investigation, 'open-investigation', { reason: 'documents-doubtful' });
  const dispute = await at('recommend');
  const { documents, fileVersion } = await stateOf(stack, dispute);
  const nothing = ORDINARY.benefits.map((line) => ({ ...line, approvedFen: 0 }));
  await reviewer.act(dispute, 'recommend', { decision: 'reject', lines: nothing, reasons: ['C01'], evidence: [documents[0]!.documentId], fileVersion });
  await approver.act(dispute, 'reject', { lines: nothing, fileVersion });
  await until(stack, dispute, (state) => state.stage === 'closed');
  await patient.act(dispute, 'dispute', { note: '我不同意' });
  const closed = await at(null);
  await paid(stack, closed);
  const claims = {
    collecting: await at('submit-facts'), documents: await at('upload-documents'), acceptance: await at('accept-file'), review: await at('recommend'), supplement, investigation,
    approval: await at('approve'), payment: await at('set-payee'), dispute, closed, 'payee to be confirmed': await at('confirm-payee'), 'to be paid': await at('make-payment'), 'to be checked': await at('check-payment'),
  };
  for (const [name, claimNo] of Object.entries(claims)) {
    const { stage } = await stateOf(stack, claimNo);
    if (stage !== (name as Stage) && stage !== 'payment') throw new Error(`${claimNo} should be in ${name} and is in ${stage}`);
  }
  return claims;
}

/** Claims reported twelve hours ago but for so many seconds: their specialist is reminded when these have passed. By claim, when. */
export async function nearTheirRung(about: Stack, folder: string, seconds: readonly number[]): Promise<Map<string, Date>> {
  const keys = openKeyFile(join(folder, 'keys.json'));
  const database = createDatabase(about.apiDatabaseUrl, { connections: 1, keys });
  const { account: sub, personId, hospital } = personaOf('specialist-a-h001');
  const due = new Map<string, Date>();
  try {
    for (const after of seconds) {
      const at = new Date(Date.now() + after * 1_000 - 12 * HOUR_MS);
      const before = new Date(at.getTime() - HOUR_MS).toISOString();
      const given = reportSchema.parse(aReport(newClaim().n, { surgeryAt: before, occurredAt: before }));
      const { claimNo } = await reportClaim({ database, keys, onReported: () => undefined } as Partial<Deps> as Deps, given, { actor: { sub, personId, role: 'specialist', hospital: hospital! }, actId: randomUUID(), at: at.toISOString() });
      due.set(claimNo, new Date(at.getTime() + 12 * HOUR_MS));
    }
  } finally {
    await database.$disconnect();
  }
  return due;
}

/** People who report and hand in facts and papers until told to stop; when each of their acts was answered, by its key. */
export async function work(stack: TestStack, over: () => boolean): Promise<void> {
  const facts = STEPS.find((step) => step.command === 'submit-facts')!;
  const papers = STEPS.find((step) => step.command === 'upload-documents')!;
  const specialist = await stack.person('specialist-a-h001');
  await Promise.all(Array.from({ length: 2 }, async () => {
    while (!over()) {
      const claim = newClaim();
      const { status, body } = await specialist.sendReport(aReport(claim.n));
      if (status !== 201) continue;
      claim.claimNo = (body as { claimNo: string }).claimNo;
      const { status: answered } = await specialist.send(claim.claimNo, 'submit-facts', await facts.body(stack, claim));
      if (answered === 200) await specialist.send(claim.claimNo, 'upload-documents', await papers.body(stack, claim).catch(() => ({ documents: [] })));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }));
}

/** When the rung was climbed, by the record; null while it was not. Throws when it was climbed twice. */
export async function climbed(stack: TestStack, claimNo: string, key: string): Promise<Date | null> {
  const events = await stack.database.claimEvent.findMany({ where: { claimNo, type: 'rung-climbed' }, select: { at: true, data: true } });
  const its = events.filter(({ data }) => (data as { key: string }).key === key);
  if (its.length > 1) throw new Error(`${claimNo}: ${key} was climbed ${its.length} times`);
  return its[0]?.at ?? null;
}

