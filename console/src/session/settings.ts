/** What the server tells the console before anybody is signed in: `GET /console-settings.json`. */
export interface Settings {
  /** Address of the OpenID Connect issuer, and our client there. */
  issuer: string;
  clientId: string;
  /** Address of the Temporal UI, for operations. */
  temporalUiUrl: string;
}

const KEPT = 'kuaipei.settings';

/** The settings of the last time, at once, and read again for the next; the first time they are waited for. Throws when there are none. */
export async function readSettings(): Promise<Settings> {
  const fresh = ask();
  const kept = localStorage.getItem(KEPT);
  if (kept === null) return fresh;
  fresh.catch(() => undefined); // no network: next time
  return JSON.parse(kept) as Settings;
}

async function ask(): Promise<Settings> {
  const answer = await fetch('/console-settings.json');
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const settings = (await answer.json()) as Settings;
  localStorage.setItem(KEPT, JSON.stringify(settings));
  return settings;
}
