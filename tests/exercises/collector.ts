/** A collector of traces that keeps what it gets: OTLP over HTTP, as JSON. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Attribute { key: string; value: { stringValue?: string; intValue?: number; boolValue?: boolean } }
interface Sent { resourceSpans: Array<{ resource: { attributes: Attribute[] }; scopeSpans: Array<{ spans: Array<{ traceId: string; spanId: string; parentSpanId?: string; name: string; attributes: Attribute[] }> }> }> }

export interface Span { service: string; traceId: string; spanId: string; above: string | null; name: string; attributes: Record<string, unknown> }
export interface Collector { url: string; spans(): Span[]; /** Everything as it came. */ text(): string; close(): Promise<void> }

const valuesOf = (attributes: Attribute[]): Record<string, unknown> => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      if (request.url === '/v1/traces') bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join('\n'),
    spans: () => bodies.flatMap((body) => (JSON.parse(body) as Sent).resourceSpans).flatMap(({ resource, scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map((span): Span => ({
      service: String(valuesOf(resource.attributes)['service.name']), traceId: span.traceId, spanId: span.spanId, above: span.parentSpanId || null, name: span.name, attributes: valuesOf(span.attributes),
    })))),
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}
