import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../claim/acts/form';
import { Account } from './account';
import './style.css';

type Payees = NonNullable<NonNullable<ClaimView['amounts']>['payees']>;

/** To whom is paid: holder, bank, account, and the part of each where there are several. */
export function Payees({ claim, payees }: { claim: ClaimView; payees: Payees }) {
  const { t } = useTranslation('finance');
  const all = payees.list.reduce((sum, one) => sum + one.share, 0);
  return (
    <ul className="payee-list">
      {payees.list.map((payee) => (
        <li key={payee.payeeId}>
          <b>{payee.holder}</b> {payees.list.length > 1 && <span className="tag">{t('payee.part', { share: payee.share, all })}</span>}
          <br />{payee.bank} <Account claimNo={claim.claimNo} payeeId={payee.payeeId} masked={payee.account} />
        </li>
      ))}
    </ul>
  );
}

/** Who wrote the payees down, and who checked them. */
export function PayeesBy({ claim, payees }: { claim: ClaimView; payees: Payees }) {
  const { t } = useTranslation('finance');
  const person = (id: string): string => claim.names[id] ?? t('somebody');
  return <p className="quiet payee-note">{t('payee.setBy', { name: person(payees.setBy) })}{payees.confirmedBy !== null && ` · ${t('payee.confirmedBy', { name: person(payees.confirmedBy) })}`}</p>;
}
