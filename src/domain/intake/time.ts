import { z } from 'zod';
import { refuse } from './refused';

const instant = z.iso.datetime({ offset: true });
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

/** ISO UTC of a FHIR time that has a time of day and an offset and lies in 1900–2100, or null. */
export function toInstant(value: string | undefined): string | null {
  if (value === undefined || !instant.safeParse(value).success) return null;
  const at = new Date(value);
  return at.getUTCFullYear() >= FIRST_YEAR && at.getUTCFullYear() <= LAST_YEAR ? at.toISOString() : null;
}

/** As `toInstant`, for a time that a verdict depends on: a vague or absurd one refuses the bundle. */
export function requireInstant(path: string, value: string | undefined): string {
  return toInstant(value)
    ?? refuse(path, 'time-with-offset', `give date, time of day and offset (2026-03-02T09:30:00+08:00) between ${FIRST_YEAR} and ${LAST_YEAR}, or leave this resource out`);
}

export const DAY_MS = 24 * 60 * 60 * 1000;

/** The 30 days, elapsed, in which what happens to a patient is the surgery's (both ends count). */
export function within30Days(surgeryAt: string, at: string): boolean {
  const elapsed = Date.parse(at) - Date.parse(surgeryAt);
  return elapsed >= 0 && elapsed <= 30 * DAY_MS;
}
