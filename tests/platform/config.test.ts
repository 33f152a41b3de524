import { ConfigurationError, readApiConfig, readMigrationConfig, readWorkerConfig } from '../../src/platform/config';

const api = {
  API_DATABASE_URL: 'postgresql://kuaipei_api:s3cret-word@127.0.0.1:5432/kuaipei',
  OIDC_ISSUER: 'http://127.0.0.1:8090/',
  BANK_URL: 'http://127.0.0.1:8091',
  BANK_SECRET: 'bank-0123456789abcdef0123456789abcdef',
  PATIENT_SESSION_SECRET: '0123456789abcdef0123456789abcdef',
  KEY_FILE: '/run/secrets/keys',
  STORE_DIR: '/var/kuaipei',
};

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('configuration by environment, failing fast with the variable’s name', () => {
  test('defaults fill what one machine does not need to say', () => {
    expect(readApiConfig(api)).toMatchObject({
      host: '127.0.0.1', port: 8080, trustedProxies: 'loopback', oidc: { issuer: 'http://127.0.0.1:8090', audience: 'kuaipei-api' },
      store: { kind: 'folder', folder: '/var/kuaipei' }, clamdAddress: null, logLevel: 'info',
    });
  });

  test('every missing variable is named, with what it is for', () => {
    const message = refusal(() => readWorkerConfig({}));
    for (const name of ['WORKER_DATABASE_URL', 'BANK_URL', 'INSURER_URL', 'NOTICE_URL', 'BANK_SECRET', 'INSURER_SECRET', 'NOTICE_SECRET', 'KEY_FILE']) expect(message).toContain(`${name} is missing: `);
    expect(message).toContain('notice gateway');
  });

  test.each([
    ['API_PORT', '70000'], ['API_DATABASE_URL', 'mysql://root:s3cret-word@db/kuaipei'], ['OIDC_ISSUER', 'file:///etc/passwd'],
    ['BANK_SECRET', 'shorter-than-32-characters'], ['PATIENT_SESSION_SECRET', 'shorter-than-32-characters'], ['CLAMD_ADDRESS', 'scanner-host'], ['LOG_LEVEL', 'loud'], ['TRUSTED_PROXIES', '10.0.0.0/33'], ['TRUSTED_PROXIES', 'uniquelocal'],
  ])('%s that is not valid is named, and its value is not repeated', (name, value) => {
    const message = refusal(() => readApiConfig({ ...api, [name]: value }));
    expect(message).toContain(`${name} is not valid: `);
    expect(message).not.toContain(value);
  });

  test.each([['INSURER_SECRET', 'BANK_SECRET'], ['NOTICE_SECRET', 'BANK_SECRET'], ['NOTICE_SECRET', 'INSURER_SECRET']])('ASVS 11.1.1: %s that is %s is refused: no party may sign as another', (name, other) => {
    const { API_DATABASE_URL: WORKER_DATABASE_URL, ...shared } = api;
    const worker = { ...shared, WORKER_DATABASE_URL, INSURER_URL: 'http://insurer', NOTICE_URL: 'http://notices', INSURER_SECRET: 'insurer-0123456789abcdef0123456789abcdef', NOTICE_SECRET: 'notices-0123456789abcdef0123456789abcdef' };
    expect(readWorkerConfig(worker)).toMatchObject({ bank: { secret: worker.BANK_SECRET }, insurer: { secret: worker.INSURER_SECRET }, notices: { secret: worker.NOTICE_SECRET } });
    expect(refusal(() => readWorkerConfig({ ...worker, [name]: worker[other as 'BANK_SECRET'] }))).toMatch(new RegExp(`${name} is not valid: .* and nobody else`));
  });

  test('issue 6, task queues by kind of work: a worker does all kinds, or those it is told; an unknown one is named', () => {
    const { API_DATABASE_URL: WORKER_DATABASE_URL, ...shared } = api;
    const worker = { ...shared, WORKER_DATABASE_URL, INSURER_URL: 'http://insurer', NOTICE_URL: 'http://notices', INSURER_SECRET: 'insurer-0123456789abcdef0123456789abcdef', NOTICE_SECRET: 'notices-0123456789abcdef0123456789abcdef' };
    expect(readWorkerConfig(worker).kinds).toEqual(['claims', 'outside', 'upkeep']);
    expect(readWorkerConfig({ ...worker, WORKER_KINDS: 'outside, upkeep' }).kinds).toEqual(['outside', 'upkeep']);
    for (const WORKER_KINDS of ['nights', 'claims,,outside', ',']) expect(refusal(() => readWorkerConfig({ ...worker, WORKER_KINDS }))).toContain('WORKER_KINDS is not valid: kinds of work');
  });

  test.each(['OIDC_ISSUER', 'BANK_URL', 'PUBLIC_URL'])('ASVS 12.2.1: %s in clear leads no further than this machine or a private network', (name) => {
    for (const host of ['claims.example.org', '8.8.8.8', '172.32.0.1', '[2001:db8::1]', 'localhost.example.org']) {
      const message = refusal(() => readApiConfig({ ...api, [name]: `http://${host}/` }));
      expect(message).toContain(`${name} is not valid: https address of `);
      expect(message).not.toContain(host);
    }
    for (const address of ['https://claims.example.org', 'http://localhost:8080', 'http://identity.localhost:8090', 'http://bank:8091', 'http://10.1.2.3', 'http://172.31.250.1', 'http://192.168.1.1', 'http://[::1]:8080', 'http://[fd00::1]']) {
      expect(() => readApiConfig({ ...api, [name]: address })).not.toThrow();
    }
  });

  test('an empty variable is an absent one', () => {
    expect(refusal(() => readMigrationConfig({ DATABASE_URL: '' }))).toContain('DATABASE_URL is missing');
    expect(readApiConfig({ ...api, CLAMD_ADDRESS: '' }).clamdAddress).toBeNull();
  });

  test('documents need a place: a folder, or a whole S3', () => {
    expect(refusal(() => readApiConfig({ ...api, STORE_DIR: '' }))).toContain('STORE_DIR is missing');
    expect(refusal(() => readApiConfig({ ...api, S3_ENDPOINT: 'http://127.0.0.1:9000' }))).toContain('S3_BUCKET is missing');
    expect(readApiConfig({ ...api, S3_ENDPOINT: 'http://127.0.0.1:9000', S3_BUCKET: 'documents' }).store)
      .toEqual({ kind: 's3', endpoint: 'http://127.0.0.1:9000', bucket: 'documents', region: 'us-east-1' });
  });
});
