/** The whole HTTP stack, on one page (PLATFORM: express 5). From the outside in: safety, id, log, measures, health, who, what, and one place for errors. */
import { randomUUID } from 'node:crypto';
import compression from 'compression';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import swaggerUi from 'swagger-ui-express';
import { actingAs, ROLE_HEADER, type Authenticate, type Identity } from './auth';
import { actRoutes, NO_SUCH_ACT } from './claim/act';
import { documentRouters } from './claim/documents';
import { letterRoutes } from './claim/letter';
import { lookRoutes } from './claim/look';
import { claimRoutes } from './claim/routes';
import { consoleRouter, type ConsoleOptions } from './console';
import type { Deps } from './deps';
import { withDirectory } from './directory';
import { byTicket } from './documents/ticket';
import type { UploadLimits } from './documents/upload-room';
import { evidenceRoutes } from './evidence/routes';
import { codecRouter } from './glass/codec';
import { glassRoutes } from './glass/routes';
import { healthRouter } from './health';
import { createLimiters, type Limiters, type Limits } from './http/limits';
import { serve } from './http/serve';
import type { AnyRoute } from './http/route';
import { createMetrics, routeOf } from './metrics';
import { traceRequest } from './tracing';
import { openApiDocument } from './openapi';
import { DATABASE_FULL, fail, NO_ROOM, NOT_FOUND, notAllowed, ProblemError, sendProblem, STORE_AWAY, TEMPORAL_AWAY, wrongInput, type Problem } from './problems';
import { isAway } from './claim/process';
import { intakeRoutes } from './intake/fhir';
import { liveRoutes } from './live/routes';
import { queueRoutes } from './ops/queues';
import { opsRoutes } from './ops/stuck';
import { linkRoutes } from './patient/link';
import { SESSIONS_PATH, sessionsRouter } from './patient/sessions';
import { delegationRoutes } from './people/delegations';
import { peopleRoutes } from './people/routes';
import { teamRoutes } from './people/team';
import { readsRoutes } from './reads/routes';
import { rulesRoutes } from './rules/routes';
import { taskRoutes } from './tasks/routes';
import { viewRoutes } from './views/routes';
import { bankRouter } from './webhooks/bank';
import { PERSONS_ACTS } from '../domain/claim';
import { describeError } from '../platform/log';
import { collectBusinessGauges, collectQueueGauges, collectStoreGauge } from '../platform/operations/metrics';
import { isDatabaseAway, isDatabaseFull } from '../platform/database/away';
import { isStoreAway } from '../platform/documents/away';
import { ContentChanged } from '../platform/documents/frames';
import type { Scanner } from '../platform/documents/scanner';

export interface AppDeps extends Deps {
  authenticate: Authenticate; scanner: Scanner; bankSecret: string; console: ConsoleOptions;
  /** Whose `X-Forwarded-For` is believed, as Express takes it: addresses, networks, `loopback`. */
  trustedProxies: string;
  /** Has this process been told to stop? */
  leaving: () => boolean;
  limits?: Limits;
  uploadLimits?: UploadLimits;
}

/** Every route of the table; the OpenAPI document and the permission tests are made from the same. */
export const routesOf = (deps: Deps): AnyRoute[] => [...claimRoutes(deps), ...lookRoutes(deps), ...letterRoutes(deps), ...linkRoutes(deps), ...actRoutes(deps), ...taskRoutes(deps), ...liveRoutes(deps), ...opsRoutes(deps), ...queueRoutes(deps), ...viewRoutes(deps), ...glassRoutes(deps), ...evidenceRoutes(deps), ...readsRoutes(deps), ...peopleRoutes(deps), ...delegationRoutes(deps), ...teamRoutes(deps), ...rulesRoutes(deps), ...intakeRoutes(deps)];

export function createApp(deps: AppDeps): Express {
  const { database, temporal, log, now } = deps;
  const app = express();
  const metrics = createMetrics();
  collectBusinessGauges(metrics.registry, database);
  collectQueueGauges(metrics.registry, temporal);
  collectStoreGauge(metrics.registry, deps.store.staging);
  const routes = routesOf({ ...deps, onShown: metrics.shown });
  const document = openApiDocument(routes, deps.publicUrl);
  const limiters = createLimiters(deps.limits);
  const proven = byTicket(deps.authenticate, deps.patientSessionSecret, now);
  const known = withDirectory(async (req) => {
    const identity = await proven(req);
    // Who is refused is named in the log, if they work here: a patient's id is as personal as their name (SPEC §3).
    if (req.res && !identity.roles.includes('patient')) req.res.locals['personId'] = identity.personId;
    return identity;
  }, database, now);
  const identify = async (req: Request): Promise<Identity> => {
    const identity = await known(req);
    await limiters.person(identity);
    return identity;
  };

  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // The proxy in front says for whom it asks; from anywhere else the header is not believed.
  app.set('trust proxy', deps.trustedProxies);
  app.set('etag', false); // an ETag is the claim's version, or none
  app.use(helmet({ contentSecurityPolicy: { directives: { 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] } } }));
  app.use(pinoHttp({
    logger: log, genReqId: (_req, res) => { const id = randomUUID(); res.setHeader('X-Request-Id', id); return id; },
    // Addresses carry search texts: the route's pattern says enough. Wrapped, errors would be serialised by pino-http first, rows and all.
    wrapSerializers: false,
    serializers: { err: describeError, req: (req: { id: string; method: string }) => ({ id: req.id, method: req.method }), res: (res: { statusCode: number }) => ({ status: res.statusCode }) },
    customProps: (_req, res) => ({ route: routeOf((res as express.Response).locals), ...refusalOf(res as express.Response) }),
    customLogLevel: (_req, res, error) => (error !== undefined || res.statusCode >= 500 ? 'error' : AT_THE_DOOR.includes(res.statusCode) ? 'warn' : 'info'),
  }));
  app.use(metrics.measure);
  app.use(traceRequest);
  app.use(compression({ filter: mayBeCompressed }));
  app.use(withoutNul);
  // Whoever asks next should ask another.
  app.use((_req, res, next) => { if (deps.leaving()) res.set('Connection', 'close'); next(); });
  app.use(healthRouter(deps));
  app.get('/metrics', metrics.show);
  app.use(['/openapi.json', '/docs', SESSIONS_PATH], limiters.address);
  app.get('/openapi.json', (_req, res) => { res.json(document); });
  app.use('/docs', swaggerUi.serve, swaggerUi.setup(undefined, { swaggerUrl: '/openapi.json', customSiteTitle: 'Kuaipei API' }));
  app.all(['/healthz', '/readyz', '/metrics', '/openapi.json'], () => fail(notAllowed(['GET', 'HEAD'])));

  app.use(bankRouter(deps, deps.bankSecret));
  app.use(sessionsRouter(deps, limiters));
  app.use(codecRouter(deps));
  app.post('/v1/claims/:claimNo/acts/:command', (req, _res, next) => { if (PERSONS_ACTS.some((name) => name === req.params.command)) next(); else fail(NO_SUCH_ACT); });
  app.use(serve(routes, { now, identify }));

  // Files come and go as streams, by routers of their own.
  const identities = new WeakMap<Request, Identity>();
  app.use(['/v1/uploads', '/v1/documents'], async (req, res, next) => {
    res.locals['route'] = req.baseUrl === '/v1/uploads' ? '/v1/uploads/{id}' : '/v1/documents/{id}';
    identities.set(req, await identify(req));
    next();
  });
  const actorOf = (req: Request) => actingAs(identities.get(req) ?? fail(NOT_FOUND), req.get(ROLE_HEADER));
  app.use(...documentRouters({ database, store: deps.store, scanner: deps.scanner, ticketSecret: deps.patientSessionSecret, actorOf, now, limits: deps.uploadLimits }));

  app.use(limiters.address, consoleRouter(deps.console));
  app.use(() => fail(NOT_FOUND));
  app.use(answerErrors(limiters));
  return app;
}

/** Nobody known, no right, too often: who tries doors is to be seen in the log. */
const AT_THE_DOOR = [401, 403, 429];
/** Of what was refused: why, and whom, by ids alone. */
const refusalOf = ({ statusCode, locals }: Response): object => (statusCode < 400 ? {} : { code: locals['problem'] as unknown, personId: locals['personId'] as unknown });

/** Events are sent one by one, and files by byte ranges: both as they are. Bearer tokens make no request by themselves, so what is compressed gives no secret away. */
function mayBeCompressed(req: Request, res: Response): boolean {
  return !/^\/v1\/(events|documents|uploads)/.test(req.path) && compression.filter(req, res);
}

/** NUL in an address: no text of ours has it, and PostgreSQL cannot even compare it. Bytes that are no UTF-8 are refused or replaced when decoded. */
const withoutNul: RequestHandler = (req, _res, next) => {
  const nul = req.url.indexOf('%00'), query = req.url.indexOf('?');
  if (nul >= 0 && (query < 0 || nul < query)) fail(NOT_FOUND);
  if (nul >= 0) fail(wrongInput([{ field: '?', rule: { zh: '参数不能含 NUL', en: 'no parameter may hold NUL' } }]));
  next();
};

/** The one place where what went wrong becomes an answer: problem+json, and nothing of the inside in it. */
function answerErrors({ failed }: Limiters): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) { next(error); return; }
    const found = problemOf(error);
    const problem = found.status === 401 && found.lapsed !== true ? await failed(req, found) : found;
    res.locals['problem'] = problem.code;
    if (problem.status >= 500) req.log.error({ err: error, code: problem.code }, 'not answered as asked');
    sendProblem(req, res, problem);
  };
}

const CONTENT_CHANGED: Problem = { status: 500, code: 'content-changed', text: { zh: '存储的文件与登记的不符，已被改动，因此不予提供；已记录，请联系运维。', en: 'The stored file is not what was recorded: it was changed, and is not given out. It was logged under the X-Request-Id of this answer: tell operations.' } };

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof URIError) return NOT_FOUND;
  if (error instanceof ContentChanged) return CONTENT_CHANGED;
  if (isAway(error)) return TEMPORAL_AWAY;
  if (isStoreAway(error)) return STORE_AWAY;
  if (isDatabaseFull(error)) return DATABASE_FULL;
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return NO_ROOM;
  if (isDatabaseAway(error)) return { status: 503, code: 'database-away', retryAfter: 5, text: { zh: '数据库暂不可用，请稍后重试。', en: 'The database is away: try again shortly.' } };
  return { status: 500, code: 'internal', text: { zh: '系统内部错误，已记录。', en: 'Something went wrong on our side; it was logged under the X-Request-Id of this answer.' } };
}
