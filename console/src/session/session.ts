/** Who is at work: sign-in by OpenID Connect (authorization code with PKCE), renewal, sign-out, and the role in which they act. */
import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts';
import type { components } from '../api/schema';
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
  /** A valid access token, renewed when needed; null when one can be had only by signing in. */
  token(): Promise<string | null>;
  /** After a 401: a new token, or null. */
  renew(): Promise<string | null>;
  actAs(role: Role): void;
  signIn(returnTo?: string): Promise<void>;
  /** Ends a sign-in on /signed-in; answers where the person wanted to go. */
  finishSignIn(): Promise<string>;
  signOut(): Promise<void>;
  /** Calls back when person or role change. */
  watch(onChange: () => void): () => void;
}

const PERSON = 'kuaipei.person';
const ROLE = 'kuaipei.role';
/** Seconds before its end at which a token is renewed instead of used. */
const NEARLY_OVER_S = 30;

export function createSession({ issuer, clientId }: Settings): Session {
  const users = new UserManager({
    authority: issuer, client_id: clientId, redirect_uri: `${location.origin}/signed-in`, post_logout_redirect_uri: `${location.origin}/`,
    response_type: 'code', scope: 'openid', automaticSilentRenew: true, loadUserInfo: false,
    // Tokens live as long as the tab: what another program finds on the disk of a shared ward computer must not open the claims.
    userStore: new WebStorageStateStore({ store: sessionStorage }), stateStore: new WebStorageStateStore({ store: sessionStorage }),
  });
  const watchers = new Set<() => void>();
  const changed = (): void => { for (const onChange of watchers) onChange(); };
  const session: Session = {
    person: readKept(), role: null,
    async token() {
      const user = await users.getUser();
      if (user && (user.expires_in ?? 0) > NEARLY_OVER_S) return user.access_token;
      return user?.refresh_token === undefined ? null : session.renew();
    },
    async renew() {
      try {
        // Without a refresh token the library would try a frame, which our policy does not allow, and wait for it.
        if ((await users.getUser())?.refresh_token === undefined) return null;
        const user = await users.signinSilent();
        return user?.access_token ?? null;
      } catch {
        return null;
      }
    },
    actAs(role) {
      localStorage.setItem(ROLE, role);
      session.role = role;
      changed();
    },
    async signIn(returnTo = location.pathname + location.search) { await users.signinRedirect({ state: returnTo }); },
    async finishSignIn() {
      const user = await users.signinCallback();
      if (!user) throw new Error('the issuer sent no user');
      session.person = personOf(user);
      session.role = roleOf(session.person);
      localStorage.setItem(PERSON, JSON.stringify(session.person));
      changed();
      return typeof user.state === 'string' && user.state.startsWith('/') ? user.state : '/';
    },
    async signOut() {
      localStorage.removeItem(PERSON);
      localStorage.removeItem(ROLE);
      session.person = null;
      session.role = null;
      changed();
      // Without a network only this device forgets.
      await users.signoutRedirect().catch(async () => { await users.removeUser(); location.assign('/'); });
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => { watchers.delete(onChange); };
    },
  };
  session.role = session.person && roleOf(session.person);
  return session;
}

function readKept(): Person | null {
  const kept = localStorage.getItem(PERSON);
  return kept === null ? null : (JSON.parse(kept) as Person);
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
