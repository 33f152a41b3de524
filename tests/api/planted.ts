import type { ClaimEvent, ClaimState } from '../../src/domain/claim';
import { recordEvents } from '../../src/platform/claims/record';
import { asWorker, type Database } from '../../src/platform/database';
import { CLAIM_NO, type Scenario } from '../domain/claim/scenario';

/**
 * Records a claim that was played through the rules, under a number of its own and of the hospital and insurer named (H001 and I001
 * unless told otherwise). Its process is not started: the first act that is taken asks for it. `database` is under the worker's role.
 */
export async function plant(database: Database, scenario: Scenario, claimNo: string, { hospital = 'H001', insurer = 'I001' } = {}): Promise<ClaimState> {
  const own = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(CLAIM_NO, claimNo).replaceAll('"H001"', `"${hospital}"`).replaceAll('"I001"', `"${insurer}"`)
    .replaceAll('00000000-0000-4000-8000-', `00${claimNo.slice(-6)}-0000-4000-8000-`)) as T;
  const state: ClaimState = own(scenario.state);
  const events: ClaimEvent[] = own(scenario.events);
  await asWorker(database, async (tx) => {
    await tx.patient.create({ data: { id: state.patientId, hospital: state.hospital, department: state.department, insurer: state.insurer, recordNo: claimNo, name: '墙' } });
    await recordEvents(tx, { claimNo, events, state, naturalKey: claimNo });
  });
  return state;
}
