/** What a reader is told beside each act: what it causes on this claim, and why another is not possible now. From the tables that decide (SPEC §3). */
import { COMMANDS, PERSONS_ACTS, type CommandName } from './commands';
import { mayPause } from './commands/supplement';
import { dueOf } from './clocks';
import { allowed, decide, mayNot, needsSecond } from './decide';
import { DOCUMENT_TITLES, type DocumentKind } from './documents';
import type { Actor, Role } from './people';
import { REFUSALS, type Refusal, type RefusalCode } from './refusals';
import { STAGES, type Stage } from './stages';
import { whoActs } from './standing-in';
import { openRequest, type ClaimState } from './state';
import type { Text } from './text';
import { TIER_NAMES, type Tier } from './tiers';

/** One act that is allowed now, and what of it is of this moment. */
export interface ActHere {
  command: CommandName;
  /** A second person will have to confirm, for some body at least. */
  second: boolean;
  /** May pause the fast track, for what could not have been known before (SPEC §1.7). */
  pauses: boolean;
  /** The day of settlement that follows (ISO), where the act moves it and it can be known. */
  newDue: string | null;
  /** The tiers that the claim may be moved to now; null of any other act. */
  tiers: Tier[] | null;
}

/** The acts that this actor may do now, in the order of `allowed`. */
export const actsHere = (state: ClaimState, actor: Actor, at: string): ActHere[] => allowed(state, actor, at).map((command) => ({
  command, second: mayNeedSecond(state, command, actor), pauses: command === 'ask-supplement' && mayPause(state), newDue: newDue(state, command, actor, at),
  tiers: command === 'override-tier' ? TIER_NAMES.filter((tier) => COMMANDS[command].check?.(state, { tier, note: '-' }, { actor, at, actId: '' }) === null) : null,
}));

/** Only waiving asks which item is meant; the other acts look at the claim alone. */
function mayNeedSecond(state: ClaimState, command: CommandName, actor: Actor): boolean {
  const inputs = command === 'waive-item' ? state.supplements.flatMap((request) => request.items).filter((item) => item.verdict === null).map(({ itemId }) => ({ itemId })) : [COMMANDS[command].example];
  return inputs.some((input) => needsSecond(state, command, input, actor));
}

/** Bodies that move the clock whatever else stands in them; the last open answer does, any before it does not. */
function bodyThatMovesTheClock(state: ClaimState, command: CommandName): unknown {
  if (command === 'accept-file') return {};
  if (command === 'set-payee') return COMMANDS[command].example;
  const open = command === 'answer-supplement' ? openRequest(state)?.items.filter((item) => item.answer === null) ?? [] : [];
  return open.length === 1 ? { itemId: open[0]!.itemId, answer: { kind: 'cannot-provide', note: '-' } } : null;
}

function newDue(state: ClaimState, command: CommandName, actor: Actor, at: string): string | null {
  const input = bodyThatMovesTheClock(state, command);
  if (input === null) return null;
  const decided = decide(state, { id: 'what-if', command, input, actor, receivedAt: at, saidAt: null, hash: 'what-if' });
  const after = decided.kind === 'done' ? settlementDue(decided.state) : null;
  return after === settlementDue(state) ? null : after;
}

function settlementDue(state: ClaimState): string | null {
  const run = state.clocks[`settlement.${state.round}`];
  return run ? dueOf(state, run).dueAt : null;
}

export interface NotNow { command: CommandName; code: RefusalCode; text: Text }

/** The way of a claim; `supplement` and `investigation` lie beside `review`. */
const WAY: Record<Stage, number> = { collecting: 0, documents: 1, acceptance: 2, review: 3, supplement: 3, investigation: 3, approval: 4, payment: 5, closed: 6, dispute: 7 };
/** There is nothing that the act could be about: that needs no explanation. */
const NOTHING_THERE: readonly RefusalCode[] = ['unknown-task', 'not-your-task', 'no-proposal', 'unknown-item', 'no-payment'];
/** Acts that are steps of the way: of a later stage only these are worth a line. */
const STEPS: readonly CommandName[] = ['accept-file', 'ask-supplement', 'recommend', 'close-investigation', 'approve', 'reject', 'return-to-review', 'confirm-payee', 'make-payment', 'check-payment', 'dispute', 'panel-decision', 'reopen'];

/** What a patient would look for on the page that a link opens. */
const MISSED_BY_LINK: readonly CommandName[] = ['withdraw', 'set-payee', 'withdraw-consent'];

/** The acts of the reader's role that have to do with the present or a later stage and are not allowed now, each with why. */
export function notNow(state: ClaimState, actor: Actor, at: string): NotNow[] {
  return PERSONS_ACTS.flatMap((command): NotNow[] => {
    const row = COMMANDS[command];
    if (!(row.by as readonly Role[]).some((role) => role === actor.role)) return [];
    const present = row.stages.includes(state.stage);
    const later = STEPS.includes(command) && row.stages.some((stage) => WAY[stage] > WAY[state.stage]);
    const refusal = present || later ? mayNot(state, command, { actor: whoActs(state, command, undefined, actor), at, actId: '' }) : null;
    if (refusal === null || NOTHING_THERE.includes(refusal.code) || (refusal.code === 'not-by-link' && !MISSED_BY_LINK.includes(command))) return [];
    return [{ command, code: refusal.code, text: sentenceOf(state, command, refusal) }];
  });
}

function sentenceOf(state: ClaimState, command: CommandName, refusal: Refusal): Text {
  const { zh, en } = REFUSALS[refusal.code];
  if (refusal.code === 'not-now' && COMMANDS[command].stages.includes(state.stage)) return { zh: '案件已以其他方式结束，不能再执行此操作。', en: 'The claim has ended in a way that leaves nothing to do here.' };
  if (refusal.code === 'not-now') {
    const titles = COMMANDS[command].stages.map((stage) => STAGES[stage].title);
    return {
      zh: `案件现在处于“${STAGES[state.stage].title.zh}”，此操作属于“${titles.map((title) => title.zh).join('”“')}”。`,
      en: `The claim is in ${STAGES[state.stage].title.en}; this belongs to ${titles.map((title) => title.en).join(', ')}.`,
    };
  }
  const missing = refusal.details?.['missing'] as readonly DocumentKind[] | undefined;
  if (missing === undefined) return { zh, en };
  return { zh: `${zh}缺少：${missing.map((kind) => DOCUMENT_TITLES[kind].zh).join('、')}。`, en: `${en} Missing: ${missing.map((kind) => DOCUMENT_TITLES[kind].en).join(', ')}.` };
}
