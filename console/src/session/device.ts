/** Who is at work on this device, in all its tabs; and how long what it keeps may be read without a token. */
import type { Person } from './session';

export const DEVICE_PERSON = 'kuaipei.person';
const GOOD_AT = 'kuaipei.token-good-at';
/** A shift and the way home. */
const READABLE_MS = 12 * 3_600_000;
const NOTED_EVERY_MS = 60_000;

export function personOfDevice(): Person | null {
  const kept = localStorage.getItem(DEVICE_PERSON);
  return kept === null ? null : (JSON.parse(kept) as Person);
}

/** Null: nobody any more. */
export function notePerson(person: Person | null): void {
  if (person) localStorage.setItem(DEVICE_PERSON, JSON.stringify(person));
  else for (const key of [DEVICE_PERSON, GOOD_AT]) localStorage.removeItem(key);
}

const sinceGood = (): number => Math.abs(Date.now() - Number(localStorage.getItem(GOOD_AT) ?? 0));

export function noteGoodToken(): void {
  if (sinceGood() > NOTED_EVERY_MS) localStorage.setItem(GOOD_AT, String(Date.now()));
}

/** Whichever way the clock was moved. */
export const isReadable = (): boolean => sinceGood() < READABLE_MS;
