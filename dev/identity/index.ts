import { join } from 'node:path';
import { startChild, untilReady, type Child } from '../children';
import { PERSONA_GRANT, SHELL_CLIENT } from './grant';

/** Starts the local identity provider; ready when this settles. */
export async function startIdentityProvider({ port, folder, logFile, host = '127.0.0.1' }: { port: number; folder: string; logFile: string; host?: string }): Promise<{ child: Child; issuer: string }> {
  const issuer = `http://${host}:${port}`;
  const child = startChild({ name: 'identity provider', command: process.execPath, args: ['--import', 'tsx', join(__dirname, 'main.ts'), String(port), folder, host], logFile });
  await untilReady(child, async () => {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
  });
  return { child, issuer };
}

/** A bearer token for that persona. Throws when the provider does not know it or does not answer. */
export async function tokenFor(issuer: string, account: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: PERSONA_GRANT, client_id: SHELL_CLIENT, persona: account }) });
  const body = await answer.json() as { access_token?: string; error_description?: string };
  if (body.access_token === undefined) throw new Error(`No token for "${account}": ${body.error_description ?? `the identity provider answered ${answer.status}`}.`);
  return body.access_token;
}
