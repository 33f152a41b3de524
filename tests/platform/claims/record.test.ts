import { createHash } from 'node:crypto';
import { createDatabase as openPool, asWorker, inScope, type Database } from '../../../src/platform/database';
import { recordEvents } from '../../../src/platform/claims/record';
import { rebuild } from '../../../src/platform/claims/start';
import { verifyAudit } from '../../../src/platform/audit/verify';
import type { ClaimEvent, ClaimState } from '../../../src/domain/claim';
import { evolve, nextDeadline, waitingFor } from '../../../src/domain/claim';
import { fillDirectory } from '../../../dev/directory';
import { bankConfirms, closedPaid, inSupplement, overturned, inDispute, PEOPLE, SECRET, toBank, inPayment, type Scenario } from '../../domain/claim/scenario';
import { createDatabase, type TestDatabase } from '../../support/database';
import { plantFiles } from '../database/rows';

let test: TestDatabase, worker: Database, api: Database;
beforeAll(async () => {
  test = await createDatabase();
  await fillDirectory(test.workerUrl);
  worker = openPool(test.workerUrl);
  api = openPool(test.apiUrl);
});
afterAll(async () => { await worker.$disconnect(); await api.$disconnect(); await test.drop(); });

let claims = 0;
/** The scenario under a claim number of its own, as batches of one act each. */
function batches(s: Scenario): Array<{ claimNo: string; events: ClaimEvent[]; state: ClaimState }> {
  const claimNo = `KP-2026-${String(++claims).padStart(6, '0')}`;
  const events = JSON.parse(JSON.stringify(s.events).replaceAll('KP-2026-000123', claimNo).replaceAll(/act-(\d{8})/g, `${claimNo}-$1`)
    .replaceAll(/00000000-0000-4000-8000-(\d{8})(\d{4})/g, (_, __, n: string) => `00000000-0000-4000-8000-${String(claims).padStart(8, '0')}${n}`)) as ClaimEvent[];
  // The scenario's digests are the bodies themselves; the API's are digests.
  for (const event of events) event.act.hash = createHash('sha256').update(event.act.hash).digest('hex');
  const groups: ClaimEvent[][] = [];
  for (const event of events) {
    if (groups.at(-1)?.[0]?.act.id === event.act.id) groups.at(-1)!.push(event); else groups.push([event]);
  }
  let state: ClaimState | null = null;
  return groups.map((group) => ({ claimNo, events: group, state: (state = group.reduce<ClaimState | null>(evolve, state)!) }));
}

async function patientOf(state: ClaimState): Promise<void> {
  await worker.patient.createMany({ data: [{ id: state.patientId, hospital: state.hospital, department: state.department, insurer: state.insurer, recordNo: state.claimNo, name: SECRET }], skipDuplicates: true });
}

async function record(s: Scenario): Promise<ClaimState> {
  const all = batches(s);
  await patientOf(all[0]!.state);
  for (const [i, batch] of all.entries()) {
    if (i === 0) await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...batch, naturalKey: batch.claimNo }));
    else await asWorker(worker, (tx) => recordEvents(tx, batch));
  }
  return all.at(-1)!.state;
}

describe('DESIGN idea 4: events first, one write', () => {
  it.each<[string, () => Scenario]>([
    ['paid', () => closedPaid()], ['asked for supplements', () => inSupplement()], ['disputed and judged anew', () => overturned(inDispute())], ['paid to seven heirs', () => bankConfirms(toBank(inPayment(), [1, 1, 1, 1, 1, 1, 1]))],
  ])('a claim %s is rebuilt from its recorded events, and the read model equals its state', async (_, story) => {
    const state = await record(story());
    const rebuilt = await asWorker(worker, (tx) => rebuild(tx, state.claimNo));
    expect(rebuilt).toEqual(state);
    const row = await worker.claim.findUniqueOrThrow({ where: { claimNo: state.claimNo }, include: { tasks: true, deadlines: true, payments: true } });
    expect(row.state).toEqual(state);
    expect(row).toMatchObject({ stage: state.stage, tier: state.tier, version: state.version, waitingFor: waitingFor(state), closedAs: state.closedAs, breached: state.breached, paidFen: BigInt(state.paidFen) });
    expect(row.nextDeadline?.toISOString() ?? null).toBe(nextDeadline(state)?.at ?? null);
    expect(row.tasks.filter((t) => t.status === 'open').map((t) => t.id).sort()).toEqual(state.tasks.map((t) => t.taskId).sort());
    expect(row.deadlines.map((d) => d.clock).sort()).toEqual(Object.keys(state.clocks).sort());
    expect(row.payments.map((p) => [p.key, p.status, Number(p.amountFen)]).sort()).toEqual(state.payments.map((p) => [p.key, p.status, p.amountFen]).sort());
  });

  it('SPEC §3: nothing personal stands in events, claim, tasks, notices or outbox; it stands apart, and the chain covers it', async () => {
    const { claimNo } = await record(closedPaid());
    const where = { claimNo };
    const impersonal = JSON.stringify([await worker.claim.findMany({ where }), await worker.claimEvent.findMany({ where }), await worker.task.findMany({ where }), await worker.notice.findMany({ where }), await worker.outbox.findMany({ where })], (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
    expect(impersonal.includes(SECRET)).toBe(false);
    expect(JSON.stringify(await worker.claimEventPersonal.findMany({ where })).includes(SECRET)).toBe(true);
    expect(await worker.payee.count({ where })).toBe(1);
    await plantFiles(worker);
    expect(await verifyAudit(worker)).toMatchObject({ broken: null });
  });

  it('SPEC §1.9: payees named by acts of one id on two claims are both kept', async () => {
    for (let times = 0; times < 2; times++) {
      const all = batches(closedPaid());
      for (const { act, type, data, personal } of all.flatMap((b) => b.events)) {
        if (type !== 'payee-set') continue;
        act.id = 'twice-used';
        for (const payee of [...data.payees, ...(personal!['payees'] as Array<{ payeeId: string }>)]) payee.payeeId = 'twice-used.1';
      }
      await patientOf(all[0]!.state);
      await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: all[0]!.claimNo }));
      for (const batch of all.slice(1, 1 + all.findIndex((b) => b.events.some((e) => e.type === 'payee-set')))) await asWorker(worker, (tx) => recordEvents(tx, batch));
      expect(await worker.payee.count({ where: { claimNo: all[0]!.claimNo, id: 'twice-used.1' } })).toBe(1);
    }
  });

  it('SPEC §3: nothing that an event holds keeps it from being recorded', async () => {
    const all = batches(inSupplement());
    await patientOf(all[0]!.state);
    await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: all[0]!.claimNo }));
    const event = all[1]!.events[0]!;
    event.saidAt = '+275760-09-13T00:00:00.000Z';
    event.personal = { note: 'a\u0000b\ud800c 😀' };
    event.actor = { ...event.actor, sub: '\u0000' };
    await asWorker(worker, (tx) => recordEvents(tx, all[1]!));
    const row = await worker.claimEvent.findFirstOrThrow({ where: { claimNo: all[0]!.claimNo, version: event.version }, include: { personal: true } });
    expect([row.saidAt, row.personal?.content]).toEqual([null, { note: 'a\uFFFDb\uFFFDc 😀' }]);
    await plantFiles(worker);
    expect(await verifyAudit(worker)).toMatchObject({ broken: null });
  });

  it('a repeated or late write changes nothing; a gap is refused', async () => {
    const all = batches(inSupplement());
    await patientOf(all[0]!.state);
    await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: all[0]!.claimNo }));
    await expect(asWorker(worker, (tx) => recordEvents(tx, all[2]!))).rejects.toThrow(/cannot follow/);
    await asWorker(worker, (tx) => recordEvents(tx, all[1]!));
    await asWorker(worker, (tx) => recordEvents(tx, all[2]!));
    const before = await worker.claim.findUniqueOrThrow({ where: { claimNo: all[0]!.claimNo } });
    await asWorker(worker, (tx) => recordEvents(tx, all[1]!));
    await asWorker(worker, (tx) => recordEvents(tx, all[2]!));
    expect(await worker.claim.findUniqueOrThrow({ where: { claimNo: all[0]!.claimNo } })).toEqual(before);
    expect(await worker.claimEvent.count({ where: { claimNo: all[0]!.claimNo } })).toBe(before.version);
  });

  it('another history under the same versions changes nothing and is answered with what is recorded', async () => {
    const all = batches(inSupplement());
    await patientOf(all[0]!.state);
    await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: all[0]!.claimNo }));
    expect(await asWorker(worker, (tx) => recordEvents(tx, all[1]!))).toBeNull();
    const other = structuredClone(all[1]!);
    other.events[0]!.act.id = 'another-act';
    expect(await asWorker(worker, (tx) => recordEvents(tx, other))).toEqual(all[1]!.state);
    // A process that lags and asks is answered, too; one that is level hears that all is well.
    expect(await asWorker(worker, (tx) => recordEvents(tx, { ...all[0]!, events: [] }))).toEqual(all[1]!.state);
    expect(await asWorker(worker, (tx) => recordEvents(tx, { ...all[1]!, events: [] }))).toBeNull();
    expect(await worker.claimEvent.count({ where: { claimNo: all[0]!.claimNo } })).toBe(all[1]!.state.version);
  });

  it('UX 7, waiting for others: who has acted on it is found as long as something may be owed', async () => {
    const all = batches(overturned(inDispute()));
    await patientOf(all[0]!.state);
    const seen = new Set<boolean>();
    for (const [i, batch] of all.entries()) {
      if (i === 0) await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...batch, naturalKey: batch.claimNo }));
      else await asWorker(worker, (tx) => recordEvents(tx, batch));
      const { actors, stage } = await worker.claim.findUniqueOrThrow({ where: { claimNo: batch.claimNo } });
      const found = (await worker.claimActor.findMany({ where: { claimNo: batch.claimNo } })).map((one) => one.personId);
      expect([stage, found.sort()]).toEqual([stage, stage === 'closed' ? [] : actors.sort()]);
      seen.add(stage === 'closed');
    }
    expect(seen.size).toBe(2);
  });

  it('two writers of the same act: it is recorded once', async () => {
    const all = batches(inSupplement());
    await patientOf(all[0]!.state);
    await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: all[0]!.claimNo }));
    await Promise.all(Array.from({ length: 8 }, () => asWorker(worker, (tx) => recordEvents(tx, all[1]!))));
    expect(await worker.claimEvent.count({ where: { claimNo: all[0]!.claimNo } })).toBe(all[1]!.state.version);
  });

  it('SPEC §1.3: the same hash in another claim is raised to the reviewer through the outbox', async () => {
    const [one, two] = [batches(inSupplement()), batches(inSupplement())];
    for (const all of [one, two]) {
      await patientOf(all[0]!.state);
      const d = all.flatMap((b) => b.events).find((e) => e.type === 'document-attached')!;
      if (d.type !== 'document-attached') throw new Error();
      d.data.sha256 = 'c'.repeat(64);
      const { claimNo, hospital, department, insurer } = all[0]!.state;
      await inScope(api, PEOPLE.specialist, (tx) => recordEvents(tx, { ...all[0]!, naturalKey: claimNo }));
      await worker.document.create({ data: { id: d.data.documentId, claimNo, hospital, department, insurer, kind: d.data.kind, fileName: 'a.pdf', bytes: 1, mediaType: 'application/pdf', sha256: d.data.sha256, storageKey: d.data.documentId, status: 'stored', flags: [], uploadedBy: 'x', uploadedAt: new Date() } });
      for (const batch of all.slice(1)) await asWorker(worker, (tx) => recordEvents(tx, batch));
    }
    expect(await worker.outbox.count({ where: { claimNo: one[0]!.claimNo, kind: 'deliver' } })).toBe(0);
    expect(await worker.outbox.findMany({ where: { claimNo: two[0]!.claimNo, kind: 'deliver' } })).toMatchObject([{ payload: { command: 'flag-document', input: { flag: 'duplicate-file' } } }]);
  });
});
