import type { Tx } from './index';

/**
 * The next claim number of a year, `KP-2026-000123`. Taken in the transaction that inserts the claim: a report that is
 * rolled back gives its number back, so numbers have no gaps and reports of one year queue behind each other briefly.
 */
export async function nextClaimNumber(tx: Tx, year: number): Promise<string> {
  const [row] = await tx.$queryRaw<{ last: number }[]>`
    INSERT INTO claim_number AS given (year, last) VALUES (${year}, 1)
    ON CONFLICT (year) DO UPDATE SET last = given.last + 1
    RETURNING last`;
  if (!row) throw new Error('claim_number: no row came back from an INSERT … RETURNING; check the policies of claim_number.');
  return `KP-${year}-${String(row.last).padStart(6, '0')}`;
}
