import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorHeads } from '../../../src/platform/audit/ledger';
import { createDatabase as openPool, inScope, type Database } from '../../../src/platform/database';
import { createLog } from '../../../src/platform/log';
import { lookAtLedger, watchLedger } from '../../../src/platform/operations/ledger';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { eventually } from '../../support/parties';
import { HEART_H1, plantClaim, plantHouses } from '../database/rows';

const { keys } = freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-late-')));
let test_: TestDatabase, worker: Database, api: Database;
beforeAll(async () => {
  test_ = await createDatabase();
  [worker, api] = [openPool(test_.workerUrl), openPool(test_.apiUrl)];
  await plantHouses(worker);
});
afterAll(async () => { await Promise.all([worker.$disconnect(), api.$disconnect()]); await test_.drop(); });

const look = (at: Date) => inScope(api, { personId: 'P-OPS', role: 'ops' }, (tx) => lookAtLedger(tx, at));
const after = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

test('FAULTS 32: a tail cut is found within an hour: a ledger whose hourly line is late is said to be, before the first line too', async () => {
  const now = new Date();
  expect(await look(now)).toEqual({ line: 0, lastAt: null, late: false });
  await plantClaim(worker, 'KP-2026-000001', HEART_H1);
  const { reportedAt } = await worker.claim.findUniqueOrThrow({ where: { claimNo: 'KP-2026-000001' } });
  expect([(await look(after(reportedAt, 60))).late, (await look(after(reportedAt, 66))).late]).toEqual([false, true]);
  await anchorHeads({ database: worker, keys, now: () => now }, now.toISOString());
  expect(await look(after(now, 60))).toEqual({ line: 1, lastAt: now.toISOString(), late: false });
  expect((await look(after(now, 66))).late).toBe(true);
});

test('and it stands in the log, as a warning with the last line and nothing of any claim', async () => {
  const written = await worker.anchor.findFirstOrThrow();
  let now = after(written.at, 60);
  const lines: string[] = [];
  const stop = watchLedger(api, () => now, createLog('api', 'info', { write: (line: string) => { lines.push(line); } }), 20);
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  expect(lines).toEqual([]);
  now = after(written.at, 66);
  const warning = await eventually(async () => lines[0], 5_000);
  stop();
  expect(JSON.parse(warning)).toMatchObject({ level: 'warn', line: 1, lastAt: written.at.toISOString(), msg: expect.stringContaining('hourly line of the ledger is late') });
  expect(warning).not.toContain('KP-');
});
