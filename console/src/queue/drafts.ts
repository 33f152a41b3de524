/** Contents of forms on this device, by person and form. */
import { noteKeeping, store } from './store';

/** Writes that are still to be done, by what is written. */
const soon = new Map<string, number>();
const AFTER_MS = 500;

export const draftKey = (personId: string, key: string): string => `${personId} ${key}`;

/** Puts a form's content back, for the person to go on with. */
export async function putDraft(personId: string, key: string, value: unknown): Promise<string> {
  const at = new Date().toISOString();
  await (await store()).put('drafts', { key: draftKey(personId, key), personId, value, at });
  return at;
}

/** Keeps it when nothing changes for a moment, and then says when it was kept. */
export function putDraftSoon(personId: string, key: string, value: unknown, onKept: (at: string) => void): void {
  const full = draftKey(personId, key);
  window.clearTimeout(soon.get(full));
  soon.set(full, window.setTimeout(() => {
    soon.delete(full);
    putDraft(personId, key, value).then((at) => { noteKeeping(true); onKept(at); }, () => { noteKeeping(false); });
  }, AFTER_MS));
}

/** What was sent is no draft any more, also not one that was still to be written. */
export function stopDraft(personId: string, key: string): void {
  const full = draftKey(personId, key);
  window.clearTimeout(soon.get(full));
  soon.delete(full);
}

export async function removeDraft(personId: string, key: string): Promise<void> {
  stopDraft(personId, key);
  await (await store()).delete('drafts', draftKey(personId, key));
}
