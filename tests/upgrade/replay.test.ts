import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
import { release } from '../../src/release/main';
import { FAILURE_CONVERTER } from '../../src/platform/codec';
import { aReport, startStack, type Stack } from '../api/stack';
import { eventually } from '../support/parties';
import { workflowBundle } from '../support/temporal';

let stack: Stack;
let folder: string;
const claims: string[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-replay-'));
  stack = await startStack({ worker: true });
  for (const n of [1, 2, 3]) {
    const { body } = await stack.post('specialist-a-h001', '/v1/claims', aReport(`MR-REPLAY-${n}`));
    claims.push((body as { claimNo: string }).claimNo);
  }
  await eventually(async () => (await check((await workflowBundle()).codePath)).said.some((line) => line.includes(' 3 open')) || undefined, 60_000);
}, 120_000);
afterAll(async () => { await stack.stop(); await rm(folder, { recursive: true, force: true }); });

async function check(bundle: string): Promise<{ code: number; said: string[] }> {
  const said: string[] = [];
  const { address, namespace } = stack.temporal;
  const code = await release(['check'], { KEY_FILE: stack.keyFile, WORKFLOW_BUNDLE: bundle, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }, (line) => { said.push(line); });
  return { code, said };
}

test('FAULTS 21, npm run replay:open: every open claim of a running Temporal goes on with the workflows as they are', async () => {
  const { code, said } = await check((await workflowBundle()).codePath);
  expect([code, said]).toEqual([0, [expect.stringMatching(/3 open .* replayed .*, 0 would break/)]]);
});

test('FAULTS 21, the gate bites: a planted break is refused, each claim named with the event at which it would break, and nothing of its content', async () => {
  const { code: broken } = await bundleWorkflowCode({ workflowsPath: join(__dirname, '../histories/broken.ts'), failureConverterPath: FAILURE_CONVERTER, logger: new DefaultLogger('ERROR') });
  const file = join(folder, 'broken.js');
  await writeFile(file, broken);
  const { code, said } = await check(file);
  expect(code).toBe(1);
  for (const claimNo of claims) expect(said).toContainEqual(expect.stringMatching(new RegExp(`^BREAKS: claim:${claimNo} at event \\d+, [a-zA-Z]+ \\(DeterminismViolationError\\)$`)));
  expect(said.join('\n')).not.toMatch(/测试患者|MR-REPLAY/);
  expect(said.at(-1)).toContain('Nothing was changed');
});
