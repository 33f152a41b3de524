import { condition, proxyActivities } from '@temporalio/workflow';
import type { PaymentActivities, PaymentAnswer } from '../../../activities/payment';
import { OUTSIDE_QUEUE, type ClaimState, type Outcome } from '../../../domain/claim';
import type { ClaimRun } from '../run';
import { attend, outsideParty } from '../waits';

// The bank may be slow or away; the activity asks by key before it sends, so trying again never pays twice.
const bank = proxyActivities<PaymentActivities>({
  taskQueue: OUTSIDE_QUEUE, startToCloseTimeout: '1m', scheduleToCloseTimeout: '1h', retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** A bank that accepted and stays silent is asked by key after these waits, the last one again and again. In minutes; OD. */
const ASK_AFTER = [10, 60, 240] as const;

type Payment = ClaimState['payments'][number];
const atTheBank = (state: ClaimState): Payment[] => state.payments.filter((p) => p.status === 'checked');

/** SPEC §1.1, §1.9: payee, maker and checker are people's tasks; then the bank is told. Settled means paid: left when the bank confirms. */
export async function payment(run: ClaimRun): Promise<Outcome<'payment'>> {
  const left = (): boolean => run.state.stage !== 'payment';
  while (!left()) {
    await attend(run, () => left() || atTheBank(run.state).length > 0);
    await outsideParty(run, Promise.all(atTheBank(run.state).map((one) => pay(run, one))), left);
  }
  // The bank may have called while it could not be asked.
  run.gotThrough('bank');
  return run.leftBy as Outcome<'payment'>;
}

/** One payment at the bank, until the claim knows that it was confirmed or failed. Ambiguity is resolved by asking, never by sending again. */
async function pay(run: ClaimRun, { key, amountFen, payeeId }: Payment): Promise<void> {
  const { claimNo } = run.state;
  const settled = (): boolean => !atTheBank(run.state).some((p) => p.key === key);
  await take(run, key, 'sent', await run.getThrough('bank', () =>
    bank.pay.executeWithOptions({ summary: `pay ${key}` }, [{ claimNo, paymentKey: key, amountFen, payeeId }])));
  for (let asked = 0; !settled(); asked++) {
    const minutes = ASK_AFTER[Math.min(asked, ASK_AFTER.length - 1)]!;
    if (await condition(settled, `${minutes} minutes`, { summary: `the bank is asked about ${key} unless it calls` })) return;
    await take(run, key, `asked-${asked}`, await run.getThrough('bank', () => bank.askBank.executeWithOptions({ summary: `what of ${key}?` }, [{ paymentKey: key }])));
  }
}

/** The bank's answer becomes a fact of the claim. 'accepted' and 'unknown' say nothing yet. */
async function take(run: ClaimRun, key: string, when: string, answer: PaymentAnswer | { kind: 'unknown' }): Promise<void> {
  if (answer.kind === 'accepted' || answer.kind === 'unknown') return;
  await run.fact('bank-answered', {
    key, status: answer.kind, amountFen: answer.amountFen, bankReference: answer.bankReference ?? 'none', ...(answer.kind === 'failed' ? { fault: answer.fault } : {}),
  }, 'bank', `bank:${key}:${when}`);
}
