/** Payee, maker, checker, the bank's answers, and what people do when those do not fit (SPEC §1.9). */
import * as z from 'zod';
import { splitFen } from '../../money';
import { event, type EventBody } from '../events';
import { refuse } from '../refusals';
import { BEFORE_PAYMENT, STAGE_NAMES } from '../stages';
import { outstandingFen, raisedAs, type ClaimState } from '../state';
import { bankReference, fen, inBoth, note, noted, noteOnly, paymentKey, text } from './inputs';
import { command } from './row';

const payee = z.strictObject({
  holder: text(100), bank: text(100),
  account: z.string().regex(/^\d{8,32}$/, inBoth({ zh: '8 至 32 位数字，不含空格', en: '8 to 32 digits without spaces' })),
  share: z.int().min(1).max(10_000).default(1).meta({ description: 'Weight of this payee; amounts are split by largest remainder' }),
});

const under = (state: ClaimState, status: 'made' | 'checked') => state.payments.filter((p) => p.status === status);

/**
 * What remains is split first over the benefits, then over the payees, so that the parts always add up (SPEC §1.9).
 * One key per claim + benefit + payee + sequence: the bank knows a payment by it for ever.
 */
function paymentsToMake(state: ClaimState): Array<{ key: string; sequence: number; benefit: (typeof state.payments)[number]['benefit']; payeeId: string; amountFen: number }> {
  const sequence = 1 + Math.max(0, ...state.payments.map((p) => p.sequence));
  const lines = (state.decision?.lines ?? []).map((line) => {
    const paid = state.payments.filter((p) => p.benefit === line.benefit && p.status === 'confirmed').reduce((sum, p) => sum + p.amountFen, 0);
    return { benefit: line.benefit, dueFen: Math.max(0, line.approvedFen - paid) };
  });
  const due = lines.filter((line) => line.dueFen > 0);
  if (due.length === 0) return [];
  const perBenefit = splitFen(outstandingFen(state), due.map((line) => line.dueFen));
  const payees = state.payees?.list ?? [];
  return due.flatMap((line, i) => splitFen(perBenefit[i]!, payees.map((p) => p.share)).flatMap((amountFen, n) => (amountFen === 0 ? [] : [{
    key: `${state.claimNo}:${line.benefit}:${payees[n]!.payeeId}:${sequence}`, sequence, benefit: line.benefit, payeeId: payees[n]!.payeeId, amountFen,
  }])));
}

export const paymentCommands = {
  'set-payee': command({
    title: { zh: '登记收款人', en: 'Name the payee' },
    causes: { zh: '收款人须由财务另一人确认后方可付款。', en: 'Another person in finance must confirm the payee before anything is paid.' },
    schema: z.strictObject({ payees: z.array(payee).min(1).max(20) }),
    by: ['patient', 'specialist', 'finance'], stages: [...BEFORE_PAYMENT, 'payment'],
    available: (state) => (under(state, 'made').length + under(state, 'checked').length > 0 ? refuse('payment-under-way') : null),
    effect: (state, input, { actId }) => {
      const known = input.payees.map((p, n) => ({ payeeId: `${actId}.${n + 1}`, ...p }));
      const paused = Object.values(state.clocks).some((run) => run.pauses.some((p) => p.until === null && p.by === 'payee-fault'));
      return [
        event('payee-set', { payees: known.map(({ payeeId, share }) => ({ payeeId, share })) }, { payees: known }),
        ...(paused ? [event('clock-resumed', { by: 'payee-fault' })] : []),
      ];
    },
    example: { payees: [{ holder: '示例', bank: '示例银行', account: '6222000000000000', share: 1 }] },
  }),

  'confirm-payee': command({
    title: { zh: '确认收款人', en: 'Confirm the payee' },
    causes: { zh: '收款人已由第二人核对，可以制单。', en: 'The payee has been checked by a second person; a payment can be made.' },
    schema: z.strictObject({ payees: z.array(z.string().max(80)).max(20).optional().meta({ description: 'Ids of the payees you read: refused when they have changed since' }), note: note.optional() }),
    by: ['finance'], stages: [...BEFORE_PAYMENT, 'payment'], apart: (state) => [state.payees?.setBy],
    check: (state, input) => (input.payees === undefined || [...input.payees].sort().join() === (state.payees?.list ?? []).map((p) => p.payeeId).sort().join() ? null : refuse('payee-changed', { field: '/payees' })),
    available: (state) => (state.payees === null || state.payees.faulty ? refuse('no-payee') : state.payees.confirmedBy ? refuse('already-there') : null),
    effect: (_, input) => [event('payee-confirmed', {}, noted(input))],
    example: {},
  }),

  'make-payment': command({
    title: { zh: '制单', en: 'Make the payment' },
    causes: { zh: '生成付款，须由另一人复核放行。', en: 'Prepares the payment; another person must check and release it.' },
    schema: z.strictObject({ amountFen: fen.meta({ description: 'What you expect to be paid in all, in fen; must be what is outstanding' }), note: note.optional() }),
    by: ['finance'], stages: ['payment'],
    available: (state) => {
      if (under(state, 'made').length + under(state, 'checked').length > 0) return refuse('payment-under-way');
      if (outstandingFen(state) === 0) return refuse('nothing-outstanding');
      if (state.payees === null || state.payees.faulty) return refuse('no-payee');
      return state.payees.confirmedBy === null ? refuse('payee-unconfirmed') : null;
    },
    check: (state, input) => (input.amountFen === outstandingFen(state) ? null : refuse('other-amount-outstanding', { field: '/amountFen', details: { outstandingFen: outstandingFen(state) } })),
    effect: (state, input) => [event('payment-made', { payments: paymentsToMake(state) }, noted(input))],
    example: { amountFen: 480_000 },
  }),

  'check-payment': command({
    title: { zh: '复核放行', en: 'Check and release the payment' },
    causes: { zh: '付款发往银行。', en: 'The payment goes to the bank.' },
    schema: noteOnly,
    by: ['finance'], stages: ['payment'], apart: (state) => under(state, 'made').map((p) => p.madeBy),
    available: (state) => (under(state, 'made').length > 0 ? null : refuse('no-payment')),
    effect: (state, input) => [event('payment-checked', { keys: under(state, 'made').map((p) => p.key) }, noted(input))],
    example: {},
  }),

  'return-payment': command({
    title: { zh: '退回制单', en: 'Return the payment' },
    causes: { zh: '付款退回制单人重做。', en: 'The payment goes back to be made again.' },
    schema: z.strictObject({ note }),
    by: ['finance'], stages: ['payment'],
    available: (state) => (under(state, 'made').length > 0 ? null : refuse('no-payment')),
    effect: (state, input) => [event('payment-returned', { keys: under(state, 'made').map((p) => p.key) }, noted(input))],
    example: { note: '金额与批准不符' },
  }),

  'resolve-payment': command({
    title: { zh: '处理异常付款', en: 'Settle what became of a payment' },
    causes: { zh: '需要财务第二人确认：按银行回单登记已付金额，或登记未付、可重新制单。系统不会自行重发。', en: "Needs a second person of finance: records by the bank's own papers what was paid, or that nothing was, so that it can be made anew. Nothing is sent again by itself." },
    schema: z.strictObject({ key: paymentKey, paidFen: fen.meta({ description: 'What the bank has really paid under this key, in fen; 0: nothing' }), note }),
    by: ['finance'], stages: ['payment'], second: { by: ['finance'] },
    available: (state) => (under(state, 'checked').length > 0 ? null : refuse('no-payment')),
    check: (state, input) => {
      const payment = under(state, 'checked').find((p) => p.key === input.key);
      if (!payment) return refuse('no-payment', { field: '/key' });
      // More than was ordered is the bank's to take back, outside; the claim is never settled with more than it decided.
      return input.paidFen <= payment.amountFen ? null : refuse('other-amount-outstanding', { field: '/paidFen', details: { orderedFen: payment.amountFen } });
    },
    effect: (_, input) => [input.paidFen === 0
      ? event('payment-failed', { key: input.key, fault: 'bank' })
      : event('payment-confirmed', { key: input.key, amountFen: input.paidFen, bankReference: 'settled-by-hand' })],
    example: { key: 'KP-2026-000123:medical-costs:a.1:1', paidFen: 0, note: '银行回单显示未入账' },
  }),

  'bank-answered': command({
    title: { zh: '银行答复', en: 'The bank answered' },
    causes: { zh: '确认、失败，或登记异常；绝不重复付款。', en: 'Confirmed, failed, or recorded and raised; never paid twice.' },
    // The amount is the bank's word: one beyond what we ever pay is raised, not refused.
    schema: z.strictObject({ key: paymentKey, status: z.enum(['confirmed', 'failed']), amountFen: z.int().min(0), bankReference, fault: z.enum(['payee', 'bank']).optional() }),
    // In every stage: an answer of the bank is recorded and raised even where no payment can be.
    by: 'bank', stages: STAGE_NAMES,
    effect: (state, input): EventBody[] => {
      const raise = (what: 'confirmed-twice' | 'other-amount' | 'unknown-payment' | 'failed-after-confirmed'): EventBody[] => {
        const answer = { key: input.key, what, amountFen: input.amountFen, bankReference: input.bankReference };
        return state.raised.includes(raisedAs(answer)) ? [] : [event('bank-answer-raised', answer)];
      };
      const payment = state.payments.find((p) => p.key === input.key);
      if (!payment) return raise('unknown-payment');
      if (input.status === 'confirmed') {
        if (payment.status !== 'checked') return payment.bankReference === input.bankReference && payment.amountFen === input.amountFen ? [] : raise('confirmed-twice');
        return input.amountFen === payment.amountFen ? [event('payment-confirmed', { key: input.key, amountFen: input.amountFen, bankReference: input.bankReference })] : raise('other-amount');
      }
      if (payment.status === 'confirmed') return raise('failed-after-confirmed');
      if (payment.status !== 'checked') return [];
      const fault = input.fault ?? 'bank';
      return [event('payment-failed', { key: input.key, fault }), ...(fault === 'payee' && !state.payees?.faulty ? [event('clock-paused', { by: 'payee-fault' })] : [])];
    },
    example: { key: 'KP-2026-000123:medical-costs:a.1:1', status: 'confirmed', amountFen: 480_000, bankReference: 'B1' },
  }),
};
