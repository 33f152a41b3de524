import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, type BundleOptions } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../src/platform/codec';
import { builtFrom } from './built';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

const root = resolve(__dirname, '..');
const ENTRY = join(root, 'src', 'workflows', 'index.ts');
const SHARED = join(root, 'src', 'workflows', 'shared.ts');
const BUNDLE = join(root, 'build', 'workflow-bundle.js');

/** Bundles the workflows into `build/workflow-bundle.js` and answers its path. It takes seconds, so it is done only when a file that goes into it has changed. */
export const bundleWorkflows = (): Promise<string> => builtFrom(['src/workflows', 'src/domain', 'src/platform/codec'], BUNDLE, async (beside) => {
  const silent = { trace: nothing, debug: nothing, info: nothing, log: nothing, warn: console.warn, error: console.error };
  // Lines without their text: enough for stack traces, a third of the size (the sources are in the repository).
  const webpackConfigHook = (config: Configuration): Configuration => ({ ...config, devtool: 'inline-nosources-cheap-module-source-map' });
  const { code } = await bundleWorkflowCode({ workflowsPath: ENTRY, failureConverterPath: FAILURE_CONVERTER, preloadModules: [SHARED], logger: silent, webpackConfigHook });
  await writeFile(beside, code);
});

const nothing = (): void => undefined;

if (require.main === module) {
  bundleWorkflows().then((file) => { console.log(file); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
