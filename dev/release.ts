import { DefaultLogger, Runtime } from '@temporalio/worker';
import { release } from '../src/release/main';
import { bundleWorkflows } from './bundle';
import { requireStack } from './stack';

/**
 * `npm run replay:open`: would the workflows as they are in this checkout go on with every process that runs? `npm run release -- current|back|show`:
 * the rest of src/release/main.ts. Of the running local stack, or of TEMPORAL_ADDRESS with TEMPORAL_NAMESPACE and KEY_FILE.
 */
async function main(): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const given = process.env.TEMPORAL_ADDRESS === undefined ? requireStack().environment : {};
  return release(process.argv.slice(2), { ...process.env, ...given, WORKFLOW_BUNDLE: process.env.WORKFLOW_BUNDLE ?? await bundleWorkflows() }, (line) => { console.log(line); });
}

main().then((code) => process.exit(code), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
