import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request } from 'express';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type GenerateKeyPairResult, type JWTPayload } from 'jose';
import { createAuthenticate, type Authenticate } from '../../src/api/auth';
import { ProblemError } from '../../src/api/problems';

/** An issuer of our own, whose keys we have: the real one signs nothing wrong. */
let server: Server;
let issuer: string;
let keys: GenerateKeyPairResult;
let authenticate: Authenticate;
const AUDIENCE = 'kuaipei-api';
const PERSON = { person_id: 'P-1', roles: ['reviewer'], insurer: 'I001' };

beforeAll(async () => {
  keys = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  server = createServer((req, res) => { res.setHeader('content-type', 'application/json').end(JSON.stringify(req.url?.includes('openid') ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: [jwk] })); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  authenticate = createAuthenticate({ issuer, audience: AUDIENCE, patientSessionSecret: 'a-secret-of-patients-links-for-tests' });
});
afterAll(() => { server.close(); });

interface Different { header?: Record<string, unknown>; claims?: JWTPayload; issuer?: string; audience?: string; expires?: string; key?: GenerateKeyPairResult['privateKey'] | Uint8Array }
const token = ({ header = {}, claims = PERSON, issuer: by = issuer, audience = AUDIENCE, expires = '5m', key = keys.privateKey }: Different = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k', ...header }).setIssuer(by).setAudience(audience).setSubject('account').setIssuedAt().setExpirationTime(expires).sign(key);
const ask = (authorization: string | undefined) => authenticate({ get: (name: string) => (name === 'authorization' ? authorization : undefined) } as unknown as Request);
const statusOf = (authorization: string | undefined): Promise<unknown> => ask(authorization).then(() => 200, (error: unknown) => (error instanceof ProblemError ? error.problem.status : error));

describe('issue 3 part 8: OIDC bearer tokens verified properly', () => {
  test('a token that holds is its account, person and roles', async () => {
    expect(await ask(`Bearer ${await token()}`)).toEqual({ sub: 'account', personId: 'P-1', roles: ['reviewer'], insurer: 'I001' });
  });

  const WRONG: Record<string, () => Promise<string> | string> = {
    'no token': () => '', 'another scheme': async () => `Basic ${await token()}`, 'no words at all': () => 'Bearer not.a.token', 'more than a header should carry': () => `Bearer ${'a'.repeat(9000)}`,
    'expired': async () => `Bearer ${await token({ expires: '-1m' })}`, 'for another audience': async () => `Bearer ${await token({ audience: 'somebody-else' })}`,
    'by another issuer': async () => `Bearer ${await token({ issuer: 'https://elsewhere.example.org' })}`,
    'an id token (typ JWT)': async () => `Bearer ${await token({ header: { typ: 'JWT' } })}`,
    'signed by a key that is not the issuer\'s': async () => `Bearer ${await token({ key: (await generateKeyPair('ES256')).privateKey })}`,
    'unsigned (alg none)': () => `Bearer ${new UnsecuredJWT(PERSON).setIssuer(issuer).setAudience(AUDIENCE).setSubject('account').setExpirationTime('5m').encode()}`,
    'signed with the public key as a shared secret': async () => `Bearer ${await token({ header: { alg: 'HS256' }, key: new TextEncoder().encode(await exportSPKI(keys.publicKey)) })}`,
    'without a person': async () => `Bearer ${await token({ claims: { roles: ['reviewer'] } })}`, 'with a role that is none': async () => `Bearer ${await token({ claims: { ...PERSON, roles: ['root'] } })}`,
    'without roles': async () => `Bearer ${await token({ claims: { ...PERSON, roles: [] } })}`, 'with NUL in a claim': async () => `Bearer ${await token({ claims: { ...PERSON, hospital: 'H\u0000' } })}`,
  };
  test.each(Object.keys(WRONG))('%s: 401', async (name) => {
    expect(await statusOf((await WRONG[name]!()) || undefined)).toBe(401);
  });

  test('a token is proved once a minute, and never taken beyond its end; another beside it is proved for itself', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask', 'performance', 'hrtime'] });
    const proved = jest.spyOn(crypto.subtle, 'verify');
    try {
      const began = Date.now();
      const [long, short] = [`Bearer ${await token()}`, `Bearer ${await token({ expires: '30s' })}`];
      const asked = async (seconds: number): Promise<unknown[]> => {
        jest.setSystemTime(began + seconds * 1_000);
        return [await statusOf(long), await statusOf(short), proved.mock.calls.length];
      };
      expect([await asked(0), await asked(20), await asked(50), await asked(70)]).toEqual([[200, 200, 2], [200, 200, 2], [200, 401, 3], [200, 401, 5]]);
      expect(await statusOf(`${long.slice(0, -9)}${long.at(-9) === 'A' ? 'B' : 'A'}${long.slice(-8)}`)).toBe(401);
    } finally {
      proved.mockRestore();
      jest.useRealTimers();
    }
  });

  test('an issuer that sends us elsewhere for its keys is not followed', async () => {
    const asked: Array<string | undefined> = [];
    const moved = createServer((req, res) => { asked.push(req.url); res.writeHead(302, { location: `${issuer}/.well-known/openid-configuration` }).end(); });
    await new Promise<void>((resolve) => { moved.listen(0, '127.0.0.1', resolve); });
    const { port } = moved.address() as AddressInfo;
    const there = createAuthenticate({ issuer: `http://127.0.0.1:${port}`, audience: AUDIENCE, patientSessionSecret: 'a-secret-of-patients-links-for-tests' });
    const authorization = `Bearer ${await token()}`;
    const error: unknown = await there({ get: () => authorization } as unknown as Request).catch((one: unknown) => one);
    moved.close();
    expect(asked).toEqual(['/.well-known/openid-configuration']);
    expect(String((error as Error).cause)).toContain('redirect');
  });

  test('a changed letter anywhere in the token: 401', async () => {
    const whole = await token();
    for (let at = 0; at < whole.length - 2; at += 7) {
      const changed = `${whole.slice(0, at)}${whole[at] === 'A' ? 'B' : 'A'}${whole.slice(at + 1)}`;
      if (whole[at] !== '.') expect([at, await statusOf(`Bearer ${changed}`)]).toEqual([at, 401]);
    }
  });
});
