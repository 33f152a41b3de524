/** One span per request of the API: route, status, code of a refusal, claim, and the request's id as the log has it (docs/decisions/0024-tracing.md). */
import { context, SpanStatusCode } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { beginTrace, isTracing } from '../platform/tracing';
import { ACT_ID } from './http/route';
import { routeOf } from './metrics';

/** Live streams last for minutes and say nothing by it. */
const UNTRACED = '/v1/events';

/** Under an act's id the trace is that act's, so that the worker finds it; a traceparent from outside is not believed. */
export const traceRequest: RequestHandler = (req, res, next) => {
  if (!isTracing() || !req.path.startsWith('/v1/') || req.path === UNTRACED) { next(); return; }
  const key = req.get('idempotency-key');
  const claim = /^\/v1\/claims\/(KP-\d{4}-\d{6,9})(\/|$)/.exec(req.path)?.[1];
  const { span, within } = beginTrace(req.method, key !== undefined && ACT_ID.test(key) ? key : undefined, {
    'http.request.method': req.method, 'kuaipei.request_id': String(res.getHeader('X-Request-Id')), ...(claim === undefined ? {} : { 'kuaipei.claim': claim }),
  });
  res.once('close', () => {
    const route = routeOf(res.locals), problem: unknown = res.locals['problem'];
    span.updateName(`${req.method} ${route}`);
    span.setAttributes({ 'http.route': route, 'http.response.status_code': res.statusCode, ...(typeof problem === 'string' ? { 'kuaipei.code': problem } : {}) });
    if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(within, next);
};
