/**
 * A release and the claims that are open, as commands of the release that is to become current: `check` replays them and says which patches can
 * go, `current` does that and then makes this version current (`current 10`: for 10 of 100 claims first), `back` makes it current without
 * replaying, in a hurry, because it was before (`back unversioned`: to workers without a version), `show` lists the versions.
 * Environment: KEY_FILE, WORKFLOW_BUNDLE, WORKER_DEPLOYMENT, Temporal's own. Ends with 1 when something would break: then nothing was changed.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { ConfigurationError, readReleaseConfig } from '../platform/config';
import { openKeyFile } from '../platform/keys/key-ring';
import { buildIdOf } from '../platform/operations/deployment';
import { createTemporalClient } from '../platform/temporal';
import { PATCHES, holdsBack } from '../workflows/patches';
import { makeCurrent, strangersTo, versions, type Moved, type Target } from './current';
import { replayOpen } from './replay';

/** Runs one command; the answer is the process's exit code. */
export async function release([command = '', word]: readonly string[], environment: NodeJS.ProcessEnv, say: (line: string) => void): Promise<number> {
  const { keyFile, workflowBundle, deployment } = readReleaseConfig(environment);
  const temporal = createTemporalClient(environment, openKeyFile(keyFile));
  const target: Target = word === 'unversioned' ? { temporal, deployment, buildId: null, patches: {} } : { temporal, deployment, buildId: buildIdOf(workflowBundle), patches: PATCHES };
  try {
    switch (command) {
      case 'check': return await check(target, workflowBundle, say);
      case 'current': return (await check(target, workflowBundle, say)) || await becomeCurrent(target, Number(word ?? 100), say);
      case 'back': return await becomeCurrent(target, 100, say);
      case 'show':
        for (const { buildId, status, kept } of await versions(target)) say(`${buildId} ${status}${kept > 0 ? `, keeps ${kept} claims: let its workers run` : ''}`);
        return 0;
      default:
        say('Say what: check, current [percentage], back [unversioned], show.');
        return 1;
    }
  } finally {
    await temporal.connection.close();
  }
}

async function check(target: Target, bundleFile: string, say: (line: string) => void): Promise<number> {
  const { temporal } = target;
  const began = Date.now();
  const leaveOut = await strangersTo(target);
  const { open, closed, events, broken } = await replayOpen({ temporal, bundleFile, leaveOut, progress: (so) => { if (so % 1_000 === 0) say(`${so} replayed`); } });
  for (const { workflowId, eventId, eventType, fault } of broken) say(`BREAKS: ${workflowId}${eventId === null ? '' : ` at event ${eventId}${eventType === null ? '' : `, ${eventType}`}`} (${fault})`);
  say(`version ${target.buildId}: ${open} open and ${closed} closed processes replayed (${events} events, ${Math.round((Date.now() - began) / 1000)} s), ${broken.length} would break; ${leaveOut.size} stay on the version whose branch they took`);
  for (const [id, patch] of Object.entries(PATCHES)) {
    const held = holdsBack(id, patch);
    if (held === null) { say(`patch ${id}: write down since when no version without it is current`); continue; }
    const left = (await temporal.workflow.count(held.began)).count - (held.took === null ? 0 : (await temporal.workflow.count(held.took)).count);
    say(`patch ${id}: ${left > 0 ? `still needed by ${left} processes` : patch.stage === 'both' ? 'the old branch can go (deprecatePatch)' : 'can go'}`);
  }
  if (broken.length > 0) say('Nothing was changed. Guard what differs with patched(), or mend it, and check again.');
  return broken.length > 0 ? 1 : 0;
}

async function becomeCurrent(target: Target, percentage: number, say: (line: string) => void): Promise<number> {
  if (!(percentage > 0 && percentage <= 100)) { say('A percentage is a number above 0, up to 100.'); return 1; }
  const { kept, freed, lost }: Moved = await makeCurrent(target, percentage);
  say(`${target.buildId ?? 'workers without a version'} ${percentage === 100 ? 'current' : `current for ${percentage} of 100`}; ${kept.length} claims kept on the version whose branch they took, ${freed.length} freed`);
  for (const workflowId of lost) say(`CANNOT GO ON: ${workflowId} took a branch that is not known here, and cannot be kept where it is: under a worker without a version, or on its way`);
  return lost.length > 0 ? 1 : 0;
}

if (require.main === module) {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  release(process.argv.slice(2), process.env, (line) => { console.log(line); }).then((code) => process.exit(code), (error: unknown) => {
    console.error(error instanceof ConfigurationError ? error.message : `Stopped: ${error instanceof Error ? `${error.name} ${error.message}` : 'unknown error'}`);
    process.exit(1);
  });
}
