import { tokenFor } from '../../dev/identity';
import { API_AUDIENCE } from '../../dev/identity/grant';
import { server } from './servers';

/** Issuer and audience of the run's identity provider, as the API is configured with them. */
export async function identityProvider(): Promise<{ issuer: string; audience: string }> {
  const { issuer } = await server('identity');
  return { issuer, audience: API_AUDIENCE };
}

/** A bearer token for a persona of dev/personas.ts, such as `reviewer-a-i001`. */
export async function token(account: string): Promise<string> {
  const { issuer } = await server('identity');
  return tokenFor(issuer, account);
}
