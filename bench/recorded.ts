import { randomUUID } from 'node:crypto';
import { report, type ClaimState } from '../src/domain/claim';
import { recordEvents } from '../src/platform/claims/record';
import { asWorker, type Database } from '../src/platform/database';

const HOUR_MS = 3_600_000;

/** A claim reported at `reportedAt`, recorded as the API records it; its process is not started yet. */
export async function recorded(database: Database, calendar: Parameters<typeof report>[0]['calendar'], claimNo: string, reportedAt: Date): Promise<ClaimState> {
  const at = reportedAt.toISOString(), before = new Date(reportedAt.getTime() - HOUR_MS).toISOString();
  const specialist = { personId: 'P-H001-SPECIALIST-A', sub: 'specialist-a-h001', role: 'specialist' as const, hospital: 'H001' };
  const patientId = randomUUID();
  const { events, state } = report({
    claimNo, hospital: 'H001', department: 'general-surgery', insurer: 'I001', patientId, patientPersonId: null, outcomeType: 'minor-complication', occurredAt: before, surgeryAt: before,
    reportedBy: specialist.personId, channel: 'console', calendar,
  }, { id: `report-${claimNo}`, actor: specialist, receivedAt: at, saidAt: null, hash: 'bench' });
  await asWorker(database, async (tx) => {
    await tx.patient.create({ data: { id: patientId, hospital: 'H001', department: 'general-surgery', insurer: 'I001', recordNo: claimNo, name: '批量' } });
    await recordEvents(tx, { claimNo, events, state, naturalKey: claimNo });
  });
  return state;
}
