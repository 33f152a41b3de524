/** What the server tells the console before anybody is signed in: `GET /console-settings.json`. */
export interface Settings {
  /** Address of the OpenID Connect issuer, and our client there. */
  issuer: string;
  clientId: string;
  /** Address of the Temporal UI, for operations. */
  temporalUiUrl: string;
}

const KEPT = 'kuaipei.settings';

/** Reads the settings; without a network those of the last time. Throws when there are none. */
export async function readSettings(): Promise<Settings> {
  try {
    const answer = await fetch('/console-settings.json');
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const settings = (await answer.json()) as Settings;
    localStorage.setItem(KEPT, JSON.stringify(settings));
    return settings;
  } catch (error) {
    const kept = localStorage.getItem(KEPT);
    if (kept === null) throw error;
    return JSON.parse(kept) as Settings;
  }
}
