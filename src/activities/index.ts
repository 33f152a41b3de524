import type { Database } from '../platform/database';
import { standingOf } from '../platform/claims/standing';
import type { BankClient } from '../platform/outside/bank';
import type { InsurerClient } from '../platform/outside/insurer';
import { createDirectoryActivities } from './directory';
import { createEligibilityActivities } from './eligibility';
import { createPaymentActivities } from './payment';
import { createRecordActivities } from './record';
import { createSampleActivities } from './sample';

/** What the activities reach: the database under the worker's role, the bank, the insurer. */
export interface ActivityDeps { database: Database; bank: BankClient; insurer: InsurerClient }

/** All activities of the claims' queue, by the names under which workflows call them. */
export function createActivities({ database, bank, insurer }: ActivityDeps) {
  const payees = async (claimNo: string, payeeId: string) =>
    database.payee.findFirstOrThrow({ where: { id: payeeId, claimNo }, select: { holder: true, bank: true, account: true } });
  return {
    ...createRecordActivities({ database }),
    ...createDirectoryActivities({ database }),
    ...createSampleActivities({ database }),
    ...createEligibilityActivities({ insurer }),
    ...createPaymentActivities({ bank, payees, standing: (claimNo, key) => standingOf(database, claimNo, key) }),
  };
}
