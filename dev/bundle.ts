import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, type BundleOptions } from '@temporalio/worker';
import { fingerprintOf } from './fingerprint';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

const root = resolve(__dirname, '..');
const ENTRY = join(root, 'src', 'workflows', 'index.ts');
export const BUNDLE = join(root, 'build', 'workflow-bundle.js');

/**
 * Bundles the workflows into `build/workflow-bundle.js` and answers its path. Bundling takes seconds, so it is done again only
 * when a file that goes into it has changed: the fingerprint of the sources stands beside the bundle.
 */
export async function bundleWorkflows(): Promise<string> {
  const fingerprint = await fingerprintOf('src/workflows', 'src/domain');
  const known = await readFile(`${BUNDLE}.sources`, 'utf8').catch(() => '');
  if (known === fingerprint && existsSync(BUNDLE)) return BUNDLE;
  const silent = { trace: nothing, debug: nothing, info: nothing, log: nothing, warn: console.warn, error: console.error };
  // Lines without their text: enough for stack traces, a third of the size (the sources are in the repository).
  const webpackConfigHook = (config: Configuration): Configuration => ({ ...config, devtool: 'inline-nosources-cheap-module-source-map' });
  const { code } = await bundleWorkflowCode({ workflowsPath: ENTRY, logger: silent, webpackConfigHook });
  await mkdir(join(root, 'build'), { recursive: true });
  // In one step, so that a process that starts meanwhile never reads half a bundle.
  const making = `${BUNDLE}.${process.pid}`;
  await writeFile(making, code);
  await rename(making, BUNDLE);
  await writeFile(`${BUNDLE}.sources`, fingerprint);
  return BUNDLE;
}

const nothing = (): void => undefined;

if (require.main === module) {
  bundleWorkflows().then((file) => { console.log(file); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
