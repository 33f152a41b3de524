import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { SEARCH_ATTRIBUTES } from '../../dev/temporal';
import { ROLES } from '../../src/domain/claim';
import { readApiConfig, readMigrationConfig, readWorkerConfig } from '../../src/platform/config';
import { compose, environmentOf, example, read, REFERENCE, root } from './compose';

const services = Object.entries(compose.services);
const OURS = { migrate: { variables: 'migrationVariables', read: readMigrationConfig }, api: { variables: 'apiVariables', read: readApiConfig }, worker: { variables: 'workerVariables', read: readWorkerConfig } } as const;
/** They run once and end well; everything else stays and has a health check. */
const ONE_SHOT = ['migrate', 'temporal-schema', 'temporal-namespace'];
const SECRET = /PASSWORD|SECRET|_KEY$|_PWD$|ACCESS_KEY_ID/;
/** May stay empty. */
const OPTIONAL = ['RETENTION', 'CLAMD_ADDRESS', 'TRUSTED_PROXIES'];

/** What a person would fill in. */
const filledIn = Object.fromEntries(Object.entries(example).map(([name, value]) =>
  [name, value !== '' || OPTIONAL.includes(name) ? value : name.endsWith('_URL') ? 'https://somewhere.example.org' : `${name}0123456789abcdef0123456789abcdef`]));

describe('docker-compose.yml', () => {
  test('is a Compose file by the published schema', () => {
    const { $schema: _dialect, ...schema } = JSON.parse(read('tests/deploy/compose-spec.json')) as Record<string, unknown>;
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    const fits = ajv.compile(schema);
    expect(fits(compose) ? [] : fits.errors).toEqual([]);
  });

  test('every image is pinned to an exact version, and one image of ours is all three processes', () => {
    for (const [name, { image }] of services) {
      expect([name, image]).toEqual([name, expect.stringMatching(/^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$/)]);
    }
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(Object.keys(OURS).map((name) => compose.services[name]?.image)).toEqual(Array(3).fill(`kuaipei:${version}`));
  });

  /** Read by the SDKs of Temporal, S3 and OpenTelemetry. */
  const BY_LIBRARIES = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG'];
  test.each(Object.entries(OURS))('%s is given what it needs, and nothing that nobody reads', (name, { variables, read: readConfig }) => {
    const environment = environmentOf(name, filledIn);
    expect(() => readConfig(environment)).not.toThrow();
    const known = [...namesIn(variables), ...(name === 'migrate' ? [] : BY_LIBRARIES)];
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
  });

  test('has no secret of its own: each comes from .env, and compose stops where one is missing', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (SECRET.test(variable)) expect([name, variable, value]).toEqual([name, variable, expect.stringMatching(/^\$\{\w+:\?[^}]+\}$/)]);
        expect([name, variable, /\/\/\w+:(?!\$\{)[^@/]*@/.test(value)]).toEqual([name, variable, false]); // no password in an address
      }
    }
    const referred = [...read('docker-compose.yml').matchAll(REFERENCE)].map(([, variable]) => variable);
    expect([...new Set(referred)].sort()).toEqual(Object.keys(example).sort());
    expect(Object.entries(example).filter(([variable, value]) => SECRET.test(variable) && value !== '')).toEqual([]);
  });

  test('every service is bounded, comes back, and is waited for until it is healthy or done', () => {
    for (const [name, service] of services) {
      expect([name, service.deploy?.resources.limits]).toEqual([name, { cpus: expect.any(String), memory: expect.any(String) }]);
      expect([name, service.restart]).toEqual([name, ONE_SHOT.includes(name) ? 'on-failure:5' : 'unless-stopped']);
      if (!ONE_SHOT.includes(name) && name !== 'temporal-ui') expect([name, service.healthcheck]).toEqual([name, expect.anything()]);
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect([name, other, condition]).toEqual([name, other, ONE_SHOT.includes(other) ? 'service_completed_successfully' : 'service_healthy']);
        expect(compose.services).toHaveProperty([other]);
      }
    }
  });

  test('what it names is there: networks, volumes, mounted files; what it publishes stays on loopback', () => {
    for (const [, service] of services) {
      const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks);
      expect(networks.filter((network) => !(network in compose.networks))).toEqual([]);
      for (const [from = ''] of (service.volumes ?? []).map((volume) => volume.split(':'))) {
        expect([from, from.startsWith('.') ? existsSync(join(root, from)) : from in compose.volumes]).toEqual([from, true]);
      }
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test('our processes cannot write to their own files', () => {
    for (const name of Object.keys(OURS)) expect([name, compose.services[name]?.read_only]).toEqual([name, true]);
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
  });
});

describe('Dockerfile', () => {
  test('builds on one exact image', () => {
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim$/)]));
  });

  test('the commands that compose runs are files that the build makes of these sources', () => {
    for (const name of Object.keys(OURS)) {
      const built = compose.services[name]?.command?.[1] ?? '';
      expect([name, existsSync(join(root, built.replace(/^build\//, '').replace(/\.js$/, '.ts')))]).toEqual([name, true]);
    }
  });

  test('every package the program imports is installed in the image', () => {
    const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'worker.ts'], { cwd: root, encoding: 'utf8' }).split('\n').filter((file) => file.endsWith('.ts') && existsSync(join(root, file)));
    const imported = new Set(sources.flatMap((file) => [...read(file).matchAll(/^(?:import|export)(?! type)[^'\n]*(?:\n[^'\n]*)*? from '([^'.][^']*)'|import\('([^'.][^']*)'\)/gm)].map(([, plain, lazy]) => packageOf(plain ?? lazy ?? ''))));
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    // Comes with @prisma/adapter-pg, and must be the very copy that the adapter uses.
    const installed = [...Object.keys(dependencies), '@prisma/driver-adapter-utils'];
    expect([...imported].filter((name) => !name.startsWith('node:') && !installed.includes(name))).toEqual([]);
  });
});

describe('deploy/', () => {
  test('the realm holds the roles of SPEC §1.2, and its tokens say what the API reads', () => {
    interface Mapper { name: string; protocolMapper: string; config: Record<string, string> }
    const realm = JSON.parse(read('deploy/keycloak/kuaipei-realm.json')) as {
      roles: { client: Record<string, Array<{ name: string }>> };
      clientScopes: Array<{ name: string; protocolMappers: Mapper[] }>;
      clients: Array<{ clientId: string; attributes?: Record<string, string>; secret?: string; defaultClientScopes?: string[] }>;
      users?: unknown;
      components: Record<string, Array<{ config: Record<string, string[]> }>>;
    };
    expect(realm.roles.client['kuaipei-api']?.map(({ name }) => name).sort()).toEqual([...ROLES].sort());
    const mappers = realm.clientScopes.find(({ name }) => name === 'kuaipei')?.protocolMappers ?? [];
    expect(mappers.flatMap(({ config }) => config['claim.name'] ?? []).sort()).toEqual(['departments', 'hospital', 'insurer', 'person_id', 'roles']);
    expect(mappers.filter(({ config }) => config.multivalued === 'true').map(({ name }) => name).sort()).toEqual(['departments', 'roles']);
    expect(mappers.map(({ protocolMapper }) => protocolMapper)).toContain('oidc-sub-mapper');
    expect(mappers.find(({ name }) => name === 'audience')?.config['included.custom.audience']).toBe(compose.services.api?.environment?.OIDC_AUDIENCE);
    const signIn = realm.clients.find(({ clientId }) => clientId === 'kuaipei-console');
    expect(signIn).toMatchObject({ attributes: { 'access.token.header.type.rfc9068': 'true', 'pkce.code.challenge.method': 'S256' }, defaultClientScopes: ['kuaipei'] });
    // No account and no secret comes with the realm.
    expect(realm.users).toBeUndefined();
    expect(realm.clients.filter(({ secret }) => secret !== undefined)).toEqual([]);
    // Who I am and where I belong is not mine to edit.
    const profile = JSON.parse(realm.components['org.keycloak.userprofile.UserProfileProvider']?.[0]?.config['kc.user.profile.config']?.[0] ?? '{}') as { attributes: Array<{ name: string; permissions: { edit: string[] } }> };
    for (const name of ['person_id', 'hospital', 'departments', 'insurer']) expect(profile.attributes.find((one) => one.name === name)?.permissions.edit).toEqual(['admin']);
  });

  test('Temporal is told the search attributes that the claims set', () => {
    const told = [...read('deploy/temporal/namespace.sh').matchAll(/--name (\w+) --type (\w+)/g)].map(([, name, type]) => [name, type]);
    expect(Object.fromEntries(told)).toEqual(SEARCH_ATTRIBUTES);
  });
});

/** The variables that a process knows, as src/platform/config.ts lists them. */
function namesIn(schema: string): string[] {
  const [, body = ''] = new RegExp(`const ${schema} = (?:z\\.object\\()?\\{\\n([\\s\\S]*?)\\n\\}`).exec(read('src/platform/config.ts')) ?? [];
  const shared = [...body.matchAll(/^ {2}\.\.\.(\w+),/gm)].flatMap(([, name = '']) => namesIn(name));
  const names = [...shared, ...[...body.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name ?? '')];
  expect(names.length).toBeGreaterThan(0);
  return names;
}

const packageOf = (imported: string): string => imported.split('/').slice(0, imported.startsWith('@') ? 2 : 1).join('/');
