/**
 * `npm run histories`: plays the stories of tests/histories/stories.ts on the time-skipping server and keeps each run's history in
 * tests/histories/claim. Recorded histories are what running claims look like: add to them, and replace one only when no claim of its kind
 * can be running any more.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toText } from '../tests/histories/file';
import type { TestClaim } from '../tests/workflows/claim/harness';
import { openServers } from '../tests/support/servers';

const FOLDER = join(__dirname, '..', 'tests', 'histories', 'claim');

/** The runs of a claim, oldest first, those that were continued as new included. */
async function runsOf(claim: TestClaim): Promise<string[]> {
  const runs: string[] = [];
  for (const first of claim.started) {
    for (let next: string | null | undefined = first; next; ) {
      runs.push(next);
      const { events } = await claim.history(next);
      next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    }
  }
  return runs;
}

async function main(): Promise<void> {
  const only = process.argv.slice(2);
  const servers = await openServers();
  process.env.KUAIPEI_TEST_SERVERS = servers.url;
  const { openWorld } = await import('../tests/workflows/claim/harness.js');
  const { STORIES } = await import('../tests/histories/stories.js');
  try {
    const world = await openWorld();
    await mkdir(FOLDER, { recursive: true });
    for (const [name, play] of Object.entries(STORIES)) {
      if (only.length > 0 && !only.includes(name)) continue;
      await world.monday();
      const claim = await play(world);
      const runs = await runsOf(claim);
      for (const [n, runId] of runs.entries()) {
        const history = await claim.history(runId);
        await writeFile(join(FOLDER, `${name}.${n + 1}.json`), toText(history));
        console.log(`${name}.${n + 1}: ${history.events?.length} events`);
      }
    }
    await world.tidy();
    await world.close();
  } finally {
    await servers.stop();
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
