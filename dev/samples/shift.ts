import { readBundle } from '../../src/domain/intake/fhir';

/** A sample moved in time. `notice` says so in a sentence; show it wherever the sample is loaded. */
export interface ShiftedBundle { bundle: unknown; shiftedByMs: number; notice: string }

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Moves every date and time of a FHIR bundle by one delta, so that the latest surgery with a claim (or, without any claim, the latest surgery)
 * starts at `toDate`. Times keep their offsets; dates without a time, such as birth dates, move by the nearest whole number of days.
 * A shifted surgery has another natural key: shift a sample once and keep the result, or the same sample opens a second claim.
 * @param bundle parsed JSON, left as it is
 * @throws IntakeRefused when the bundle is not readable; RangeError when it holds no surgery
 */
export function shiftBundle(bundle: unknown, toDate: Date): ShiftedBundle {
  const { surgeries } = readBundle(bundle);
  const anchor = surgeries.findLast(({ verdict }) => verdict.kind === 'claim') ?? surgeries.at(-1);
  if (anchor === undefined) throw new RangeError('shiftBundle: the bundle holds no surgery to shift by');
  const shiftedByMs = toDate.getTime() - Date.parse(anchor.at);
  const days = Math.round(shiftedByMs / DAY_MS);
  return {
    bundle: moved(bundle, shiftedByMs, days),
    shiftedByMs,
    notice: `Synthetic record: every date was moved by about ${days} days (surgery ${anchor.at} became ${toDate.toISOString()}).`,
  };
}

/** `hours` hours before `now`. */
export function hoursBefore(now: Date, hours: number): Date {
  return new Date(now.getTime() - hours * 60 * 60 * 1000);
}

function moved(value: unknown, ms: number, days: number): unknown {
  if (typeof value === 'string') {
    if (DATE.test(value)) return new Date(Date.parse(value) + days * DAY_MS).toISOString().slice(0, 10);
    const offset = DATE_TIME.exec(value)?.[1];
    return offset === undefined ? value : inOffset(Date.parse(value) + ms, offset);
  }
  if (Array.isArray(value)) return value.map((item) => moved(item, ms, days));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, ms, days)]));
}

function inOffset(at: number, offset: string): string {
  if (offset === 'Z') return new Date(at).toISOString();
  const [hours, minutes] = offset.slice(1).split(':').map(Number) as [number, number];
  const offsetMs = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  return new Date(at + offsetMs).toISOString().replace('Z', offset);
}
