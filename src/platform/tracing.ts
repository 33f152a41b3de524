/**
 * Traces (OpenTelemetry), on when OTEL_EXPORTER_OTLP_ENDPOINT is set. One trace is one act of a person: its id follows from the act's, so
 * that every process that meets the act finds the same trace, and nothing travels through workflows (docs/decisions/0024-tracing.md).
 * A span says codes, routes and claim numbers; never a person, a body or the words of an error.
 */
import { createHash } from 'node:crypto';
import { context, diag, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator, TraceIdRatioBasedSampler, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import type { Log } from './log';

let on = false;
/** Are spans sent anywhere? */
export const isTracing = (): boolean => on;

/** A span's place: 32 and 16 hexadecimal digits. */
interface Place { traceId: string; spanId: string }

/** Where the trace of an act begins, in every process alike. */
function placeOf(actId: string): Place {
  const digest = createHash('sha256').update(`act:${actId}`).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** Random ids, but for the one span that begins an act's trace. */
const random = new RandomIdGenerator();
const ids: IdGenerator & { next: Place | null } = {
  next: null,
  generateTraceId: () => ids.next?.traceId ?? random.generateTraceId(),
  generateSpanId: () => ids.next?.spanId ?? random.generateSpanId(),
};

/**
 * Begins to send spans as `kuaipei-<service>`, in batches and beside the work: a collector that is away loses spans and nothing else. The
 * standard OTEL_ variables hold; OTEL_TRACES_SAMPLER_ARG is the share of traces kept (0 to 1), alike in all processes. Once per process, first thing.
 */
export function startTracing(service: 'api' | 'worker', environment: NodeJS.ProcessEnv, log: Log): { stop(): Promise<void> } {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT) return { stop: () => Promise.resolve() };
  // Its words may quote addresses with credentials.
  const unsent = (): void => { log.warn('spans could not be sent'); };
  diag.setLogger({ error: unsent, warn: () => undefined, info: () => undefined, debug: () => undefined, verbose: () => undefined }, DiagLogLevel.ERROR);
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': `kuaipei-${service}` })).merge(detectResources({ detectors: [envDetector] })),
    sampler: new TraceIdRatioBasedSampler(Number(environment.OTEL_TRACES_SAMPLER_ARG ?? 1)),
    idGenerator: ids, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  on = true;
  return { stop: () => provider.shutdown().catch(unsent) };
}

const tracer = () => trace.getTracer('kuaipei');

/** The span with which a trace begins: of the act with this id, or of whatever else somebody asked for. End it. */
export function beginTrace(name: string, actId: string | undefined, attributes: Attributes): { span: Span; within: Context } {
  ids.next = actId === undefined ? null : placeOf(actId);
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes, root: true }, ROOT_CONTEXT);
  ids.next = null;
  return { span, within: trace.setSpan(ROOT_CONTEXT, span) };
}

/** Does `work` in a span below the act's beginning, which another process wrote; of no act: in a trace of its own. */
export function inAct<T>(actId: string | undefined, name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  if (!on) return work();
  const above = actId === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...placeOf(actId), traceFlags: TraceFlags.SAMPLED, isRemote: true });
  return spanned(name, { attributes }, above, work);
}

/** Does `work` in a span below the one it is called in; where nothing is traced it is just done. */
export function inSpan<T>(name: string, { attributes = {}, kind = SpanKind.INTERNAL }: { attributes?: Attributes; kind?: SpanKind }, work: () => Promise<T>): Promise<T> {
  if (!on || trace.getActiveSpan() === undefined) return work();
  return spanned(name, { attributes, kind }, context.active(), work);
}

function spanned<T>(name: string, options: { attributes: Attributes; kind?: SpanKind }, above: Context, work: () => Promise<T>): Promise<T> {
  const span = tracer().startSpan(name, options, above);
  return context.with(trace.setSpan(above, span), async () => {
    try {
      return await work();
    } catch (error) {
      // The type alone: messages of the database and of outside parties may quote what they met.
      span.setAttribute('error.type', error instanceof Error ? error.name : 'error');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
