/** How a payment's order stands by the record, at the moment in which it would go to the bank. */
import type { Database } from '../database';

/** Open while a restored system has not been compared with the bank; `since`: claims reported by then may have been paid without our knowing. */
export const RESTORED = 'restored';

/** `database` is under the worker's role. */
export async function standingOf(database: Database, claimNo: string, key: string): Promise<'owed' | 'settled' | 'not-recorded' | 'held'> {
  const [row] = await database.$queryRaw<Array<{ status: string | null; held: boolean }>>`
    SELECT p.status, EXISTS (SELECT FROM difference d WHERE d.kind = ${RESTORED} AND d.resolved_at IS NULL AND c.reported_at <= (d.detail ->> 'since')::timestamptz) AS held
    FROM claim c LEFT JOIN payment p ON p.claim_no = c.claim_no AND p.key = ${key} WHERE c.claim_no = ${claimNo}`;
  if (!row || row.status === null || row.status === 'made') return 'not-recorded';
  if (row.status !== 'checked') return 'settled';
  return row.held ? 'held' : 'owed';
}
