/**
 * What is kept, and for how long: legal hold, withdrawn consent, erasure by rule (src/domain/retention). OD: a hold is set by whoever answers for
 * the file on either side (auditors read and change nothing, SPEC §1.2) and lifted by two persons of the side that set it, so that neither
 * side can have erased what the other needs. Consent is withdrawn by the patient's own account, or by a specialist with the insurer.
 */
import * as z from 'zod';
import { ERASABLE, HOLD_REASONS, RETENTION_RULES, RETENTION_VERSION } from '../../retention/rules';
import { erasureOf, heldBy, mayErase, type Hold } from '../../retention/due';
import { event } from '../events';
import { sideOf, type Role } from '../people';
import { refuse } from '../refusals';
import { STAGE_NAMES } from '../stages';
import type { ClaimState } from '../state';
import { id, note, noted } from './inputs';
import { command } from './row';

const HOLDERS: readonly Role[] = ['medical-affairs', 'senior-reviewer', 'approver'];
const ownHold = (state: ClaimState, role: string, holdId?: string): Hold | undefined =>
  state.holds?.find((hold) => hold.side === sideOf(role) && (holdId === undefined || hold.holdId === holdId));

export const retentionCommands = {
  'set-hold': command({
    title: { zh: '设置保全', en: 'Set a legal hold' },
    causes: { zh: '在解除之前，本案的任何内容都不会被删除；解除须由本方两人办理。', en: 'Nothing of this claim is erased until the hold is lifted, which takes two persons of your side.' },
    schema: z.strictObject({ reason: z.enum(HOLD_REASONS), note }),
    by: HOLDERS, stages: STAGE_NAMES,
    available: (state) => (erasureOf(state, 'person') === null ? null : refuse('erased')),
    effect: (_, input, { actor, actId }) => [event('hold-set', { holdId: actId, reason: input.reason, side: sideOf(actor.role) }, noted(input))],
    example: { reason: 'lawsuit', note: '法院通知保全证据' },
  }),

  'lift-hold': command({
    title: { zh: '解除保全', en: 'Lift a legal hold' },
    causes: { zh: '需要本方第二人确认；到期的内容随后删除。', en: 'Needs a second person of your side; what is due is erased afterwards.' },
    schema: z.strictObject({ holdId: id, note }),
    by: HOLDERS, stages: STAGE_NAMES, second: { by: HOLDERS, ownSide: true },
    available: (state, { actor }) => (ownHold(state, actor.role) ? null : refuse('no-hold')),
    check: (state, input, { actor }) => (ownHold(state, actor.role, input.holdId) ? null : refuse('no-hold', { field: '/holdId' })),
    effect: (_, input) => [event('hold-lifted', { holdId: input.holdId })],
    example: { holdId: '01J8Z0000000000000000000AA', note: '案件已审结' },
  }),

  'withdraw-consent': command({
    title: { zh: '撤回个人信息处理同意', en: 'Withdraw consent to the use of personal data' },
    causes: {
      zh: '理赔照常办理（法律和合同要求）；结案后只保存规定的最短期限，被保全的案件在解除之后删除。由驻点专员代办的，须由保险公司第二人确认。',
      en: 'The claim itself goes on, as law and contract ask. Once closed it is kept for the shortest time that the rules allow; while it is held, until the hold is lifted. Done by a specialist, it needs a second person of the insurer.',
    },
    schema: z.strictObject({ note: note.optional() }),
    by: ['patient', 'specialist'], stages: STAGE_NAMES,
    // Else the hospital, for which the specialist works, could shorten alone how long its own accident is known.
    second: { by: ['senior-reviewer', 'approver'], when: (_state, _input, { role }) => role !== 'patient' },
    available: (state) => (state.consentWithdrawnAt === undefined ? (erasureOf(state, 'person') === null ? null : refuse('erased')) : refuse('already-there')),
    effect: (_, input) => [event('consent-withdrawn', {}, noted(input))],
    example: { note: '本人不再同意继续保存' },
  }),

  'erase-due': command({
    title: { zh: '按规定删除', en: 'Erased by rule' },
    causes: { zh: '保存期限已满的内容被删除，记录仍可核验。', en: 'What has been kept its time is erased; the log still verifies.' },
    schema: z.strictObject({ what: z.enum(ERASABLE), rule: z.enum(RETENTION_RULES), dueOn: z.iso.date() }),
    by: 'retention', stages: ['closed'],
    available: (state) => (heldBy(state).length > 0 ? refuse('held') : null),
    check: (state, input, { at }) => (mayErase(state, input, at) ? null : refuse('not-now')),
    effect: (_, input) => [event('data-erased', { ...input, rules: RETENTION_VERSION })],
    example: { what: 'file', rule: 'settled', dueOn: '2031-03-05' },
  }),
};
