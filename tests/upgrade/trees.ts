/** Two releases side by side on one machine, each in a folder of its own: the one that runs, and the one that is to take its place. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Patches } from '../../src/workflows/patches';
import previous from './previous.json';

const run = promisify(execFile);
const root = resolve(__dirname, '../..');

/** A release: where it lies, the bundle of its workflows, and whether its workers have a version. */
export interface Release { folder: string; bundle: string; versioned: boolean }

/** The release of previous.json, from this clone's own history. Throws with what to fetch when it is not there. */
export async function previousRelease(folder: string): Promise<Release> {
  await mkdir(folder);
  const archive = join(folder, 'release.tar');
  await run('git', ['archive', '-o', archive, previous.ref], { cwd: root }).catch(() => {
    throw new Error(`${previous.ref} (tests/upgrade/previous.json) is not in this clone: git fetch --depth 1 origin ${previous.ref}`);
  });
  await run('tar', ['-xf', archive, '-C', folder]);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await tsx(folder, 'dev/generate.ts');
  const bundle = (await tsx(folder, 'dev/bundle.ts')).trim().split('\n').at(-1)!;
  return { folder, bundle, versioned: previous.versioned };
}

/** Today's code as it stands, for the short form. */
export const today = (bundle: string): Release => ({ folder: root, bundle, versioned: true });

/** Today's code with a change that only this test has: a wait behind `patched`, a column and an index more, then (`contract`) a column less. */
export async function nextRelease(folder: string): Promise<Release> {
  await mkdir(folder);
  for (const part of ['src', 'prisma', 'dev', 'worker.ts', 'package.json', 'package-lock.json', 'tsconfig.json']) await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const workflows = join(folder, 'src/workflows');
  const change = async (file: string, from: string, to: string): Promise<void> => {
    const text = await readFile(join(workflows, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not say ${from} any more`);
    await writeFile(join(workflows, file), text.replace(from, to));
  };
  await change('index.ts', "export { claim } from './claim'", "export { claim } from './next'");
  await change('patches.ts', 'PATCHES: Patches = {', `PATCHES: Patches = { '${PATCH}': { why: 'of a test', stage: 'both', currentSince: null },`);
  await writeFile(join(workflows, 'next.ts'), `
import { patched, sleep } from '@temporalio/workflow';
import type { ClaimInput } from '../domain/claim';
import { claim as before } from './claim';
/** One wait more for each claim that begins with this release. */
export async function claim(input: ClaimInput): Promise<unknown> {
  const going = before(input); // registers its handlers: an act that comes before them would be refused
  if (patched('${PATCH}')) await sleep(1);
  return going;
}
`);
  await migration(folder, '20991231000000_expand', 'ALTER TABLE claim ADD COLUMN next_colour TEXT;');
  await migration(folder, '20991231000001_expand_index', '-- Alone, as it must be.\nCREATE INDEX CONCURRENTLY claim_next_colour_idx ON claim (next_colour);');
  const bundle = (await tsx(folder, 'dev/bundle.ts')).trim().split('\n').at(-1)!;
  return { folder, bundle, versioned: true };
}

/** The branch that claims of the next release take, and the release before it does not know. */
const PATCH = '2099-12-wait-once-more';
/** The next release's registry. */
export const OF_NEXT: Patches = { [PATCH]: { why: 'of a test', stage: 'both', currentSince: null } };

export const contract = (folder: string): Promise<void> => migration(folder, '20991231000002_contract', '-- contract of the next release\nALTER TABLE claim DROP COLUMN next_colour;');

async function migration(folder: string, name: string, sql: string): Promise<void> {
  await mkdir(join(folder, 'prisma/migrations', name));
  await writeFile(join(folder, 'prisma/migrations', name, 'migration.sql'), sql);
}

/** Runs a program of a release to its end; what it said. Throws with that when it fails. */
export async function tsx(folder: string, file: string, args: string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', file, ...args], { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 })
    .catch((error: { stdout: string; stderr: string }) => { throw new Error(`${file} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`); });
  return stdout;
}
