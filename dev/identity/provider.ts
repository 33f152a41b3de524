import { Provider, errors, type Configuration, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { PERSONAS, type Persona } from '../personas';
import { API_AUDIENCE, API_RESOURCE, CONSOLE_CLIENT, PERSONA_GRANT, SHELL_CLIENT } from './grant';
import type { IdentitySecrets } from './keys';
import { signOutPage, signedOutPage } from './sign-out';

const WORKING_DAY = 8 * 60 * 60;
const API: ResourceServer = { audience: API_AUDIENCE, scope: 'claims', accessTokenFormat: 'jwt', accessTokenTTL: WORKING_DAY, jwt: { sign: { alg: 'ES256' } } };

/** A real OpenID Connect provider whose only accounts are the personas. Nobody needs a password: it is for one machine. */
export function createProvider(issuer: string, secrets: IdentitySecrets): Provider {
  const provider = new Provider(issuer, configuration(secrets));

  provider.registerGrantType<{ persona?: string }>(PERSONA_GRANT, async (ctx) => {
    const persona = find(ctx.oidc.params.persona);
    if (persona === undefined) throw new errors.InvalidGrant('persona is not known');
    const token = new ctx.oidc.provider.AccessToken({ accountId: persona.account, client: ctx.oidc.client, gty: PERSONA_GRANT, grantId: (await grantFor(ctx, persona.account)).jti });
    token.resourceServer = new ctx.oidc.provider.ResourceServer(API_RESOURCE, API);
    token.scope = API.scope;
    const accessToken = await token.save();
    ctx.body = { access_token: accessToken, expires_in: token.expiration, token_type: token.tokenType, scope: token.scope };
  }, ['persona']);
  return provider;
}

/** Everything a persona can grant; nobody is asked. */
async function grantFor(ctx: KoaContextWithOIDC, accountId: string): Promise<InstanceType<Provider['Grant']>> {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client?.clientId ?? '', accountId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(API_RESOURCE, API.scope);
  await grant.save();
  return grant;
}

const find = (account: unknown): Persona | undefined => PERSONAS.find((persona) => persona.account === account);

/** What our API reads from a token (DESIGN, Identity). */
const claimsOf = ({ personId, roles, hospital, departments, insurer }: Persona) => ({
  person_id: personId,
  roles,
  ...(hospital === undefined ? {} : { hospital }),
  ...(departments === undefined ? {} : { departments }),
  ...(insurer === undefined ? {} : { insurer }),
});

function configuration({ signingKey, cookieKeys }: IdentitySecrets): Configuration {
  return {
    jwks: { keys: [signingKey] },
    cookies: { keys: cookieKeys },
    clients: [
      {
        client_id: CONSOLE_CLIENT, application_type: 'native', token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
        // A native client on loopback may come back to any port, so the console's development server works as well.
        redirect_uris: ['http://127.0.0.1/signed-in', 'http://localhost/signed-in'],
        post_logout_redirect_uris: ['http://127.0.0.1/', 'http://localhost/'],
        id_token_signed_response_alg: 'ES256',
      },
      { client_id: SHELL_CLIENT, token_endpoint_auth_method: 'none', grant_types: [PERSONA_GRANT], response_types: [], redirect_uris: [], id_token_signed_response_alg: 'ES256' },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid'],
    claims: { openid: ['sub', 'name', 'person_id', 'roles', 'hospital', 'departments', 'insurer'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    // As Keycloak does: a session's refresh token, without a scope of its own.
    issueRefreshToken: (_ctx, client) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
    clientBasedCORS: () => true,
    responseTypes: ['code'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        // Who signs out on our console has said so there: nobody is asked twice.
        logoutSource: (ctx, form) => { ctx.body = signOutPage(form, ctx.oidc.client?.clientId === CONSOLE_CLIENT); },
        postLogoutSuccessSource: (ctx) => { ctx.body = signedOutPage(); },
      },
      resourceIndicators: {
        enabled: true,
        // Whoever does not name a resource means the only one there is.
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== API_RESOURCE) throw new errors.InvalidTarget();
          return API;
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `/choose/${interaction.uid}` },
    findAccount: (_ctx, sub) => {
      const persona = find(sub);
      return persona && { accountId: sub, claims: () => ({ sub, name: persona.name, ...claimsOf(persona) }) };
    },
    extraTokenClaims: (_ctx, token) => {
      const persona = find('accountId' in token ? token.accountId : undefined);
      return persona && claimsOf(persona);
    },
    loadExistingGrant: (ctx) => {
      const accountId = ctx.oidc.session?.accountId;
      return accountId === undefined ? undefined : grantFor(ctx, accountId);
    },
    ttl: { AccessToken: WORKING_DAY, AuthorizationCode: 60, Grant: 14 * 24 * 3600, IdToken: 3600, Interaction: 600, RefreshToken: 14 * 24 * 3600, Session: 14 * 24 * 3600 },
  };
}
