/**
 * The names under which API, worker, tests and operations speak of a claim's process. Ids hold claim numbers, never names.
 */
import { isPaused } from './clocks';
import { nextDeadline } from './ladders';
import type { ClosedAs, Stage } from './stages';
import type { ClaimState } from './state';

export const NAMESPACE = 'kuaipei';
/** The task queue of all workflows, and of the local activities that run inside their steps. */
export const CLAIMS_QUEUE = 'claims';
/** The task queue of activities that wait for outside parties: a slow bank takes no slot from the claims. */
export const OUTSIDE_QUEUE = 'outside';
/** The task queue of activities that run by schedule and may take hours. */
export const UPKEEP_QUEUE = 'upkeep';
/** The kinds of work a worker may do; each is the name of its task queue. */
export const WORK_KINDS = [CLAIMS_QUEUE, OUTSIDE_QUEUE, UPKEEP_QUEUE] as const;
export type WorkKind = (typeof WORK_KINDS)[number];
/** The workflow type; its input is `ClaimInput`. */
export const CLAIM_WORKFLOW = 'claim';
export const claimWorkflowId = (claimNo: string): string => `claim:${claimNo}`;

/** Every person's command is an Update of its own name, taking an `Act` with `updateId = act.id` and answering `ActAnswer`. */
export interface ActAnswer {
  claimNo: string;
  actId: string;
  command: string;
  /** Digest of the body that was done under this id: a caller with another digest has a conflict. */
  hash: string;
  version: number;
  stage: Stage;
  closedAs: ClosedAs | null;
}

/** The one ordered Signal: facts of systems, and people's acts while no worker is up. Takes an `Act`. */
export const DELIVER = 'deliver';
/** The Query for the whole state, for reconciliation and repair. */
export const STATE = 'state';

/** Type of the failure with which an act is refused; `details[0]` is the `Refusal`. */
export const REFUSED = 'refused';
/** Type of the failure that asks to send the same act again: the run is being continued as new. */
export const ROLLING = 'rolling';

/** What a run of the claim's workflow starts from: the state its recorded events rebuild. */
export interface ClaimInput {
  state: ClaimState;
  /** Ceiling of history events after which the run continues as new at the next stage's edge; the server's own suggestion counts too. */
  rollAfter?: number;
}

/** What operations can filter by in the Temporal UI. Codes and times only (SPEC §3). */
export interface Situation {
  ClaimStage: string;
  ClaimTier: string;
  HospitalCode: string;
  DepartmentCode: string;
  /** The roles that owe something, joined; `-` when nobody does. */
  WaitingFor: string;
  NextDeadline: string | null;
  Breached: boolean;
  Stuck: boolean;
}

/** The situation of a claim, as search attributes. */
export function situationOf(state: ClaimState): Situation {
  return {
    ClaimStage: state.stage, ClaimTier: state.tier ?? '-', HospitalCode: state.hospital, DepartmentCode: state.department,
    WaitingFor: waitingFor(state).join(' ') || '-', NextDeadline: nextDeadline(state)?.at ?? null, Breached: state.breached, Stuck: state.stuck !== null,
  };
}

/** Who owes something now, by role; an outside party by its name. */
export const waitingFor = (state: ClaimState): string[] =>
  [...new Set(state.tasks.flatMap((task) => (task.assignee?.startsWith('system:') ? [task.assignee.slice('system:'.length)] : task.roles)))];

/** For the Temporal UI: who owes what until when, in Markdown that a stranger understands. */
export function describe(state: ClaimState): string {
  const lines = state.tasks.map((task) => {
    const run = state.clocks[task.clock];
    const due = run && isPaused(run) ? 'clock paused' : `due ${inShanghai(nextDeadline({ ...state, tasks: [task] })?.at)}`;
    const holder = task.assignee ? `, held by ${task.assignee}` : ', in the pool';
    return `- **${task.kind}** owed by ${task.roles.join(' or ')}${holder} since ${inShanghai(task.openedAt)}, ${due}`;
  });
  return [
    `**${state.claimNo}** · stage **${state.stage}**${state.tier ? ` · tier ${state.tier}` : ''}${state.breached ? ' · **BREACHED**' : ''}${state.closedAs ? ` · ${state.closedAs}` : ''}`,
    ...(state.stuck ? [`\n**STUCK** since ${inShanghai(state.stuck.since)}: ${state.stuck.cause}`] : []),
    '',
    ...(lines.length > 0 ? lines : ['- nobody owes anything']),
  ].join('\n');
}

/** An instant as people here write it; the end of a day is its 24:00, not the next day's 00:00 (SPEC §1.5). */
export function inShanghai(iso: string | undefined): string {
  if (iso === undefined) return 'not set';
  const local = new Date(Date.parse(iso) + 8 * 3_600_000).toISOString();
  const text = local.slice(11, 16) === '00:00' ? `${new Date(Date.parse(local) - 1).toISOString().slice(0, 10)} 24:00` : local.slice(0, 16).replace('T', ' ');
  return `${text} (Asia/Shanghai)`;
}
