import { z } from 'zod';

/** Money as a whole number of fen (1 yuan = 100 fen), never negative; the largest is 2^53 − 1. SPEC §1.9. */
export const fenSchema = z.int('not a whole number of fen').nonnegative('below 0; an amount is 0 or more');
export type Fen = z.infer<typeof fenSchema>;

function assertFen(value: number, field: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${field}: not a whole number of fen from 0 to 9007199254740991`);
}

/**
 * Fen of an amount written in yuan: digits, and at most two decimals after a point (`1234.50`). Nothing else is read: no sign, blank, comma, exponent or
 * full-width digit. RangeError says the rule and never repeats the text, which may hold anything. SPEC §1.9.
 */
export function parseYuan(text: string): Fen {
  const match = /^(0|[1-9]\d*)(?:\.(\d{1,2}))?$/.exec(text);
  const fen = match ? Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`) : NaN;
  if (!Number.isSafeInteger(fen)) throw new RangeError('amount: not yuan with at most two decimals, from 0 to 90071992547409.91; write it as 1234.50');
  return fen;
}

/** An amount as `parseYuan` reads it, always with two decimals: 123450 → `1234.50`. Throws RangeError when it is not fen. */
export function formatYuan(fen: Fen): string {
  assertFen(fen, 'fen');
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Splits a total by weights (whole numbers from 0: thirds are [1, 1, 1]) into parts that add up to it exactly: each part is its share rounded down, the fen
 * left over go one each to the largest remainders, the earlier first among equals. A weight of 0 gets 0.
 * RangeError when the total is not fen, a weight is not a whole number from 0, or all weights are 0. SPEC §1.9.
 */
export function splitFen(total: Fen, weights: readonly number[]): Fen[] {
  assertFen(total, 'total');
  if (!weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0)) throw new RangeError('weights: not all whole numbers from 0; write thirds as 1, 1, 1');
  const sum = weights.reduce((acc, weight) => acc + BigInt(weight), 0n);
  if (sum === 0n) throw new RangeError('weights: all 0 or none; at least one must be above 0');
  // A total times a weight leaves the safe integers, so the shares are computed in bigint; what leaves is plain numbers.
  const shares = weights.map((weight, index) => {
    const product = BigInt(total) * BigInt(weight);
    return { index, floor: Number(product / sum), remainder: product % sum };
  });
  const parts = shares.map(({ floor }) => floor);
  const leftOver = total - parts.reduce((acc, part) => acc + part, 0);
  const byRemainder = [...shares].sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index, floor } of byRemainder.slice(0, leftOver)) parts[index] = floor + 1;
  return parts;
}
