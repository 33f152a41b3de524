/**
 * `npm run sbom`: what ships, as CycloneDX, into build/sbom.json. npm describes everything that is installed and the lock file says what of it
 * ships: `npm sbom --omit=dev` leaves out what development needs as well, and what the console is built from. Ends with 1 when a package that ships is not described.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installed, readLock } from './lock';

const run = promisify(execFile);
const root = join(__dirname, '..', '..');
const PLENTY = 64 * 1024 * 1024;

interface Sbom {
  metadata: { component: { 'bom-ref': string } };
  components: Array<{ name: string; version: string; 'bom-ref': string; properties?: Array<{ name: string; value: string }> }>;
  dependencies: Array<{ ref: string; dependsOn: string[] }>;
}

async function main(): Promise<void> {
  const { stdout } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], { cwd: root, maxBuffer: PLENTY });
  const all = JSON.parse(stdout) as Sbom;
  const ships = new Set(installed(readLock()).filter((one) => one.ships).map(({ name, version }) => `${name}@${version}`));
  // One that is installed under another name as well may stand there under that; its reference has its own. What the console is built from is no development to who reads this.
  const components = all.components.filter((one) => ships.has(one['bom-ref'])).map(({ properties = [], ...one }) => ({
    ...one, name: one['bom-ref'].slice(0, -`@${one.version}`.length), properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
  }));
  const missing = [...ships].filter((one) => !components.some((component) => component['bom-ref'] === one));
  if (missing.length > 0) throw new Error(`npm does not describe ${missing.join(', ')}: is everything installed (npm ci)?`);
  const kept = new Set([all.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = all.dependencies.filter(({ ref }) => kept.has(ref)).map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  await mkdir(join(root, 'build'), { recursive: true });
  await writeFile(join(root, 'build', 'sbom.json'), `${JSON.stringify({ ...all, components, dependencies }, null, 1)}\n`);
  console.log(`build/sbom.json: ${components.length} packages that ship`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
