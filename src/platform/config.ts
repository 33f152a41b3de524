import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { WORK_KINDS, type WorkKind } from '../domain/claim';
import { DEFAULT_KEEPS, keepsFrom, RETENTION, RETENTION_RULES, type Keeps } from '../domain/retention';

/**
 * Configuration comes from the environment only, is parsed once at the start of a process, and is handed on as a value.
 * Temporal's address, namespace and TLS are read by the SDK's own environment configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …), where traces go by OpenTelemetry's (OTEL_…).
 */

/** Thrown at start: names each wrong variable and what it is for, never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const postgres = (whose: string) =>
  z.url({ protocol: /^postgres(ql)?$/ }).describe(`PostgreSQL address of ${whose}, such as postgresql://user:password@host:5432/kuaipei`);
const http = (what: string) => z.url({ protocol: /^https?$/ }).describe(`http(s) address of ${what}`);
/** The same where tokens, payments or patients' data pass: in clear only as far as this machine or a private network. */
const guarded = (what: string) => http(what).refine(staysPrivate)
  .describe(`https address of ${what}; http only where the host is this machine, a private address or a name without a dot`);
const port = (what: string) => z.coerce.number().int().min(1).max(65_535).describe(`TCP port (1–65535) of ${what}`);

const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info')
  .describe('how much to log: trace, debug, info, warn, error, fatal or silent');
const keyFile = z.string().min(1).describe('file of the keys under which secrets are kept; npm run keys -- new FILE makes one');
const retention = z.string().refine((text) => keepsFrom(text) !== null).default('')
  .describe(`months for which closed claims are kept, where not as docs/rules.md says: such as "withdrawn=24 void=18"; rules and least: ${RETENTION_RULES.map((rule) => `${rule} ${RETENTION[rule].leastMonths}`).join(', ')}`);
/** One for each: with the bank's own, another party could confirm a payment as the bank. */
const secretWith = (whom: string) => z.string().min(32).describe(`secret of at least 32 characters, shared with ${whom} and nobody else, that signs calls both ways`);

const PRIVATE = new BlockList();
for (const [network, bits] of [['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const) PRIVATE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [['::1', 128], ['fc00::', 7]] as const) PRIVATE.addSubnet(network, bits, 'ipv6');

function staysPrivate(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'https:') return true;
  if (isIPv4(host) || isIPv6(host)) return PRIVATE.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
  return !host.includes('.') || host.endsWith('.localhost');
}

/** `uniquelocal` is missing on purpose: it would take every device of a hospital's own network for a proxy. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return text === 'loopback' || most > 0 && more.length === 0 && (bits === undefined || /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}

const storeVariables = {
  STORE_DIR: z.string().min(1).optional().describe('folder that holds the documents (or set S3_ENDPOINT, S3_BUCKET and S3_REGION)'),
  S3_ENDPOINT: http('the S3 storage that holds the documents (or set STORE_DIR)').optional(),
  S3_BUCKET: z.string().min(1).optional().describe('S3 bucket of the documents, needed with S3_ENDPOINT'),
  S3_REGION: z.string().min(1).default('us-east-1').describe('S3 region of the bucket'),
};

/** Documents need a place: a folder, or a whole S3. */
function needsStore(given: z.infer<z.ZodObject<typeof storeVariables>>, context: z.RefinementCtx): void {
  if (given.STORE_DIR === undefined && given.S3_ENDPOINT === undefined) context.addIssue({ code: 'custom', path: ['STORE_DIR'] });
  if (given.S3_ENDPOINT !== undefined && given.S3_BUCKET === undefined) context.addIssue({ code: 'custom', path: ['S3_BUCKET'] });
}

const deployment = z.string().regex(/^[a-z][a-z0-9-]*$/)
  .describe('name under which Temporal keeps apart the versions of this worker, such as kuaipei; without it the worker has no version and takes whatever is there');

const apiVariables = z.object({
  API_DATABASE_URL: postgres('the API (role kuaipei_api)'),
  API_HOST: z.string().default('127.0.0.1').describe('address the API listens on'),
  API_PORT: port('the API').default(8080),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(300).default(0)
    .describe('for how many seconds the API, told to stop, goes on answering while /readyz says 503: longer than two looks of the balancer in front; 0 without one'),
  TRUSTED_PROXIES: z.string().refine((list) => list.split(',').every((one) => isNetwork(one.trim()))).default('loopback')
    .describe('addresses and networks (10.0.0.1, 10.0.0.0/24, loopback), separated by commas, of the proxies whose X-Forwarded-For is believed'),
  PUBLIC_URL: guarded('the API as its users see it').default('http://127.0.0.1:8080'),
  OIDC_ISSUER: guarded('the OpenID Connect issuer whose tokens are accepted'),
  OIDC_AUDIENCE: z.string().min(1).default('kuaipei-api').describe('audience that tokens must be made for'),
  CONSOLE_CLIENT_ID: z.string().min(1).default('kuaipei-console').describe('client of the console at the issuer'),
  CONSOLE_DIR: z.string().min(1).default('build/console').describe('folder of the built console'),
  BANK_URL: guarded('the bank'),
  BANK_SECRET: secretWith('the bank'),
  KEY_FILE: keyFile,
  PATIENT_SESSION_SECRET: z.string().min(32).describe("secret of at least 32 characters, of the API alone, that makes patients' links and signs their sessions"),
  TEMPORAL_UI_URL: http('the Temporal UI, for links').default('http://127.0.0.1:8233'),
  ...storeVariables,
  RETENTION: retention,
  CLAMD_ADDRESS: z.string().regex(/^[^:]+:\d+$/).optional().describe('host:port of clamd, which scans uploads; without it only allowlist and sniffing protect'),
  LOG_LEVEL: logLevel,
}).superRefine(needsStore);

const isWorkKind = (text: string): text is WorkKind => WORK_KINDS.some((kind) => kind === text);
const workKinds = z.string().default(WORK_KINDS.join()).transform((list) => list.split(',').map((one) => one.trim())).refine((list): list is WorkKind[] => list.every(isWorkKind))
  .describe(`kinds of work this worker does, separated by commas: ${WORK_KINDS.join(', ')}; all of them unless narrowed, and each must be done by one worker at least`);

const workerVariables = z.object({
  WORKER_KINDS: workKinds,
  WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)'),
  BANK_URL: guarded('the bank'),
  INSURER_URL: guarded("the insurer's core system"),
  NOTICE_URL: guarded('the notice gateway (SMS, WeChat)'),
  BANK_SECRET: secretWith('the bank'),
  INSURER_SECRET: secretWith('the insurer'),
  NOTICE_SECRET: secretWith('the notice gateway'),
  KEY_FILE: keyFile,
  WORKFLOW_BUNDLE: z.string().min(1).optional().describe('file of the workflow bundle built beforehand; without it the worker bundles at start; needed with WORKER_DEPLOYMENT'),
  WORKER_DEPLOYMENT: deployment.optional(),
  RETENTION: retention,
  ERASER_DATABASE_URL: postgres('what erases by rule (role kuaipei_eraser)').optional().describe('PostgreSQL address of what erases by rule (role kuaipei_eraser), of one worker at least; needs STORE_DIR or S3_ENDPOINT with S3_BUCKET'),
  ...storeVariables,
  METRICS_PORT: port("the worker's Prometheus endpoint").optional(),
  LOG_LEVEL: logLevel,
}).superRefine((given, context) => {
  if (given.ERASER_DATABASE_URL !== undefined) needsStore(given, context);
  if (given.WORKER_DEPLOYMENT !== undefined && given.WORKFLOW_BUNDLE === undefined) context.addIssue({ code: 'custom', path: ['WORKFLOW_BUNDLE'] });
  if (given.INSURER_SECRET === given.BANK_SECRET) context.addIssue({ code: 'custom', path: ['INSURER_SECRET'] });
  if ([given.BANK_SECRET, given.INSURER_SECRET].includes(given.NOTICE_SECRET)) context.addIssue({ code: 'custom', path: ['NOTICE_SECRET'] });
});

const resealVariables = z.object({ WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)'), KEY_FILE: keyFile, ...storeVariables }).superRefine(needsStore);

const destroyVariables = z.object({ WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)') });

const rebuildVariables = z.object({ WORKER_DATABASE_URL: postgres('the worker (role kuaipei_worker)'), KEY_FILE: keyFile });

const releaseVariables = z.object({
  KEY_FILE: keyFile,
  WORKFLOW_BUNDLE: z.string().min(1).describe('file of the workflow bundle that is to become current'),
  WORKER_DEPLOYMENT: deployment.default('kuaipei'),
});

const backupVariables = z.object({
  BACKUP_DATABASE_URL: postgres('a role with REPLICATION, for a backup (role kuaipei_backup), or of the superuser of a restored cluster'),
  KEY_FILE: keyFile,
  ...storeVariables,
  TEMPORAL_FILE: z.string().min(1).optional().describe('database file of a one-file Temporal server; without it Temporal lives in the same PostgreSQL'),
}).superRefine(needsStore);

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
  drainSeconds: number;
  /** Whose X-Forwarded-For is believed: addresses, networks or `loopback`, separated by commas. */
  trustedProxies: string;
  publicUrl: string;
  oidc: { issuer: string; audience: string };
  bankUrl: string;
  bankSecret: string;
  keyFile: string;
  patientSessionSecret: string;
  temporalUiUrl: string;
  console: { folder: string; clientId: string };
  store: StoreConfig;
  retention: Keeps;
  /** host:port, or null where uploads are not scanned. */
  clamdAddress: string | null;
  logLevel: string;
}

/** An outside party: where it is, and the secret that it shares with us alone. */
export interface Party {
  url: string;
  secret: string;
}

export interface WorkerConfig {
  /** The kinds of work it does. */
  kinds: readonly WorkKind[];
  databaseUrl: string;
  bank: Party;
  insurer: Party;
  notices: Party;
  keyFile: string;
  retention: Keeps;
  /** Where this worker erases by rule, or null: another one does. */
  eraser: { databaseUrl: string; store: StoreConfig } | null;
  /** File of the workflow bundle, or null: bundle at start. */
  workflowBundle: string | null;
  /** The deployment whose version this worker is, or null: it has none. With it there is a workflowBundle. */
  deployment: string | null;
  metricsPort: number | null;
  logLevel: string;
}

export interface ReleaseConfig {
  keyFile: string;
  workflowBundle: string;
  deployment: string;
}

export interface ResealConfig {
  databaseUrl: string;
  keyFile: string;
  store: StoreConfig;
}

export interface BackupConfig {
  databaseUrl: string;
  keyFile: string;
  store: StoreConfig;
  temporalFile: string | null;
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
    drainSeconds: given.DRAIN_SECONDS,
    trustedProxies: given.TRUSTED_PROXIES,
    publicUrl: withoutTrailingSlash(given.PUBLIC_URL),
    oidc: { issuer: withoutTrailingSlash(given.OIDC_ISSUER), audience: given.OIDC_AUDIENCE },
    bankUrl: withoutTrailingSlash(given.BANK_URL),
    bankSecret: given.BANK_SECRET,
    keyFile: given.KEY_FILE,
    patientSessionSecret: given.PATIENT_SESSION_SECRET,
    temporalUiUrl: withoutTrailingSlash(given.TEMPORAL_UI_URL),
    console: { folder: given.CONSOLE_DIR, clientId: given.CONSOLE_CLIENT_ID },
    store: storeOf(given),
    retention: keepsFrom(given.RETENTION) ?? DEFAULT_KEEPS,
    clamdAddress: given.CLAMD_ADDRESS ?? null,
    logLevel: given.LOG_LEVEL,
  };
}

/** The worker's configuration. Throws ConfigurationError. */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const given = read('worker', workerVariables, env);
  return {
    kinds: given.WORKER_KINDS,
    databaseUrl: given.WORKER_DATABASE_URL,
    bank: { url: withoutTrailingSlash(given.BANK_URL), secret: given.BANK_SECRET },
    insurer: { url: withoutTrailingSlash(given.INSURER_URL), secret: given.INSURER_SECRET },
    notices: { url: withoutTrailingSlash(given.NOTICE_URL), secret: given.NOTICE_SECRET },
    keyFile: given.KEY_FILE,
    retention: keepsFrom(given.RETENTION) ?? DEFAULT_KEEPS,
    eraser: given.ERASER_DATABASE_URL === undefined ? null : { databaseUrl: given.ERASER_DATABASE_URL, store: storeOf(given) },
    workflowBundle: given.WORKFLOW_BUNDLE ?? null,
    deployment: given.WORKER_DEPLOYMENT ?? null,
    metricsPort: given.METRICS_PORT ?? null,
    logLevel: given.LOG_LEVEL,
  };
}

/** What replaying open claims, and making a version current, needs. Throws ConfigurationError. */
export function readReleaseConfig(env: NodeJS.ProcessEnv): ReleaseConfig {
  const given = read('release', releaseVariables, env);
  return { keyFile: given.KEY_FILE, workflowBundle: given.WORKFLOW_BUNDLE, deployment: given.WORKER_DEPLOYMENT };
}

/** What sealing anew needs. Throws ConfigurationError. */
export function readResealConfig(env: NodeJS.ProcessEnv): ResealConfig {
  const given = read('reseal', resealVariables, env);
  return { databaseUrl: given.WORKER_DATABASE_URL, keyFile: given.KEY_FILE, store: storeOf(given) };
}

/** What is asked before a key is destroyed; Temporal's address is the SDK's own. Throws ConfigurationError. */
export function readDestroyConfig(env: NodeJS.ProcessEnv): { databaseUrl: string } {
  return { databaseUrl: read('keys', destroyVariables, env).WORKER_DATABASE_URL };
}

/** What starting every open claim from its events needs. Throws ConfigurationError. */
export function readRebuildConfig(env: NodeJS.ProcessEnv): { databaseUrl: string; keyFile: string } {
  const given = read('rebuild', rebuildVariables, env);
  return { databaseUrl: given.WORKER_DATABASE_URL, keyFile: given.KEY_FILE };
}

/** What a backup needs. Throws ConfigurationError. */
export function readBackupConfig(env: NodeJS.ProcessEnv): BackupConfig {
  const given = read('backup', backupVariables, env);
  return { databaseUrl: given.BACKUP_DATABASE_URL, keyFile: given.KEY_FILE, store: storeOf(given), temporalFile: given.TEMPORAL_FILE ?? null };
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

function storeOf(given: Pick<z.infer<typeof apiVariables>, 'STORE_DIR' | 'S3_ENDPOINT' | 'S3_BUCKET' | 'S3_REGION'>): StoreConfig {
  // The refinement above has seen to it that one of the two is whole.
  if (given.S3_ENDPOINT !== undefined && given.S3_BUCKET !== undefined) {
    return { kind: 's3', endpoint: given.S3_ENDPOINT, bucket: given.S3_BUCKET, region: given.S3_REGION };
  }
  return { kind: 'folder', folder: given.STORE_DIR ?? '' };
}

const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, '');
