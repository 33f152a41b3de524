/**
 * `npm run storm -- --minutes 15 --seed 7`: a storm at length, after the seeds that once failed (tests/faults/seeds.json), each so long.
 * The log of each is left at build/faults/storm-<seed>.jsonl. Without a seed, any: it is said.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) }, travellers: { type: 'string', default: '24' } } });
const { status } = spawnSync('npx', ['jest', 'tests/faults/storm.test.ts'], {
  stdio: 'inherit', env: { ...process.env, STORM_SECONDS: String(Number(values.minutes) * 60), STORM_SEED: values.seed, STORM_TRAVELLERS: values.travellers },
});
process.exitCode = status ?? 1;
