import { ApplicationFailure, log } from '@temporalio/activity';
import type { BankAnswer, BankClient } from '../platform/outside/bank';
import { Ambiguous, Malformed, Refused } from '../platform/outside/errors';

/** The account of a payee, as the bank needs it. Personal: it goes to the bank and nowhere else. */
export interface PayeeAccount {
  holder: string;
  bank: string;
  account: string;
}

/**
 * How an order stands by the record: `settled` when two persons have settled it by hand meanwhile; `held` after a restore, until somebody has
 * compared with the bank (src/platform/backup/settle.ts).
 */
export type Standing = 'owed' | 'settled' | 'not-recorded' | 'held';

export interface PaymentDeps {
  bank: BankClient;
  /** Reads a claim's payee at the moment of paying, so that no account enters a workflow's history. */
  payees: (claimNo: string, payeeId: string) => Promise<PayeeAccount>;
  /** Asked before an order goes out: minutes or hours may have passed since it was made. */
  standing: (claimNo: string, paymentKey: string) => Promise<Standing>;
}

/** One payment of SPEC §1.9; `paymentKey` is made by the claim (claim + benefit + payee + sequence), `amountFen` is integer fen above 0. */
export interface PaymentRequest {
  claimNo: string;
  paymentKey: string;
  amountFen: number;
  payeeId: string;
}

/**
 * What the bank holds under the key. `amountFen` is the bank's amount: the claim compares it with its own and raises a difference (SPEC §1.9).
 * `bankReference` is null where the bank has not given one. `fault: 'payee'` asks for a corrected payee; `'bank'` is anything else.
 */
export type PaymentAnswer =
  | { kind: 'accepted'; amountFen: number; bankReference: string | null }
  | { kind: 'confirmed'; amountFen: number; bankReference: string }
  | { kind: 'failed'; amountFen: number; bankReference: string | null; fault: 'payee' | 'bank' };

/** Statuses by which the bank judges the order itself. Any other 4xx speaks of our set-up (signature, clock, address), and the order stays good. */
const ORDER_REFUSED = [400, 422];
const KEY_HELD_FOR_ANOTHER_ORDER = 409;

/** The activities of paying, SPEC §1.9. Retry them without end: each attempt asks first, so none can pay a second time. */
export function createPaymentActivities({ bank, payees, standing }: PaymentDeps) {
  /** The bank's answer; doubt becomes a retryable failure that names no person, a judgement on the order stays `Refused`. */
  async function fromBank<A extends BankAnswer>(call: () => Promise<A>): Promise<A> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof Ambiguous) throw ApplicationFailure.retryable(error.message, 'bank-unreachable');
      if (error instanceof Malformed) throw ApplicationFailure.retryable(error.message, 'bank-answer-malformed');
      if (error instanceof Refused && !ORDER_REFUSED.includes(error.status) && error.status !== KEY_HELD_FOR_ANOTHER_ORDER) {
        throw ApplicationFailure.retryable(`${error.message}; check BANK_URL, BANK_SECRET and this machine's clock`, 'bank-unreachable');
      }
      throw error;
    }
  }

  async function payeeOf(claimNo: string, payeeId: string): Promise<PayeeAccount> {
    try {
      return await payees(claimNo, payeeId);
    } catch (error) {
      // The cause stays out: a database error may quote the account it could not read, and this failure is kept in the workflow's history.
      const kind = error instanceof Error ? error.name : 'error';
      throw ApplicationFailure.retryable(`payee ${payeeId} of ${claimNo} could not be read (${kind}); see whether the database answers and the payee exists`, 'payee-unreadable');
    }
  }

  return {
    /**
     * Pays once per key: asks the bank what it holds under the key, and hands the order in only when it holds nothing.
     * Fails retryably as `bank-unreachable`, `bank-answer-malformed`, `payee-unreadable`, `payment-not-recorded` or `restored-compare-with-bank`;
     * the next attempt resolves the doubt by asking. `unknown`: it is no longer owed, and was not sent.
     */
    async pay({ claimNo, paymentKey, amountFen, payeeId }: PaymentRequest): Promise<PaymentAnswer | { kind: 'unknown' }> {
      const held = await fromBank(() => bank.ask(paymentKey));
      if (held.kind !== 'unknown') return held;
      const stands = await standing(claimNo, paymentKey);
      if (stands === 'settled') return { kind: 'unknown' };
      if (stands !== 'owed') throw ApplicationFailure.retryable(`${paymentKey} is not sent: ${stands}`, stands === 'held' ? 'restored-compare-with-bank' : 'payment-not-recorded');

      const payee = await payeeOf(claimNo, payeeId);
      try {
        return await fromBank(() => bank.submit({ key: paymentKey, amountFen, payee, reference: claimNo }));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.warn('The bank refused a payment order', { paymentKey, status: error.status });
        if (error.status === KEY_HELD_FOR_ANOTHER_ORDER) {
          // Another order came in under this key since we asked: what the bank holds is the truth, and the next attempt reads it.
          throw ApplicationFailure.retryable(`bank: another order stands under ${paymentKey}; asking what it is`, 'bank-unreachable');
        }
        return { kind: 'failed', amountFen, bankReference: null, fault: 'bank' };
      }
    },

    /** What the bank holds under a key, without ever sending an order: for a wait that has lasted too long. Fails retryably like `pay`. */
    async askBank({ paymentKey }: { paymentKey: string }): Promise<PaymentAnswer | { kind: 'unknown' }> {
      return fromBank(() => bank.ask(paymentKey));
    },
  };
}

export type PaymentActivities = ReturnType<typeof createPaymentActivities>;
