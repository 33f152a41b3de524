import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { makeCurrent, type Target } from '../../src/release/current';
import { eventually } from '../support/parties';
import { freshNamespace } from '../support/temporal';
import { goSignal } from './branch/after';

const DEPLOYMENT = 'of-a-test', TASK_QUEUE = 'waits';
let temporal: Client;
let connection: NativeConnection;
const ends: Array<() => Promise<void>> = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const { address, namespace } = await freshNamespace();
  temporal = new Client({ connection: await Connection.connect({ address }), namespace });
  connection = await NativeConnection.connect({ address });
}, 60_000);
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  await temporal.connection.close();
  await connection.close();
});

async function deploy(buildId: 'before' | 'after'): Promise<Target> {
  const worker = await Worker.create({
    connection, namespace: temporal.options.namespace, taskQueue: TASK_QUEUE, workflowsPath: require.resolve(`./branch/${buildId}`),
    workerDeploymentOptions: { useWorkerVersioning: true, version: { deploymentName: DEPLOYMENT, buildId }, defaultVersioningBehavior: 'AUTO_UPGRADE' },
  });
  const run = worker.run();
  ends.push(async () => { worker.shutdown(); await run; });
  return { temporal, deployment: DEPLOYMENT, buildId, patches: buildId === 'after' ? { '2099-12-wait-once-more': { why: 'of a test', stage: 'both', currentSince: null } } : {} };
}

test('issue 6.4, rollback: a claim whose next step was already handed to the old release, and failed there, is brought back to the version whose branch it took, and goes on', async () => {
  const [before, after] = [await deploy('before'), await deploy('after')];
  await makeCurrent(after);
  const claim = await temporal.workflow.start('waits', { workflowId: 'claim:of-a-test', taskQueue: TASK_QUEUE });
  await eventually(async () => ((await claim.describe()).searchAttributes['TemporalChangeVersion'] ? true : undefined), 20_000);

  // The way back, but for the look before it: as if this claim had begun in between.
  await temporal.workflowService.setWorkerDeploymentCurrentVersion({ namespace: temporal.options.namespace, deploymentName: DEPLOYMENT, buildId: 'before' });
  await claim.signal(goSignal);
  await eventually(async () => ((await claim.fetchHistory()).events!.some((event) => event.workflowTaskFailedEventAttributes) ? true : undefined), 20_000);

  const { kept, lost } = await makeCurrent(before);
  expect([kept, lost]).toEqual([['claim:of-a-test'], []]);
  await expect(temporal.workflow.getHandle('claim:of-a-test').result()).resolves.toBe('by the new branch');
  const { kept: again } = await makeCurrent(before);
  expect(again).toEqual([]);
}, 120_000);
