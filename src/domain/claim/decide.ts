/**
 * Deciding an act: refused with a reason, repeated with the answer of the first time, or done with the events it makes.
 * Pure and total: the same state and act give the same answer in the API, in the workflow's validator and in its handler.
 */
import { safeParse } from 'zod';
import { COMMANDS, isCommand, PERSONS_ACTS, type ActContext, type CommandInput, type CommandName } from './commands';
import { dueNow } from './commands/tasks';
import { event, type ClaimEvent, type EventBody, type EventData } from './events';
import { evolve } from './evolve';
import { follow } from './follow';
import { sideOf, type Actor, type Role } from './people';
import { erasureOf } from '../retention/due';
import { refuse, type Refusal } from './refusals';
import type { Stage } from './stages';
import { isAmong, isElsewhere, personsOf, whoActs } from './standing-in';
import type { ClaimState } from './state';

/** One act as it travels: made by a person or a system, with the id its maker gave it. */
export interface Act {
  id: string;
  command: string;
  input: unknown;
  actor: Actor;
  /** When our server received it (ISO); the time that counts. */
  receivedAt: string;
  /** When its maker says it was done (ISO), if later sent from a queue. */
  saidAt: string | null;
  /** Digest of command and body: the same id with another digest is a conflict. */
  hash: string;
}

export type Decided =
  | { kind: 'done'; events: ClaimEvent[]; state: ClaimState }
  | { kind: 'repeated'; version: number; stage: Stage }
  | { kind: 'refused'; refusal: Refusal };

const refused = (refusal: Refusal): Decided => ({ kind: 'refused', refusal });

/** Decides one act on a claim. */
export function decide(state: ClaimState, given: Act): Decided {
  const act: Act = { ...given, actor: whoActs(state, given.command, given.input, given.actor) };
  const before = state.handled.find((h) => h.id === act.id);
  if (before) return before.hash === act.hash ? { kind: 'repeated', version: before.version, stage: before.stage } : refused(refuse('same-id-other-body'));
  if (!isCommand(act.command)) return refused(refuse('not-now'));
  const row = COMMANDS[act.command];
  const ctx: ActContext = { actor: act.actor, at: effectiveAt(state, act), actId: act.id };
  const barred = mayNot(state, act.command, ctx);
  if (barred) return refused(barred);

  const parsed = safeParse(row.schema, act.input);
  if (!parsed.success) return refused(refuse('invalid-input', { field: `/${parsed.error.issues[0]?.path.join('/') ?? ''}`, details: { issues: parsed.error.issues.slice(0, 20).map((i) => ({ field: `/${i.path.join('/')}`, rule: i.message })) } }));
  const wrong = row.check?.(state, parsed.data, ctx) ?? null;
  if (wrong) return refused(wrong);

  if (row.second && needsSecond(state, act.command, parsed.data, act.actor)) {
    const { note, ...input } = parsed.data as { note?: string };
    const roles = row.second.by.filter((role) => row.second?.ownSide !== true || sideOf(role) === sideOf(act.actor.role));
    return done(state, act, ctx.at, [event('act-proposed', { proposalId: act.id, command: act.command, input, roles, stages: [...row.stages] }, note === undefined ? undefined : { note })]);
  }
  if (act.command === 'confirm-proposal') return confirm(state, act, ctx, parsed.data as CommandInput<'confirm-proposal'>);
  return done(state, act, ctx.at, row.effect(state, parsed.data, ctx));
}

/** The second person confirms: what was proposed is checked again as the claim now stands, then takes effect. */
function confirm(state: ClaimState, act: Act, ctx: ActContext, input: CommandInput<'confirm-proposal'>): Decided {
  const proposal = state.proposals.find((p) => p.proposalId === input.proposalId)!;
  const row = COMMANDS[proposal.command as CommandName];
  if (row.judges && isAmong(state, personsOf(ctx.actor), state.seenBy)) return refused(refuse('has-seen-it'));
  // Proposed bodies are kept without their note; the effect does not need it.
  const wrong = row.available?.(state, ctx) ?? row.check?.(state, proposal.input, ctx) ?? null;
  if (wrong) return refused(wrong);
  return done(state, act, ctx.at, [...COMMANDS['confirm-proposal'].effect(state, input, ctx), ...row.effect(state, proposal.input, { ...ctx, proposedBy: proposal.by })]);
}

/** What a patient does through a link. A link can be handed on: who receives the money is not changed by it (SPEC §1.9), nor how long the file is kept. */
const ACTS_BY_LINK: readonly CommandName[] = ['upload-documents', 'supersede-document', 'answer-supplement', 'withdraw', 'dispute'];

/** What cannot be done without the papers, once they were erased by rule. */
const NEEDS_THE_FILE: readonly CommandName[] = ['upload-documents', 'supersede-document', 'dispute', 'reopen'];

/** What needs two persons is not begun by link: whoever handed the link over could be both of them. */
const mayByLink = (state: ClaimState, name: CommandName, onlyClaim: string): boolean =>
  onlyClaim === state.claimNo && ACTS_BY_LINK.includes(name) && !needsSecond(state, name, COMMANDS[name].example, { role: 'patient' });

/** Would this body of this actor be proposed to a second person rather than done (SPEC §1.2)? */
export const needsSecond = (state: ClaimState, name: CommandName, input: unknown, actor: Pick<Actor, 'role'>): boolean => {
  const { second } = COMMANDS[name];
  return second !== undefined && (second.when?.(state, input, actor) ?? true);
};

/** Why this actor may not do this now, whatever the body; null if they may. */
export function mayNot(state: ClaimState, name: CommandName, ctx: ActContext): Refusal | null {
  const row = COMMANDS[name];
  const roles = Array.isArray(row.by) ? (row.by as readonly Role[]) : null;
  const isTheirs = roles ? (roles as readonly string[]).includes(ctx.actor.role) : ctx.actor.role === 'system' && ctx.actor.personId === `system:${row.by as string}`;
  if (!isTheirs) return refuse('not-your-role', { details: { roles: roles ?? [] } });
  if (ctx.actor.onlyClaim !== undefined && !mayByLink(state, name, ctx.actor.onlyClaim)) return refuse('not-by-link');
  // In another department one is for a colleague's tasks only.
  if (isElsewhere(ctx.actor, state) && ctx.actor.onBehalfOf === undefined) return refuse('not-handed-over');
  if (!row.stages.includes(state.stage)) return refuse('not-now', { details: { stage: state.stage, stages: row.stages, before: state.lastAct } });
  if (NEEDS_THE_FILE.includes(name) && erasureOf(state, 'file') !== null) return refuse('erased');
  if (row.judges && isAmong(state, personsOf(ctx.actor), state.seenBy)) return refuse('has-seen-it');
  if (row.apart && isAmong(state, personsOf(ctx.actor), row.apart(state))) return refuse('four-eyes', { details: { personId: ctx.actor.personId } });
  if (row.second && state.proposals.some((p) => p.command === name)) return refuse('already-proposed');
  return row.available?.(state, ctx) ?? null;
}

/** The acts that this actor may do now: the buttons of the console, and the list in every refusal. */
export const allowed = (state: ClaimState, actor: Actor, at: string): CommandName[] =>
  PERSONS_ACTS.filter((name) => mayNot(state, name, { actor: whoActs(state, name, undefined, actor), at, actId: '' }) === null);

/** A report opens a claim: its first event, and what follows from it. */
export function report(data: EventData['claim-reported'], act: Omit<Act, 'command' | 'input'>): { events: ClaimEvent[]; state: ClaimState } {
  const whole: Act = { ...act, command: 'report', input: null };
  const first = stamp(null, event('claim-reported', data), whole, act.receivedAt);
  const opened = run(evolve(null, first), whole, act.receivedAt, []);
  // SPEC §1.6: at 0 h the specialist is told, with the report itself.
  const told = run(opened.state, whole, act.receivedAt, dueNow(opened.state, act.receivedAt));
  return { events: [first, ...opened.events, ...told.events], state: told.state };
}

/** The server's receipt is the time that counts, but never before what was recorded already. */
const effectiveAt = (state: ClaimState, act: Act): string => (act.receivedAt > state.lastEventAt ? act.receivedAt : state.lastEventAt);

function done(state: ClaimState, act: Act, at: string, bodies: EventBody[]): Decided {
  return { kind: 'done', ...run(state, act, at, bodies) };
}

/** How often a claim can follow from itself at most; more would be a rule that never rests. */
const MOST_STEPS = 50;

function run(start: ClaimState, act: Act, at: string, bodies: EventBody[]): { events: ClaimEvent[]; state: ClaimState } {
  let state = start;
  const events: ClaimEvent[] = [];
  let next = bodies;
  for (let step = 0; step <= MOST_STEPS; step++) {
    for (const body of next) {
      const stamped = stamp(state, body, act, at);
      events.push(stamped);
      state = evolve(state, stamped);
    }
    next = follow(state);
    if (next.length === 0) return { events, state };
  }
  throw new Error(`the rules of ${start.claimNo} do not come to rest in stage ${state.stage}`);
}

const stamp = (state: ClaimState | null, body: EventBody, act: Act, at: string): ClaimEvent =>
  ({ ...body, version: (state?.version ?? 0) + 1, at, saidAt: act.saidAt, actor: act.actor, act: { id: act.id, hash: act.hash, command: act.command } });
