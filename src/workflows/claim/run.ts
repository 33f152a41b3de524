/**
 * One run of a claim: its state, the acts done to it, and their recording. Every act, of a person or of a system, takes the
 * same way: decide → evolve → record; an act is answered once it is recorded.
 */
import { allHandlersFinished, ApplicationFailure, condition, proxyLocalActivities, setCurrentDetails, sleep, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { agenda, decide, describe, evolve, isPersonsAct, situationOf, system, REFUSED, ROLLING } from '../../domain/claim';
import type { Act, ActAnswer, AgendaItem, ClaimEvent, ClaimInput, ClaimState, CommandInput, CommandName, Outcome, Refusal, Situation, SystemName } from '../../domain/claim';
import type { RecordActivities } from '../../activities/record';

/** How a local activity is tried in one turn: at once and, for a passing conflict, again after 50 ms. What takes longer is for `locally`. */
export const ONE_TURN = { startToCloseTimeout: '10s', retry: { initialInterval: '50ms', maximumAttempts: 2 } } as const;
/** Between turns, in seconds: twice as long each time, timers of the server, so that an hour's outage costs few events and holds no task open. */
const PAUSE = { first: 1, longest: 120 } as const;
const HOUR_MS = 3_600_000;

// One short transaction each; tried until it stands, because an act that was done must be recorded.
const record = proxyLocalActivities<RecordActivities>(ONE_TURN);

export interface ClaimRun {
  readonly state: ClaimState;
  /** By which outcome the last stage was left. */
  readonly leftBy: Outcome | null;
  /** What is still to happen by itself, soonest first. */
  agenda(): AgendaItem[];
  /** Refuses an act before it enters history, or returns. Throws ApplicationFailure. */
  validate(act: Act): void;
  /** Does an act of a person and answers when it is recorded. Throws ApplicationFailure when refused. */
  perform(act: Act): Promise<ActAnswer>;
  /** Takes what came by signal: done, or its refusal kept for who asks. */
  deliver(act: Act): Promise<void>;
  /** States a fact of a system; one that no longer fits the claim changes nothing. */
  fact<C extends CommandName>(command: C, input: CommandInput<C>, by: SystemName, id: string): Promise<void>;
  /** Tries until it gets through; after an hour the claim is marked stuck, operations are told, and it goes on trying (issue: "never waits unseen"). */
  getThrough<T>(what: string, attempt: () => Promise<T>): Promise<T>;
  /**
   * The same for local activities, one at a time: history does not keep whether two that ran together came back in one step or in two,
   * so a replay might see another order of what follows from them.
   */
  locally<T>(what: string, attempt: () => Promise<T>): Promise<T>;
  /** One try of a local activity, in its turn with the others; null when it failed. */
  atOnce<T>(attempt: () => Promise<T>): Promise<T | null>;
  /** What the claim was stuck on has come by itself or by another way. */
  gotThrough(what: string): void;
  /** True when all that was done is recorded and answered. */
  isRecorded(): boolean;
  /** From now on acts are asked to come again: the run is about to continue as new. */
  roll(): void;
}

/** Builds the run from its input. Registers nothing and waits for nothing. */
export function openRun(input: ClaimInput): ClaimRun {
  let state = input.state;
  let recorded = state.version;
  let rolling = false;
  let leftBy: Outcome | null = null;
  let unrecorded: Array<{ act: Act; events: ClaimEvent[] }> = [];
  /** Acts that were done here, but not on the claim as it turned out to be recorded. */
  const overruled = new Map<string, Refusal>();
  let plan = { version: -1, items: [] as AgendaItem[] };
  let shown: Situation | null = null;

  /** Keeps the Temporal UI true: search attributes only when they change (each costs an event), details always (they cost none). */
  function show(): void {
    const now = situationOf(state);
    if (shown !== null && JSON.stringify(now) !== JSON.stringify(shown)) upsertSearchAttributes(pairs(now));
    shown = now;
    setCurrentDetails(describe(state));
  }

  function apply(act: Act, events: ClaimEvent[]): void {
    for (const event of events) {
      state = evolve(state, event);
      if (event.type === 'stage-left') leftBy = event.data.outcome;
    }
    // Checking the record writes nothing: what it is about is the answer.
    if (events.length > 0 || act.command === 'check-record') unrecorded = [...unrecorded, { act, events }];
    show();
  }

  /**
   * The record is the truth. A workflow task that was lost after its acts were recorded (its worker was killed, or an act came while it
   * ended the run) is done again, maybe with other acts first, or never, when the server was killed with it: then the claim goes on from the
   * record, and what it does not hold is decided anew.
   */
  function adopt(truth: ClaimState, acts: Act[]): void {
    state = truth;
    recorded = truth.version;
    unrecorded = [];
    for (const act of acts) {
      const decided = decide(state, act);
      if (decided.kind === 'done') apply(act, decided.events);
      if (decided.kind === 'refused') overruled.set(act.id, decided.refusal);
    }
    show();
  }

  /** The only writer: takes everything not yet recorded, in order, in one transaction; acts that came together are written together. */
  async function keepRecording(): Promise<void> {
    for (;;) {
      await condition(() => unrecorded.length > 0);
      const taken = unrecorded;
      const batch = { claimNo: state.claimNo, events: taken.flatMap((one) => one.events), state };
      unrecorded = [];
      const truth = await run.locally('recording', () => record.recordEvents.executeWithOptions({ summary: `record ${[...new Set(taken.map((one) => one.act.command))].join(', ')}` }, [batch]));
      if (truth) adopt(truth, [...taken, ...unrecorded].map((one) => one.act));
      else recorded = batch.state.version;
    }
  }

  /** Waits until the act is recorded. Throws the refusal when the record overruled it. */
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(attempt: () => Promise<T>): Promise<T> {
    const mine = turn.then(attempt);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function settle(act: Act, version: number): Promise<ActAnswer> {
    const standing = () => state.handled.find((h) => h.id === act.id);
    await condition(() => overruled.has(act.id) || recorded >= (standing()?.version ?? version));
    const refused = overruled.get(act.id);
    if (refused) throw refusal(refused);
    const done = standing();
    return { claimNo: state.claimNo, actId: act.id, command: act.command, hash: done?.hash ?? act.hash, version: done?.version ?? version, stage: done?.stage ?? state.stage, closedAs: state.closedAs };
  }

  const run: ClaimRun = {
    get state() { return state; },
    get leftBy() { return leftBy; },
    agenda() {
      if (plan.version !== state.version) plan = { version: state.version, items: agenda(state) };
      return plan.items;
    },
    validate(act) {
      if (rolling) throw ApplicationFailure.create({ type: ROLLING, message: 'the run is being continued; send the same act again', nonRetryable: true });
      const decided = decide(state, act);
      // What is not recorded yet may turn out otherwise: then the handler waits before it refuses.
      if (decided.kind === 'refused' && recorded >= state.version) throw refusal(decided.refusal);
    },
    async perform(act) {
      let decided = decide(state, act);
      while (decided.kind === 'refused') {
        if (recorded >= state.version) throw refusal(decided.refusal);
        await condition(() => recorded >= state.version);
        decided = decide(state, act);
      }
      if (decided.kind === 'done') apply(act, decided.events);
      return settle(act, decided.kind === 'done' ? decided.state.version : decided.version);
    },
    async deliver(act) {
      for (;;) {
        try {
          await run.perform(act);
          return;
        } catch (error) {
          const refused = refusalIn(error);
          if (!refused) throw error;
          if (!isPersonsAct(act.command as CommandName)) return;
          const { claimNo, version } = state;
          const truth = await run.locally('recording', () => record.recordRefusal({ claimNo, act, refusal: refused, version }));
          if (!truth) return;
          // Refused for want of an act that the record holds and this run has lost.
          if (truth.version > state.version) adopt(truth, unrecorded.map((one) => one.act));
        }
      }
    },
    async fact(command, given, by, id) {
      await run.deliver({ id, command, input: given, actor: system(by), receivedAt: new Date().toISOString(), saidAt: null, hash: '' });
    },
    async getThrough(what, attempt) {
      for (;;) {
        try {
          const result = await attempt();
          run.gotThrough(what);
          return result;
        } catch (error) {
          stuck('got-stuck', { cause: `${what}: ${causeOf(error)}` });
        }
      }
    },
    async locally(what, attempt) {
      const since = Date.now();
      for (let pause: number = PAUSE.first; ; pause = Math.min(2 * pause, PAUSE.longest)) {
        try {
          const result = await inTurn(attempt);
          run.gotThrough(what);
          return result;
        } catch (error) {
          if (Date.now() - since >= HOUR_MS) stuck('got-stuck', { cause: `${what}: ${causeOf(error)}` });
        }
        await sleep(`${pause} seconds`, { summary: `${what} did not get through; tried again after this` });
      }
    },
    atOnce: (attempt) => inTurn(attempt).catch(() => null),
    gotThrough(what) {
      if (state.stuck?.cause.startsWith(`${what}:`)) stuck('got-unstuck', {});
    },
    isRecorded: () => unrecorded.length === 0 && recorded >= state.version && allHandlersFinished(),
    roll() { rolling = true; },
  };

  /** Not awaited: when it is the recording that is stuck, waiting for the record would wait for itself. */
  function stuck(command: 'got-stuck' | 'got-unstuck', given: { cause?: string }): void {
    const act: Act = { id: `${command}:${state.version}`, command, input: given, actor: system('operations'), receivedAt: new Date().toISOString(), saidAt: null, hash: '' };
    const decided = decide(state, act);
    if (decided.kind === 'done') apply(act, decided.events);
  }

  show();
  void keepRecording();
  return run;
}

const refusal = (refused: Refusal): ApplicationFailure =>
  ApplicationFailure.create({ type: REFUSED, message: refused.code, nonRetryable: true, details: [refused] });

const refusalIn = (error: unknown): Refusal | null =>
  (error instanceof ApplicationFailure && error.type === REFUSED ? (error.details?.[0] as Refusal | undefined) ?? null : null);

/** The type of the failure behind a failed activity: a code of ours, never its message, which might quote what it met. */
function causeOf(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof ApplicationFailure ? (cause.type ?? 'error') : cause instanceof Error ? cause.name : 'error';
}

const KEYS = {
  ClaimStage: defineSearchAttributeKey('ClaimStage', 'KEYWORD'), ClaimTier: defineSearchAttributeKey('ClaimTier', 'KEYWORD'),
  HospitalCode: defineSearchAttributeKey('HospitalCode', 'KEYWORD'), DepartmentCode: defineSearchAttributeKey('DepartmentCode', 'KEYWORD'),
  WaitingFor: defineSearchAttributeKey('WaitingFor', 'KEYWORD'), NextDeadline: defineSearchAttributeKey('NextDeadline', 'DATETIME'),
  Breached: defineSearchAttributeKey('Breached', 'BOOL'), Stuck: defineSearchAttributeKey('Stuck', 'BOOL'),
} as const;

function pairs(s: Situation): SearchAttributePair[] {
  return [
    { key: KEYS.ClaimStage, value: s.ClaimStage }, { key: KEYS.ClaimTier, value: s.ClaimTier }, { key: KEYS.HospitalCode, value: s.HospitalCode },
    { key: KEYS.DepartmentCode, value: s.DepartmentCode }, { key: KEYS.WaitingFor, value: s.WaitingFor },
    { key: KEYS.NextDeadline, value: s.NextDeadline ? new Date(s.NextDeadline) : null }, { key: KEYS.Breached, value: s.Breached }, { key: KEYS.Stuck, value: s.Stuck },
  ] as SearchAttributePair[];
}

/** Has the run grown so long that it should continue as new? */
export const shouldRoll = (input: ClaimInput): boolean =>
  workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > (input.rollAfter ?? 10_000);
