import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  // Beside, then put in its place: whoever serves it meanwhile has one version or the other, whole.
  const making = `${FOLDER}.${process.pid}`;
  await build({ root: join(root, 'console'), configFile: join(root, 'console', 'vite.config.ts'), logLevel: 'error', build: { outDir: making } });
  await rm(FOLDER, { recursive: true, force: true });
  await rename(making, FOLDER);
  await writeFile(`${FOLDER}.sources`, fingerprint);
  return FOLDER;
}

if (require.main === module) {
  buildConsole().then((folder) => { console.log(folder); }, (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
