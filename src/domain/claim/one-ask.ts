/**
 * SPEC §1.7, "one consolidated request": all that this outcome and these facts need and the file does not hold, so that whoever asks
 * can ask once. It proposes; the reviewer chooses.
 */
import { dueOf, type ClockName } from './clocks';
import { DOCUMENT_KINDS, DOCUMENT_TITLES, MATRIX, need, OUTCOME_TYPES, providerOf, type DocumentKind, type FileFacts } from './documents';
import type { ClaimState } from './state';
import type { Text } from './text';

/** What would make a document needed that is not needed as the facts stand. */
export const CONDITIONS = {
  'if-claimant-is-not-the-insured': { zh: '申请人不是被保险人本人', en: 'the claimant is not the insured' },
  'if-anaesthesia': { zh: '手术有单独的麻醉记录', en: 'the operation has an anaesthesia record of its own' },
  'if-complication': { zh: '诊断有并发症', en: 'a complication was diagnosed' },
  'if-costs-claimed': { zh: '申请医疗费用', en: 'treatment costs are claimed' },
  'if-asked': { zh: '审核员认为需要', en: 'the reviewer finds it necessary' },
} as const satisfies Record<string, Text>;
export type Condition = keyof typeof CONDITIONS;

export const ASK_CODES = ['needed', 'needed-by-facts', 'needed-or-flagged', 'declared-missing', 'conditional'] as const;
export type AskCode = (typeof ASK_CODES)[number];

/** One item as `ask-supplement` takes it, with why and until when it would be owed if it were asked now. */
export interface AskProposal {
  document: DocumentKind;
  from: 'hospital' | 'patient';
  /** The matrix is known from the report on: nothing of it pauses the fast track by itself. */
  couldNotHaveBeenKnown: boolean;
  why: Text & { code: AskCode };
  /** ISO time. */
  dueBy: string | null;
  /** An earlier request named it, and it is still not in the file. */
  alreadyAsked: boolean;
  /** Needed only if this holds, which the facts do not say. */
  conditional: Condition | null;
}

const NO_FACTS: FileFacts = { claimantIsInsured: true, costsClaimed: false, anaesthesia: false, complication: false };

/** Everything that can still be asked for, in the order of the matrix; `now` is an ISO time. */
export function oneAsk(state: ClaimState, now: string): AskProposal[] {
  const asked = state.supplements.flatMap((request) => request.items.flatMap((item) => (item.document ? [item.document] : [])));
  return DOCUMENT_KINDS.flatMap((document): AskProposal[] => {
    if (document === 'other' || state.waived.includes(document) || state.documents.some((one) => one.kind === document && !one.supersededBy)) return [];
    const cell = MATRIX[document][OUTCOME_TYPES.indexOf(state.outcomeType)]!;
    if (cell === '–') return [];
    const condition = conditionOf(cell);
    const needed = need(document, state.outcomeType, state.facts ?? NO_FACTS, asked) !== 'not-asked';
    const code: AskCode = state.gaps.some((gap) => gap.kind === document) ? 'declared-missing' : !needed ? 'conditional' : cell === 'M' ? 'needed' : cell === 'M*' ? 'needed-or-flagged' : 'needed-by-facts';
    const from = providerOf(document);
    return [{
      document, from, couldNotHaveBeenKnown: false, why: { code, ...reasonOf({ code, conditional: condition }, document) }, dueBy: dueIfAsked(state, from, now),
      alreadyAsked: asked.includes(document), conditional: needed ? null : condition,
    }];
  });
}

const conditionOf = (cell: (typeof MATRIX)[keyof typeof MATRIX][number]): Condition | null => (cell === 'M' || cell === 'M*' || cell === '–' ? null : cell);

/** The reason under this code, as it is proposed for this document at `now` (ISO); null where another or none is proposed. */
export function proposedReason(state: ClaimState, document: DocumentKind, code: AskCode, now: string): AskReason | null {
  if (document === 'other') return null;
  const proposal = oneAsk(state, now).find((one) => one.document === document && one.why.code === code);
  return proposal ? { code, conditional: conditionOf(MATRIX[document][OUTCOME_TYPES.indexOf(state.outcomeType)]!) } : null;
}

/** A reason that was proposed, as it is kept with what was asked: impersonal, and read by each in their own language. */
export interface AskReason { code: AskCode; conditional: Condition | null }

/** The sentence of a proposed reason for this document. */
export function reasonOf({ code, conditional }: AskReason, document: DocumentKind): Text {
  const title = DOCUMENT_TITLES[document];
  const given = conditional === null ? { zh: '', en: '' } : CONDITIONS[conditional];
  switch (code) {
    case 'needed': return { zh: `此类案件必须有${title.zh}。`, en: `Every claim of this kind needs the ${title.en}.` };
    case 'needed-by-facts': return { zh: `因${given.zh}，需要${title.zh}。`, en: `The ${title.en} is needed because ${given.en}.` };
    case 'needed-or-flagged': return { zh: `应有${title.zh}；确实没有的不影响赔付，但须由第二人复核。`, en: `The ${title.en} should be there; without it the claim goes on, but a second reviewer must confirm.` };
    case 'declared-missing': return { zh: `医院说明无法提供${title.zh}；请确认能否从别处取得。`, en: `The hospital has said that it cannot provide the ${title.en}; can it be had elsewhere?` };
    case 'conditional': return { zh: `如${given.zh}，则需要${title.zh}。`, en: `If ${given.en}, the ${title.en} is needed.` };
  }
}

const CLOCK_OF = { hospital: 'hospital-answers', patient: 'patient-answers' } as const satisfies Record<AskProposal['from'], ClockName>;
const dueIfAsked = (state: ClaimState, from: AskProposal['from'], now: string): string | null => dueOf(state, { name: CLOCK_OF[from], startedAt: now, pauses: [], stoppedAt: null }).dueAt;
