import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NAMESPACE, SEARCH_ATTRIBUTES } from '../../dev/temporal';
import { server } from './servers';

/** Address and namespace of the run's Temporal server: real time, real visibility. Tests keep apart by their own task queues. */
export async function temporalAddress(): Promise<{ address: string; namespace: string }> {
  const { address } = await server('temporal');
  return { address, namespace: NAMESPACE };
}

/**
 * A namespace of its own on the run's Temporal server, with our search attributes: for tests of what lives on the claims' own task
 * queue, or counts processes. Ready when this settles.
 */
export async function freshNamespace(): Promise<{ address: string; namespace: string }> {
  const { address } = await server('temporal');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as never } });
    const searchAttributes = Object.fromEntries(Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]));
    // The server's parts hear of a new namespace one after the other.
    await untilSettled(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes }));
    await untilSettled(() => connection.workflowService.countWorkflowExecutions({ namespace, query: Object.keys(SEARCH_ATTRIBUTES).map((name) => `${name} IS NULL`).join(' AND ') }));
    return { address, namespace };
  } finally {
    await connection.close();
  }
}

async function untilSettled(attempt: () => Promise<unknown>): Promise<void> {
  for (const until = Date.now() + 30_000; ;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** File of the workflow bundle, for `Worker.create({ workflowBundle: { codePath } })`. */
export async function workflowBundle(): Promise<{ codePath: string }> {
  const { path } = await server('bundle');
  return { codePath: path };
}

/** Temporal's own numbers for the types of search attributes (IndexedValueType). */
const INDEXED_VALUE_TYPE = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/**
 * A Temporal server of its own whose time can be skipped; namespace `default`. Time is one per server, so take one per test file,
 * and `await env.teardown()` in the end.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const { path } = await server('testServer');
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  // Its start takes no search attributes.
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
  });
  return env;
}
