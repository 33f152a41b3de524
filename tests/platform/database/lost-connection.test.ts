/** A PostgreSQL that dies at the worst moment: the storm (tests/faults/storm) found that the API ended with it. */
import { createServer, type AddressInfo } from 'node:net';
import { asWorker, createDatabase } from '../../../src/platform/database';

const message = (type: string, body: Buffer): Buffer => { const length = Buffer.alloc(4); length.writeInt32BE(body.length + 4); return Buffer.concat([Buffer.from(type), length, body]); };
const ACCEPTED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const POSTMASTER_DIED = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'));

/** An error that nobody hears ends a process; here Jest hears it, and fails the test. */
test('FAULTS 5: PostgreSQL dies as it accepts a connection: the transaction fails, and the process lives', async () => {
  let connections = 0;
  // All in one piece, as the kernel hands over what a dying server has written.
  const dying = createServer((socket) => { connections += 1; socket.on('error', () => undefined); socket.once('data', () => socket.end(Buffer.concat([ACCEPTED, READY, POSTMASTER_DIED]))); });
  await new Promise<void>((resolve) => { dying.listen(0, '127.0.0.1', resolve); });
  const database = createDatabase(`postgresql://kuaipei@127.0.0.1:${(dying.address() as AddressInfo).port}/kuaipei`);
  try {
    for (let tries = 0; tries < 5; tries++) await expect(asWorker(database, (tx) => tx.$queryRaw`SELECT 1`)).rejects.toThrow();
    expect(connections).toBeGreaterThan(0);
  } finally {
    await database.$disconnect();
    dying.close();
  }
}, 30_000);
