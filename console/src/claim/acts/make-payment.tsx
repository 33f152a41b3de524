import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Payees, PayeesBy } from '../../finance/payees';
import { fenOf, yuan } from '../../words/money';
import { useNames } from '../names';
import { Field, NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** The maker types the amount from the decision; the sums stand beside it. */
export default function MakePayment({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const name = useNames();
  const draft = useActDraft(claim, 'make-payment', { amount: '', note: '' });
  const { amount, note } = draft.value;
  const { decision, payees, paidFen = 0, outstandingFen = 0 } = claim.amounts ?? {};
  const lines = decision?.lines ?? [];
  const typed = fenOf(amount);
  const equal = typed === outstandingFen;
  return (
    <ActFrame claim={claim} command="make-payment" draft={draft} guarded onDone={onDone} valid={typed !== null && equal} missing={t('make.missing')} body={typed === null ? null : withNote({ amountFen: typed }, note)}>
      <dl className="sums">
        {lines.map((line) => <div key={line.benefit}><dt>{name('benefits', line.benefit)}</dt><dd className="amount">{t('make.line', { amount: yuan(line.approvedFen) })}</dd></div>)}
        <div><dt>{t('make.approved')}</dt><dd className="amount">{yuan(lines.reduce((fen, line) => fen + line.approvedFen, 0))}</dd></div>
        <div><dt>{t('make.paid')}</dt><dd className="amount">{yuan(paidFen)}</dd></div>
        <div className="sums-total"><dt>{t('make.outstanding')}</dt><dd className="amount">{yuan(outstandingFen)}</dd></div>
      </dl>
      {payees && <div><Payees claim={claim} payees={payees} /><PayeesBy claim={claim} payees={payees} />{payees.list.length > 1 && <p className="payee-note">{t('make.split', { count: payees.list.length })}</p>}</div>}
      <Field label={t('make.amount')} hint={t('make.amountHint')}>
        <input required inputMode="decimal" autoComplete="off" value={amount} aria-invalid={amount !== '' && !equal} onChange={(event) => { draft.set({ amount: event.target.value, note }); }} />
      </Field>
      {amount !== '' && (
        <p role="status" className={equal ? 'sums-equal' : 'sums-apart'}>
          {equal ? <CheckCircleFilled aria-hidden /> : <ExclamationCircleFilled aria-hidden />} {equal ? `${yuan(typed)} · ${t('make.equal')}` : typed === null ? t('make.noAmount') : `${yuan(typed)} · ${t('make.apart', { amount: yuan(typed - outstandingFen) })}`}
        </p>
      )}
      <NoteField value={note} onChange={(value) => { draft.set({ amount, note: value }); }} />
    </ActFrame>
  );
}
