import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { bankCallbackSchema, paymentOrderSchema, paymentReceiptSchema, paymentReportSchema, type BankCallback, type PaymentOrder } from '../../src/platform/outside/bank';
import { sign } from '../../src/platform/outside/signature';
import { runAlone } from './alone';
import { claimNoIn, createFaults, LINE_FAULTS, type FaultRule } from './faults';
import { createJournal, type Stamped } from './journal';
import { bodyOf, createParty, type Answer, type PartyOptions, type RunningParty } from './party';

/**
 * Beside the faults of the line: two confirmations (own event ids), another amount paid, a payee or a bank fault, a stray callback for a key
 * that nobody used (`unknown`), and a settlement `ms` late.
 */
const BANK_FAULTS = [...LINE_FAULTS, 'answer-twice', 'other-amount', 'payee-fault', 'bank-fault', 'unknown', 'settle-late'] as const;
type BankFault = FaultRule<(typeof BANK_FAULTS)[number]>;

const acceptedSchema = z.object({
  what: z.literal('accepted'),
  key: z.string(), amountFen: z.number(), reference: z.string(), accountEnding: z.string(), orderHash: z.string(), bankReference: z.string(),
  /** How it will end, fixed when it is accepted, so that a restart does not change it. */
  outcome: z.object({ status: z.enum(['confirmed', 'failed']), amountFen: z.number(), fault: z.enum(['payee', 'bank']).optional() }),
  extraCallback: z.enum(['twice', 'stray']).optional(),
  settleAfterMs: z.number(),
});
type Accepted = z.infer<typeof acceptedSchema>;

const entrySchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('received'), operation: z.enum(['submit', 'ask']), key: z.string(), fault: z.string().optional() }),
  acceptedSchema,
  z.object({ what: z.literal('settled'), key: z.string(), callbacks: z.array(bankCallbackSchema) }),
  z.object({ what: z.literal('called-back'), eventId: z.string(), attempt: z.number(), answer: z.string(), delivered: z.boolean() }),
]);
/** One line of the bank's journal: one `accepted` per payment that moves money. */
export type BankEntry = Stamped<z.infer<typeof entrySchema>>;

/** A bank that settles quickly, so that a demonstration does not wait for it. */
const SETTLE_MS = 150;
/** A callback is tried this often, waiting 200 ms, then twice as long each time. */
const CALLBACK_ATTEMPTS = 6;
const CALLBACK_WAIT_MS = 200;
const CALLBACK_TIMEOUT_MS = 5000;

/** The bank of SPEC §1.9: one payment per key, whatever is sent how often. Calls `callbackUrl` back where one is given. */
export async function startBank({ port, secret, callbackUrl, dataFile }: PartyOptions & { callbackUrl?: string }): Promise<RunningParty> {
  const journal = createJournal(entrySchema, dataFile);
  const faults = createFaults(BANK_FAULTS);
  const party = createParty('bank', secret, faults, journal);

  const acceptedUnder = (key: string) => journal.entries.find((entry): entry is Stamped<Accepted> => entry.what === 'accepted' && entry.key === key);
  const isSettled = (key: string) => journal.entries.some((entry) => entry.what === 'settled' && entry.key === key);
  const isDelivered = (eventId: string) => journal.entries.some((entry) => entry.what === 'called-back' && entry.eventId === eventId && entry.delivered);

  party.app.post('/payments', async (req, res) => {
    const order = paymentOrderSchema.parse(bodyOf(req));
    const fault = faults.take('submit', { key: order.key, claimNo: claimNoIn(order.reference) });
    journal.add({ what: 'received', operation: 'submit', key: order.key, fault: fault?.do });
    await party.answer(res, fault, () => accept(order, fault));
  });

  party.app.get('/payments/:key', async (req, res) => {
    const { key } = req.params;
    const fault = faults.take('ask', { key, claimNo: claimNoIn(key) });
    journal.add({ what: 'received', operation: 'ask', key, fault: fault?.do });
    await party.answer(res, fault, () => report(key));
  });

  function accept(order: PaymentOrder, fault: BankFault | undefined): Answer {
    const orderHash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
    const before = acceptedUnder(order.key);
    if (before && before.orderHash !== orderHash) return { status: 409, body: { error: 'key-used-for-another-order' } };
    if (!before) {
      const payment = journal.add({
        what: 'accepted',
        key: order.key, amountFen: order.amountFen, reference: order.reference, accountEnding: order.payee.account.slice(-4), orderHash, bankReference: `BK-${randomUUID()}`,
        outcome: outcomeOf(order, fault),
        extraCallback: fault?.do === 'answer-twice' ? 'twice' : fault?.do === 'unknown' ? 'stray' : undefined,
        settleAfterMs: fault?.do === 'settle-late' ? (fault.ms ?? 5000) : SETTLE_MS,
      });
      party.whileRunning((signal) => settle(payment, signal));
    }
    return { status: 202, body: paymentReceiptSchema.parse({ key: order.key, status: 'accepted' }) };
  }

  function report(key: string): Answer {
    const payment = acceptedUnder(key);
    if (!payment) return { status: 404, body: paymentReportSchema.parse({ key, status: 'unknown' }) };
    const { bankReference, amountFen } = payment;
    const now = isSettled(key) ? payment.outcome : { status: 'accepted', amountFen };
    return { status: 200, body: paymentReportSchema.parse({ key, bankReference, ...now }) };
  }

  async function settle(payment: Stamped<Accepted>, signal: AbortSignal): Promise<void> {
    const dueAt = Date.parse(payment.at) + payment.settleAfterMs;
    await sleep(Math.max(0, dueAt - Date.now()), undefined, { signal });
    const { key, bankReference, outcome, extraCallback } = payment;
    const callback = (about: string): BankCallback => bankCallbackSchema.parse({ eventId: randomUUID(), key: about, bankReference, ...outcome, at: new Date().toISOString() });
    const callbacks = [callback(key)];
    if (extraCallback === 'twice') callbacks.push(callback(key));
    if (extraCallback === 'stray') callbacks.push(callback(`stray:${bankReference}`));
    journal.add({ what: 'settled', key, callbacks });
    for (const each of callbacks) await callBack(each, signal);
  }

  /** At least once: repeated until a 2xx, then given up; whoever still waits asks by key. */
  async function callBack(event: BankCallback, signal: AbortSignal): Promise<void> {
    if (callbackUrl === undefined) return;
    const body = JSON.stringify(event);
    for (let attempt = 1; attempt <= CALLBACK_ATTEMPTS; attempt += 1) {
      if (attempt > 1) await sleep(CALLBACK_WAIT_MS * 2 ** (attempt - 2), undefined, { signal });
      const status = await fetch(callbackUrl, {
        method: 'POST', body,
        headers: { 'content-type': 'application/json', ...sign(body, secret, new Date()) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALLBACK_TIMEOUT_MS)]),
      }).then((response) => response.status, () => undefined);
      const delivered = status !== undefined && status >= 200 && status < 300;
      journal.add({ what: 'called-back', eventId: event.eventId, attempt, answer: status === undefined ? 'no answer' : `HTTP ${status}`, delivered });
      if (delivered) return;
    }
  }

  // What a bank that was killed still owed: settlements, and callbacks nobody has acknowledged.
  for (const entry of [...journal.entries]) {
    if (entry.what === 'accepted' && !isSettled(entry.key)) party.whileRunning((signal) => settle(entry, signal));
    if (entry.what === 'settled') {
      for (const event of entry.callbacks) if (!isDelivered(event.eventId)) party.whileRunning((signal) => callBack(event, signal));
    }
  }
  return party.listen(port);
}

function outcomeOf(order: PaymentOrder, fault: BankFault | undefined): Accepted['outcome'] {
  switch (fault?.do) {
    case 'payee-fault': return { status: 'failed', amountFen: order.amountFen, fault: 'payee' };
    case 'bank-fault': return { status: 'failed', amountFen: order.amountFen, fault: 'bank' };
    case 'other-amount': return { status: 'confirmed', amountFen: fault.amountFen ?? order.amountFen + 100 };
    default: return { status: 'confirmed', amountFen: order.amountFen };
  }
}

if (require.main === module) runAlone('bank', startBank);
