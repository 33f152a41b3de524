import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createDatabase as open, type Database } from '../../../src/platform/database';
import { addKey, readKeys, useKey } from '../../../src/platform/keys/key-file';
import { openKeyFile, type KeyRing } from '../../../src/platform/keys/key-ring';
import { whatNeeds } from '../../../src/platform/keys/needs';
import { reseal } from '../../../src/platform/keys/reseal';
import { signerOf } from '../../../src/platform/keys/sign';
import { createTemporalClient } from '../../../src/platform/temporal';
import { createDatabase, type TestDatabase } from '../../support/database';
import { freshKeys } from '../../support/keys';
import { freshNamespace } from '../../support/temporal';
import { HEART_H1, plantHouses } from '../database/rows';

const MINUTE = 60_000;
let database: TestDatabase, worker: Database, temporal: Client, environment: Record<string, string>, file: string;
beforeAll(async () => {
  ({ file } = freshKeys(mkdtempSync(join(tmpdir(), 'kuaipei-needs-'))));
  database = await createDatabase();
  worker = open(database.workerUrl, { connections: 1, keys: openKeyFile(file) });
  const { address, namespace } = await freshNamespace();
  environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  temporal = createTemporalClient(environment, openKeyFile(file));
}, 60_000);
afterAll(async () => {
  await temporal.connection.close();
  await worker.$disconnect();
  await database.drop();
});

const destroy = (id: string): Promise<{ code: unknown; output: string }> => new Promise((resolve) => {
  execFile(process.execPath, ['--import', 'tsx', 'src/platform/keys/main.ts', 'destroy', file, id], { env: { ...process.env, ...environment, WORKER_DATABASE_URL: database.workerUrl } },
    (error, stdout, stderr) => { resolve({ code: error?.code ?? 0, output: stdout + stderr }); });
});
/** As if the key had been turned out that long ago. */
function turnedOut(id: string, ago: number): void {
  const keys = readKeys(file);
  writeFileSync(file, JSON.stringify({ ...keys, turnedOut: { ...keys.turnedOut, [id]: new Date(Date.now() - ago).toISOString() } }));
}
const needs = (id: string): Promise<string[]> => whatNeeds(id, readKeys(file).turnedOut?.[id], { database: worker, temporal, now: new Date() });
const start = (keys: KeyRing, workflowId: string) => createTemporalClient(environment, keys).workflow.start('nobodyRuns', { taskQueue: 'nobody', workflowId, args: ['x'], memo: { claimNo: workflowId } });
async function listed(many: number): Promise<void> {
  for (const until = Date.now() + 20_000; (await temporal.workflow.count()).count < many; await new Promise((resolve) => setTimeout(resolve, 100))) if (Date.now() > until) throw new Error('Temporal does not list them');
}
/** Waits until what needs the first key says so. Temporal carries a deletion out only after it has noted, every thirty seconds, how far its queues have come. */
async function neededBy(what: RegExp): Promise<void> {
  for (const until = Date.now() + 100_000; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const said = (await needs('first')).join('; ');
    if (what.test(said)) return;
    if (Date.now() > until) throw new Error(`waited for ${what}, still: ${said}`);
  }
}

test('issue 5: a key is not destroyed while sealed columns, wrapped files, or open or retained workflows need it; then it is, and its public half stays', async () => {
  await plantHouses(worker);
  await worker.patient.create({ data: { id: randomUUID(), ...HEART_H1, recordNo: 'r', name: 'N', identityNumber: '110101199001010001', phone: '1380013' }, select: { id: true } });
  const handle = await start(openKeyFile(file), 'began-before');
  await temporal.schedule.create({ scheduleId: 'rounds', spec: { intervals: [{ every: '10m' }] }, state: { paused: true, note: 'by operations' }, action: { type: 'startWorkflow', workflowType: 'nobodyRuns', workflowId: 'rounds', taskQueue: 'nobody', args: ['x'], staticSummary: 'a round' } });
  await listed(1);
  expect(await needs('first')).toEqual(['it is not known since when first does not seal: use the current key once more, which notes it']);
  addKey(file, 'second');
  useKey(file, 'second');
  expect((await needs('first'))[0]).toMatch(/^some process may still seal with first until /);

  turnedOut('first', MINUTE + 1);
  const refused = await destroy('first');
  expect(refused.output).toContain('key first stays, it is needed:\n  3 values of the database');
  expect(refused.output).toContain('1 workflows that run');
  expect(refused.code).toBe(1);
  expect(Object.keys(readKeys(file).keys)).toEqual(['first', 'second']);

  await reseal(worker, openKeyFile(file), () => undefined);
  expect(await needs('first')).toEqual(['1 workflows that run: they began under first, or bear a memo of it']);
  await handle.terminate();
  await neededBy(/have ended/);
  expect(await needs('first')).toEqual(['1 workflows that have ended and that Temporal keeps: its retention removes them']);
  await temporal.workflowService.deleteWorkflowExecution({ namespace: environment['TEMPORAL_NAMESPACE']!, workflowExecution: { workflowId: 'began-before' } });
  await neededBy(/^$/);

  const signer = signerOf(openKeyFile(file).byId('signing', 'first'));
  expect(await destroy('first')).toEqual({ code: 0, output: 'second  seals now\n' });
  expect(readFileSync(file, 'utf8')).not.toContain('first');
  const { action, state, spec } = await createTemporalClient(environment, openKeyFile(file)).schedule.getHandle('rounds').describe();
  expect([action, state, spec]).toMatchObject([{ staticSummary: 'a round', args: ['x'] }, { paused: true, note: 'by operations' }, { intervals: [{ every: 10 * MINUTE }] }]);
  expect((await worker.evidenceKey.findUniqueOrThrow({ where: { keyId: 'first' } })).publicKey).toBe(signer.publicKey);
}, 240_000);

test('a run that was continued from one under the key bears its memo, and needs it however late it began', async () => {
  const old = openKeyFile(file);
  addKey(file, 'third');
  useKey(file, 'third');
  turnedOut('second', 24 * 60 * MINUTE);
  await start({ ...old, current: (purpose) => old.byId(purpose, 'second') }, 'continued');
  await listed(1);
  expect(await needs('second')).toContain('1 workflows that run: they began under second, or bear a memo of it');
}, 60_000);

test('when PostgreSQL or Temporal cannot be asked, the key stays', async () => {
  environment['TEMPORAL_ADDRESS'] = '127.0.0.1:9';
  const { code, output } = await destroy('second');
  expect(output).toMatch(/^key second stays: who may need it could not be asked/m);
  expect(code).toBe(1);
  expect(Object.keys(readKeys(file).keys)).toContain('second');
}, 60_000);
