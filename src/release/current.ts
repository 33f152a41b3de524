/**
 * Which version of the worker is current, and how another becomes it (decision 22). Forward and back are one operation, done by the release
 * that is to become current: a claim that has taken a branch which that release does not know keeps its version, and comes to the first that does.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { abreast } from '../platform/operations/abreast';
import { grpcCode } from '../platform/operations/grpc';
import type { Patches } from '../workflows/patches';

/** The version that is to become current. `buildId` is null for workers without a version, which know none of the `patches` but those given. */
export interface Target { temporal: Client; deployment: string; buildId: string | null; patches: Patches }

/**
 * Claims by workflow id: `kept` on the version whose branch they took, `freed` to come to the target, `lost`: nothing to keep them on (they took a
 * branch under a worker without a version), or they could not be brought back to it within a minute.
 */
export interface Moved { kept: string[]; freed: string[]; lost: string[] }

/** A version as it stands; `kept` counts the claims that only it can go on with: its workers must stay while there are any. */
export interface Version { buildId: string; status: string; kept: number }

/** Temporal's lists show what happened up to so long ago, on a busy server longer: so often in a row must a look find nobody new. */
const LIST_LAG_MS = 2_000, QUIET_LOOKS = 3;
/** A worker that has just been started is known to the server after a moment. */
const UNTIL_KNOWN_MS = 60_000;
const AT_ONCE = 8;

const RUNNING = "ExecutionStatus = 'Running'";
const OVERRIDDEN = `${RUNNING} AND TemporalWorkflowVersioningBehavior = 'Pinned'`;

/** Ids of the claims that the target cannot go on with, because it does not know a branch they have taken. */
export async function strangersTo(target: Target): Promise<Set<string>> {
  const strangers = (await strangersIn(target)).map(({ workflowId }) => workflowId);
  return new Set(strangers);
}

/**
 * Makes the target current, for all (100) or for so many of a hundred claims. Throws when no worker of that version has asked for work within
 * a minute. Asked twice it does the same again.
 */
export async function makeCurrent(target: Target, percentage = 100): Promise<Moved> {
  const before = await keepStrangers(target);
  await route(target, percentage);
  // Those that took such a branch meanwhile: they stand still under a version that does not know it, until they are kept on their own.
  const kept = new Set(before.kept);
  let last = before;
  for (let quiet = 0, until = Date.now() + UNTIL_KNOWN_MS; quiet < QUIET_LOOKS && Date.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, LIST_LAG_MS));
    last = await keepStrangers(target);
    // One that is kept shows as such only after its next step.
    quiet = last.between.length > 0 || last.kept.some((one) => !kept.has(one)) ? 0 : quiet + 1;
    for (const one of last.kept) kept.add(one);
  }
  return { kept: [...kept], lost: [...last.lost, ...last.between], freed: percentage === 100 ? await freeKnown(target) : [] };
}

/** Every version that Temporal remembers; the one that became known last comes first. */
export async function versions({ temporal, deployment }: Pick<Target, 'temporal' | 'deployment'>): Promise<Version[]> {
  const { namespace } = temporal.options;
  const { workerDeploymentInfo } = await temporal.workflowService.describeWorkerDeployment({ namespace, deploymentName: deployment });
  return abreast(AT_ONCE, workerDeploymentInfo?.versionSummaries ?? [], async ({ deploymentVersion, status }) => {
    const buildId = deploymentVersion?.buildId ?? '';
    const { count } = await temporal.workflow.count(`${OVERRIDDEN} AND TemporalWorkerDeploymentVersion = '${deployment}:${buildId}'`);
    return { buildId, status: STATUS[Number(status ?? 0)] ?? 'unknown', kept: count };
  });
}

/** By the numbers of Temporal's WorkerDeploymentVersionStatus. */
const STATUS = ['unknown', 'inactive', 'current', 'ramping', 'draining', 'drained', 'created'];

/** `between`: on its way to the target, where its next step fails; only then can it be brought back. */
type Found = Record<'kept' | 'lost' | 'between', string[]>;

async function keepStrangers(target: Target): Promise<Found> {
  const found: Found = { kept: [], lost: [], between: [] };
  await abreast(AT_ONCE, await strangersIn(target), async (claim) => {
    if (textsIn(claim, 'TemporalWorkflowVersioningBehavior').includes('Pinned')) return;
    const version = versionIn(claim);
    found[version === null ? 'lost' : await keepOn(target.temporal, claim, version)].push(claim.workflowId);
  });
  return found;
}

/**
 * Pins a claim to the version whose branch it took. A step that was handed to the target before that goes first with the server (seen with 1.29.1:
 * an override does not end a transition, though its source says so), and fails there for ever: such a claim is reset to its failed step, which loses nothing.
 */
async function keepOn(temporal: Client, { workflowId, runId }: WorkflowExecutionInfo, version: DeploymentVersion): Promise<'kept' | 'between'> {
  const { namespace } = temporal.options;
  const execution = { workflowId, runId };
  const pinned: Override = { pinned: { behavior: PINNED, version } };
  try {
    await override(temporal, execution, pinned);
    const { workflowExecutionInfo: about } = await temporal.workflowService.describeWorkflowExecution({ namespace, execution });
    if (!about?.versioningInfo?.versionTransition) return 'kept';
    const { history } = await temporal.workflowService.getWorkflowExecutionHistoryReverse({ namespace, execution });
    const last = history?.events?.find((event) => event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes ?? event.workflowTaskTimedOutEventAttributes);
    // One that is not completed nor failed is being tried; what was completed must not be done again.
    if (!last || last.workflowTaskCompletedEventAttributes) return 'between';
    await temporal.workflowService.resetWorkflowExecution({
      namespace, workflowExecution: execution, workflowTaskFinishEventId: last.eventId!, requestId: `${runId}-${String(last.eventId)}`, reason: 'release: kept on the version whose branch it took',
      postResetOperations: [{ updateWorkflowOptions: { workflowExecutionOptions: { versioningOverride: pinned }, updateMask: OVERRIDE } }],
    });
    return 'kept';
  } catch (error) {
    unlessEnded(error);
    return 'kept';
  }
}

/** One that has ended meanwhile needs no version. */
function unlessEnded(error: unknown): void {
  if (grpcCode(error) !== 'NOT_FOUND') throw error;
}

async function freeKnown({ temporal, patches }: Target): Promise<string[]> {
  const free = (await listed(temporal, OVERRIDDEN)).filter((claim) => patchesIn(claim).every((id) => id in patches));
  await abreast(AT_ONCE, free, (claim) => override(temporal, claim, null).catch(unlessEnded));
  return free.map(({ workflowId }) => workflowId);
}

const strangersIn = async ({ temporal, patches }: Target): Promise<WorkflowExecutionInfo[]> =>
  (await listed(temporal, `${RUNNING} AND TemporalChangeVersion IS NOT NULL`)).filter((claim) => patchesIn(claim).some((id) => !(id in patches)));

async function listed(temporal: Client, query: string): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  for await (const one of temporal.workflow.list({ query })) found.push(one);
  return found;
}

const textsIn = ({ searchAttributes }: WorkflowExecutionInfo, name: string): string[] => (searchAttributes[name] ?? []).map(String);
const patchesIn = (claim: WorkflowExecutionInfo): string[] => textsIn(claim, 'TemporalChangeVersion');

/** The version that took its last step; null: workers without one. */
function versionIn(claim: WorkflowExecutionInfo): DeploymentVersion | null {
  const [deploymentName, buildId] = (textsIn(claim, 'TemporalWorkerDeploymentVersion')[0] ?? '').split(':');
  return deploymentName && buildId ? { deploymentName, buildId } : null;
}

const PINNED = 1; // PinnedOverrideBehavior
interface DeploymentVersion { deploymentName: string; buildId: string }
type Override = { pinned: { behavior: typeof PINNED; version: DeploymentVersion } } | null;
const OVERRIDE = { paths: ['versioning_override'] };

/** Throws NOT_FOUND for one that has ended. */
async function override(temporal: Client, { workflowId, runId }: { workflowId: string; runId: string }, versioningOverride: Override): Promise<void> {
  await temporal.workflowService.updateWorkflowExecutionOptions({
    namespace: temporal.options.namespace, workflowExecution: { workflowId, runId }, workflowExecutionOptions: { versioningOverride }, updateMask: OVERRIDE,
  });
}

async function route({ temporal, deployment, buildId }: Target, percentage: number): Promise<void> {
  const { namespace } = temporal.options;
  const target = { namespace, deploymentName: deployment, buildId: buildId ?? '', identity: 'release' };
  const ask = async (): Promise<void> => {
    if (percentage < 100) { await temporal.workflowService.setWorkerDeploymentRampingVersion({ ...target, percentage }); return; }
    await temporal.workflowService.setWorkerDeploymentCurrentVersion(target);
    const { workerDeploymentInfo } = await temporal.workflowService.describeWorkerDeployment({ namespace, deploymentName: deployment });
    // Another that was on trial is not any more.
    if (workerDeploymentInfo?.routingConfig?.rampingDeploymentVersion) await temporal.workflowService.setWorkerDeploymentRampingVersion({ ...target, buildId: '', percentage: 0 });
  };
  for (const until = Date.now() + UNTIL_KNOWN_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!['NOT_FOUND', 'FAILED_PRECONDITION'].includes(grpcCode(error) ?? '') || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
