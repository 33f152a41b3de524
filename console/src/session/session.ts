/** Who is at work: sign-in by OpenID Connect (authorization code with PKCE), renewal, sign-out, and the role in which they act. */
import { ErrorResponse, UserManager, WebStorageStateStore, type User } from 'oidc-client-ts';
import type { components } from '../api/schema';
import { DEVICE_PERSON, isReadable, noteGoodToken, notePerson, personOfDevice } from './device';
import type { Settings } from './settings';

/** As the API has them. */
export type Role = components['schemas']['TaskLine']['roles'][number];

/** A signed-in person. Kept without any token, so that a phone without a network still knows whose drafts it holds. */
export interface Person {
  sub: string;
  personId: string;
  name: string;
  roles: Role[];
  hospital?: string;
  departments?: string[];
  insurer?: string;
}

export interface Session {
  person: Person | null;
  role: Role | null;
  /** Set once somebody else signed in on this device, or it was signed out, in another tab: this tab has no person and no token any more. `by` is who is at work there now. */
  locked: { by: string | null } | null;
  /** A valid access token of `person`, renewed when needed; null when one can be had only by signing in. */
  token(): Promise<string | null>;
  /** After a 401: a new token, or null. A token that cannot be renewed is dropped. */
  renew(): Promise<string | null>;
  /** May what this device keeps be shown without a token? For some hours after the last one was good. */
  readable(): boolean;
  actAs(role: Role): void;
  signIn(returnTo?: string): Promise<void>;
  /** Ends a sign-in on /signed-in; answers where the person wanted to go. */
  finishSignIn(): Promise<string>;
  signOut(): Promise<void>;
  /** Calls back when person, role or token change; a sign-out waits for what is answered. */
  watch(onChange: () => unknown): () => void;
}

const ROLE = 'kuaipei.role';
/** Seconds before its end at which a token is renewed instead of used. */
const NEARLY_OVER_S = 30;
/** A sign-out waits this long for what is to be deleted here. */
const LONGEST_CLEARING_MS = 3_000;

export function createSession({ issuer, clientId }: Settings): Session {
  const users = new UserManager({
    authority: issuer, client_id: clientId, redirect_uri: `${location.origin}/signed-in`, post_logout_redirect_uri: `${location.origin}/`,
    response_type: 'code', scope: 'openid', automaticSilentRenew: true, loadUserInfo: false,
    // Tokens live as long as the tab: what another program finds on the disk of a shared ward computer must not open the claims.
    userStore: new WebStorageStateStore({ store: sessionStorage }), stateStore: new WebStorageStateStore({ store: sessionStorage }),
  });
  const watchers = new Set<() => unknown>();
  const changed = (): Promise<unknown> => Promise.allSettled([...watchers].map(async (onChange) => { await onChange(); }));

  /** One browser is one person at a time: what another tab did to the device's person ends the work of this one. */
  function lockIfOthers(): void {
    const { person } = session;
    const there = personOfDevice();
    if (person === null || there?.sub === person.sub) return;
    session.person = null;
    session.role = null;
    session.locked = { by: there?.name ?? null };
    void users.removeUser();
    void changed();
  }

  /** The token of this tab, if it is its person's. */
  async function own(): Promise<User | null> {
    lockIfOthers();
    const user = await users.getUser();
    return user && user.profile.sub === session.person?.sub ? user : null;
  }

  async function drop(): Promise<null> {
    if (await users.getUser()) {
      await users.removeUser();
      void changed();
    }
    return null;
  }

  let renewing: Promise<string | null> | null = null;
  async function renewNow(): Promise<string | null> {
    const before = await own();
    // Without a refresh token the library would try a frame, which our policy does not allow, and wait for it.
    if (before?.refresh_token === undefined) return drop();
    try {
      const user = await users.signinSilent();
      lockIfOthers();
      if (!user || user.profile.sub !== session.person?.sub) return await drop();
      noteGoodToken();
      return user.access_token;
    } catch (error) {
      // Without the issuer's answer the token stays for the next try.
      if (!(error instanceof ErrorResponse)) return null;
      // It said no; unless the library itself has renewed it meanwhile.
      const now = await own();
      return now && now.access_token !== before.access_token ? now.access_token : drop();
    }
  }

  const session: Session = {
    person: personOfDevice(), role: null, locked: null,
    async token() {
      const user = await own();
      if (!user) return null;
      if ((user.expires_in ?? 0) <= NEARLY_OVER_S) return session.renew();
      noteGoodToken();
      return user.access_token;
    },
    // Once for all who ask: an issuer takes a refresh token a single time, and the whole sign-in back when it sees it again.
    renew: () => renewing ??= renewNow().finally(() => { renewing = null; }),
    readable: isReadable,
    actAs(role) {
      localStorage.setItem(ROLE, role);
      session.role = role;
      void changed();
    },
    async signIn(returnTo = location.pathname + location.search) { await users.signinRedirect({ state: returnTo, nonce: crypto.randomUUID() }); },
    async finishSignIn() {
      // The library compares state and nonce, but neither whose document it reads nor whose ID token it gets.
      if (await users.metadataService.getIssuer() !== issuer) throw new Error('the configuration is of another issuer');
      const user = await users.signinCallback();
      if (!user) throw new Error('the issuer sent no user');
      if (user.profile.iss !== issuer || ![user.profile.aud].flat().includes(clientId)) {
        await users.removeUser();
        throw new Error('the ID token is of another issuer, or for another client');
      }
      session.person = personOf(user);
      session.role = roleOf(session.person);
      session.locked = null;
      notePerson(session.person);
      noteGoodToken();
      await Promise.race([changed(), sleep(LONGEST_CLEARING_MS)]);
      return placeOf(user.state);
    },
    async signOut() {
      localStorage.removeItem(ROLE);
      notePerson(null);
      session.person = null;
      session.role = null;
      await Promise.race([Promise.allSettled([changed(), forgetAnswers()]), sleep(LONGEST_CLEARING_MS)]);
      // Without a network only this device forgets.
      await users.signoutRedirect().catch(async () => { await users.removeUser(); location.assign('/'); });
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => { watchers.delete(onChange); };
    },
  };

  // A token that is left in a tab whose device has another person by now, or none, is nobody's.
  const kept = `oidc.user:${issuer}:${clientId}`;
  const left = sessionStorage.getItem(kept);
  if (left !== null && (JSON.parse(left) as User).profile.sub !== session.person?.sub) sessionStorage.removeItem(kept);
  session.role = session.person && roleOf(session.person);

  window.addEventListener('storage', ({ key }) => { if (key === DEVICE_PERSON || key === null) lockIfOthers(); });
  // A page that slept heard nothing.
  window.addEventListener('pageshow', lockIfOthers);
  document.addEventListener('visibilitychange', lockIfOthers);
  return session;
}

/** This session as long as it is that person's: no token of anybody else goes out with what they did. */
export function only(session: Session, personId: string): Session {
  const theirs = async (token: Promise<string | null>): Promise<string | null> => {
    const found = await token;
    return session.person?.personId === personId ? found : null;
  };
  return { ...session, token: () => theirs(session.token()), renew: () => theirs(session.renew()) };
}

function roleOf(person: Person): Role | null {
  const asked = localStorage.getItem(ROLE);
  return person.roles.find((role) => role === asked) ?? person.roles[0] ?? null;
}

function personOf({ profile }: User): Person {
  const claims = profile as unknown as { sub: string; person_id: string; name?: string; roles: Role[]; hospital?: string; departments?: string[]; insurer?: string };
  const { sub, person_id: personId, name = sub, roles, hospital, departments, insurer } = claims;
  return { sub, personId, name, roles, ...(hospital === undefined ? {} : { hospital }), ...(departments === undefined ? {} : { departments }), ...(insurer === undefined ? {} : { insurer }) };
}

/** A place of ours: two slashes at its beginning, of either kind, would be another host. */
function placeOf(state: unknown): string {
  const place = typeof state === 'string' ? state : '/';
  return /^\/(?![/\\])/.test(place) ? place : '/';
}

/** The answers that the browser itself has kept on its disk go too. */
const forgetAnswers = (): Promise<Response> => fetch('/signed-out', { method: 'POST' });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { window.setTimeout(resolve, ms); });
