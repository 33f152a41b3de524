/** "Merely away": whichever way a question takes to a PostgreSQL that cannot be reached, it fails as one that may be asked again. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { askInScope, createDatabase, inScope } from '../../../src/platform/database';
import { isDatabaseAway } from '../../../src/platform/database/away';
import { Prisma } from '../../../src/platform/database/generated/client';
import { PEOPLE } from '../../domain/claim/scenario';

const servers: Server[] = [];
async function serving(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => { socket.on('error', () => undefined); socket.once('data', () => { answer(socket); }); });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
}
afterAll(() => { for (const server of servers) server.close(); });

test.each<[string, () => Promise<string>]>([
  ['refuses', () => Promise.resolve('127.0.0.1:9/kuaipei')],
  ['hangs up', async () => `127.0.0.1:${await serving((socket) => { socket.destroy(); })}/kuaipei`],
  ['resets', async () => `127.0.0.1:${await serving((socket) => { socket.resetAndDestroy(); })}/kuaipei`],
  ['has no TLS', async () => `127.0.0.1:${await serving((socket) => { socket.end('N'); })}/kuaipei?sslmode=require`],
  ['says nothing', async () => `127.0.0.1:${await serving(() => undefined)}/kuaipei`],
])('FAULTS 6: of one that %s, in a transaction and by one statement', async (_, address) => {
  const database = createDatabase(`postgresql://kuaipei@${await address()}`, { connections: 1, patienceMs: 500 });
  try {
    const failures = [
      await inScope(database, PEOPLE.reviewer, (tx) => tx.claim.count()).catch((error: unknown) => error),
      await askInScope(database, PEOPLE.reviewer, Prisma.sql`SELECT 1 AS one`).catch((error: unknown) => error),
    ];
    expect(failures.map(isDatabaseAway)).toEqual([true, true]);
  } finally {
    await database.$disconnect();
  }
}, 30_000);
