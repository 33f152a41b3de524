import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NAMESPACE, SEARCH_ATTRIBUTES } from '../../dev/temporal';
import { server } from './servers';

/** Address and namespace of the run's Temporal server: real time, real visibility. Tests keep apart by their own task queues. */
export async function temporalAddress(): Promise<{ address: string; namespace: string }> {
  const { address } = await server('temporal');
  return { address, namespace: NAMESPACE };
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
