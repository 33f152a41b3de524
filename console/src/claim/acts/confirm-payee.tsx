import { useTranslation } from 'react-i18next';
import { Payees, PayeesBy } from '../../finance/payees';
import { NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** Names the payees that were on the screen: had they been changed meanwhile, the server refuses. */
export default function ConfirmPayee({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const draft = useActDraft(claim, 'confirm-payee', '');
  const payees = claim.amounts?.payees;
  return (
    <ActFrame claim={claim} command="confirm-payee" draft={draft} guarded harm={t('payee.sure')} onDone={onDone} valid={(payees ?? null) !== null} body={payees ? withNote({ payees: payees.list.map((one) => one.payeeId) }, draft.value) : null}>
      <p className="payee-note">{t('payee.check')}</p>
      {payees && <Payees claim={claim} payees={payees} />}
      {payees && <PayeesBy claim={claim} payees={payees} />}
      <NoteField value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
