import { z } from 'zod';
import { bankReference, instant, paymentKey } from '../../domain/claim/commands/inputs';
import { Malformed } from './errors';
import { exchange, type PartyConnection } from './exchange';

/** The bank's own words: as text that can be kept, and any amount, so that a wrong one is raised by the claim instead of lost here. */
const storable = /^[^\p{Surrogate}\p{Cc}]+$/u;
const key = paymentKey.regex(storable, 'no control characters or halves of a surrogate pair');
const amountFen = z.int().min(0);
const fault = z.enum(['payee', 'bank']);

/** What we tell the bank to pay. `key` is the payment key of SPEC §1.9; `reference` is the claim number shown to the payee. */
export const paymentOrderSchema = z.object({
  key,
  amountFen: amountFen.min(1),
  payee: z.object({ holder: z.string().min(1).max(200), bank: z.string().min(1).max(200), account: z.string().min(1).max(64) }),
  reference: z.string().min(1).max(100),
});
export type PaymentOrder = z.infer<typeof paymentOrderSchema>;

/** The bank's receipt for an order: taken, not yet paid. The same for every repetition of the same order. */
export const paymentReceiptSchema = z.object({ key, status: z.literal('accepted') });

/** The bank's word on one key, asked for. */
export const paymentReportSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('accepted'), key, amountFen, bankReference }),
  z.object({ status: z.literal('confirmed'), key, amountFen, bankReference }),
  z.object({ status: z.literal('failed'), key, amountFen, bankReference, fault }),
  z.object({ status: z.literal('unknown'), key }),
]);
export type PaymentReport = z.infer<typeof paymentReportSchema>;

const callbackFields = { eventId: z.string().min(1).max(100).regex(storable, 'no control characters or halves of a surrogate pair'), key, amountFen, bankReference, at: instant };
/**
 * What the bank calls back with: at least once, in any order, maybe for a key we never used or another amount (SPEC §1.9).
 * The body alone proves nothing: verify its signature first, and take each `eventId` once.
 */
export const bankCallbackSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('confirmed'), ...callbackFields }),
  z.object({ status: z.literal('failed'), fault, ...callbackFields }),
]);
export type BankCallback = z.infer<typeof bankCallbackSchema>;

/** The bank's answer as a named outcome. `amountFen` is the bank's, which need not be ours; `bankReference` is null until we have asked. */
export type BankAnswer =
  | { kind: 'accepted'; amountFen: number; bankReference: string | null }
  | { kind: 'confirmed'; amountFen: number; bankReference: string }
  | { kind: 'failed'; amountFen: number; bankReference: string; fault: 'payee' | 'bank' }
  | { kind: 'unknown' };

type Accepted = Extract<BankAnswer, { kind: 'accepted' }>;
export type BankClient = ReturnType<typeof createBankClient>;

/** Our side of the bank protocol. Both calls throw `Ambiguous`, `Refused` or `Malformed` as {@link exchange} says. */
export function createBankClient(connection: PartyConnection) {
  /** An answer about another key is no answer. */
  const aboutOurKey = (operation: string, asked: string, answered: string) => {
    if (asked !== answered) throw new Malformed('bank', operation, 'key: not the one asked about');
  };

  return {
    /** Hands the order in. The bank keeps one payment per key: the same order again changes nothing, another order under the key is `Refused` 409. */
    async submit(order: PaymentOrder): Promise<Accepted> {
      const receipt = await exchange(connection, {
        party: 'bank', operation: 'submit payment', method: 'POST', path: '/payments', body: order, statuses: [200, 202], answer: paymentReceiptSchema,
      });
      aboutOurKey('submit payment', order.key, receipt.key);
      return { kind: 'accepted', amountFen: order.amountFen, bankReference: null };
    },

    /** What the bank knows about a key: the only way out of an ambiguous submission. */
    async ask(paymentKey: string): Promise<BankAnswer> {
      const report = await exchange(connection, {
        party: 'bank', operation: 'ask payment', method: 'GET', path: `/payments/${encodeURIComponent(paymentKey)}`, statuses: [200, 404], answer: paymentReportSchema,
      });
      aboutOurKey('ask payment', paymentKey, report.key);
      switch (report.status) {
        case 'unknown': return { kind: 'unknown' };
        case 'failed': return { kind: 'failed', amountFen: report.amountFen, bankReference: report.bankReference, fault: report.fault };
        default: return { kind: report.status, amountFen: report.amountFen, bankReference: report.bankReference };
      }
    },
  };
}
