import { createHash } from 'node:crypto';

/** SHA-256 (hex) of a value as JSON with its keys in order: equal for equal values, however they were written. */
export const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value, ordered)).digest('hex');

function ordered(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
