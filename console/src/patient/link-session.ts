/** The session behind a patient's link: one claim, two hours, kept as long as the tab (SPEC §1.2). It stands where the staff's session stands, so that everything else works the same. */
import { failureOf } from '../api/client';
import { RequestFailed } from '../api/problem';
import type { Session } from '../session/session';

/** What is kept of an opened link. `contact` is whom the page named last: to be asked for a new link when this one is over. */
export interface OpenedLink { token: string; expiresAt: string; claimNo: string; contact?: string }

const KEPT = 'kuaipei.patient-link';

export function readOpened(): OpenedLink | null {
  const kept = sessionStorage.getItem(KEPT);
  return kept === null ? null : (JSON.parse(kept) as OpenedLink);
}
export const isOver = ({ token, expiresAt }: OpenedLink): boolean => token === '' || Date.parse(expiresAt) <= Date.now();

/** Remembers whom the patient can ask, also when the token is over. */
export function rememberContact(contact: string): void {
  const opened = readOpened();
  if (opened && opened.contact !== contact) sessionStorage.setItem(KEPT, JSON.stringify({ ...opened, contact }));
}

const ARRIVED = 'kuaipei.patient-code';
/** Is there a code to open, in the address or taken from it before the page was reloaded? */
export const hasCode = (): boolean => location.hash.length > 1 || sessionStorage.getItem(ARRIVED) !== null;

/** Takes the code out of the address, so that it stays neither on the screen nor in the history; null when there is none. */
export function takeCode(): string | null {
  if (location.hash.length > 1) {
    sessionStorage.setItem(ARRIVED, location.hash.slice(1));
    history.replaceState(history.state, '', location.pathname);
  }
  return sessionStorage.getItem(ARRIVED);
}

/** Exchanges a link's code for a session. Throws RequestFailed: 404 the link is no longer good, 429 too many tries, 0 no network. */
export async function openLink(code: string): Promise<OpenedLink> {
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) };
  const answer = await fetch('/v1/patient-sessions', asked).catch(() => { throw new RequestFailed(0, null); });
  if (answer.ok || answer.status === 404) sessionStorage.removeItem(ARRIVED);
  if (!answer.ok) throw await failureOf(answer);
  const opened = (await answer.json()) as OpenedLink;
  sessionStorage.setItem(KEPT, JSON.stringify(opened));
  return opened;
}

/** A session of that link. `onOver` is called once the server no longer takes its token. */
export function createLinkSession({ token, claimNo }: OpenedLink, onOver: () => void): Session {
  const over = (): void => {
    const opened = readOpened();
    if (opened?.token === token) sessionStorage.setItem(KEPT, JSON.stringify({ ...opened, token: '' }));
    onOver();
  };
  return {
    person: { sub: `link:${claimNo}`, personId: `link:${claimNo}`, name: '', roles: ['patient'] }, role: 'patient', locked: null,
    token: () => Promise.resolve(token),
    renew: () => { over(); return Promise.resolve(null); },
    readable: () => true,
    actAs: () => undefined,
    signIn: () => Promise.resolve(),
    finishSignIn: () => Promise.resolve('/p'),
    signOut: () => { over(); return Promise.resolve(); },
    watch: () => () => undefined,
  };
}
