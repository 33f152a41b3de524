import type { Cause } from '../../../src/platform/operations/causes';
import { given, type Scenario } from '../../domain/claim/scenario';
import { eventually } from '../../support/parties';
import type { Stage } from './stage';

/** The years a claim reported now knows, as far as they are published. */
export function yearsAround(): number[] {
  const year = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear();
  return [year - 1, year, year + 1];
}

/** A claim as reported, now unless told otherwise. */
export const collecting = (at = new Date()): Scenario => given({ at: at.toISOString(), years: yearsAround() });

/** The failing activity of a claim, once it was tried so often. */
export const untilFailing = (stage: Stage, claimNo: string, attempts: number): Promise<Extract<Cause, { kind: 'activity-failing' }>> =>
  eventually(async () => (await stage.stuckClaim(claimNo)).causes.find((one) => one.kind === 'activity-failing' && one.attempts >= attempts) as Extract<Cause, { kind: 'activity-failing' }> | undefined, 20_000);
