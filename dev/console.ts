import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { builtFrom } from './built';
import { verifyPage } from './verify-page';

const root = resolve(__dirname, '..');

/** Builds the console, and the page that verifies evidence packs, into `build/console` when their sources have changed, and answers the folder. */
export const buildConsole = (): Promise<string> => builtFrom(['console', 'src/verify', 'src/platform/audit'], join(root, 'build', 'console'), async (beside) => {
  const { build } = await import('vite');
  const { NODE_ENV } = process.env;
  // Vite keeps what the process has: a test's would put React's development build into what people load.
  process.env.NODE_ENV = 'production';
  try {
    await build({ root: join(root, 'console'), configFile: join(root, 'console', 'vite.config.ts'), logLevel: 'error', build: { outDir: beside } });
    await writeFile(join(beside, 'verify.html'), await verifyPage());
    await compress(join(beside, 'assets'));
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
});

/** Beside every script and style its Brotli, at its best: it is sent far more often than made (src/api/console.ts). */
async function compress(folder: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (/\.(js|mjs|css)$/.test(file)) await writeFile(join(folder, `${file}.br`), await promisify(brotliCompress)(await readFile(join(folder, file))));
  }
}

if (require.main === module) {
  buildConsole().then((folder) => { console.log(folder); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
