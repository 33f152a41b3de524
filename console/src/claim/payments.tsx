import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import { yuan } from '../words/money';
import { useNames } from './names';
import type { People } from './page';

/** Who is paid, and how far each payment got (SPEC §1.9). Accounts show their last digits only. */
export function Payments({ amounts, people }: { amounts: components['schemas']['Amounts']; people: People }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const { payees, payments } = amounts;
  if (!payees && payments.length === 0) return null;
  const holderOf = (payeeId: string): string => payees?.list.find((one) => one.payeeId === payeeId)?.holder ?? t('payment.formerPayee');
  return (
    <section className="card" aria-labelledby="payments-title">
      <div className="row"><h2 id="payments-title" className="grow">{t('payment.title')}</h2><span>{t('payment.sums', { paid: yuan(amounts.paidFen), outstanding: yuan(amounts.outstandingFen) })}</span></div>
      {payees && (
        <>
          <ul className="payees">{payees.list.map((payee) => <li key={payee.payeeId}>{[payee.holder, payee.bank, payee.account].filter(Boolean).join(' · ')}{payees.list.length > 1 && ` · ${t('payment.share', { share: payee.share, all: payees.list.reduce((sum, one) => sum + one.share, 0) })}`}</li>)}</ul>
          <p className={payees.faulty ? 'due-late' : 'quiet'}>{payees.faulty ? t('payment.faulty') : payees.confirmedBy === null ? t('payment.setBy', { name: people[payees.setBy] ?? t('someone') }) : t('payment.confirmedBy', { first: people[payees.setBy] ?? t('someone'), second: people[payees.confirmedBy] ?? t('someone') })}</p>
        </>
      )}
      {payments.length > 0 && (
        <div className="wide" tabIndex={0} role="group" aria-labelledby="payments-title">
          <table className="amounts">
            <thead><tr>{(['benefit', 'to', 'amount', 'state', 'made', 'checked', 'reference'] as const).map((one) => <th key={one} scope="col">{t(`payment.${one}`)}</th>)}</tr></thead>
            <tbody>{payments.map((payment) => (
              <tr key={payment.key}>
                <th scope="row">{name('benefits', payment.benefit)}</th><td>{holderOf(payment.payeeId)}</td><td className="amount">{yuan(payment.amountFen)}</td>
                <td><span className={`tag${payment.status === 'failed' ? ' tag-late' : ''}`}>{name('paymentStatuses', payment.status)}</span></td>
                <td>{people[payment.madeBy] ?? t('someone')}</td><td>{payment.checkedBy === null ? '—' : people[payment.checkedBy] ?? t('someone')}</td><td className="mono reference">{payment.bankReference ?? '—'}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
