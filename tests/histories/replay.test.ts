import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { fromText } from './file';
import { workflowBundle } from '../support/temporal';
import { STORIES } from './stories';

const FOLDER = join(__dirname, 'claim');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).sort();
const text = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

beforeAll(() => { Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } }); });

/** Replays recorded histories against a bundle; what each came to, by file. */
async function replay(workflowBundle: WorkflowBundleOption, files: string[]): Promise<Record<string, string>> {
  const histories = files.map((file) => ({ workflowId: file, history: fromText(text(file)) }));
  const came: Record<string, string> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    came[workflowId] = error === undefined ? 'replayed' : error instanceof DeterminismViolationError ? 'other' : `${error.name}: ${error.message}`;
  }
  return came;
}

test('every story has its histories', () => {
  for (const name of Object.keys(STORIES)) expect(FILES.filter((file) => file.startsWith(`${name}.`))).not.toEqual([]);
  expect(FILES.filter((file) => file.startsWith('disputed-and-overturned.'))).toHaveLength(2);
  expect(FILES.filter((file) => file.startsWith('continued-as-new.')).length).toBeGreaterThan(1);
});

test('the claims recorded so far go on as they were with the workflow as it is; where this fails, guard the change with patched()', async () => {
  expect(await replay(await workflowBundle(), FILES)).toEqual(Object.fromEntries(FILES.map((file) => [file, 'replayed'])));
}, 30_000);

test('the gate bites: a workflow that waits once more at its start is refused by the histories', async () => {
  const broken = await bundleWorkflowCode({ workflowsPath: join(__dirname, 'broken.ts'), logger: new DefaultLogger('ERROR') });
  const some = FILES.filter((file) => file.endsWith('.1.json')).slice(0, 3);
  expect(await replay(broken, some)).toEqual(Object.fromEntries(some.map((file) => [file, 'other'])));
}, 60_000);

test('SPEC §3: the recorded histories name no machine and no folder of one', () => {
  for (const file of FILES) expect(text(file)).not.toMatch(/\/(home|root|Users|work|tmp)\/|"identity": ?"\d+@/);
});
