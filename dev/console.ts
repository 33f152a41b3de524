import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fingerprintOf } from './fingerprint';

const root = resolve(__dirname, '..');
const FOLDER = join(root, 'build', 'console');

/** Builds the console into `build/console` when its sources have changed, and answers the folder. */
export async function buildConsole(): Promise<string> {
  const fingerprint = await fingerprintOf('console');
  const known = await readFile(`${FOLDER}.sources`, 'utf8').catch(() => '');
  if (known === fingerprint && existsSync(join(FOLDER, 'index.html'))) return FOLDER;
  const { build } = await import('vite');
  await build({ root: join(root, 'console'), configFile: join(root, 'console', 'vite.config.ts'), logLevel: 'error' });
  await writeFile(`${FOLDER}.sources`, fingerprint);
  return FOLDER;
}

if (require.main === module) {
  buildConsole().then((folder) => { console.log(folder); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
