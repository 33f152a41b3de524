import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSuperuser, postgresUrl } from '../../dev/postgres';
import { takeBaseBackup } from '../../src/platform/backup/base-backup';
import { scrape, sounds } from '../exercises/signals';
import { newClaim, travel } from '../support/journey';
import { startStack, type TestStack } from '../support/stack';

const PAGE = 8_192;
const MOST = 200;
/** Bytes at a page's beginning that say when it was last written (its LSN). */
const WRITTEN = 8;

let stack: TestStack;
let folder: string;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-rot-'));
  await chmod(folder, 0o711); // PostgreSQL may run as another user, who has to get through
  stack = await startStack({ folders: { postgres: join(folder, 'postgres') } });
  port = Number(new URL(stack.databaseUrl).port);
}, 180_000);
afterAll(async () => { await stack.close(); await rm(folder, { recursive: true, force: true }); });

/** Turns one byte in each of these pages; answers how many were used, and so turned. */
async function rot(file: string, most: number): Promise<number> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    let turned = 0;
    for (let at = 0; at < size && turned < most; at += PAGE) {
      const page = Buffer.alloc(PAGE);
      await handle.read(page, 0, PAGE, at);
      // A page that was never written has no checksum, and nothing on it.
      if (page.every((byte) => byte === 0)) continue;
      // Not in when it was last written: what seems later than the backup's beginning the backup leaves out, and only who reads the page finds it.
      const place = WRITTEN + Math.floor(Math.random() * (PAGE - WRITTEN));
      await handle.write(Buffer.from([page[place]! ^ (1 << Math.floor(Math.random() * 8))]), 0, 1, at + place);
      turned += 1;
    }
    return turned;
  } finally {
    await handle.close();
  }
}

/** Of a file with several damaged pages PostgreSQL says how many; of one alone only which. */
function foundByBackup(log: string): number {
  const several = new Map([...log.matchAll(/file "([^"]+)" has a total of (\d+) checksum verification failures/g)].map(([, file, pages]) => [file, Number(pages)] as const));
  const alone = new Set([...log.matchAll(/checksum verification failed in file "([^"]+)"/g)].map(([, file]) => file).filter((file) => !several.has(file)));
  return alone.size + [...several.values()].reduce((sum, pages) => sum + pages, 0);
}

test('FAULTS 16: a bit turned on each of two hundred pages: a backup finds every one and is none, the alarm sounds, and no wrong row is told', async () => {
  const claims = await Promise.all(['submit-facts', 'accept-file', 'approve', 'make-payment'].map(async (command) => (await travel(stack, newClaim(), command)).claimNo));
  await asSuperuser(port, 'kuaipei', (client) => client.query('CHECKPOINT'));
  const api = `${stack.apiUrl}/metrics`;
  expect([sounds('DatabaseDamaged', await scrape(api)), (await scrape(api)).some(({ name }) => name === 'kuaipei_database_damaged_reads')]).toEqual([false, true]);
  await takeBaseBackup(postgresUrl('postgres', port), join(folder, 'good'));
  // Rows first: claims, their log, their clocks; then indexes and what is kept out of line.
  const files = await asSuperuser(port, 'kuaipei', async (client) => (await client.query<{ path: string }>(
    `SELECT pg_relation_filepath(c.oid) AS path FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'i', 't') AND (n.nspname = 'public' OR (n.nspname = 'pg_toast' AND EXISTS (SELECT FROM pg_class r WHERE r.reltoastrelid = c.oid AND r.relnamespace = 'public'::regnamespace)))
     ORDER BY c.relname <> 'claim', c.relkind <> 'r', c.relname`)).rows.map(({ path }) => path));
  for (const part of ['api', 'worker', 'postgres'] as const) await stack.stop(part);
  let turned = 0;
  for (const file of files) turned += await rot(join(folder, 'postgres', file), MOST - turned);
  expect(turned).toBeGreaterThan(100);

  await stack.start('postgres');
  await expect(takeBaseBackup(postgresUrl('postgres', port), join(folder, 'damaged'))).rejects.toThrow(/checksum verification failure/);
  expect(foundByBackup((await stack.logs()).map(({ text }) => text).join('\n'))).toBe(turned);

  await stack.start('api');
  expect(sounds('DatabaseDamaged', await scrape(api))).toBe(true);
  const auditor = await stack.person('auditor');
  for (const claimNo of claims) expect((await auditor.fetch(`/v1/claims/${claimNo}`)).status).toBeGreaterThanOrEqual(500);
}, 120_000);
