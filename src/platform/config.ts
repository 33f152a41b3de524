import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

/**
 * Configuration comes from the environment only, is parsed once at the start of a process, and is handed on as a value.
 * Temporal's address, namespace and TLS are read by the SDK's own environment configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …).
 */

/** Thrown at start: names each wrong variable and what it is for, never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const postgres = (whose: string) =>
  z.url({ protocol: /^postgres(ql)?$/ }).describe(`PostgreSQL address of ${whose}, such as postgresql://user:password@host:5432/kuaipei`);
const http = (what: string) => z.url({ protocol: /^https?$/ }).describe(`http(s) address of ${what}`);
const port = (what: string) => z.coerce.number().int().min(1).max(65_535).describe(`TCP port (1–65535) of ${what}`);

const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info')
  .describe('how much to log: trace, debug, info, warn, error, fatal or silent');
const keyFile = z.string().min(1).describe('file of the keys under which secrets are kept; npm run keys -- new FILE makes one');
const webhookSecret = z.string().min(16).describe('secret of at least 16 characters, shared with bank, insurer and notice gateway, that signs calls both ways');

/** `uniquelocal` is missing on purpose: it would take every device of a hospital's own network for a proxy. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return text === 'loopback' || most > 0 && more.length === 0 && (bits === undefined || /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}

const apiVariables = z.object({
  API_DATABASE_URL: postgres('the API (role kuaipei_api)'),
  API_HOST: z.string().default('127.0.0.1').describe('address the API listens on'),
  API_PORT: port('the API').default(8080),
  TRUSTED_PROXIES: z.string().refine((list) => list.split(',').every((one) => isNetwork(one.trim()))).default('loopback')
    .describe('addresses and networks (10.0.0.1, 10.0.0.0/24, loopback), separated by commas, of the proxies whose X-Forwarded-For is believed'),
  PUBLIC_URL: http('the API as its users see it').default('http://127.0.0.1:8080'),
  OIDC_ISSUER: http('the OpenID Connect issuer whose tokens are accepted'),
  OIDC_AUDIENCE: z.string().min(1).default('kuaipei-api').describe('audience that tokens must be made for'),
  CONSOLE_CLIENT_ID: z.string().min(1).default('kuaipei-console').describe('client of the console at the issuer'),
  CONSOLE_DIR: z.string().min(1).default('build/console').describe('folder of the built console'),
  BANK_URL: http('the bank'),
  WEBHOOK_SECRET: webhookSecret,
  KEY_FILE: keyFile,
  PATIENT_SESSION_SECRET: z.string().min(32).describe("secret of at least 32 characters, of the API alone, that makes patients' links and signs their sessions"),
  TEMPORAL_UI_URL: http('the Temporal UI, for links').default('http://127.0.0.1:8233'),
  STORE_DIR: z.string().min(1).optional().describe('folder that holds the documents (or set S3_ENDPOINT, S3_BUCKET and S3_REGION)'),
  S3_ENDPOINT: http('the S3 storage that holds the documents (or set STORE_DIR)').optional(),
  S3_BUCKET: z.string().min(1).optional().describe('S3 bucket of the documents, needed with S3_ENDPOINT'),
  S3_REGION: z.string().min(1).default('us-east-1').describe('S3 region of the bucket'),
  CLAMD_ADDRESS: z.string().regex(/^[^:]+:\d+$/).optional().describe('host:port of clamd, which scans uploads; without it only allowlist and sniffing protect'),
  LOG_LEVEL: logLevel,
}).superRefine((given, context) => {
  if (given.STORE_DIR === undefined && given.S3_ENDPOINT === undefined) context.addIssue({ code: 'custom', path: ['STORE_DIR'] });
  if (given.S3_ENDPOINT !== undefined && given.S3_BUCKET === undefined) context.addIssue({ code: 'custom', path: ['S3_BUCKET'] });
});

const workerVariables = z.object({
  WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)'),
  BANK_URL: http('the bank'),
  INSURER_URL: http("the insurer's core system"),
  NOTICE_URL: http('the notice gateway (SMS, WeChat)'),
  WEBHOOK_SECRET: webhookSecret,
  KEY_FILE: keyFile,
  WORKFLOW_BUNDLE: z.string().min(1).optional().describe('file of the workflow bundle built beforehand; without it the worker bundles at start'),
  METRICS_PORT: port("the worker's Prometheus endpoint").optional(),
  LOG_LEVEL: logLevel,
});

const resealVariables = z.object({ WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)'), KEY_FILE: keyFile });

const migrationVariables = z.object({
  DATABASE_URL: postgres('the owner of the tables (role kuaipei), used by migrations only'),
  LOG_LEVEL: logLevel,
});

/** Where documents are kept. S3 credentials come from the AWS SDK's own variables. */
export type StoreConfig =
  | { kind: 'folder'; folder: string }
  | { kind: 's3'; endpoint: string; bucket: string; region: string };

export interface ApiConfig {
  databaseUrl: string;
  host: string;
  port: number;
  /** Whose X-Forwarded-For is believed: addresses, networks or `loopback`, separated by commas. */
  trustedProxies: string;
  publicUrl: string;
  oidc: { issuer: string; audience: string };
  bankUrl: string;
  webhookSecret: string;
  keyFile: string;
  patientSessionSecret: string;
  temporalUiUrl: string;
  console: { folder: string; clientId: string };
  store: StoreConfig;
  /** host:port, or null where uploads are not scanned. */
  clamdAddress: string | null;
  logLevel: string;
}

export interface WorkerConfig {
  databaseUrl: string;
  bankUrl: string;
  insurerUrl: string;
  noticeUrl: string;
  webhookSecret: string;
  keyFile: string;
  /** File of the workflow bundle, or null: bundle at start. */
  workflowBundle: string | null;
  metricsPort: number | null;
  logLevel: string;
}

export interface ResealConfig {
  databaseUrl: string;
  keyFile: string;
}

export interface MigrationConfig {
  databaseUrl: string;
  logLevel: string;
}

/** The API's configuration. Throws ConfigurationError. */
export function readApiConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const given = read('API', apiVariables, env);
  return {
    databaseUrl: given.API_DATABASE_URL,
    host: given.API_HOST,
    port: given.API_PORT,
    trustedProxies: given.TRUSTED_PROXIES,
    publicUrl: withoutTrailingSlash(given.PUBLIC_URL),
    oidc: { issuer: withoutTrailingSlash(given.OIDC_ISSUER), audience: given.OIDC_AUDIENCE },
    bankUrl: withoutTrailingSlash(given.BANK_URL),
    webhookSecret: given.WEBHOOK_SECRET,
    keyFile: given.KEY_FILE,
    patientSessionSecret: given.PATIENT_SESSION_SECRET,
    temporalUiUrl: withoutTrailingSlash(given.TEMPORAL_UI_URL),
    console: { folder: given.CONSOLE_DIR, clientId: given.CONSOLE_CLIENT_ID },
    store: storeOf(given),
    clamdAddress: given.CLAMD_ADDRESS ?? null,
    logLevel: given.LOG_LEVEL,
  };
}

/** The worker's configuration. Throws ConfigurationError. */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const given = read('worker', workerVariables, env);
  return {
    databaseUrl: given.WORKER_DATABASE_URL,
    bankUrl: withoutTrailingSlash(given.BANK_URL),
    insurerUrl: withoutTrailingSlash(given.INSURER_URL),
    noticeUrl: withoutTrailingSlash(given.NOTICE_URL),
    webhookSecret: given.WEBHOOK_SECRET,
    keyFile: given.KEY_FILE,
    workflowBundle: given.WORKFLOW_BUNDLE ?? null,
    metricsPort: given.METRICS_PORT ?? null,
    logLevel: given.LOG_LEVEL,
  };
}

/** What sealing anew needs. Throws ConfigurationError. */
export function readResealConfig(env: NodeJS.ProcessEnv): ResealConfig {
  const given = read('reseal', resealVariables, env);
  return { databaseUrl: given.WORKER_DATABASE_URL, keyFile: given.KEY_FILE };
}

/** What applying migrations needs. Throws ConfigurationError. */
export function readMigrationConfig(env: NodeJS.ProcessEnv): MigrationConfig {
  const given = read('migrations', migrationVariables, env);
  return { databaseUrl: given.DATABASE_URL, logLevel: given.LOG_LEVEL };
}

function read<Shape extends Readonly<Record<string, z.ZodType>>>(process: string, variables: z.ZodObject<Shape>, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<Shape>> {
  // An empty variable is an absent one: compose files write FOO= for "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  const faults = names.map((name) => `${name} ${name in given ? 'is not valid' : 'is missing'}: ${describedBy(variables.shape[name])}`);
  throw new ConfigurationError(`The ${process} cannot start with this environment.\n  ${faults.join('\n  ')}`);
}

/** What a variable is for; a default wraps the type that says it. */
function describedBy(type: z.ZodType | undefined): string {
  if (type?.description !== undefined) return type.description;
  return type instanceof z.ZodDefault || type instanceof z.ZodOptional ? describedBy(type.unwrap() as z.ZodType) : '';
}

function storeOf(given: z.infer<typeof apiVariables>): StoreConfig {
  // The refinement above has seen to it that one of the two is whole.
  if (given.S3_ENDPOINT !== undefined && given.S3_BUCKET !== undefined) {
    return { kind: 's3', endpoint: given.S3_ENDPOINT, bucket: given.S3_BUCKET, region: given.S3_REGION };
  }
  return { kind: 'folder', folder: given.STORE_DIR ?? '' };
}

const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, '');
