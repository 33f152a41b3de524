/** Measures of the API for Prometheus: by route pattern, never by address, so that no id becomes a label. */
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics { registry: Registry; measure: RequestHandler; show: RequestHandler; /** From an act to a live screen that shows it, in seconds (docs/slo.md). */ shown: (seconds: number) => void }

/** One registry per application, so that several can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'kuaipei_http_request_seconds', help: 'Time to answer, by route pattern', labelNames: ['method', 'route', 'status'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10], registers: [registry],
  });
  const seen = new Histogram({ name: 'kuaipei_seen_seconds', help: 'From an act to the live screen that shows it', buckets: [0.1, 0.25, 0.5, 1, 2, 5, 30, 300], registers: [registry] });
  return {
    registry,
    shown: (taken) => { seen.observe(taken); },
    measure: (req, res, next) => {
      const stop = seconds.startTimer();
      res.once('finish', () => { stop({ method: req.method, route: routeOf(res.locals), status: String(res.statusCode) }); });
      next();
    },
    show: (_req, res, next) => { registry.metrics().then((text) => { res.type(registry.contentType).send(text); }, next); },
  };
}

/** The pattern of the route that answered; everything unknown is one. */
export const routeOf = (locals: Record<string, unknown>): string => (typeof locals['route'] === 'string' ? locals['route'] : 'unknown');
