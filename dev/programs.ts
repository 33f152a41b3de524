import { execFile } from 'node:child_process';
import { constants, createWriteStream, readFileSync } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { CannotStart } from './cannot-start';
import { lastWords, startChild, type Program } from './children';

/**
 * Finds the programs npm does not bring: the Temporal server; for tests, Temporal's time-skipping server and a browser; what else is written in Go.
 * Each comes from the first of several places, and says from which. What was fetched or built is kept outside the checkout.
 */

const run = promisify(execFile);
const CACHE = join(homedir(), '.cache', 'kuaipei');

/** The newest release whose module can be built by `go install`; later ones carry a `replace` in their go.mod. */
const TEMPORAL_VERSION = '1.5.1';
const TEST_SERVER_VERSION = '1.38.0';
/** As a Go module: Prometheus 3.16. */
const PROMETHEUS_VERSION = '0.316.0';

export interface Found {
  path: string;
  /** In words, for the person who starts: "on the PATH", "built with Go". */
  from: string;
}

/** Receives progress in words while something is fetched or built. */
export type Say = (words: string) => void;

/** What a variable of the environment names, or null. Throws CannotStart when that cannot be run. */
async function named(variable: string): Promise<Found | null> {
  const path = process.env[variable];
  if (path === undefined || path === '') return null;
  if (await canRun(path)) return { path, from: variable };
  throw new CannotStart(`${variable} names ${path}, which cannot be run.`);
}

/** The `temporal` program. Throws CannotStart with what to install. */
export async function findTemporal(say: Say): Promise<Found> {
  const given = await named('TEMPORAL_CLI');
  if (given !== null) return given;
  const onPath = await whereIs('temporal');
  if (onPath !== null) return { path: onPath, from: 'on the PATH' };
  const kept = join(CACHE, 'bin', 'temporal');
  if (await canRun(kept)) return { path: kept, from: 'kept from an earlier start' };
  if (await download(`cli/v${TEMPORAL_VERSION}`, 'temporal', kept, say)) return { path: kept, from: 'downloaded' };
  if ((await whereIs('go')) === null) {
    throw new CannotStart('The Temporal server is missing: its download (temporal.download) cannot be reached and there is no Go to build it. Put `temporal` on the PATH, name it in TEMPORAL_CLI, or install Go 1.24 or later.');
  }
  await goInstall('temporal', `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`, kept, say);
  return { path: kept, from: 'built with Go' };
}

/** The time-skipping test server, as an executable. Throws CannotStart with what to install. */
export async function findTestServer(say: Say): Promise<Found> {
  const given = await named('TEMPORAL_TEST_SERVER');
  if (given !== null) return given;
  const downloaded = join(CACHE, 'bin', `temporal-test-server-${TEST_SERVER_VERSION}`);
  if (await canRun(downloaded)) return { path: downloaded, from: 'kept from an earlier run' };
  const ofJars = join(CACHE, `temporal-test-server-${TEST_SERVER_VERSION}`, 'run');
  if (await canRun(ofJars)) return { path: ofJars, from: 'kept from an earlier run' };
  if (await download(`temporal-test-server/v${TEST_SERVER_VERSION}`, 'temporal-test-server', downloaded, say)) return { path: downloaded, from: 'downloaded' };
  if ((await whereIs('mvn')) === null || (await whereIs('java')) === null) {
    throw new CannotStart('The time-skipping test server is missing: its download (temporal.download) cannot be reached, and without Java and Maven it cannot be put together. Install them, or name the server in TEMPORAL_TEST_SERVER.');
  }
  await collectTestServer(ofJars, say);
  return { path: ofJars, from: 'put together by Maven' };
}

/** Names under which Chromium and its sisters are installed. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium for the console's tests. Throws CannotStart with what to install. */
export async function findChromium(say: Say): Promise<Found> {
  const given = await named('CHROMIUM');
  if (given !== null) return given;
  const installed = await whereIs(...BROWSERS);
  if (installed !== null) return { path: installed, from: 'on the PATH' };
  const { chromium } = await import('playwright-core');
  const kept = chromium.executablePath();
  if (await canRun(kept)) return { path: kept, from: 'kept from an earlier run' };
  const tries: Array<[string, () => Promise<unknown>]> = [['downloading Chromium', () => run(process.execPath, [require.resolve('playwright-core/cli.js'), 'install', 'chromium'], { timeout: 300_000 })]];
  // As root of a Debian, the system's own is the quickest, and it brings fonts for Chinese.
  if (process.getuid?.() === 0 && (await whereIs('apt-get')) !== null) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    tries.unshift(['installing Chromium from the packages of the system', () => run('sh', ['-c', 'apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-noto-cjk'], { timeout: 600_000, env })]);
  }
  for (const [words, get] of tries) {
    say(words);
    await get().catch(() => { say('that cannot be done here, looking further'); });
    const found = (await canRun(kept)) ? kept : await whereIs(...BROWSERS);
    if (found !== null) return { path: found, from: 'installed for the tests' };
  }
  throw new CannotStart('Chromium is missing, and it can neither be downloaded nor installed here. Install chromium (or Chrome), or name it in CHROMIUM.');
}

/** Prometheus' `promtool`, for `npm run check:rules`. Throws CannotStart with what to install. */
export async function findPromtool(say: Say): Promise<Found> {
  const given = await named('PROMTOOL');
  if (given !== null) return given;
  return madeWithGo('promtool', PROMETHEUS_VERSION, 'Install Prometheus, name it in PROMTOOL, or install Go 1.25 or later.', (kept) => buildPromtool(kept, say));
}

async function buildPromtool(to: string, say: Say): Promise<void> {
  say('building promtool with Go, once for this machine; about 3 minutes on 2 cores');
  await intoPlace(to, async (folder) => {
    // As part of a module of our own and without service discovery: else modules are asked for that no proxy has any more.
    await writeFile(join(folder, 'go.mod'), `module promtool\n\ngo 1.25.0\n\nrequire github.com/prometheus/prometheus v${PROMETHEUS_VERSION}\n`);
    await make({
      name: 'go build', command: 'go', args: ['build', '-mod=mod', '-tags=remove_all_sd', '-trimpath', '-ldflags=-s -w', '-v', '-o', 'promtool', 'github.com/prometheus/prometheus/cmd/promtool'],
      cwd: folder, env: { ...process.env, CGO_ENABLED: '0' }, logFile: join(folder, 'build.log'),
    }, (seconds, lines) => { say(`building, ${seconds} s, ${lines} lines of Go's progress`); });
    return join(folder, 'promtool');
  });
}

/** The service from which Temporal's own SDKs fetch these programs. False when it cannot be reached or has no build for this machine. */
async function download(artifact: string, program: string, to: string, say: Say): Promise<boolean> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const format = process.platform === 'win32' ? 'zip' : 'tar.gz';
  try {
    const about = await fetch(`https://temporal.download/${artifact}?platform=${process.platform}&arch=${arch}&format=${format}`, { signal: AbortSignal.timeout(5_000) });
    if (!about.ok) return false;
    const { archiveUrl, fileToExtract } = await about.json() as { archiveUrl?: unknown; fileToExtract?: unknown };
    if (typeof archiveUrl !== 'string' || typeof fileToExtract !== 'string') return false;
    say(`downloading ${archiveUrl}`);
    const archive = await fetch(archiveUrl, { signal: AbortSignal.timeout(600_000) });
    if (!archive.ok || archive.body === null) return false;
    await intoPlace(to, async (folder) => {
      const file = join(folder, 'archive');
      await pipeline(Readable.fromWeb(archive.body as never), createWriteStream(file));
      await run('tar', ['-xf', file, '-C', folder]);
      return join(folder, fileToExtract);
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw error;
    say(`${program} cannot be downloaded here, looking further`);
    return false;
  }
}

/** A program that is built with Go from its module: `name` on the PATH, kept from an earlier start, or built now. Throws CannotStart. */
export function findGoProgram({ name, module: path, version }: GoProgram, say: Say): Promise<Found> {
  return madeWithGo(name, version, 'Put it on the PATH, or install Go 1.24 or later.', (kept) => goInstall(name, `${path}@v${version}`, kept, say));
}

async function madeWithGo(name: string, version: string, whatToDo: string, make: (kept: string) => Promise<void>): Promise<Found> {
  const onPath = await whereIs(name);
  if (onPath !== null) return { path: onPath, from: 'on the PATH' };
  const kept = join(CACHE, 'bin', `${name}-${version}`);
  if (await canRun(kept)) return { path: kept, from: 'kept from an earlier run' };
  if ((await whereIs('go')) === null) throw new CannotStart(`${name} is missing, and there is no Go to build it. ${whatToDo}`);
  await make(kept);
  return { path: kept, from: 'built with Go' };
}

/** A command among Go's modules: the name it is known by, its import path, and the version without its v. */
export interface GoProgram { name: string; module: string; version: string }

async function goInstall(name: string, address: string, to: string, say: Say): Promise<void> {
  say(`building ${name} with Go, once for this machine; about 5 minutes on 2 cores`);
  await intoPlace(to, async (folder) => {
    await make({
      name: 'go install', command: 'go', args: ['install', '-v', '-trimpath', '-ldflags=-s -w', address],
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: folder }, logFile: join(folder, 'build.log'),
    }, (seconds, lines) => { say(`building, ${seconds} s, ${lines} packages done`); });
    // Go calls a program as its folder is called.
    return join(folder, basename(address.slice(0, address.lastIndexOf('@'))));
  });
}

/** Runs a tool to its end, on a leash like everything else. Throws CannotStart with its last words when it fails. */
async function make(program: Program, progress?: (seconds: number, lines: number) => void): Promise<void> {
  const begun = Date.now();
  const tool = startChild(program);
  const every = setInterval(() => {
    progress?.(Math.round((Date.now() - begun) / 1000), readFileSync(program.logFile, 'utf8').split('\n').length - 1);
  }, 10_000);
  const code = await tool.ended.finally(() => clearInterval(every));
  if (code !== 0) throw new CannotStart(`${program.name} did not succeed: ${await lastWords(tool, 3)}`);
}

async function collectTestServer(to: string, say: Say): Promise<void> {
  say('fetching the time-skipping test server with Maven, once for this machine; about half a minute');
  const folder = join(CACHE, `temporal-test-server-${TEST_SERVER_VERSION}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'pom.xml'), `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>kuaipei</groupId><artifactId>test-server</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${TEST_SERVER_VERSION}</version></dependency>
    <!-- without it every start complains that nobody takes its log -->
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>\n`);
  await make({
    name: 'Maven', command: 'mvn', args: ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
    cwd: folder, logFile: join(folder, 'maven.log'),
  });
  await intoPlace(to, async (scratch) => {
    const wrapper = join(scratch, 'run');
    await writeFile(wrapper, `#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -cp "${folder}/lib/*" io.temporal.testserver.TestServer "$@"\n`);
    return wrapper;
  });
}

/** Makes a program in a scratch folder and moves it to its place in one step, so that a half-made one is never found. */
async function intoPlace(to: string, produce: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(join(CACHE, 'bin'), { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'making-'));
  try {
    const made = await produce(folder);
    await chmod(made, 0o755);
    await rename(made, to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const canRun = (path: string): Promise<boolean> => access(path, constants.X_OK).then(() => true, () => false);

/** The first of these programs that stands on the PATH. */
async function whereIs(...programs: string[]): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of programs.flatMap((program) => folders.map((folder) => join(folder, program)))) if (await canRun(path)) return path;
  return null;
}
