import { tokenFor } from '../../dev/identity';
import { API_AUDIENCE } from '../../dev/identity/grant';
import { server } from './servers';

/** Issuer and audience of the run's identity provider, as the API is configured with them. */
export async function identityProvider(): Promise<{ issuer: string; audience: string }> {
  const { issuer } = await server('identity');
  return { issuer, audience: API_AUDIENCE };
}

/** A bearer token for a persona of dev/personas.ts, such as `reviewer-a-i001`. */
export function token(account: string): Promise<string> {
  const known = tokens.get(account) ?? server('identity').then(({ issuer }) => tokenFor(issuer, account));
  tokens.set(account, known);
  return known;
}

/** Good for longer than any test file runs. */
const tokens = new Map<string, Promise<string>>();
