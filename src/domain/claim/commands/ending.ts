/** Ending, disputing and reopening a claim; confirming what needs two persons (SPEC §1.1, §1.2). */
import * as z from 'zod';
import { disputableUntil } from '../clocks';
import { event } from '../events';
import { refuse, type Refusal } from '../refusals';
import { BEFORE_PAYMENT, STAGE_NAMES } from '../stages';
import { isAmong, personsOf } from '../standing-in';
import { SEATS, type ClaimState, type Seat } from '../state';
import { SEAT_ROLES } from '../follow';
import type { Role } from '../people';
import type { Text } from '../text';
import { claimNumber, id, note, noted } from './inputs';
import { command } from './row';
import { mayHold } from './tasks';

const proposal = (state: ClaimState, proposalId: string) => state.proposals.find((p) => p.proposalId === proposalId);

/** SPEC §1.1: only "before payment starts". In a later round the first round may have paid already. */
function beforePayment({ payments }: ClaimState): Refusal | null {
  if (payments.some((p) => p.status === 'confirmed')) return refuse('already-paid');
  return payments.some((p) => p.status !== 'returned') ? refuse('payment-under-way') : null;
}

export const VOTES = ['uphold', 'overturn'] as const;
export const VOTE_TITLES: Record<(typeof VOTES)[number], Text> = { uphold: { zh: '维持原决定', en: 'uphold' }, overturn: { zh: '重新审理', en: 'overturn' } };

/** The seat of the panel that a role sits on. */
export const seatOf = (role: string): Seat | undefined => SEATS.find((seat) => SEAT_ROLES[seat].includes(role as Role));

export const endingCommands = {
  'withdraw': command({
    title: { zh: '撤回申请', en: 'Withdraw the claim' },
    causes: { zh: '案件结案；已批准的须第二人确认。', en: 'The claim closes. Once approved, a second person must confirm.' },
    schema: z.strictObject({ note: note.optional() }),
    by: ['patient'], stages: [...BEFORE_PAYMENT, 'payment'],
    second: { by: ['specialist', 'manager'], when: (state) => state.decision?.round === state.round && state.decision.decision !== 'reject' },
    available: beforePayment,
    effect: (_, input) => [event('claim-withdrawn', {}, noted(input))],
    example: { note: '已与医院和解' },
  }),

  'void': command({
    title: { zh: '作废重复案件', en: 'Void as a duplicate' },
    causes: { zh: '需要第二人确认；必须指明保留的案件。', en: 'Needs a second person; names the claim that survives.' },
    schema: z.strictObject({ survivor: claimNumber, note: note.optional() }),
    by: ['manager', 'reviewer', 'senior-reviewer'], stages: BEFORE_PAYMENT, second: { by: ['manager', 'medical-affairs', 'senior-reviewer', 'approver'] },
    available: beforePayment,
    check: (state, input) => (input.survivor === state.claimNo ? refuse('same-claim', { field: '/survivor' }) : null),
    effect: (_, input) => [event('claim-voided', { survivor: input.survivor }, noted(input))],
    example: { survivor: 'KP-2026-000001', note: '同一事件已报案' },
  }),

  'dispute': command({
    title: { zh: '提出异议', en: 'Dispute the decision' },
    causes: { zh: '由医院医务、保险公司和中立方三人在10个工作日内裁决。', en: 'A panel of three (hospital, insurer, neutral) decides within 10 working days.' },
    schema: z.strictObject({ note }),
    by: ['patient'], stages: ['closed'],
    available: (state, { at }) => {
      if (state.closedAs !== 'paid' && state.closedAs !== 'rejected') return refuse('not-now');
      if (state.disputedRounds.includes(state.round)) return refuse('already-disputed');
      return state.closedAt !== null && at >= disputableUntil(state.closedAt) ? refuse('too-late') : null;
    },
    effect: (_, input) => [event('dispute-raised', {}, noted(input))],
    example: { note: '我认为费用应全额赔付' },
  }),

  'panel-decision': command({
    title: { zh: '裁决表决', en: 'Vote on the panel' },
    causes: { zh: '两席一致即作出裁决：维持，或由未参与过的人员重新审理。', en: 'Two equal votes decide: upheld, or judged anew by people who have not seen the claim.' },
    schema: z.strictObject({ vote: z.enum(VOTES), note }),
    by: ['medical-affairs', 'senior-reviewer', 'approver', 'mediator'], stages: ['dispute'], judges: true,
    // Who judged the decision in dispute does not sit on its panel; nobody has two seats.
    apart: (state) => state.judgedBy,
    available: (state, { actor }) => (state.dispute?.votes.some((v) => v.seat === seatOf(actor.role)) ? refuse('seat-taken') : null),
    effect: (_, input, { actor }) => [event('panel-voted', { seat: seatOf(actor.role)!, vote: input.vote }, noted(input))],
    example: { vote: 'uphold', note: '依据充分' },
  }),

  'mediator-appointed': command({
    title: { zh: '指定中立方', en: 'Mediator appointed' },
    causes: { zh: '中立方可以查看本案。', en: 'The neutral third seat is filled and can see the claim.' },
    schema: z.strictObject({ personId: id.nullable() }),
    by: 'directory', stages: ['dispute'],
    effect: (state, input) => {
      const seat = state.tasks.find((t) => t.kind === 'decide-as-panel' && t.about === 'neutral');
      if (!seat) return [];
      return input.personId === null || mayHold(state, seat, input.personId) !== null
        ? [event('task-assigned', { taskId: seat.taskId, to: null, why: 'nobody-eligible' })]
        : [event('mediator-appointed', { personId: input.personId }), event('task-assigned', { taskId: seat.taskId, to: input.personId, why: 'least-loaded' })];
    },
    example: { personId: 'p-mediator-1' },
  }),

  'reopen': command({
    title: { zh: '重新审理', en: 'Reopen the claim' },
    causes: { zh: '需要第二人确认；由未参与过的人员重新审核。', en: 'Needs a second person; then the claim is reviewed by people who have not seen it.' },
    schema: z.strictObject({ note }),
    by: ['senior-reviewer', 'approver', 'manager'], stages: ['closed'], second: { by: ['senior-reviewer', 'approver', 'manager'] },
    available: (state) => {
      if (state.closedAs !== 'paid' && state.closedAs !== 'rejected') return refuse('not-now');
      return state.documents.some((d) => d.late && state.closedAt !== null && d.at >= (state.decision?.at ?? state.closedAt)) ? null : refuse('evidence-new-needed');
    },
    effect: (_, input) => [event('claim-reopened', {}, noted(input))],
    example: { note: '收到新的病理报告' },
  }),

  'confirm-proposal': command({
    title: { zh: '确认', en: 'Confirm as second person' },
    causes: { zh: '您作为第二人确认，操作生效。', en: 'You are the second person: the act takes effect.' },
    schema: z.strictObject({ proposalId: id, note: note.optional() }),
    by: ['specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer', 'approver', 'finance'], stages: STAGE_NAMES,
    available: (state, { actor }) => {
      const theirs = state.proposals.filter((p) => (p.roles as string[]).includes(actor.role));
      if (theirs.length === 0) return refuse('no-proposal');
      return theirs.some((p) => !isAmong(state, personsOf(actor), [p.by])) ? null : refuse('four-eyes', { details: { personId: actor.personId } });
    },
    check: (state, input, { actor }) => {
      const found = proposal(state, input.proposalId);
      if (!found) return refuse('no-proposal', { field: '/proposalId' });
      if (isAmong(state, personsOf(actor), [found.by])) return refuse('four-eyes', { field: '/proposalId', details: { personId: found.by } });
      return (found.roles as string[]).includes(actor.role) ? null : refuse('not-your-role', { details: { roles: found.roles } });
    },
    effect: (_, input) => [event('proposal-ended', { proposalId: input.proposalId, how: 'confirmed' }, noted(input))],
    example: { proposalId: '01J8Z0000000000000000000AA' },
  }),

  'decline-proposal': command({
    title: { zh: '否决', en: 'Decline as second person' },
    causes: { zh: '操作不生效。', en: 'The act does not take effect.' },
    schema: z.strictObject({ proposalId: id, note }),
    by: ['specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer', 'approver', 'finance'], stages: STAGE_NAMES,
    available: (state, { actor }) => (state.proposals.some((p) => (p.roles as string[]).includes(actor.role) || p.by === actor.personId) ? null : refuse('no-proposal')),
    check: (state, input, { actor }) => {
      const found = proposal(state, input.proposalId);
      if (!found) return refuse('no-proposal', { field: '/proposalId' });
      return (found.roles as string[]).includes(actor.role) || found.by === actor.personId ? null : refuse('not-your-role', { details: { roles: found.roles } });
    },
    effect: (_, input) => [event('proposal-ended', { proposalId: input.proposalId, how: 'declined' }, noted(input))],
    example: { proposalId: '01J8Z0000000000000000000AA', note: '依据不足' },
  }),
};
