import { join, resolve } from 'node:path';
import { builtFrom } from './built';

const root = resolve(__dirname, '..');

/** Builds the console into `build/console` when its sources have changed, and answers the folder. */
export const buildConsole = (): Promise<string> => builtFrom(['console'], join(root, 'build', 'console'), async (beside) => {
  const { build } = await import('vite');
  await build({ root: join(root, 'console'), configFile: join(root, 'console', 'vite.config.ts'), logLevel: 'error', build: { outDir: beside } });
});

if (require.main === module) {
  buildConsole().then((folder) => { console.log(folder); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
