import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'oidc-provider';

export interface IdentitySecrets {
  /** Signs tokens. Kept, so that a token outlives a restart of the stack. */
  signingKey: JWK;
  cookieKeys: string[];
}

/** The secrets in that folder, made on first use. */
export async function identitySecrets(folder: string): Promise<IdentitySecrets> {
  const file = join(folder, 'secrets.json');
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known) as IdentitySecrets;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secrets: IdentitySecrets = {
    signingKey: { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'ES256' },
    cookieKeys: [randomBytes(32).toString('hex')],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
