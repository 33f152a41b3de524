/**
 * `npm run leaks [-- CLAIMS]`: plays 100 claims of made-up persons on a local stack of its own and then searches everything that is kept
 * for them: PostgreSQL by column and by file (write-ahead log included), Temporal's database, logs, metrics, object store, and what the
 * notice gateway got. Prints a table of place × kind × hits; ends with 1 when a value stands anywhere it is not meant to. Issue 5.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lastWords, startChild, untilReady } from '../../../dev/children';
import { postgresUrl } from '../../../dev/postgres';
import { readSettings } from '../../../dev/settings';
import { runningStack, type Stack } from '../../../dev/stack';
import { play } from './journeys';
import { inColumns, inFiles, inText, OF_POSTGRES, type Hit } from './places';

const root = resolve(__dirname, '../../..');
const say = (words: string): void => { console.log(words); };

async function main(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuaipei-leaks-'));
  chmodSync(folder, 0o711); // PostgreSQL may run as another user, who has to get through
  const env: NodeJS.ProcessEnv = { KUAIPEI_PORT_BASE: '14100', ...process.env, KUAIPEI_DATA: folder };
  const { ports } = readSettings(env);
  const start = startChild({ name: 'the stack', command: process.execPath, args: ['--import', 'tsx', 'dev/start.ts'], cwd: root, env, logFile: join(folder, 'start.log'), graceSeconds: 60 });
  try {
    const stack = await untilReady(start, () => { const up = runningStack(folder); return up ? Promise.resolve(up) : Promise.reject(new Error('not announced')); }, 240);
    const began = Date.now();
    const { opened, paid } = await play(stack, count);
    say(`${opened} claims opened, ${paid} of them paid, in ${Math.round((Date.now() - began) / 1000)} s`);
    const hits = [...await whileItRuns(stack, ports.workerMetrics, ports.postgres)];
    await start.stop();
    hits.push(...await whenItHasStopped(folder));
    report(hits);
  } catch (error) {
    say(await lastWords(start));
    throw error;
  } finally {
    await start.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function whileItRuns(stack: Stack, workerMetrics: number, postgres: number): Promise<Hit[]> {
  const text = async (url: string): Promise<string> => (await fetch(url)).text();
  const { columns, hits } = await inColumns(postgresUrl('postgres', postgres));
  say(`searched ${columns} columns of PostgreSQL`);
  // The search is awake: the one place where a value is meant to stand has it.
  if (!hits.some((hit) => hit.meant)) throw new Error('no name was found in patient.name: the search does not see what is there');
  return [...hits, ...inText('metrics of the API', await text(`${stack.apiUrl}/metrics`)), ...inText('metrics of the worker', await text(`http://127.0.0.1:${workerMetrics}/metrics`))];
}

async function whenItHasStopped(folder: string): Promise<Hit[]> {
  const hits: Hit[] = [];
  const look = async (place: string, part: string, options: Parameters<typeof inFiles>[2] = {}): Promise<void> => {
    if (!existsSync(join(folder, part))) throw new Error(`${part} is not there`);
    const found = await inFiles(place, join(folder, part), options);
    say(`searched ${place}: ${found.files} files, ${(found.bytes / 1e6).toFixed(1)} MB`);
    if (found.files === 0) throw new Error(`there is nothing in ${part}`);
    hits.push(...found.hits);
  };
  await look("PostgreSQL's files and write-ahead log", 'postgres', { meant: OF_POSTGRES });
  await look("Temporal's database", 'temporal');
  await look('object store and uploads', 'documents');
  await look('logs', 'logs');
  await look('notice gateway', 'simulators', { only: (path) => path.startsWith('notices') });
  return hits;
}

function report(hits: Hit[]): void {
  const wrong = hits.filter(({ meant }) => !meant);
  const line = (...cells: string[]): void => { say(`| ${cells.join(' | ')} |`); };
  line('place', 'what', 'hits', '');
  line('---', '---', '---', '---');
  for (const { place, kind, count, meant, where } of hits) line(place, kind, String(count), `${meant ? 'meant' : 'LEAK'}: ${[...new Set(where)].slice(0, 6).join('; ')}`);
  say(wrong.length === 0 ? 'Nothing stands in clear where it is not meant to.' : `${wrong.reduce((sum, { count }) => sum + count, 0)} hits where none is meant.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

main(Number(process.argv[2] ?? 100)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
