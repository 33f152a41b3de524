import { createHash, randomUUID } from 'node:crypto';
import { asWorker, type Database } from '../../../src/platform/database';
import { eventHash, firstPrevHash, personalHash, type EventToHash } from '../../../src/platform/audit/chain';

export interface Tenant {
  hospital: string;
  department: string;
  insurer: string;
}

export const HEART_H1: Tenant = { hospital: 'H001', department: 'cardiac-surgery', insurer: 'I001' };
export const BONES_H1: Tenant = { hospital: 'H001', department: 'orthopaedics', insurer: 'I001' };
export const HEART_H2: Tenant = { hospital: 'H002', department: 'cardiac-surgery', insurer: 'I002' };

const NOON = new Date('2026-03-02T04:00:00.000Z');

export async function plantHouses(worker: Database): Promise<void> {
  await asWorker(worker, async (tx) => {
    await tx.insurer.createMany({ data: [{ code: 'I001', name: 'One' }, { code: 'I002', name: 'Two' }] });
    await tx.hospital.createMany({ data: [{ code: 'H001', name: 'First', insurer: 'I001' }, { code: 'H002', name: 'Second', insurer: 'I002' }] });
  });
}

/** The columns of a claim that nothing here is about. */
export function claimRow(claimNo: string, tenant: Tenant, patientId: string) {
  return {
    claimNo, ...tenant, patientId, stage: 'collecting', outcomeType: 'death', waitingFor: ['specialist'], version: 0, state: {},
    reportedAt: NOON, occurredAt: NOON, surgeryAt: NOON, naturalKey: claimNo,
  };
}

/** A claim with one row in every table that hangs on it. */
export async function plantClaim(
  worker: Database, claimNo: string, tenant: Tenant, { patientPersonId = null, mediators = [] }: { patientPersonId?: string | null; mediators?: string[] } = {},
): Promise<void> {
  const patientId = randomUUID();
  const payeeId = randomUUID();
  const of = { claimNo, ...tenant };
  await asWorker(worker, async (tx) => {
    await tx.patient.create({ data: { id: patientId, ...tenant, recordNo: claimNo, name: 'Patient', personId: patientPersonId } });
    await tx.claim.create({ data: { ...claimRow(claimNo, tenant, patientId), patientPersonId, mediators } });
    await tx.task.create({ data: { id: `task-${claimNo}`, ...of, kind: 'collect', roles: ['specialist'], openedAt: NOON } });
    await tx.deadline.create({ data: { ...of, clock: 'collection', startedAt: NOON, calendarVersion: '1', ledger: [] } });
    await tx.act.create({ data: { ...of, id: `act-${claimNo}`, command: 'report', bodyHash: 'h', personId: 'P-1', at: NOON, status: 'done' } });
    await tx.outbox.create({ data: { ...of, kind: 'start-claim', key: `start-${claimNo}`, payload: {} } });
    await tx.notice.create({ data: { ...of, key: `notice-${claimNo}`, template: 'reported', toRole: 'specialist', params: {}, createdAt: NOON } });
    await tx.document.create({
      data: {
        ...of, id: randomUUID(), fileName: 'a.pdf', bytes: 1n, mediaType: 'application/pdf', sha256: 'a'.repeat(64), storageKey: claimNo, status: 'stored',
        uploadedBy: 'P-1', uploadedAt: NOON,
      },
    });
    await tx.payee.create({ data: { ...of, id: payeeId, holder: 'Holder', bank: 'Bank', account: '1', createdBy: 'P-1' } });
    await tx.payment.create({ data: { ...of, key: `pay-${claimNo}`, sequence: 1, payeeId, benefit: 'death', amountFen: 100n, status: 'made', madeBy: 'P-1' } });
  });
  await plantEvents(worker, claimNo, tenant, 3);
}

/** Appends `count` chained events, each with a personal part, to a claim without any. */
export async function plantEvents(worker: Database, claimNo: string, tenant: Tenant, count: number): Promise<void> {
  await asWorker(worker, async (tx) => {
    let prevHash = firstPrevHash(claimNo);
    for (let version = 1; version <= count; version += 1) {
      const at = new Date(NOON.getTime() + version);
      const personal = { salt: createHash('sha256').update(`${claimNo}/${version}`).digest('hex'), content: { note: `words ${version}` } };
      const event: EventToHash = {
        claimNo, version, type: 'noted', at: at.toISOString(), saidAt: null, receivedAt: at.toISOString(), actId: `act-${version}`, actHash: 'h',
        actor: { personId: 'P-1', role: 'specialist' }, data: { count: version, list: ['甲', 1.5, null] }, personalHash: personalHash(personal), ...tenant,
      };
      const hash = eventHash(prevHash, event);
      await tx.claimEvent.create({ data: { ...event, actor: event.actor as object, data: event.data as object, prevHash, hash } });
      await tx.claimEventPersonal.create({ data: { claimNo, version, ...personal, ...tenant } });
      prevHash = hash;
    }
    await tx.claim.update({ where: { claimNo }, data: { version: count } });
  });
}

/** The files behind the events that attach them, of claims for which nobody uploaded any. */
export const plantFiles = (worker: Database): Promise<number> => worker.$executeRaw`
  INSERT INTO document (id, claim_no, kind, file_name, bytes, media_type, sha256, storage_key, status, flags, uploaded_by, uploaded_at, supersedes, hospital, department, insurer)
  SELECT (data ->> 'documentId')::uuid, claim_no, data ->> 'kind', 'a.pdf', (data ->> 'bytes')::bigint, data ->> 'mediaType', data ->> 'sha256', data ->> 'documentId', 'attached', '{}', 'P-1', at, (data ->> 'supersedes')::uuid, hospital, department, insurer
  FROM claim_event WHERE type = 'document-attached' ON CONFLICT DO NOTHING`;
