/** Asking for what is missing and answering it (SPEC §1.7). */
import * as z from 'zod';
import { event } from '../events';
import { HOSPITAL_ROLES } from '../people';
import { refuse } from '../refusals';
import { openRequest, type ClaimState, type SupplementItem } from '../state';
import type { Text } from '../text';
import { need } from '../documents';
import { alreadyInFile } from './file';
import { ASK_CODES, proposedReason, type AskReason } from '../one-ask';
import { documentKind, id, inBoth, note, noted, uuid } from './inputs';
import { command, type ActContext } from './row';

/** SPEC §1.7: two requests at most; a third needs the insurer's head. */
export const MOST_REQUESTS = 2;

/** Facts that can be asked for besides documents. */
export const FACTS = ['course-of-treatment', 'time-of-event', 'earlier-illness', 'other-insurance', 'relation-to-insured', 'other'] as const;
export const FACT_TITLES: Record<(typeof FACTS)[number], Text> = {
  'course-of-treatment': { zh: '诊疗经过', en: 'course of treatment' }, 'time-of-event': { zh: '事件时间', en: 'time of the event' }, 'earlier-illness': { zh: '既往病史', en: 'earlier illness' },
  'other-insurance': { zh: '其他保险或补偿', en: 'other insurance or compensation' }, 'relation-to-insured': { zh: '与被保险人的关系', en: 'relation to the insured' }, other: { zh: '其他事实', en: 'another fact' },
};

const item = z.strictObject({
  document: documentKind.optional(), fact: z.enum(FACTS).optional(), from: z.enum(['hospital', 'patient']),
  couldNotHaveBeenKnown: z.boolean().meta({ description: 'True only for what could not have been asked before: only that pauses the fast track' }),
  why: note.optional(), whyCode: z.enum(ASK_CODES).optional().meta({ description: 'Instead of own words: the reason that `oneAsk` proposes for this document, as its code; everybody reads it in their own language' }),
}).refine((i) => (i.document === undefined) !== (i.fact === undefined), inBoth({ zh: '请在材料和事实中选择一项', en: 'ask for either a document or a fact' }))
  .refine((i) => (i.why === undefined) !== (i.whyCode === undefined), inBoth({ zh: '请写明理由，或采用所提示的理由，二者选一', en: 'say why in own words, or by the code of the proposed reason' }));
type Item = z.infer<typeof item>;

/** Null for own words, and for a code that is not proposed for this document now. */
const reasonFor = (state: ClaimState, { document, whyCode }: Item, at: string): AskReason | null => (document && whyCode ? proposedReason(state, document, whyCode, at) : null);

const findItem = (state: ClaimState, itemId: string): SupplementItem | undefined => state.supplements.flatMap((r) => r.items).find((i) => i.itemId === itemId);

/** SPEC §1.7, one consolidated request per stage: a second one in the same stage needs a supervisor's reason and does not pause. */
const askedInThisStage = (state: ClaimState): boolean => state.supplements.some((r) => r.askedIn === state.stage);

/** May a request made now pause the fast track? Only the first of a review does, and only for what could not have been known before. */
export const mayPause = (state: ClaimState): boolean => state.stage === 'review' && !askedInThisStage(state);

/** May this item still be judged so? Only an answer can be accepted or rejected; what nobody answered can be waived. */
const judgeable = (item: SupplementItem, verdict: 'accepted' | 'rejected' | 'waived'): boolean => item.verdict === null && (verdict === 'waived' || item.answer !== null);

const judge = (verdict: 'accepted' | 'rejected' | 'waived') => ({
  by: ['reviewer', 'senior-reviewer'] as const, stages: ['acceptance', 'review', 'supplement'] as const, judges: true as const,
  schema: z.strictObject({ itemId: id, note: note.optional() }),
  available: (state: ClaimState) => (state.supplements.some((r) => r.items.some((i) => judgeable(i, verdict))) ? null : refuse('unknown-item')),
  check: (state: ClaimState, input: { itemId: string }) => {
    const found = findItem(state, input.itemId);
    return found && judgeable(found, verdict) ? null : refuse('unknown-item', { field: '/itemId' });
  },
  effect: (_: ClaimState, input: { itemId: string; note?: string | undefined }) => [event('answer-judged', { itemId: input.itemId, verdict }, noted(input))],
  example: { itemId: 'S1.1', note: '已核对' },
});

export const supplementCommands = {
  'ask-supplement': command({
    title: { zh: '要求补充', en: 'Ask for supplements' },
    causes: { zh: '一次性列出所缺材料；只有此前无法预知的才暂停时效。', en: 'One consolidated request. The fast track pauses from its delivery, only for what could not have been known before, and only for the first request of a stage.' },
    schema: z.strictObject({ items: z.array(item).min(1).max(30), note: note.optional() }),
    by: ['reviewer', 'senior-reviewer', 'approver'], stages: ['acceptance', 'review'], judges: true,
    available: (state, { actor }) => {
      if (openRequest(state)) return refuse('request-open');
      if (state.supplements.length >= MOST_REQUESTS) return actor.role === 'approver' ? null : refuse('needs-insurer-head');
      if (askedInThisStage(state)) return actor.role === 'senior-reviewer' || actor.role === 'approver' ? null : refuse('needs-supervisor-reason');
      return actor.role === 'approver' ? refuse('not-your-role', { details: { roles: ['reviewer', 'senior-reviewer'] } }) : null;
    },
    check: (state, input, { at }) => {
      const stale = input.items.findIndex((i) => i.whyCode && !reasonFor(state, i, at));
      if (stale >= 0) return refuse('invalid-input', { field: `/items/${stale}/whyCode`, details: { issues: [{ field: `/items/${stale}/whyCode`, rule: inBoth({ zh: '此理由现在不适用于该材料', en: 'this reason is not the one proposed for this document now' }) }] } });
      if (!input.note && state.supplements.length >= MOST_REQUESTS) return refuse('needs-insurer-head', { field: '/note' });
      if (!input.note && askedInThisStage(state)) return refuse('needs-supervisor-reason', { field: '/note' });
      const given = input.items.findIndex((i) => i.document && alreadyInFile(state, i.document));
      return given >= 0 && !input.note ? refuse('item-already-given', { field: '/note', details: { document: input.items[given]!.document } }) : null;
    },
    effect: (state, input, { at }) => {
      const requestNo = state.supplements.length + 1;
      const askedIn = state.stage as 'acceptance' | 'review';
      const items = input.items.map((i, n) => {
        const why = reasonFor(state, i, at);
        return { itemId: `S${requestNo}.${n + 1}`, document: i.document ?? null, fact: i.fact ?? null, from: i.from, couldNotHaveBeenKnown: i.couldNotHaveBeenKnown, ...(why ? { why } : {}) };
      });
      const pauses = mayPause(state) && items.some((i) => i.couldNotHaveBeenKnown);
      const why = Object.fromEntries(input.items.flatMap((i, n) => (i.why === undefined ? [] : [[items[n]!.itemId, i.why]])));
      return [event('supplement-asked', { requestNo, askedIn, pauses, items }, { why, ...noted(input) })];
    },
    example: { items: [{ document: 'anaesthesia-record', from: 'hospital', couldNotHaveBeenKnown: true, why: '手术记录提到全身麻醉' }] },
  }),

  'answer-supplement': command({
    title: { zh: '答复补充要求', en: 'Answer a supplement item' },
    causes: { zh: '全部答复后案件回到提出要求的阶段，时效恢复计时。', en: 'When the last item is answered the claim goes back to who asked, and the clock runs again.' },
    schema: z.strictObject({
      itemId: id,
      answer: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('upload'), documentIds: z.array(uuid).min(1).max(20) }),
        z.strictObject({ kind: z.literal('cannot-provide'), note }),
        z.strictObject({ kind: z.literal('already-given'), documentId: uuid }),
      ]),
    }),
    by: ['patient', 'liaison', 'specialist', 'medical-affairs'], stages: ['supplement'],
    check: (state, input, ctx) => {
      const found = openRequest(state)?.items.find((i) => i.itemId === input.itemId);
      if (!found || found.answer) return refuse('unknown-item', { field: '/itemId' });
      if (!mayAnswer(found, ctx) || (input.answer.kind === 'cannot-provide' && !isTheirsToDecline(state, found, ctx))) return refuse('not-asked-of-you', { field: '/itemId', details: { from: found.from } });
      const ids = input.answer.kind === 'upload' ? input.answer.documentIds : input.answer.kind === 'already-given' ? [input.answer.documentId] : [];
      const files = ids.map((d) => state.documents.find((known) => known.documentId === d && !known.supersededBy));
      if (files.some((file) => !file)) return refuse('unknown-document', { field: '/answer' });
      const other = found.document === null ? undefined : files.find((file) => file!.kind !== found.document);
      return other ? refuse('other-document-asked', { field: '/answer', details: { asked: found.document, given: other.kind } }) : null;
    },
    effect: (_, { itemId, answer }) => (answer.kind === 'cannot-provide'
      ? [event('item-answered', { itemId, answer: { kind: 'cannot-provide' } }, { note: answer.note })]
      : [event('item-answered', { itemId, answer })]),
    example: { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: '无此记录' } },
  }),

  'accept-answer': command({ title: { zh: '认可答复', en: 'Accept an answer' }, causes: { zh: '该项已满足。', en: 'This item is settled.' }, ...judge('accepted') }),
  'reject-answer': command({ title: { zh: '不认可答复', en: 'Reject an answer' }, causes: { zh: '该项未满足，将在审核中考虑。', en: 'This item is not met; the review weighs that.' }, ...judge('rejected') }),
  'waive-item': command({
    title: { zh: '免除补充项', en: 'Waive an item' }, causes: { zh: '不再要求该项；必备材料须第二人确认。', en: 'This item is no longer asked for. For a must-have document a second person is needed.' },
    ...judge('waived'),
    // SPEC §1.2: waiving a must-have document needs two persons.
    second: { by: ['senior-reviewer', 'approver'], when: (state: ClaimState, input: { itemId: string }) => lacksMust(state, findItem(state, input.itemId)) },
    effect: (state: ClaimState, input: { itemId: string; note?: string | undefined }) => {
      const found = findItem(state, input.itemId);
      return [
        ...(found?.answer === null ? [event('item-answered', { itemId: input.itemId, answer: { kind: 'cannot-provide' } })] : []),
        event('answer-judged', { itemId: input.itemId, verdict: 'waived' }, noted(input)),
        ...(found?.document && lacksMust(state, found) ? [event('document-waived', { kind: found.document })] : []),
      ];
    },
  }),

  'notice-delivered': command({
    title: { zh: '通知已送达', en: 'Notice delivered' },
    causes: { zh: '补充通知送达，符合条件时时效暂停。', en: 'The request has reached its receiver; from now the fast track pauses, where it may.' },
    schema: z.strictObject({ requestNo: z.int().min(1).max(99) }),
    by: 'notices', stages: ['supplement'],
    check: (state, input) => (openRequest(state)?.requestNo === input.requestNo && openRequest(state)?.deliveredAt === null ? null : refuse('already-there')),
    effect: (state, input) => [
      event('notice-delivered', { requestNo: input.requestNo }),
      ...(openRequest(state)?.pauses ? [event('clock-paused', { by: `supplement.${input.requestNo}` })] : []),
    ],
    example: { requestNo: 1 },
  }),
};

function mayAnswer(found: SupplementItem, { actor }: ActContext): boolean {
  if (actor.role === 'specialist') return true; // SPEC §1.2: the specialist helps patients and uploads for the hospital.
  return found.from === 'patient' ? actor.role === 'patient' : (HOSPITAL_ROLES as readonly string[]).includes(actor.role);
}

/** Only the patient says that the patient cannot provide something, unless nobody follows the claim as the patient. */
const isTheirsToDecline = (state: ClaimState, found: SupplementItem, { actor }: ActContext): boolean =>
  found.from === 'hospital' || actor.role === 'patient' || state.patientPersonId === null;

/** Does this item ask for a must-have document that is not in the file? */
const lacksMust = (state: ClaimState, found: SupplementItem | undefined): boolean =>
  found !== undefined && found.document !== null && state.facts !== null && need(found.document, state.outcomeType, state.facts, []) === 'must' && !alreadyInFile(state, found.document);
