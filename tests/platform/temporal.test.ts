import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { createTemporalClient } from '../../src/platform/temporal';
import type { KeyRing } from '../../src/platform/keys/key-ring';

/** A server that knows no more of gRPC than to answer everything with an empty message, and notes how each call proves itself. */
async function recorder(): Promise<{ address: string; seen: string[]; close(): Promise<void> }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? 'nothing');
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers({ 'grpc-status': '0' });
    response.end(Buffer.alloc(5));
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => { sessions.add(session); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen,
    close: async () => { for (const session of sessions) session.destroy(); await new Promise<void>((resolve) => { server.close(() => { resolve(); }); }); },
  };
}

test('issue 6, "Temporal Cloud by configuration": with TEMPORAL_API_KEY every call of API and worker shows it; with none, nothing', async () => {
  const server = await recorder();
  const environment = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'kuaipei.a1b2c', TEMPORAL_TLS: 'false' };
  for (const [more, shown] of [[{ TEMPORAL_API_KEY: 'a-key-of-the-cloud' }, 'Bearer a-key-of-the-cloud'], [{}, 'nothing']] as const) {
    server.seen.length = 0;
    const client = createTemporalClient({ ...environment, ...more }, {} as KeyRing);
    expect(client.options.namespace).toBe('kuaipei.a1b2c');
    await client.workflowService.getSystemInfo({});
    await client.connection.close();
    const asked = server.seen.length;
    expect(asked).toBeGreaterThan(0);
    const native = await NativeConnection.connect(loadClientConnectConfig({ overrideEnvVars: { ...environment, ...more } }).connectionOptions);
    await native.close();
    expect(server.seen.length).toBeGreaterThan(asked);
    expect(new Set(server.seen)).toEqual(new Set([shown]));
  }
  await server.close();
});
