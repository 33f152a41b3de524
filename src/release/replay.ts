/** The replay gate (FAULTS 21): would every process that runs now go on under this bundle? Asked of their own histories, before the bundle becomes current. */
import { availableParallelism } from 'node:os';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils';

export interface Gate {
  temporal: Client;
  /** The bundle about to be deployed. */
  bundleFile: string;
  /** Processes that stay on another version, and need not replay under this one. */
  leaveOut?: ReadonlySet<string>;
  progress?: (replayed: number) => void;
}

/** A process that this bundle cannot go on with: its id, and where its history is first met with something else. Never what stands in it. */
export interface Broken { workflowId: string; eventId: number | null; eventType: string | null; fault: string }
export interface Replayed { open: number; closed: number; events: number; broken: Broken[] }

/** Closed processes of every kind show what open ones have yet to come to. */
const CLOSED_SAMPLE = 200;

/**
 * Replays every open process of the namespace and a sample of those that have ended last. Holds one history for each processor, and the next;
 * what is opened is sealed again with nothing: it stays in this process.
 */
export async function replayOpen({ temporal, bundleFile, leaveOut = new Set(), progress }: Gate): Promise<Replayed> {
  const replayed: Replayed = { open: 0, closed: 0, events: 0, broken: [] };
  const waiting = candidates(temporal, leaveOut);
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    const under: { history?: History } = {};
    const histories = ahead(temporal, waiting, (history, open) => {
      under.history = history;
      replayed[open ? 'open' : 'closed'] += 1;
      replayed.events += history.events?.length ?? 0;
    });
    const options = { workflowBundle: { codePath: bundleFile }, dataConverter: temporal.options.loadedDataConverter };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (error) replayed.broken.push({ workflowId, ...placeOf(error, under.history) });
      progress?.(replayed.open + replayed.closed);
    }
  }));
  return replayed;
}

interface Candidate { workflowId: string; runId: string; open: boolean }

async function* candidates(temporal: Client, leaveOut: ReadonlySet<string>): AsyncGenerator<Candidate, void> {
  for await (const { workflowId, runId } of temporal.workflow.list({ query: "ExecutionStatus = 'Running'" })) if (!leaveOut.has(workflowId)) yield { workflowId, runId, open: true };
  let left = CLOSED_SAMPLE;
  // One that was continued as new is one with what it was continued in; a terminated one was ended in the middle by hand, and goes nowhere.
  for await (const { workflowId, runId } of temporal.workflow.list({ query: "ExecutionStatus = 'Completed'" })) {
    if ((left -= 1) < 0) return;
    yield { workflowId, runId, open: false };
  }
}

/** The histories of what several take from in turn, each fetched while the one before is replayed. */
async function* ahead(temporal: Client, waiting: AsyncGenerator<Candidate, void>, onNext: (history: History, open: boolean) => void): AsyncGenerator<{ workflowId: string; history: History }, void> {
  const take = async (): Promise<{ candidate: Candidate; history: History | null } | null> => {
    const { value: candidate } = await waiting.next();
    if (!candidate) return null;
    const { workflowId, runId } = candidate;
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null; // deleted since it was listed
      throw error;
    });
    return { candidate, history };
  };
  for (let next = take(); ;) {
    const taken = await next;
    if (taken === null) return;
    next = take();
    next.catch(() => undefined); // thrown where it is awaited
    // Of a process that has just been started there is nothing to replay yet.
    if (taken.history === null || (taken.history.events?.length ?? 0) < 4) continue;
    onNext(taken.history, taken.candidate.open);
    yield { workflowId: taken.candidate.workflowId, history: taken.history };
  }
}

/** Where the replay left the history. The SDK's message names the event's id, or the number of the local activity, and says more, which is not passed on. */
function placeOf(error: Error, history: History | undefined): Omit<Broken, 'workflowId'> {
  const [, id] = /HistoryEvent\(id: (\d+)/.exec(error.message) ?? [];
  const [, local] = /for LocalActivity\((\d+)\)/.exec(error.message) ?? [];
  const event = id !== undefined ? history?.events?.find((one) => Number(one.eventId) === Number(id))
    : local !== undefined ? history?.events?.filter((one) => one.markerRecordedEventAttributes)[Number(local) - 1] : undefined;
  const eventType = event && Object.keys(event).find((name) => name.endsWith('EventAttributes') && event[name as keyof typeof event])?.replace(/EventAttributes$/, '');
  return { eventId: event ? Number(event.eventId) : id === undefined ? null : Number(id), eventType: eventType ?? null, fault: error.name };
}
