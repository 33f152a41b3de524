import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../claim/acts/form';
import { useNames } from '../claim/names';
import { yuan } from '../words/money';
import { Account } from './account';
import './style.css';

export type Payment = NonNullable<ClaimView['amounts']>['payments'][number];

/** Payments as they were made, by payee: for what, how much, under which key; and whether they add up to what is outstanding. */
export function Made({ claim, payments }: { claim: ClaimView; payments: readonly Payment[] }) {
  const { t } = useTranslation('finance');
  const name = useNames();
  const { payees, outstandingFen = 0 } = claim.amounts ?? {};
  const sum = payments.reduce((fen, one) => fen + one.amountFen, 0);
  const makers = [...new Set(payments.map((one) => claim.names[one.madeBy] ?? t('somebody')))];
  return (
    <section className="made">
      <p>{t('made.by', { names: makers.join(', ') })}</p>
      <ul className="payee-list">
        {[...new Set(payments.map((one) => one.payeeId))].map((payeeId) => {
          const payee = payees?.list.find((one) => one.payeeId === payeeId);
          const theirs = payments.filter((one) => one.payeeId === payeeId);
          return (
            <li key={payeeId}>
              <b>{payee?.holder ?? t('payee.former')}</b> · {payee?.bank} {payee && <Account claimNo={claim.claimNo} payeeId={payeeId} masked={payee.account} />}
              <ul className="made-lines">{theirs.map((payment) => (
                <li key={payment.key}><span className="row"><span className="grow">{name('benefits', payment.benefit)}</span><b className="amount">{yuan(payment.amountFen)}</b></span><small className="quiet">{t('made.key')} <span className="mono made-key">{payment.key}</span></small></li>
              ))}</ul>
            </li>
          );
        })}
      </ul>
      <dl className="sums">
        <div><dt>{t('made.sum')}</dt><dd className="amount">{yuan(sum)}</dd></div>
        <div><dt>{t('made.outstanding')}</dt><dd className="amount">{yuan(outstandingFen)}</dd></div>
      </dl>
      {sum === outstandingFen
        ? <p className="sums-equal"><CheckCircleFilled aria-hidden /> {t('made.equal')}</p>
        : <p className="sums-apart" role="alert"><ExclamationCircleFilled aria-hidden /> {t('made.apart', { amount: yuan(sum - outstandingFen) })}</p>}
    </section>
  );
}
