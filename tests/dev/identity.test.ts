import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { CONSOLE_CLIENT } from '../../dev/identity/grant';
import { PERSONAS, personaOf } from '../../dev/personas';
import { ROLES } from '../../src/domain/claim/people';
import { identityProvider, token } from '../support/identity';

const verified = async (bearer: string) => {
  const { issuer, audience } = await identityProvider();
  return jwtVerify(bearer, createRemoteJWKSet(new URL(`${issuer}/jwks`)), { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
};

describe('personas', () => {
  test('SPEC §1.2: every role has its people, in two hospitals and two insurers', () => {
    for (const role of ROLES) expect(PERSONAS.some((persona) => persona.roles.includes(role))).toBe(true);
    for (const hospital of ['H001', 'H002']) {
      for (const role of ['liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed'] as const) {
        expect(PERSONAS.some((persona) => persona.hospital === hospital && persona.roles.includes(role))).toBe(true);
      }
    }
    for (const insurer of ['I001', 'I002']) {
      for (const role of ['reviewer', 'senior-reviewer', 'approver', 'finance'] as const) {
        const persons = new Set(PERSONAS.filter((persona) => persona.insurer === insurer && persona.roles.includes(role)).map((persona) => persona.personId));
        expect(persons.size).toBeGreaterThanOrEqual(2);
      }
    }
  });

  test('SPEC §1.2: persons, not accounts: one person has two accounts, every other person one', () => {
    expect(personaOf('twin-reviewer-i001').personId).toBe(personaOf('twin-approver-i001').personId);
    expect(new Set(PERSONAS.map((persona) => persona.account)).size).toBe(PERSONAS.length);
    expect(new Set(PERSONAS.map((persona) => persona.personId)).size).toBe(PERSONAS.length - 1);
  });
});

describe('the local identity provider', () => {
  test('a shell gets an access token (RFC 9068) with the claims our API reads', async () => {
    const bearer = await token('liaison-a-h001');
    expect(decodeProtectedHeader(bearer)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const { payload } = await verified(bearer);
    expect(payload).toMatchObject({ sub: 'liaison-a-h001', person_id: 'P-H001-LIAISON-A', roles: ['liaison'], hospital: 'H001', departments: ['cardiac-surgery', 'thoracic-surgery', 'vascular-surgery'] });
    expect(payload).not.toHaveProperty('name');
    expect(payload).not.toHaveProperty('insurer');
  });

  test('an unknown persona gets none', async () => {
    await expect(token('nobody')).rejects.toThrow('No token for "nobody"');
  });

  test('a browser signs in by authorization code with PKCE, on any loopback port, by choosing a persona', async () => {
    const { issuer } = await identityProvider();
    const config = await client.discovery(new URL(issuer), CONSOLE_CLIENT, undefined, client.None(), { execute: [client.allowInsecureRequests] });
    const verifier = client.randomPKCECodeVerifier();
    const start = client.buildAuthorizationUrl(config, {
      redirect_uri: 'http://127.0.0.1:5173/signed-in', scope: 'openid claims', state: 'here',
      code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });

    const browser = new Browser();
    const chooser = await browser.follow(start.href);
    expect(await chooser.text()).toContain('value="approver-b-i002"');
    const back = await browser.follow(chooser.url, new URLSearchParams({ persona: 'approver-b-i002' }));
    const tokens = await client.authorizationCodeGrant(config, new URL(back.url), { pkceCodeVerifier: verifier, expectedState: 'here' });

    const { payload } = await verified(tokens.access_token);
    expect(payload).toMatchObject({ sub: 'approver-b-i002', roles: ['approver'], insurer: 'I002' });
    expect(tokens.claims()).toMatchObject({ sub: 'approver-b-i002', name: personaOf('approver-b-i002').name });
  });

  test('without PKCE there is no code', async () => {
    const { issuer } = await identityProvider();
    const query = new URLSearchParams({ client_id: CONSOLE_CLIENT, response_type: 'code', redirect_uri: 'http://127.0.0.1:5173/signed-in', scope: 'openid' });
    const answer = await fetch(`${issuer}/auth?${query.toString()}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });
});

/** As much of a browser as signing in needs: it keeps cookies, follows redirects, and stops at pages and at the console's own address. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async follow(url: string, form?: URLSearchParams): Promise<{ url: string; text: () => Promise<string> }> {
    const answer = await fetch(url, {
      redirect: 'manual', headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) return { url, text: () => answer.text() };
    const next = new URL(location, url);
    return next.pathname === '/signed-in' ? { url: next.href, text: () => Promise.resolve('') } : this.follow(next.href);
  }
}
