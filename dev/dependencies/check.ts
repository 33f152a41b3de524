/** `npm run check:dependencies`: licences, pins, hashes, committed binaries, advisories. Ends with 1 and names each package or file at fault. */
import { execFile } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ACCEPTED, judgeAudit } from './advisories';
import { installed, readLock } from './lock';
import { binaryFaults, licenceFaults, pinFaults } from './rules';

const run = promisify(execFile);
const root = join(__dirname, '..', '..');
const BEGINNING = 8_000;
const PLENTY = 64 * 1024 * 1024;

async function main(): Promise<number> {
  const packages = installed(readLock());
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const shipping = packages.filter(({ ships }) => ships);
  const audit = judgeAudit(await npmAudit(), new Set(shipping.map(({ path }) => path)), ACCEPTED, new Date().toISOString().slice(0, 10));
  const files = await committed();
  const faults = [...licenceFaults(packages), ...pinFaults({ ...dependencies, ...devDependencies }, packages), ...binaryFaults(files), ...(audit.asked ? audit.faults : [])];
  for (const fault of faults) console.error(fault);
  console.log(`${packages.length} packages, ${shipping.length} of which ship; ${files.length} committed files; ${faults.length} faults.`);
  console.log(audit.asked ? 'Advisories: asked.' : `Advisories: NOT ASKED, no answer (${audit.why}). Ask where the registry has them: npm run check:dependencies.`);
  return faults.length === 0 ? 0 : 1;
}

/** Of everything: to npm what the console is built from is for development. It ends with 1 both when it found something and when it could not ask. */
const npmAudit = (): Promise<string> => run('npm', ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'], { cwd: root, maxBuffer: PLENTY })
  .then(({ stdout }) => stdout, (error: unknown) => (error as { stdout?: string }).stdout ?? '');

async function committed(): Promise<Array<{ path: string; beginning: Buffer }>> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached'], { cwd: root, maxBuffer: PLENTY });
  const files: Array<{ path: string; beginning: Buffer }> = [];
  for (const path of stdout.split('\0').filter((one) => one !== '')) {
    const file = await open(join(root, path)).catch(() => null); // removed, and not committed yet
    if (file === null) continue;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    await file.close();
    files.push({ path, beginning: buffer.subarray(0, bytesRead) });
  }
  return files;
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
